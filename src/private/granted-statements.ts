import {
  AddToPrincipalPolicyResult, ArnPrincipal, IPrincipal, IRole, PolicyStatement, PrincipalPolicyFragment,
} from 'aws-cdk-lib/aws-iam';

/**
 * A grantee that keeps what is granted to a role, for a policy of its own. The policies of resources name the role.
 */
export class GrantedStatements implements IPrincipal {
  public readonly assumeRoleAction: string;
  public readonly grantPrincipal: IPrincipal = this;
  public readonly principalAccount?: string;
  public readonly policyFragment: PrincipalPolicyFragment;
  public readonly statements: PolicyStatement[] = [];

  constructor(private readonly role: IRole) {
    this.assumeRoleAction = role.assumeRoleAction;
    this.principalAccount = role.principalAccount;
    this.policyFragment = new ArnPrincipal(role.roleArn).policyFragment;
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.statements.push(statement);
    return { statementAdded: true, policyDependable: this.role };
  }
}
