/**
 * A team with roles, a topic and a key of its own: the stack uses what already exists.
 *
 *   npx cdk synth --app "npx tsx --tsconfig examples/tsconfig.json examples/bring-your-own.ts"
 */
import { App, Stack } from 'aws-cdk-lib';
import { PrincipalWithConditions, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AuditCheck, DeploymentAudit, FleetAudit, Mitigation } from 'cdk-iot-fleet-audit';

export const app = new App();
const stack = new Stack(app, 'BringYourOwn', { env: { account: '111122223333', region: 'eu-west-1' } });

// A topic and its key that another team owns.
const topic = Topic.fromTopicAttributes(stack, 'SecurityTopic', {
  topicArn: 'arn:aws:sns:eu-west-1:111122223333:security-findings',
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
});

// A role that this team defines. AWS IoT may assume it for this account only.
const deviceDefender = new PrincipalWithConditions(new ServicePrincipal('iot.amazonaws.com'), {
  StringEquals: { 'aws:SourceAccount': stack.account },
  ArnLike: { 'aws:SourceArn': stack.formatArn({ service: 'iot', resource: '*' }).replace('*/', '*') },
});
const notificationRole = new Role(stack, 'NotificationRole', { assumedBy: deviceDefender });

// An existing role that already has the permissions that it needs.
const auditRole = Role.fromRoleName(stack, 'AuditRole', 'SecurityAudit', { mutable: false });

const audit = new FleetAudit(stack, 'FleetAudit', {
  auditRole,
  notificationRole,
  notificationTopic: topic,
  // Without an audit at deployment, the stack needs no function and no role for one.
  deploymentAudit: DeploymentAudit.none(),
  checks: [
    AuditCheck.DEVICE_CERTIFICATE_SHARED,
    AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
    AuditCheck.LOGGING_DISABLED,
  ],
});

// AWS IoT Core encrypts with a key of the team's, so audits must be able to decrypt.
const coreKey = new Key(stack, 'IotCoreKey', { enableKeyRotation: true });
coreKey.grantDecrypt(audit.configuration.auditRole);

audit.addMitigationAction('PublishFinding', {
  mitigation: Mitigation.publishFindingToSns(topic),
  mitigationActionName: 'PublishFinding',
});
