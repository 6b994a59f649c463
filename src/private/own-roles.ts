import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import {
  AddToPrincipalPolicyResult, CfnRole, IManagedPolicy, PolicyDocument, PolicyStatement, Role, RoleProps,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';

/** The principal that assumes every role of Device Defender and of IoT logging. */
export const IOT_SERVICE_PRINCIPAL = 'iot.amazonaws.com';

/**
 * A role with its permissions in the role itself instead of in a separate policy.
 *
 * A service may look at a role as soon as the role exists, and a role that outlives its stack must keep its
 * permissions.
 */
export class InlinePolicyRole extends Role {
  /**
   * True if Role.customizeRoles() is in use: it reports the statements, and makes no policy.
   */
  public readonly isReported: boolean;

  private readonly permissions = new PolicyDocument();

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id, props);
    // A role has only its resource as a child, unless the construct that writes the report is there.
    const { children, defaultChild } = this.node;
    this.isReported = children.some((child) => child !== defaultChild);
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    if (this.isReported) {
      return super.addToPrincipalPolicy(statement);
    }
    this.permissions.addStatements(statement);
    // Set at the first statement, and as a list instead of a token: tools that read the app look into lists.
    (this.node.defaultChild as CfnRole).policies = [{ policyName: 'Permissions', policyDocument: this.permissions }];
    return { statementAdded: true, policyDependable: this };
  }
}

export interface IotServiceRoleProps {
  /** The purpose of the role. */
  readonly description: string;

  /**
   * The resource on whose behalf AWS IoT assumes the role.
   *
   * @default - anything of AWS IoT in the stack's account and region
   */
  readonly sourceArn?: string;

  /** @default - none */
  readonly managedPolicies?: IManagedPolicy[];
}

/**
 * A role that only AWS IoT may assume, and only for this account.
 */
export class IotServiceRole extends InlinePolicyRole {
  constructor(scope: Construct, id: string, props: IotServiceRoleProps) {
    super(scope, id, {
      description: props.description,
      managedPolicies: props.managedPolicies,
      assumedBy: new ServicePrincipal(IOT_SERVICE_PRINCIPAL, {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': props.sourceArn ?? anyIotResource(scope) },
        },
      }),
    });
  }
}

/**
 * Leaves out the roles of this library. A custom resource refers to them anyway, and they contain their permissions.
 *
 * The CDK orders dependencies by path, and to `cdk refactor`, a resource with another order is another resource. So a
 * custom resource should depend only on what belongs to its function.
 */
export function withoutOwnRoles(dependencies: IDependable[]): IDependable[] {
  return dependencies.filter((dependency) => !(dependency instanceof IotServiceRole));
}

/**
 * AWS documents `arn:<partition>:iot:<region>:<account>:` for audits, with nothing after the last colon. The pattern
 * matches that, and anything that a later version of the service may append.
 */
function anyIotResource(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
}
