import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import type { AccountAuditConfigurationProps } from './account-audit-configuration';
import { checkBroughtRole } from '../private/brought-role';
import { invalidInput } from '../private/invalid-input';
import { IotServiceRole } from '../private/iot-service-role';
import { permissionsOf } from '../private/role-permissions';
import { checkTopic, grantPublishing } from '../private/topic-publishing';

/**
 * The role by which Device Defender reads what it audits: the one that was brought along, or one of the scope.
 *
 * The API cannot take a role away, only exchange it for another one. So the role of an adopted configuration stays in every
 * case: when a rollback may not pass the former role, or when schedules outside the stack keep the configuration.
 */
export function resolveAuditRole(scope: Construct, removalPolicy: RemovalPolicy, brought?: IRole): IRole {
  const policy = ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSIoTDeviceDefenderAudit');
  if (brought) {
    checkBroughtRole(scope, 'auditRole', brought);
    brought.addManagedPolicy(policy);
    return brought;
  }
  const role = new IotServiceRole(scope, 'AuditRole', {
    description: 'Lets AWS IoT Device Defender read what it audits',
    managedPolicies: [policy],
  });
  role.applyRemovalPolicy(removalPolicy);
  return role;
}

/**
 * The role by which Device Defender publishes to the topic; none without a topic.
 */
export function resolveNotificationRole(
  scope: Construct, removalPolicy: RemovalPolicy, props: AccountAuditConfigurationProps,
): IRole | undefined {
  const topic = props.notificationTopic;
  if (!topic) {
    if (props.notificationRole) {
      throw invalidInput(scope, {
        property: 'notificationRole',
        rule: 'needs a topic to publish to',
        given: 'a role without a notificationTopic',
        fix: 'set notificationTopic as well',
      });
    }
    return undefined;
  }
  checkTopic(scope, 'notificationTopic', topic);
  const role = props.notificationRole ?? new IotServiceRole(scope, 'NotificationRole', {
    description: 'Lets AWS IoT Device Defender publish the notifications of its audits',
  });
  if (props.notificationRole) {
    checkBroughtRole(scope, 'notificationRole', role);
  } else {
    role.applyRemovalPolicy(removalPolicy);
  }
  return role;
}

/**
 * Lets the role publish to the topic.
 *
 * @returns what must be there before the role is used
 */
export function letRolePublish(scope: Construct, removalPolicy: RemovalPolicy, topic?: ITopic, role?: IRole): IDependable[] {
  if (!topic || !role) {
    return [];
  }
  const permissions = permissionsOf(scope, 'NotificationRolePolicy', role, removalPolicy);
  grantPublishing(topic, permissions);
  return [role, permissions];
}
