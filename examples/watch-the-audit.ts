/**
 * Alarms for what audits find, for audits that are overdue, and for what follows them: the people on call are told of
 * critical findings, everything else waits in the console.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/watch-the-audit.ts"
 */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AuditAlarms, AuditCheck, AuditNotificationTopic, AuditSchedule, AuditSeverity, FleetAudit, FleetAuditFunction,
  ScheduledAudit, Weekday,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'WatchTheAudit', {
  description: 'AWS IoT Device Defender Audit with alarms',
});

const audit = new FleetAudit(stack, 'FleetAudit', { schedules: [AuditSchedule.weekly(Weekday.MONDAY)] });

// The alarms of every audit, and of what follows them, notify the topic of the audits.
audit.monitor({ alarmTopic: audit.notificationTopic });

// Critical checks run every day. Their alarms wake up somebody, and only these: the audit is none of the FleetAudit's.
const onCall = new AuditNotificationTopic(stack, 'OnCall');
onCall.addSubscription(new EmailSubscription('iot-oncall@example.com'));
const criticalChecks = AuditCheck.all().filter(({ severity }) => severity === AuditSeverity.CRITICAL);
const criticalAudit = new ScheduledAudit(stack, 'CriticalAudit', {
  configuration: audit.configuration, schedule: AuditSchedule.daily(), checks: criticalChecks,
});
new AuditAlarms(stack, 'CriticalAlarms', { scheduledAudit: criticalAudit, alarmTopic: onCall });

// What is found now, and over time. A metric has one data point for an audit: it is seen over weeks.
const dashboard = audit.addDashboard();
dashboard.addScheduledAudit(criticalAudit);
dashboard.addWidgets(new GraphWidget({
  title: 'Shared certificates',
  left: [criticalAudit.metricNonCompliantResources(AuditCheck.DEVICE_CERTIFICATE_SHARED)],
  right: [criticalAudit.metricResourcesEvaluated(AuditCheck.DEVICE_CERTIFICATE_SHARED)],
}));

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(dashboard).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Reading audits and their findings has no resource to narrow it to',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Auditing, and reading which audits ran, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
});
