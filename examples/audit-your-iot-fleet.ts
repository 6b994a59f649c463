/**
 * The lab "Audit your IoT fleet" as code: every check is enabled, the people on call are notified, and what the lab
 * mitigates by hand is mitigated within limits: logging is enabled at once, people are asked about a certificate that
 * devices share, and a policy that is too broad is only reported.
 *
 *   npx cdk synth
 *   npx cdk deploy --context alertEmail=you@example.com
 */
import { App, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AuditCheck, FleetAudit, FleetAuditFunction, LogLevel, Mitigation, MitigationMode } from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'AuditYourIotFleet', {
  description: 'AWS IoT Device Defender Audit of the fleet in this account and region',
});

// Runs every check that the region has, now and once a day. Among them are the three of the lab: devices that share a
// certificate, policies broader than least privilege, and disabled logging.
const audit = new FleetAudit(stack, 'FleetAudit');

const alertEmail = app.node.tryGetContext('alertEmail');
if (alertEmail) {
  audit.notificationTopic.addSubscription(new EmailSubscription(alertEmail));
}

if (audit.onDemandAudit !== undefined) {
  new CfnOutput(stack, 'AuditTaskId', { value: audit.onDemandAudit.auditTaskId });
}

// The targets of the mitigation actions.
const quarantine = new CfnThingGroup(stack, 'Quarantine', { thingGroupName: 'Quarantine' });
const devicePolicy = new CfnPolicy(stack, 'DevicePolicy', {
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Action: 'iot:Connect',
      Resource: stack.formatArn({
        service: 'iot', resource: 'client', resourceName: '${iot:Connection.Thing.ThingName}',
      }),
      Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } },
    }],
  },
});

// An action does nothing by itself: a rule applies it to findings, or a person in the console or through the API. Its
// name is what reports call it, and narrows the trust of its role.
const deactivate = audit.addMitigationAction('DeactivateCertificate', {
  mitigation: Mitigation.updateDeviceCertificate(), mitigationActionName: 'DeactivateCertificate',
});
const quarantineThings = audit.addMitigationAction('QuarantineThings', {
  mitigation: Mitigation.addThingsToThingGroup([quarantine]), mitigationActionName: 'QuarantineThings',
});
const blankDevicePolicy = audit.addMitigationAction('BlankDevicePolicy', {
  mitigation: Mitigation.replaceDefaultPolicyVersion([devicePolicy]), mitigationActionName: 'BlankDevicePolicy',
});
const enableLogging = audit.addMitigationAction('EnableLogging', {
  mitigation: Mitigation.enableIotLogging({ logLevel: LogLevel.ERROR }), mitigationActionName: 'EnableLogging',
});
const publishFinding = audit.addMitigationAction('PublishFinding', {
  mitigation: Mitigation.publishFindingToSns(audit.notificationTopic), mitigationActionName: 'PublishFinding',
});
for (const action of [deactivate, quarantineThings, blankDevicePolicy, enableLogging, publishFinding]) {
  new CfnOutput(action, 'Name', { value: action.mitigationActionName });
}

// The second half of the lab. Logging is enabled at once, since that cuts nobody off.
const mitigation = audit.mitigateAutomatically({ checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] });

// People are asked: the things of a shared certificate go into quarantine, and then the certificate is deactivated.
audit.mitigateAutomatically({
  checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
  actions: [quarantineThings, deactivate],
  mode: MitigationMode.ASK,
  maximumResources: 5,
});

// A blank policy cuts off every device that uses it, so this rule only reports what it would do.
audit.mitigateAutomatically({
  checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE],
  actions: [blankDevicePolicy],
  mode: MitigationMode.REPORT,
});

if (alertEmail) {
  mitigation.addApprover(new EmailSubscription(alertEmail));
}

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
Validations.of(deactivate).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:cert/*]',
  reason: 'Nobody knows before which certificate an audit finds; the role can deactivate those of this account only',
});
Validations.of(quarantineThings).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:thing/*]',
  reason: 'Nobody knows before which thing uses a certificate; the role can add it to the quarantine group only',
}, {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:ListPrincipalThings has no resource to narrow it to, and only reads',
});
Validations.of(enableLogging).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:SetV2LoggingOptions has no resource to narrow it to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:AWSIotLogsV2:*]',
  reason: 'The log streams of the one log group that AWS IoT writes to',
});
