import { AddToPrincipalPolicyResult, CfnRole, PolicyDocument, PolicyStatement, Role, RoleProps } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * A role whose permissions are part of the role itself instead of a policy beside it.
 *
 * A service may look at a role as soon as it exists, and a role that outlives its stack must keep its permissions.
 */
export class InlinePolicyRole extends Role {
  /**
   * Role.customizeRoles() is in charge: the statements are for its report, and no policy is made.
   */
  public readonly isReported: boolean;

  private readonly permissions = new PolicyDocument();

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, props);
    // A role has its resource alone. What writes the report is beside that or in its place.
    const { children, defaultChild } = this.node;
    this.isReported = children.some((child) => child !== defaultChild);
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    if (this.isReported) {
      return super.addToPrincipalPolicy(statement);
    }
    this.permissions.addStatements(statement);
    // A list from the first statement on, and no token: tools that read the app look into lists.
    (this.node.defaultChild as CfnRole).policies = [{ policyName: 'Permissions', policyDocument: this.permissions }];
    return { statementAdded: true, policyDependable: this };
  }
}
