import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { InlinePolicyRole } from '../private/own-roles';

/** The resources that the state machine acts on, beside topics. */
export interface MitigationRoleProps {
  readonly functionArn: string;
  /** The name of a parameter, which begins with a slash. */
  readonly switchName: string;
}

/** The role of the state machine, which may do exactly what the states do. */
export function defineMitigationRole(
  scope: Construct, { functionArn, switchName }: MitigationRoleProps,
): InlinePolicyRole {
  const stack = Stack.of(scope);
  const role = new InlinePolicyRole(scope, 'Role', {
    description: 'Lets automatic mitigation of AWS IoT Device Defender audits start mitigation tasks and report',
    assumedBy: new ServicePrincipal('states.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        // The name of the state machine is only known when it exists, and then the role must exist.
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'states', resource: 'stateMachine', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  });
  const statements = [
    new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
    new PolicyStatement({
      actions: ['ssm:GetParameters'],
      resources: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: switchName.slice(1) })],
    }),
    // IAM cannot narrow these to a resource. AWS documents no iam:PassRole for them.
    new PolicyStatement({
      actions: ['iot:DescribeAuditMitigationActionsTask', 'iot:StartAuditMitigationActionsTask'], resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['events:PutEvents'],
      resources: [stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
    }),
  ];
  statements.forEach((statement) => role.addToPrincipalPolicy(statement));
  return role;
}
