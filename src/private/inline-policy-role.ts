import { AddToPrincipalPolicyResult, CfnRole, PolicyDocument, PolicyStatement, Role, RoleProps } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * A role whose permissions are part of the role itself instead of a policy beside it.
 *
 * A service may look at a role as soon as it exists, and a role that outlives its stack must keep its permissions.
 */
export class InlinePolicyRole extends Role {
  private readonly permissions = new PolicyDocument();

  /** The role's resource; none where Role.customizeRoles() keeps roles out of the template. */
  private readonly resource?: CfnRole;

  /** Role.customizeRoles() is in charge: beside the resource, or in its place, is what writes the statements to its report. */
  private readonly reported: boolean;

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, props);
    this.resource = this.node.defaultChild as CfnRole | undefined;
    this.reported = this.node.children.some((child) => child !== this.resource);
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    const { permissions, resource } = this;
    if (this.reported) {
      super.addToPrincipalPolicy(statement);
    }
    if (resource) {
      permissions.addStatements(statement);
      // A list from the first statement on, and no token: tools that read the app look into lists.
      resource.policies = [{ policyName: 'Permissions', policyDocument: permissions }];
    }
    return { statementAdded: true, policyDependable: this };
  }
}
