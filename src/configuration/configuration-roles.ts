import { RemovalPolicy } from 'aws-cdk-lib';
import { IRole, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct, IDependable } from 'constructs';
import { checkBroughtRole, permissionsOf } from '../private/brought-roles';
import { invalidInput } from '../private/invalid-input';
import { IotServiceRole } from '../private/own-roles';
import { checkTopic, grantPublishing } from '../private/topic-publishing';

/** The notifications of a configuration, as its props say. */
interface NotificationProps {
  readonly notificationTopic?: ITopic;
  readonly notificationRole?: IRole;
}

/**
 * The audit role of a configuration: the one that the user brings, or a new one.
 *
 * The API can only exchange a role for another one, not take it away. So the role of an adopted configuration must have
 * the policy RETAIN: the account still needs it if the function may not pass the former role, or if scheduled audits
 * outside the stack use the configuration.
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
 * The role by which Device Defender publishes to the topic: the one that the user brings, or a new one; none without a
 * topic.
 */
export function resolveNotificationRole(
  scope: Construct, removalPolicy: RemovalPolicy, props: NotificationProps,
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
 * @returns the constructs that must exist before the role is used
 */
export function letRolePublish(
  scope: Construct, removalPolicy: RemovalPolicy, topic?: ITopic, role?: IRole,
): IDependable[] {
  if (!topic || !role) {
    return [];
  }
  const permissions = permissionsOf(scope, 'NotificationRolePolicy', role, removalPolicy);
  grantPublishing(topic, permissions);
  return [role, permissions];
}
