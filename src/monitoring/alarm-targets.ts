import { Annotations, ArnFormat, Stack } from 'aws-cdk-lib';
import { AlarmBase, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IAlias } from 'aws-cdk-lib/aws-kms';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { invalidInput } from '../private/invalid-input';
import { describeTopic, requireRegionalTopic } from '../private/topic-publishing';

/** What alarms lead to. */
export interface AlarmTargetsProps {
  readonly alarmTopic?: ITopic;
  readonly alarmActions?: IAlarmAction[];
}

/** The limit of CloudWatch for one state of an alarm. */
const MAXIMUM_ACTIONS = 5;

/** The key that AWS owns, whose policy nobody can change. */
const AWS_MANAGED_KEY = 'alias/aws/sns';

/**
 * The actions of alarms: those that are given, and the notification of the topic.
 *
 * @throws if the topic is a FIFO topic, of another region, or encrypted with AWS's own key; if there are more actions
 * than CloudWatch takes
 */
export function resolveActions(scope: Construct, { alarmActions = [], alarmTopic }: AlarmTargetsProps): IAlarmAction[] {
  // An imported action would take longer to load than the rest of the library.
  const notification: IAlarmAction[] = alarmTopic
    ? [{ bind: () => ({ alarmActionArn: alarmTopic.topicArn }) }]
    : [];
  const actions = [...notification, ...alarmActions];
  if (actions.length > MAXIMUM_ACTIONS) {
    throw invalidInput(scope, {
      property: 'alarmActions',
      rule: `can be ${MAXIMUM_ACTIONS} at most, with the notification of alarmTopic`,
      given: String(actions.length),
      fix: 'subscribe the rest to alarmTopic, or to the event that an alarm changes its state',
    });
  }
  if (alarmTopic) letAlarmsPublish(scope, alarmTopic);
  return actions;
}

/** Has the actions carried out when the alarm goes off. */
export function addActions(alarm: AlarmBase, actions: IAlarmAction[]): void {
  if (actions.length > 0) alarm.addAlarmAction(...actions);
}

/**
 * Lets CloudWatch publish to the topic, as far as that is up to this app.
 *
 * The CDK's own action only names the topic. CloudWatch notes a message that is refused in the history of the alarm,
 * and nobody is told.
 */
function letAlarmsPublish(scope: Construct, topic: ITopic): void {
  requireRegionalTopic(scope, 'alarmTopic', topic, 'Amazon CloudWatch');
  requireOwnKey(scope, topic);
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com');
  // A topic without a policy of its own has one that lets the account's alarms publish, and others, whom a new policy
  // would shut out.
  if (topic.node.tryFindChild('Policy')) {
    topic.addToResourcePolicy(new PolicyStatement({
      principals: [alarms],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      // The ARN names the account, too.
      conditions: {
        ArnLike: {
          'aws:SourceArn': Stack.of(scope).formatArn({
            service: 'cloudwatch', resource: 'alarm', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }));
  }
  // AWS documents no conditions for this use of a key. Whom the alarms of an account may notify is up to the topic.
  const use = topic.masterKey?.addToResourcePolicy(new PolicyStatement({
    principals: [alarms],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
  }));
  if (use && !use.statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:alarmTopicKey',
      `'alarmTopic' is ${describeTopic(topic)}, encrypted with a key of which this app cannot change the policy; without `
      + 'kms:Decrypt and kms:GenerateDataKey for cloudwatch.amazonaws.com there, alarms notify nobody');
  }
}

function requireOwnKey(scope: Construct, topic: ITopic): void {
  if ((topic.masterKey as IAlias | undefined)?.aliasName === AWS_MANAGED_KEY) {
    throw invalidInput(scope, {
      property: 'alarmTopic',
      rule: 'must be encrypted with a key of yours, or not at all',
      given: `${describeTopic(topic)} with ${AWS_MANAGED_KEY}, which alarms cannot use`,
      fix: 'give the topic a masterKey, or use another topic',
    });
  }
}
