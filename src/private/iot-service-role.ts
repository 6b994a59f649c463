import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { IManagedPolicy, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { InlinePolicyRole } from './inline-policy-role';

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
 * Leaves out the roles of this library, which a custom resource refers to: their permissions are part of them.
 *
 * The CDK orders dependencies by path, and `cdk refactor` takes a resource with another order for another one. So a
 * custom resource depends on nothing but what its function has, as far as that is possible.
 */
export function withoutOwnRoles(dependencies: IDependable[]): IDependable[] {
  return dependencies.filter((dependency) => !(dependency instanceof IotServiceRole));
}

/**
 * AWS documents `arn:<partition>:iot:<region>:<account>:` for audits, with nothing after the last colon;
 * the pattern matches that and whatever a later version of the service may append.
 */
function anyIotResource(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'iot', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
}
