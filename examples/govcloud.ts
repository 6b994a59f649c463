/**
 * A stack in AWS GovCloud (US), which lacks six of the checks: the default leaves them out.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/govcloud.ts"
 */
import { App, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { AuditCheck, AuditSchedule, FleetAudit, FleetAuditFunction } from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'GovCloud', { env: { account: '111122223333', region: 'us-gov-west-1' } });

const audit = new FleetAudit(stack, 'FleetAudit', { schedules: [AuditSchedule.daily()] });

// An output tells which checks the region lacks.
const missing = AuditCheck.all().filter((check) => !check.isAvailableIn(stack.region));
new CfnOutput(audit, 'ChecksNotInThisRegion', { value: missing.map((check) => check.checkName).join(', ') });

Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Starting, watching and cancelling an audit, and the audit configuration, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:us-gov-west-1:111122223333:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
});
