/**
 * Mitigation that runs by itself, within limits: logging is enabled at once, a certificate that its CA revoked is put
 * into quarantine at once, and for a certificate that several devices share the people on call are asked.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/mitigate-automatically.ts"
 */
import { App, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AuditCheck, FleetAudit, FleetAuditFunction, Mitigation, MitigationException, MitigationMode,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'MitigateAutomatically', {
  description: 'AWS IoT Device Defender Audit with mitigation that runs by itself, within limits',
});

const audit = new FleetAudit(stack, 'FleetAudit');

// Things in quarantine keep their connection; what they may do is up to the policies of the group.
const quarantined = new CfnThingGroup(stack, 'Quarantine');

// Never touched, whatever an audit finds: somebody would have to drive out to them.
const criticalPumps = CfnThingGroup.fromThingGroupName(stack, 'CriticalPumps', 'critical-pumps');

const enableLogging = audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging() });
const quarantine = audit.addMitigationAction('QuarantineThings', {
  mitigation: Mitigation.addThingsToThingGroup([quarantined]),
});
const deactivate = audit.addMitigationAction('DeactivateCertificate', {
  mitigation: Mitigation.updateDeviceCertificate(),
});

// Neither action cuts off a device, so both are applied at once: to 10 resources after an audit at most, and to no more
// than 5 percent of those that the check looked at. If an audit finds more, it is reported and left alone.
audit.mitigateAutomatically({ checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] });
audit.mitigateAutomatically({
  checks: [AuditCheck.REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE],
  actions: [quarantine],
});

// Deactivating a certificate disconnects devices for good, so people decide. Both actions then follow in this order.
const mitigation = audit.mitigateAutomatically({
  checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
  actions: [quarantine, deactivate],
  mode: MitigationMode.ASK,
  maximumResources: 5,
  smallFleetAllowance: 2,
  budget: 10,
  budgetPeriod: Duration.days(30),
  exceptions: [MitigationException.thingGroup(criticalPumps)],
});
mitigation.addApprover(new EmailSubscription('iot-oncall@example.com'));

// An execution that fails leaves people without a report. Give the alarm an action of yours.
new CfnOutput(stack, 'FailedExecutionsAlarm', { value: mitigation.failedExecutionsAlarm.alarmName });

// `aws ssm put-parameter --type String --name <this name> --value report-only` stops everything that would act.
new CfnOutput(stack, 'StopSwitch', { value: mitigation.switchParameterName });

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Auditing, and reading what audits and mitigation tasks found and did, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
}, ...['cert', 'policy', 'thing', 'thinggroup'].map((resource) => ({
  id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:${resource}/*]`,
  reason: 'Nobody knows before what an audit finds; the function only reads',
})));
Validations.of(mitigation.role).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Starting mitigation tasks, delivering logs and sending traces have no resource to narrow them to',
});
Validations.of(enableLogging).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:SetV2LoggingOptions has no resource to narrow it to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:AWSIotLogsV2:*]',
  reason: 'The log streams of the one log group that AWS IoT writes to',
});
Validations.of(quarantine).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:thing/*]',
  reason: 'Nobody knows before which thing uses a certificate; the role can add it to the quarantine group only',
}, {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:ListPrincipalThings has no resource to narrow it to, and only reads',
});
Validations.of(deactivate).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:cert/*]',
  reason: 'Nobody knows before which certificate an audit finds; the role can deactivate those of this account only',
});
