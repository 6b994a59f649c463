import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import { Role, AccountPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { ENV } from './templates';
import {
  AuditNotificationTopic, AuditSeverity, FleetAudit, NoticeFormat, NoticeTrigger, SecurityHubReport,
} from '../../src';

/** An app that watches, keeps and tells all that it can, with every option of the archive. */
export function everythingMonitored(): { readonly app: App; readonly stack: Stack } {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: ENV });
  const audit = new FleetAudit(stack, 'FleetAudit');
  audit.monitor({
    alarmTopic: audit.notificationTopic,
    alarmActions: [{ bind: () => ({ alarmActionArn: 'arn:aws:ssm:us-east-1:111111111111:opsitem:1' }) }],
  });
  audit.notifyPeople({ topic: new AuditNotificationTopic(stack, 'Mails'), trigger: NoticeTrigger.EVERY_AUDIT });
  audit.notifyPeople({ topic: new AuditNotificationTopic(stack, 'Chat'), format: NoticeFormat.CHAT });
  const archive = audit.archiveFindings({
    prefix: 'iot/',
    encryptionKey: new Key(stack, 'ArchiveKey', { enableKeyRotation: true }),
    objectLock: ObjectLockRetention.compliance(Duration.days(365)),
    retention: Duration.days(400),
    serverAccessLogsBucket: Bucket.fromBucketName(stack, 'AccessLogs', 'access-logs'),
    serverAccessLogsPrefix: 'archive/',
    queryResultsBucket: Bucket.fromBucketName(stack, 'Results', 'results'),
    bytesScannedLimit: Size.gibibytes(1),
  });
  archive.grantQuery(new Role(stack, 'Auditors', { assumedBy: new AccountPrincipal(stack.account) }));
  audit.addDashboard({ defaultInterval: Duration.days(30) }).grantView(
    new Role(stack, 'Viewers', { assumedBy: new AccountPrincipal(stack.account) }));
  audit.sendToSecurityHub();
  audit.onSecurityHubFinding('Critical', {
    report: SecurityHubReport.AUDIT_FINDING, minimumSeverity: AuditSeverity.CRITICAL,
  });
  return { app, stack };
}
