/**
 * An account that was audited before: its configuration is taken over, a finding that the team has accepted is
 * suppressed, and from then on no deployment adds a finding of high severity. What templates show already fails at
 * synth.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/take-over-an-account.ts"
 */
import { App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import {
  AuditCheck, AuditSchedule, AuditSeverity, DeploymentAudit, DeviceDefenderChecks, ExistingConfiguration, FleetAudit,
  FleetAuditFunction, KnownFindings, Mitigation, MitigationMode, OtherChecks, SuppressedResource, SuppressionExpiry,
  Weekday,
} from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'TakeOverAnAccount', {
  description: 'AWS IoT Device Defender Audit in an account that was audited before',
});

// A gateway connects under the names of its sensors, so its policy is broader than the audit likes.
const gatewayPolicy = new CfnPolicy(stack, 'GatewayPolicy', {
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: stack.formatArn({ service: 'iot', resource: 'client', resourceName: '*' }),
    }],
  },
});

// The role of the configuration that is there. The account gets it back when the stack is deleted, and so it does with
// everything else that the stack found.
const previousRole = Role.fromRoleName(stack, 'PreviousRole', 'SecurityAudit', { mutable: false });

const audit = new FleetAudit(stack, 'FleetAudit', {
  checks: [
    AuditCheck.DEVICE_CERTIFICATE_SHARED,
    AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    AuditCheck.LOGGING_DISABLED,
    AuditCheck.deviceCertificateExpiring(Duration.days(60)),
  ],
  existing: ExistingConfiguration.adopt({
    otherChecks: OtherChecks.KEEP,
    previousRoles: [previousRole],
    putBackOnRemoval: true,
  }),
  schedules: [AuditSchedule.weekly(Weekday.MONDAY)],
  deploymentAudit: DeploymentAudit.gate({
    failOn: AuditSeverity.HIGH,
    knownFindings: KnownFindings.ignore(),
    timeout: Duration.minutes(45),
  }),
});

audit.addSuppression({
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  resource: SuppressedResource.policy(gatewayPolicy),
  description: 'Gateways connect under the names of their sensors until release 2 (SEC-112)',
  expiry: SuppressionExpiry.on('2049-12-31'),
});

const enableLogging = audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging() });
const mitigation = audit.mitigateAutomatically({
  checks: [AuditCheck.LOGGING_DISABLED],
  actions: [enableLogging],
  mode: MitigationMode.APPLY,
});

// The same checks on the templates, before anything is deployed. They know what the stack suppresses.
Validations.of(app).addPlugins(new DeviceDefenderChecks({ loggingEnabledElsewhere: true }));

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'The account\'s configuration, audits, suppressions and mitigation tasks have no resource to narrow them to',
}, ...['cert', 'policy', 'scheduledaudit', 'thing', 'thinggroup'].map((resource) => ({
  id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:${resource}/*]`,
  reason: 'Nobody knows before what an account has and what an audit finds there',
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
