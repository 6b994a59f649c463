/**
 * Two schedules with different checks: what can hurt today every week, what grows old once a month.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/weekly-and-monthly.ts"
 */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AuditCheck, AuditSchedule, AuditSeverity, DayOfWeek, FleetAudit } from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'WeeklyAndMonthly', { env: { region: 'us-east-1' } });

// Devices of this fleet may sleep for a month, so a certificate must be replaced long before it expires.
const expiring = AuditCheck.deviceCertificateExpiring(Duration.days(90));
const aged = AuditCheck.deviceCertificateAge(Duration.days(730));
const urgent = AuditCheck.all().filter((check) => [AuditSeverity.CRITICAL, AuditSeverity.HIGH].includes(check.severity));

const audit = new FleetAudit(stack, 'FleetAudit', {
  checks: [...urgent, expiring, aged],
  schedules: [],
});
audit.addSchedule('UrgentAudit', { schedule: AuditSchedule.weekly(DayOfWeek.MONDAY), checks: urgent });
audit.addSchedule('CertificateAudit', { schedule: AuditSchedule.monthlyOnLastDay(), checks: [expiring, aged] });

Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
