/**
 * Two scheduled audits with different checks: the urgent ones every week, those of ageing certificates once a month.
 * And a deployment that waits for the urgent checks, if somebody asks for them.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/weekly-and-monthly.ts"
 *   npx cdk deploy --app "npx tsx --tsconfig examples/tsconfig.json examples/weekly-and-monthly.ts" \
 *     --context release=2.1
 */
import { App, CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  AuditCheck, AuditSchedule, AuditSeverity, DeploymentAudit, FleetAudit, FleetAuditFunction, OnDemandAudit, Weekday,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'WeeklyAndMonthly', { env: { region: 'us-east-1' } });

// Devices of this fleet may sleep for a month, so a certificate must be replaced long before it expires.
const expiring = AuditCheck.deviceCertificateExpiring(Duration.days(90));
const aged = AuditCheck.deviceCertificateAge(Duration.days(730));
const severe = [AuditSeverity.CRITICAL, AuditSeverity.HIGH];
const urgent = AuditCheck.all().filter((check) => severe.includes(check.severity));

const audit = new FleetAudit(stack, 'FleetAudit', {
  checks: [...urgent, expiring, aged],
  schedules: [],
  deploymentAudit: DeploymentAudit.none(),
});
audit.addScheduledAudit('UrgentAudit', { schedule: AuditSchedule.weekly(Weekday.MONDAY), checks: urgent });
audit.addScheduledAudit('CertificateAudit', { schedule: AuditSchedule.monthlyOnLastDay(), checks: [expiring, aged] });

// Runs again whenever the release changes. The stack's outputs tell what it found.
const urgentAudit = new OnDemandAudit(stack, 'UrgentAuditOfRelease', {
  configuration: audit.configuration,
  checks: urgent,
  deploymentAudit: DeploymentAudit.waitForCompletion({
    timeout: Duration.minutes(40), failOnTimeout: false, trigger: app.node.tryGetContext('release'),
  }),
});
new CfnOutput(stack, 'NonCompliance', { value: urgentAudit.nonCompliance });

Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Starting, watching and cancelling an audit have no resource to narrow them to',
});
