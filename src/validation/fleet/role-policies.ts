import { AttachedPolicies, MANAGED_POLICY, ROLE, roleOf } from './attached-policies';
import { accountOf, IamNames, nameIn } from './iam-names';
import { AWS_MANAGED_POLICIES } from '../policies/managed-policies';
import {
  IAM_POLICY_LIMIT, Policy, readPolicy, together, unknownPolicy, withStatements,
} from '../policies/policy-document';
import { Resolver } from '../templates/resolver';
import { property, Resource, Template } from '../templates/template';
import { display, entryOf, listOf, positionOf, soleAtom, Unknown, Value } from '../templates/value';

const AWS_MANAGED_POLICY = /^arn:.+:iam::aws:policy\/([^/]+)$/;

/**
 * All policies of a role as one.
 *
 * @param referrer the template that names the role
 * @param path the place within the properties of the resource that names it, which becomes the place of all statements
 */
export function policyOfRole(resolver: Resolver, roleArn: Value, referrer: Template, path: readonly string[]): Policy {
  return withStatements(new RolePolicies(resolver).of(roleArn, referrer), () => ({ path: property(...path) }));
}

/** Collects the policies of roles (inline, attached and managed), across templates. */
class RolePolicies {
  constructor(private readonly resolver: Resolver) {}

  of(roleArn: Value, referrer: Template): Policy {
    if (roleArn instanceof Unknown) return unknownPolicy(roleArn.reason);
    const referred = roleOf(this.resolver, roleArn) ?? roleOf(this.resolver, nameIn(roleArn));
    const roles = referred ? [referred]
      : IamNames.in(this.resolver, ROLE, 'RoleName').find(this.resolver, roleArn, referrer);
    if (roles.length > 1) return unknownPolicy(`the role ${display(roleArn)}, which several stacks declare`);
    return roles.length === 1 ? this.ofDeclared(roles[0]) : this.ofUndeclared(roleArn, referrer);
  }

  private ofDeclared(role: Resource): Policy {
    if (!this.resolver.exists(role)) return together([]);
    const index = AttachedPolicies.in(this.resolver);
    const attached = this.existing(index.to(role));
    return together([
      ...this.inlinePolicies(role),
      ...attached.map((policy) => this.documentOf(policy)),
      ...this.managedPolicies(role, attached),
      ...this.existing(index.perhapsTo(role, this.resolver)).filter((policy) => !attached.includes(policy))
        .map(({ logicalId }) => unknownPolicy(`the policy ${logicalId}, whose roles are not known`)),
    ]);
  }

  private ofUndeclared(roleArn: Value, referrer: Template): Policy {
    const attached = AttachedPolicies.in(this.resolver).toName(nameIn(roleArn), accountOf(roleArn, referrer));
    return together([
      ...this.existing(attached).map((policy) => this.documentOf(policy)),
      unknownPolicy(`the role ${display(roleArn)}, which no template declares`),
    ]);
  }

  private inlinePolicies(role: Resource): Policy[] {
    const policies = listOf(this.resolver.resolve(role.template, role.properties.Policies));
    return policies.map((policy, index) => policyIn(
      role, entryOf(policy, 'PolicyDocument'),
      property('Policies', String(positionOf(policies, index)), 'PolicyDocument'),
    ));
  }

  private managedPolicies(role: Resource, attached: readonly Resource[]): Policy[] {
    return listOf(this.resolver.resolve(role.template, role.properties.ManagedPolicyArns)).map((arn) => {
      const declared = this.declaredPolicies(arn, role.template);
      if (declared.length === 1) return attached.includes(declared[0]) ? together([]) : this.documentOf(declared[0]);
      const name = AWS_MANAGED_POLICY.exec(display(arn))?.[1];
      if (name === undefined || !Object.hasOwn(AWS_MANAGED_POLICIES, name)) {
        return unknownPolicy(`the managed policy ${display(arn)}, whose content is not in the templates`);
      }
      const source = `${role.logicalId} ${property('ManagedPolicyArns').join('.')}: ${name}`;
      return withStatements(readPolicy(AWS_MANAGED_POLICIES[name], [], IAM_POLICY_LIMIT), () => ({ source }));
    });
  }

  /** The managed policies of the templates that an ARN may stand for. */
  private declaredPolicies(arn: Value, referrer: Template): readonly Resource[] {
    const reference = soleAtom(arn)?.resource;
    const resource = reference && this.resolver.fleet.find(reference);
    if (resource) return resource.type === MANAGED_POLICY ? [resource] : [];
    if (AWS_MANAGED_POLICY.test(display(arn))) return [];
    return IamNames.in(this.resolver, MANAGED_POLICY, 'ManagedPolicyName').find(this.resolver, arn, referrer);
  }

  private documentOf(policy: Resource): Policy {
    const document = this.resolver.resolve(policy.template, policy.properties.PolicyDocument);
    return policyIn(policy, document, property('PolicyDocument'));
  }

  private existing(resources: Iterable<Resource>): Resource[] {
    return [...resources].filter((resource) => this.resolver.exists(resource));
  }
}

/** Reads a policy of a resource, which becomes the source of its statements. */
function policyIn({ logicalId }: Resource, document: Value, path: readonly string[]): Policy {
  return withStatements(readPolicy(document, path, IAM_POLICY_LIMIT), (statement) =>
    ({ source: `${logicalId} ${statement.path.join('.')}` }));
}
