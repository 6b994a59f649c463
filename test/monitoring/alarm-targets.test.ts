import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import {
  AuditAlarms, AuditAlarmsOptions, AuditCheck, AuditNotificationTopic, OverdueAlarm, ScheduledAudit,
} from '../../src';
import { alarmsOf } from '../support/alarms';
import { arn, ENV, onlyResource, warningsOf } from '../support/templates';

const ALARMS = { ArnLike: { 'aws:SourceArn': arn('cloudwatch:us-east-1:111111111111:alarm:*') } };
const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' };
const KEY_USE = { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Principal: CLOUDWATCH, Resource: '*' };

describe('the actions of alarms', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function alarms(options: AuditAlarmsOptions): AuditAlarms {
    return new AuditAlarms(stack, 'Alarms', {
      scheduledAudit: ScheduledAudit.fromScheduledAuditName(stack, 'Audit', 'nightly'),
      checks: [AuditCheck.LOGGING_DISABLED],
      ...options,
    });
  }

  function action(alarmActionArn: string): IAlarmAction {
    return { bind: () => ({ alarmActionArn }) };
  }

  function statements(type: string, property: string) {
    return onlyResource(stack, type).Properties[property].Statement;
  }

  test('are none by default', () => {
    alarms({});

    expect(alarmsOf(stack).AlarmsLowFindings).not.toHaveProperty('AlarmActions');
  });

  test('are the notification of the topic and those that are given', () => {
    alarms({ alarmTopic: new Topic(stack, 'Topic'), alarmActions: [action('arn:one'), action('arn:other')] });

    const { AlarmActions, InsufficientDataActions, OKActions } = alarmsOf(stack).AlarmsLowFindings;
    expect([AlarmActions, InsufficientDataActions, OKActions])
      .toEqual([[{ Ref: 'TopicBFC7AF6E' }, 'arn:one', 'arn:other'], undefined, undefined]);
  });

  // Without data nobody knows if the audit runs.
  test('follow also if nobody measures the age of the audit', () => {
    alarms({ alarmActions: [action('arn:one')], overdueAlarm: OverdueAlarm.after(Duration.days(2)) });

    const { AlarmActions, InsufficientDataActions } = alarmsOf(stack).AlarmsOverdue;
    expect([AlarmActions, InsufficientDataActions]).toEqual([['arn:one'], ['arn:one']]);
  });

  test('can be five', () => {
    const actions = (count: number) => Array.from({ length: count }, (_, index) => action(`arn:${index}`));
    const alarmTopic = new Topic(stack, 'Topic');

    expect(() => alarms({ alarmTopic, alarmActions: actions(5) })).toThrow(new Error(
      'Stack/Alarms: \'alarmActions\' can be 5 at most, with the notification of alarmTopic, got 6; '
      + 'subscribe the rest to alarmTopic, or to the event that an alarm changes its state'));
    stack.node.tryRemoveChild('Alarms');
    stack.node.tryRemoveChild('Audit');
    alarms({ alarmTopic, alarmActions: actions(4) });
    expect(alarmsOf(stack).AlarmsLowFindings.AlarmActions).toHaveLength(5);
  });

  describe('with a topic', () => {
    test('that is encrypted and only takes messages over TLS may publish to it, and use its key', () => {
      const alarmTopic = new AuditNotificationTopic(stack, 'Topic');
      alarms({ alarmTopic });

      expect(statements('AWS::SNS::TopicPolicy', 'PolicyDocument')).toEqual([
        expect.objectContaining({ Effect: 'Deny' }),
        {
          Action: 'sns:Publish', Condition: ALARMS, Effect: 'Allow', Principal: CLOUDWATCH,
          Resource: { Ref: 'TopicBFC7AF6E' }, Sid: '1',
        },
      ]);
      expect(statements('AWS::KMS::Key', 'KeyPolicy').slice(1)).toEqual([KEY_USE]);
      expect(warningsOf(stack.node.findChild('Alarms') as AuditAlarms)).toEqual([]);
    });

    // A policy of the topic's own would shut out whoever the default one lets publish.
    test('without a policy leave it without one', () => {
      alarms({ alarmTopic: new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') }) });

      Template.fromStack(stack).resourceCountIs('AWS::SNS::TopicPolicy', 0);
      expect(statements('AWS::KMS::Key', 'KeyPolicy').slice(1)).toEqual([KEY_USE]);
    });

    test('that several have the same statements once', () => {
      const alarmTopic = new AuditNotificationTopic(stack, 'Topic');
      alarms({ alarmTopic });
      new AuditAlarms(stack, 'Others', {
        scheduledAudit: ScheduledAudit.fromScheduledAuditName(stack, 'Other', 'weekly'),
        checks: [AuditCheck.LOGGING_DISABLED],
        alarmTopic,
      });

      expect(statements('AWS::SNS::TopicPolicy', 'PolicyDocument')).toHaveLength(2);
      expect(statements('AWS::KMS::Key', 'KeyPolicy')).toHaveLength(2);
    });

    test('that is imported work as far as its policy lets them', () => {
      const alarmTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:OnCall');

      expect(warningsOf(alarms({ alarmTopic }))).toEqual([]);
      expect(alarmsOf(stack).AlarmsLowFindings.AlarmActions).toEqual(['arn:aws:sns:us-east-1:111111111111:OnCall']);
    });

    test('that is imported with its key warn', () => {
      const alarmTopic = Topic.fromTopicAttributes(stack, 'Topic', {
        topicArn: 'arn:aws:sns:us-east-1:111111111111:OnCall', keyArn: 'arn:aws:kms:us-east-1:111111111111:key/1',
      });

      expect(warningsOf(alarms({ alarmTopic }))).toEqual([
        '\'alarmTopic\' is arn:aws:sns:us-east-1:111111111111:OnCall, encrypted with a key of which this app cannot '
        + 'change the policy; without kms:Decrypt and kms:GenerateDataKey for cloudwatch.amazonaws.com there, alarms '
        + 'notify nobody [ack: cdk-iot-fleet-audit:alarmTopicKey]',
      ]);
    });

    test('whose ARN only the deployment knows work', () => {
      const { valueAsString } = new CfnParameter(stack, 'TopicArn');
      alarms({ alarmTopic: Topic.fromTopicArn(stack, 'Topic', valueAsString) });

      expect(alarmsOf(stack).AlarmsLowFindings.AlarmActions).toEqual([{ Ref: 'TopicArn' }]);
    });

    test.each<[kind: string, topic: () => ITopic, message: string]>([
      [
        'of another region', () => Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111111111111:OnCall'),
        'must be a topic of the stack\'s region us-east-1, got arn:aws:sns:eu-west-1:111111111111:OnCall in eu-west-1; '
        + 'use a topic in us-east-1 and subscribe to it from elsewhere',
      ],
      [
        'of a FIFO kind', () => new Topic(stack, 'Topic', { fifo: true, topicName: 'OnCall.fifo' }),
        'must be a standard topic, got the FIFO topic Stack/Topic; '
        + 'use a topic without fifo: Amazon CloudWatch cannot give its messages a group id',
      ],
      [
        'with AWS\'s own key',
        () => new Topic(stack, 'Topic', { masterKey: Alias.fromAliasName(stack, 'SnsKey', 'alias/aws/sns') }),
        'must be encrypted with a key of yours, or not at all, got Stack/Topic with alias/aws/sns, which alarms cannot '
        + 'use; give the topic a masterKey, or use another topic',
      ],
    ])('%s fail', (_kind, topic, message) => {
      expect(() => alarms({ alarmTopic: topic() })).toThrow(new Error(`Stack/Alarms: 'alarmTopic' ${message}`));
    });
  });
});
