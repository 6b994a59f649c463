import { Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AddToPrincipalPolicyResult, IGrantable, IPrincipal, IRole, Policy, PolicyStatement, PrincipalPolicyFragment, Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';

/**
 * Who is given the permissions that a role needs: the role itself, unless the app defines it in another stack.
 *
 * The policy of a role of another stack would make that stack depend on this one as soon as it names a topic of this
 * one, and this one depends on the role. So the permissions of such a role are a policy of this stack.
 *
 * @param scope what uses the role
 * @param id the id of the policy, where one is made
 * @param role the role, perhaps one whose policies must not be changed
 * @param removalPolicy what happens to the policy when it is removed from the stack
 */
export function permissionsOf(
  scope: Construct, id: string, role: IRole, removalPolicy = RemovalPolicy.DESTROY,
): IGrantable & IDependable {
  const definedElsewhere = Role.isRole(role) && role.node.defaultChild && Stack.of(role) !== Stack.of(scope);
  if (!definedElsewhere) {
    return role;
  }
  const policy = new PolicyForRole(scope, id, role);
  if (!policy.hasRole) {
    return role;
  }
  policy.applyRemovalPolicy(removalPolicy);
  return policy;
}

/** A policy that stands for its role, also where another resource's policy names whom it permits something. */
class PolicyForRole extends Policy implements IPrincipal {
  public readonly grantPrincipal: IPrincipal = this;
  public readonly assumeRoleAction: string;
  public readonly policyFragment: PrincipalPolicyFragment;
  public readonly principalAccount?: string;
  public hasRole = false;

  constructor(scope: Construct, id: string, role: IRole) {
    super(scope, id, {
      // The generated name is unique in this stack only, and a policy of the same name would take the place of this
      // one.
      policyName: Names.uniqueResourceName(scope, { maxLength: 128 }),
    });
    // Where Role.customizeRoles() is in charge, nothing is attached: it reports what the role itself is permitted.
    role.attachInlinePolicy(this);
    this.assumeRoleAction = role.assumeRoleAction;
    this.policyFragment = role.policyFragment;
    this.principalAccount = role.principalAccount;
  }

  public attachToRole(role: IRole): void {
    this.hasRole = true;
    super.attachToRole(role);
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
