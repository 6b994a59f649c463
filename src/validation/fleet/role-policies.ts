import { AttachedPolicies, existing, MANAGED_POLICY, ROLE, roleOf } from './attached-policies';
import { property } from '../finding';
import { accountOf, IamNames, nameIn } from './iam-names';
import { existsIn } from '../judged-resource';
import { AWS_MANAGED_POLICIES } from '../policies/managed-policies';
import { IAM_POLICY_LIMIT, Policy, readPolicy, together } from '../policies/policy-document';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { display, entryOf, listOf, positionOf, soleAtom, Unknown, Value } from '../templates/value';

const AWS_MANAGED_POLICY = /^arn:.+:iam::aws:policy\/([^/]+)$/;

/** What the roles of the templates allow: inline, attached and managed policies, whichever stack declares them. */
export class RolePolicies {
  constructor(private readonly resolver: Resolver) {}

  /**
   * All that a role may do.
   *
   * @param referrer the template that names the role
   */
  of(roleArn: Value, referrer: Template): Policy {
    if (roleArn instanceof Unknown) return undecided(roleArn.reason);
    const referred = roleOf(this.resolver, roleArn) ?? roleOf(this.resolver, nameIn(roleArn));
    const roles = referred ? [referred] : IamNames.in(this.resolver, ROLE, 'RoleName').find(this.resolver, roleArn, referrer);
    if (roles.length > 1) return undecided(`the role ${display(roleArn)}, which several stacks declare`);
    return roles.length === 1 ? this.ofDeclared(roles[0]) : this.ofUndeclared(roleArn, referrer);
  }

  private ofDeclared(role: Resource): Policy {
    if (!existsIn(this.resolver, role)) return together([]);
    const index = AttachedPolicies.in(this.resolver);
    const attached = existing(this.resolver, index.to(role));
    return together([
      ...this.inlinePolicies(role),
      ...attached.map((policy) => this.documentOf(policy)),
      ...this.managedPolicies(role, attached),
      ...existing(this.resolver, index.perhapsTo(role, this.resolver)).filter((policy) => !attached.includes(policy))
        .map(({ logicalId }) => undecided(`the policy ${logicalId}, whose roles are not known`)),
    ]);
  }

  private ofUndeclared(roleArn: Value, referrer: Template): Policy {
    const attached = AttachedPolicies.in(this.resolver).toName(nameIn(roleArn), accountOf(roleArn, referrer));
    return together([
      ...existing(this.resolver, attached).map((policy) => this.documentOf(policy)),
      undecided(`the role ${display(roleArn)}, which no template declares`),
    ]);
  }

  private inlinePolicies(role: Resource): Policy[] {
    const policies = listOf(this.resolver.resolve(role.template, role.properties.Policies));
    return policies.map((policy, index) => inResource(role, readPolicy(
      entryOf(policy, 'PolicyDocument'), property('Policies', String(positionOf(policies, index)), 'PolicyDocument'), IAM_POLICY_LIMIT)));
  }

  private managedPolicies(role: Resource, attached: readonly Resource[]): Policy[] {
    return listOf(this.resolver.resolve(role.template, role.properties.ManagedPolicyArns)).map((arn) => {
      const declared = this.declaredPolicies(arn, role.template);
      if (declared.length === 1) return attached.includes(declared[0]) ? together([]) : this.documentOf(declared[0]);
      const name = AWS_MANAGED_POLICY.exec(display(arn))?.[1];
      return name !== undefined && Object.hasOwn(AWS_MANAGED_POLICIES, name)
        ? from(`${role.logicalId} ${property('ManagedPolicyArns').join('.')}: ${name}`, readPolicy(AWS_MANAGED_POLICIES[name], [], IAM_POLICY_LIMIT))
        : undecided(`the managed policy ${display(arn)}, whose content is not in the templates`);
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
    return inResource(policy, readPolicy(
      this.resolver.resolve(policy.template, policy.properties.PolicyDocument), property('PolicyDocument'), IAM_POLICY_LIMIT));
  }
}

function undecided(reason: string): Policy {
  return { statements: [], unknowns: [reason] };
}

function from(source: string, policy: Policy): Policy {
  return { ...policy, statements: policy.statements.map((statement) => ({ ...statement, source })) };
}

function inResource({ logicalId }: Resource, policy: Policy): Policy {
  return { ...policy, statements: policy.statements.map((statement) => ({ ...statement, source: `${logicalId} ${statement.path.join('.')}` })) };
}

/** The same policy for a resource that a role is only named in. */
export function seenFrom(path: readonly string[], policy: Policy): Policy {
  return { ...policy, statements: policy.statements.map((statement) => ({ ...statement, path: property(...path) })) };
}
