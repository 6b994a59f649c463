/**
 * The lab "Audit your IoT fleet" as code: every check is enabled, the people on call are notified, and mitigation
 * actions are ready for what the audit finds.
 *
 *   npx cdk synth
 *   npx cdk deploy --context alertEmail=you@example.com
 */
import { App, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { CfnPolicy, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { FleetAudit, FleetAuditFunction, LogLevel, Mitigation } from 'cdk-iot-fleet-audit';

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
const quarantine = new CfnThingGroup(stack, 'Quarantine');
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

// None of these runs by itself: a person applies an action to findings, in the console or through the API.
const actions = [
  audit.addMitigationAction('DeactivateCertificate', { mitigation: Mitigation.updateDeviceCertificate() }),
  audit.addMitigationAction('QuarantineThings', { mitigation: Mitigation.addThingsToThingGroup([quarantine]) }),
  audit.addMitigationAction('BlankDevicePolicy', {
    mitigation: Mitigation.replaceDefaultPolicyVersion([devicePolicy]),
  }),
  audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging({ logLevel: LogLevel.ERROR }) }),
  audit.addMitigationAction('PublishFinding', { mitigation: Mitigation.publishFindingToSns(audit.notificationTopic) }),
];
actions.forEach((action) => new CfnOutput(action, 'Name', { value: action.mitigationActionName }));

// Answers to the questions of a security reviewer; docs/adr/0004-least-privilege-roles.md has the details.
Validations.of(audit.configuration).acknowledge({
  id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit]',
  reason: 'AWS keeps this read-only policy in step with its checks; a copy would make a new check fail',
});
Validations.of(FleetAuditFunction.of(stack)).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'Starting, watching and cancelling an audit, and the audit configuration, have no resource to narrow them to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:scheduledaudit/*]',
  reason: 'CloudFormation names the scheduled audits; the function takes checks out of those of its stack only',
});
Validations.of(actions[0]).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:cert/*]',
  reason: 'Nobody knows before which certificate an audit finds; the role can deactivate those of this account only',
});
Validations.of(actions[1]).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:iot:<AWS::Region>:<AWS::AccountId>:thing/*]',
  reason: 'Nobody knows before which thing uses a certificate; the role can add it to the quarantine group only',
}, {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:ListPrincipalThings has no resource to narrow it to, and only reads',
});
Validations.of(actions[3]).acknowledge({
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'iot:SetV2LoggingOptions has no resource to narrow it to',
}, {
  id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:AWSIotLogsV2:*]',
  reason: 'The log streams of the one log group that AWS IoT writes to',
});
