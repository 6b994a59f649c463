/**
 * Single constructs together with CloudFormation's raw resources, for a stack that cannot change everything at once.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/beside-raw-resources.ts"
 */
import { App, Aws, Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration, CfnResourceSpecificLogging, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import {
  AuditCheck, AuditSchedule, Logging, Mitigation, MitigationAction, ScheduledAudit, Weekday,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'BesideRawResources');

// The resources that the stack has had for years.
const auditRole = new Role(stack, 'AuditRole', {
  assumedBy: new ServicePrincipal('iot.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:iot:${Aws.REGION}:${Aws.ACCOUNT_ID}:*` },
    },
  }),
  managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSIoTDeviceDefenderAudit')],
});
const configuration = new CfnAccountAuditConfiguration(stack, 'Configuration', {
  accountId: Aws.ACCOUNT_ID,
  roleArn: auditRole.roleArn,
  auditCheckConfigurations: {
    deviceCertificateSharedCheck: { enabled: true },
    loggingDisabledCheck: { enabled: true },
  },
});

// The constructs that are new.
new ScheduledAudit(stack, 'WeeklyAudit', {
  configuration,
  schedule: AuditSchedule.weekly(Weekday.MONDAY),
  checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED],
});
const quarantineThings = new MitigationAction(stack, 'QuarantineThings', {
  mitigation: Mitigation.addThingsToThingGroup([CfnThingGroup.fromThingGroupName(stack, 'Quarantine', 'Quarantine')]),
});
const logging = new Logging(stack, 'Logging');
new CfnResourceSpecificLogging(stack, 'QuarantineLogging', {
  targetType: 'THING_GROUP',
  targetName: 'Quarantine',
  logLevel: 'DEBUG',
}).node.addDependency(logging);

Validations.of(auditRole).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(quarantineThings).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:thing/*]',
  reason: 'Nobody knows before which thing uses a certificate; the role can add it to the quarantine group only',
}, {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:ListPrincipalThings has no resource to narrow it to, and only reads',
});
Validations.of(logging).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:AWSIotLogsV2:*]',
  reason: 'The log streams of the one log group that AWS IoT writes to',
});
