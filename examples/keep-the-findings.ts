/**
 * What happens after an audit, for people and for auditors: a mail and a chat tell what is new, an alarm stays until it
 * is repaired, and an archive keeps what AWS IoT forgets after 90 days.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/keep-the-findings.ts"
 *
 * Without an account, with the mails and the files that come of an audit:
 *
 *   npx cdk-iot-fleet-audit rehearse --app "npx tsx --tsconfig examples/tsconfig.json examples/keep-the-findings.ts"
 */
import { App, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AuditNotificationTopic, AuditSchedule, FleetAudit, FleetAuditFunction, NoticeFormat, NoticeTrigger, Weekday,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'KeepTheFindings', {
  description: 'AWS IoT Device Defender Audit with alarms, notices and an archive',
});

const audit = new FleetAudit(stack, 'FleetAudit', { schedules: [AuditSchedule.weekly(Weekday.MONDAY)] });
audit.monitor({ alarmTopic: audit.notificationTopic });

// A mail for what is new. Its topic is not that of the audits, which also gets the JSON of Device Defender.
const owners = new AuditNotificationTopic(stack, 'FleetOwners');
owners.addSubscription(new EmailSubscription('fleet-owners@example.com'));
audit.notifyPeople({ topic: owners });

// Subscribe Amazon Q Developer in chat applications to this one.
const chat = new AuditNotificationTopic(stack, 'Chat');
audit.notifyPeople({ topic: chat, format: NoticeFormat.CHAT, trigger: NoticeTrigger.FINDINGS });

// For a year nobody deletes what was found, except with a special permission; after three years it goes.
const archive = audit.archiveFindings({
  objectLock: ObjectLockRetention.governance(Duration.days(365)),
  retention: Duration.days(3 * 365),
});
const auditors = new Role(stack, 'Auditors', { assumedBy: new AccountPrincipal(stack.account) });
archive.grantQuery(auditors);
new CfnOutput(stack, 'WorkGroup', { value: archive.workGroupName, description: 'The saved queries in Amazon Athena' });

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(archive).acknowledge({
  id: 'AwsSolutions-S1',
  reason: 'AWS CloudTrail can tell who reads the files; access logs would take a bucket of their own',
});
const files = ['findings', 'checks'].map((folder) => ({
  id: `AwsSolutions-IAM5[Resource::<FleetAuditFindingsArchiveBucket4D3F8F10.Arn>/${folder}/day=*]`,
  reason: 'Each audit has files of its own; what is there is never replaced',
}));
Validations.of(auditors).acknowledge(...files, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:glue:<AWS::Region>:<AWS::AccountId>:table/'
    + `${archive.databaseName}/*]`,
  reason: 'Auditors query all tables of the archive, which has a database of its own',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge(...files, {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Auditing, and reading audits and what they found, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
});
