/**
 * Findings that a team has accepted, in one list that is reviewed like code: they do not stop the deployment gate, are
 * never mitigated, and are acknowledged by the checks at synth, until the date in the list.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/accept-findings.ts"
 */
import { join } from 'path';
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import {
  AuditCheck, AuditSeverity, DeploymentAudit, DeviceDefenderChecks, FleetAudit, FleetAuditFunction, SuppressedResource,
  SuppressionExpiry, SuppressionList,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'AcceptFindings', {
  description: 'AWS IoT Device Defender Audit with a gate, and findings that are accepted',
});

// A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
new CfnPolicy(stack, 'GatewayPolicy', {
  policyName: 'gateway',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: stack.formatArn({ service: 'iot', resource: 'client', resourceName: '*' }),
    }],
  },
});

// A policy without a name of its own is better named by its construct than in the list.
const testBenchPolicy = new CfnPolicy(stack, 'TestBenchPolicy', {
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Action: 'iot:Publish',
      Resource: stack.formatArn({ service: 'iot', resource: 'topic', resourceName: '*' }),
    }],
  },
});

const audit = new FleetAudit(stack, 'FleetAudit', {
  deploymentAudit: DeploymentAudit.gate({ failOn: AuditSeverity.CRITICAL, timeout: Duration.minutes(45) }),
});

// The account: what the list accepts is suppressed before the gate's audit starts.
const accepted = SuppressionList.fromFile(join(__dirname, 'accepted-findings.json'));
audit.addSuppressions(accepted);
audit.addSuppression({
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policy(testBenchPolicy),
  description: 'The test bench publishes for simulated devices, in an account without others (SEC-101)',
  expiry: SuppressionExpiry.on('2049-12-31'),
});

// The checks at synth: the same list, for the policies that these templates name.
Validations.of(app).addPlugins(new DeviceDefenderChecks({ suppressions: accepted, loggingEnabledElsewhere: true }));

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Auditing, and suppressing what an audit finds, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:policy/*]',
  reason: 'The function reads which version of a suppressed policy is the default',
});
