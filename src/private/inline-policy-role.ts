import { Lazy } from 'aws-cdk-lib';
import { AddToPrincipalPolicyResult, CfnRole, PolicyDocument, PolicyStatement, Role, RoleProps } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * A role whose permissions are part of the role itself instead of a policy beside it.
 *
 * A service may look at a role as soon as it exists, and a role that outlives its stack must keep its permissions.
 */
export class InlinePolicyRole extends Role {
  private readonly permissions = new PolicyDocument();

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, props);
    const resource = this.node.defaultChild as CfnRole | undefined;
    if (resource) {
      resource.policies = Lazy.any({
        produce: () => this.permissions.isEmpty ? undefined : [{ policyName: 'Permissions', policyDocument: this.permissions }],
      });
    }
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    // Without a resource, Role.customizeRoles() is in charge, whose report lists the statements.
    if (!this.node.defaultChild) {
      return super.addToPrincipalPolicy(statement);
    }
    this.permissions.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
