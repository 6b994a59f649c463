import { AttachedPolicies, MANAGED_POLICY, ROLE, roleOf } from './attached-policies';
import { accountOf, IamNames, nameIn } from './iam-names';
import { AWS_MANAGED_POLICIES } from '../policies/managed-policies';
import {
  bounded, IAM_POLICY_LIMIT, perhaps, Policy, readPolicy, together, unknownPolicy, withStatements,
} from '../policies/policy-document';
import { alternativesOf } from '../templates/alternatives';
import { MORE_CONDITIONS } from '../templates/conditions';
import { Resolver } from '../templates/resolver';
import { property, Resource, Template } from '../templates/template';
import { display, entryOf, listOf, positionOf, soleAtom, Unknown, Value } from '../templates/value';

const TRUST_POLICY = property('AssumeRolePolicyDocument');

/** The ARN of a policy of AWS, in any partition, with or without a path such as `service-role/`. */
const AWS_MANAGED_POLICY = /^arn:.+:iam::aws:policy\/(?:[^<]*\/)?([^/<]+)$/;

/**
 * All policies of a role as one.
 *
 * @param referrer the template that names the role
 * @param path the place within the properties of the resource that names it, which becomes the place of all statements
 */
export function policyOfRole(resolver: Resolver, roleArn: Value, referrer: Template, path: readonly string[]): Policy {
  return withStatements(new RolePolicies(resolver).of(roleArn, referrer), () => ({ path: property(...path) }));
}

/** All policies of a role of the templates as one. Statements elsewhere have the place of its trust policy. */
export function ownPolicyOf(resolver: Resolver, role: Resource): Policy {
  return withStatements(new RolePolicies(resolver).ofDeclared(role), ({ path, source }) => {
    const [, holder] = path;
    if (holder === 'Policies') return { source: undefined };
    return holder === 'ManagedPolicyArns' ? {} : { path: TRUST_POLICY, source };
  });
}

/** The roles of the templates that an ARN may be of: none, one, or several that have the same name. */
export function rolesMeant(resolver: Resolver, roleArn: Value, referrer: Template): readonly Resource[] {
  const referred = roleOf(resolver, roleArn) ?? roleOf(resolver, nameIn(roleArn));
  return referred ? [referred] : IamNames.in(resolver, ROLE, 'RoleName').find(resolver, roleArn, referrer);
}

/** Collects the policies of roles (inline, attached and managed), across templates. */
class RolePolicies {
  constructor(private readonly resolver: Resolver) {}

  of(roleArn: Value, referrer: Template): Policy {
    if (roleArn instanceof Unknown) return unknownPolicy(roleArn.reason);
    const roles = rolesMeant(this.resolver, roleArn, referrer);
    if (roles.length > 1) return unknownPolicy(`the role ${display(roleArn)}, which several stacks declare`);
    return roles.length === 1 ? this.ofDeclared(roles[0]) : this.ofUndeclared(roleArn, referrer);
  }

  ofDeclared(role: Resource): Policy {
    if (!this.resolver.exists(role)) return together([]);
    const index = AttachedPolicies.in(this.resolver);
    const attached = this.existing(index.to(role));
    const policies = () => bounded(together([
      ...this.inlinePolicies(role),
      ...attached.map((policy) => this.documentOf(policy)),
      ...this.managedPolicies(role, attached),
      ...this.existing(index.perhapsTo(role, this.resolver)).filter((policy) => !attached.includes(policy))
        .map((policy) => perhaps(this.documentOf(policy), `the policy ${policy.logicalId}, whose roles are not known`)),
    ]));
    return this.ifExisting(role, policies);
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
    return listOf(this.resolver.resolve(role.template, role.properties.ManagedPolicyArns))
      .map((arn) => this.managedPolicy(arn, role, attached));
  }

  private managedPolicy(arn: Value, role: Resource, attached: readonly Resource[]): Policy {
    const alternatives = arn instanceof Unknown ? alternativesOf(arn) : undefined;
    if (alternatives && arn instanceof Unknown) {
      return perhaps(together(alternatives.map((each) => this.managedPolicy(each, role, attached))), arn.reason);
    }
    const declared = this.declaredPolicies(arn, role.template);
    if (declared.length === 1) return attached.includes(declared[0]) ? together([]) : this.documentOf(declared[0]);
    const name = AWS_MANAGED_POLICY.exec(display(arn))?.[1];
    const known = name === undefined ? undefined : AWS_MANAGED_POLICIES.get(name);
    if (!known) return unknownPolicy(`the managed policy ${display(arn)}, whose content is not in the templates`);
    const source = `${role.logicalId} ${property('ManagedPolicyArns').join('.')}: ${name}`;
    return withStatements(readPolicy(known.document, [], IAM_POLICY_LIMIT), () => ({ source }));
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
    return this.ifExisting(policy, () => {
      const document = this.resolver.resolve(policy.template, policy.properties.PolicyDocument);
      return policyIn(policy, document, property('PolicyDocument'));
    });
  }

  private ifExisting(resource: Resource, read: () => Policy): Policy {
    const exists = this.resolver.existence(resource);
    return exists ? read() : exists === undefined ? perhaps(read(), MORE_CONDITIONS) : together([]);
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
