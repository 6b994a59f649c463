import { ArnFormat, Aws, Lazy, Stack } from 'aws-cdk-lib';
import {
  AddToPrincipalPolicyResult, CfnRole, IManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** The principal that assumes every role of Device Defender and of IoT logging. */
export const IOT_SERVICE_PRINCIPAL = 'iot.amazonaws.com';

export interface IotServiceRoleProps {
  /** What the role is for. */
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
 *
 * Its permissions are part of the role itself instead of a policy beside it:
 * AWS IoT may look at a role as soon as it exists, and a role that outlives its stack must keep its permissions.
 */
export class IotServiceRole extends Role {
  private readonly permissions = new PolicyDocument();

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
    const resource = this.node.defaultChild as CfnRole | undefined;
    if (resource) {
      resource.policies = Lazy.any({
        produce: () => this.permissions.isEmpty ? undefined : [{ policyName: 'Permissions', policyDocument: this.permissions }],
      });
    }
  }

  public addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.permissions.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}

/**
 * AWS documents `arn:<partition>:iot:<region>:<account>:` for audits, with nothing after the last colon;
 * the pattern matches that and whatever a later version of the service may append.
 */
function anyIotResource(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
}
