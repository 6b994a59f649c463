import { App, CfnParameter, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AuditEvents, AuditNotificationTopic, FleetAuditFunction } from '../../src';
import { arn, ENV, onlyResource, policiesOf, warningsOf } from '../support/templates';

const QUEUE = 'EventsQueue7396B467';
const QUEUE_POLICY = 'EventsQueuePolicy58834349';
const DEAD_LETTERS = 'EventsDeadLetterQueueC3DB07E1';
const TOPIC = 'TopicBFC7AF6E';
const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const POLICY = 'CdkIotFleetAuditCustomResourcesPoliciesAuditEvents25CDD609';
const INVOKE_CONFIG = 'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB';

const READING_AUDITS = { Action: ['iot:DescribeAuditTask', 'iot:ListAuditFindings'], Effect: 'Allow', Resource: '*' };
const RECEIVING = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

describe('AuditEvents', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function events(notificationTopic: ITopic = new AuditNotificationTopic(stack, 'Topic'), id = 'Events'): AuditEvents {
    return new AuditEvents(stack, id, { notificationTopic });
  }

  function propertiesOf(logicalId: string) {
    return Template.fromStack(stack).toJSON().Resources[logicalId].Properties;
  }

  function overTlsOnly(logicalId: string) {
    return {
      Action: 'sqs:*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] },
    };
  }

  // Another logical id is another resource: messages would be lost with the queue.
  test('has exactly these resources, under these logical ids', () => {
    events(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:Audits'));

    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    expect(Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))).toEqual({
      [DEAD_LETTERS]: 'AWS::SQS::Queue',
      EventsDeadLetterQueuePolicy9753C52F: 'AWS::SQS::QueuePolicy',
      EventsDeadLetterAlarm86A3BF43: 'AWS::CloudWatch::Alarm',
      [QUEUE]: 'AWS::SQS::Queue',
      [QUEUE_POLICY]: 'AWS::SQS::QueuePolicy',
      EventsSubscription5009B0BB: 'AWS::SNS::Subscription',
      EventsEventSourceMapping9192609B: 'AWS::Lambda::EventSourceMapping',
      [FUNCTION]: 'AWS::Lambda::Function',
      [INVOKE_CONFIG]: 'AWS::Lambda::EventInvokeConfig',
      CdkIotFleetAuditCustomResourcesLogsAB20C9D6: 'AWS::Logs::LogGroup',
      [POLICY]: 'AWS::IAM::Policy',
      CdkIotFleetAuditCustomResourcesPoliciesReceiveMessages8d14f6e7A515769F: 'AWS::IAM::Policy',
      CdkIotFleetAuditCustomResourcesRole53B7B95A: 'AWS::IAM::Role',
    });
  });

  test('keeps messages for 14 days, encrypted, and shows one again when the time of the function is over', () => {
    events();

    expect(propertiesOf(QUEUE)).toEqual({
      MessageRetentionPeriod: 1_209_600,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [DEAD_LETTERS, 'Arn'] }, maxReceiveCount: 3 },
      SqsManagedSseEnabled: true,
      VisibilityTimeout: 900,
    });
    expect(propertiesOf(QUEUE).VisibilityTimeout).toBe(propertiesOf(FUNCTION).Timeout);
    expect(propertiesOf(DEAD_LETTERS)).toEqual({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  });

  test('takes messages from its topic alone, and only over TLS', () => {
    events();

    expect(propertiesOf(QUEUE_POLICY).PolicyDocument.Statement).toEqual([
      overTlsOnly(QUEUE),
      {
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: TOPIC } } },
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
      },
    ]);
    expect(propertiesOf('EventsDeadLetterQueuePolicy9753C52F').PolicyDocument.Statement)
      .toEqual([overTlsOnly(DEAD_LETTERS)]);
  });

  test('subscribes to messages as they are, except to those of this library, once the queue takes them', () => {
    events();

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::SNS::Subscription');
    expect(Properties).toEqual({
      Endpoint: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
      FilterPolicy: { 'cdk-iot-fleet-audit': [{ exists: false }] },
      Protocol: 'sqs',
      RawMessageDelivery: true,
      TopicArn: { Ref: TOPIC },
    });
    expect(DependsOn).toEqual([QUEUE_POLICY]);
  });

  test('hands single messages to the function of the stack, once it may receive them and act on them', () => {
    events();

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::Lambda::EventSourceMapping');
    expect(Properties).toEqual({
      BatchSize: 1,
      EventSourceArn: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
      FunctionName: { Ref: FUNCTION },
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(DependsOn).toEqual([
      INVOKE_CONFIG, POLICY, 'CdkIotFleetAuditCustomResourcesPoliciesReceiveMessages8d14f6e7A515769F',
    ]);
  });

  test('lets the function read audits, put events on the default bus, and receive from the queue: no more', () => {
    events();

    expect(policiesOf(stack)).toEqual({
      AuditEvents: [
        READING_AUDITS,
        {
          Action: 'events:PutEvents', Effect: 'Allow',
          Resource: arn('events:us-east-1:111111111111:event-bus/default'),
        },
      ],
      ReceiveMessages8d14f6e7: [{ Action: RECEIVING, Effect: 'Allow', Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] } }],
    });
  });

  test('has an alarm without an action, which says what to do', () => {
    const { deadLetterAlarm, deadLetterQueue } = events();

    expect(onlyResource(stack, 'AWS::CloudWatch::Alarm').Properties).toEqual({
      AlarmDescription: {
        'Fn::Join': ['', [
          'Messages about ended audits that cdk-iot-fleet-audit could not handle. They are kept for at most 14 days. Look '
        + 'for the reason in a message and in the log of the function. Then let the function handle them again: aws sqs '
        + 'start-message-move-task --source-arn ',
          { 'Fn::GetAtt': [DEAD_LETTERS, 'Arn'] },
        ]],
      },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [DEAD_LETTERS, 'QueueName'] } }],
      EvaluationPeriods: 1,
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Namespace: 'AWS/SQS',
      Period: 300,
      Statistic: 'Maximum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    expect([deadLetterAlarm.node.path, deadLetterQueue.node.path])
      .toEqual(['Stack/Events/DeadLetterAlarm', 'Stack/Events/DeadLetterQueue']);
  });

  test('has no finding of cdk-nag, except that IAM can narrow the reading of audits to nothing', () => {
    events();
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`))).toEqual([
      'AwsSolutions-IAM5[Resource::*] Stack/CdkIotFleetAuditCustomResources/Policies/AuditEvents/Resource',
    ]);
  });

  describe('with the topic', () => {
    test('of another stack works', () => {
      const topics = new Stack(app, 'Topics', { env: ENV });
      events(new AuditNotificationTopic(topics, 'Topic'));

      const imported = { 'Fn::ImportValue': 'Topics:ExportsOutputRefTopicBFC7AF6ECB4A357A' };
      expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties.TopicArn).toEqual(imported);
      expect(propertiesOf(QUEUE_POLICY).PolicyDocument.Statement[1].Condition)
        .toEqual({ ArnEquals: { 'aws:SourceArn': imported } });
    });

    test('of another account works as far as that account allows it', () => {
      const auditEvents = events(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:222222222222:Audits'));

      expect(warningsOf(auditEvents)).toEqual([
        '\'notificationTopic\' is arn:aws:sns:us-east-1:222222222222:Audits in account 222222222222; its policy must '
        + 'allow this account to subscribe, and only audits of this account become events '
        + '[ack: cdk-iot-fleet-audit:eventsFromAnotherAccount]',
      ]);
    });

    test('of another region is refused', () => {
      const topic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:eu-west-1:111111111111:Audits');

      expect(() => events(topic)).toThrow(new Error(
        'Stack/Events: \'notificationTopic\' must be a topic of the stack\'s region us-east-1, '
        + 'got arn:aws:sns:eu-west-1:111111111111:Audits in eu-west-1; '
        + 'use a topic in us-east-1 and subscribe to it from elsewhere'));
    });

    test('of a FIFO kind is refused', () => {
      expect(() => events(new Topic(stack, 'Topic', { fifo: true }))).toThrow(
        /^Stack\/Events: 'notificationTopic' must be a standard topic, got the FIFO topic /);
    });

    test('whose ARN is only known at deployment works', () => {
      const { valueAsString } = new CfnParameter(stack, 'TopicArn');
      const auditEvents = events(Topic.fromTopicArn(stack, 'Topic', valueAsString));

      expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties.TopicArn).toEqual({ Ref: 'TopicArn' });
      expect(warningsOf(auditEvents)).toEqual([]);
    });
  });

  describe('of the same topic a second time', () => {
    const refusal = (path: string, rival: string) => new Error(
      `${path}: 'notificationTopic' must not be the topic of another AuditEvents, since every event would come twice, `
      + `got that of ${rival}; use that one: its onAuditCompleted() can be called any number of times, and so can that `
      + 'of a FleetAudit');

    test('is refused', () => {
      const topic = new AuditNotificationTopic(stack, 'Topic');
      events(topic);

      expect(() => events(topic, 'Others')).toThrow(refusal('Stack/Others', 'Stack/Events'));
    });

    test('is refused in another stack, for an imported topic', () => {
      const other = new Stack(app, 'Other', { env: ENV });
      events(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:Audits'));

      expect(() => new AuditEvents(other, 'Events', {
        notificationTopic: Topic.fromTopicArn(other, 'Topic', 'arn:aws:sns:us-east-1:111111111111:Audits'),
      })).toThrow(refusal('Other/Events', 'Stack/Events'));
    });

    test('is welcome after the first one has been removed', () => {
      const topic = new AuditNotificationTopic(stack, 'Topic');
      events(topic);
      stack.node.tryRemoveChild('Events');

      expect(events(topic, 'Others').queue.node.path).toBe('Stack/Others/Queue');
    });
  });

  test('of two topics in a stack share the function, which may receive from both queues', () => {
    events();
    events(new AuditNotificationTopic(stack, 'OtherTopic'), 'Others');

    const policies = policiesOf(stack);
    const queues = Object.values(policies).flat()
      .filter((statement) => RECEIVING.includes((statement as { Action: string[] }).Action[0]));
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    expect(Object.keys(policies)).toHaveLength(3);
    expect(queues).toEqual(['Events', 'Others'].map((id) => ({
      Action: RECEIVING, Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}Queue`)), 'Arn'] },
    })));
  });

  test('in a nested stack uses the function of that stack', () => {
    const nested = new NestedStack(stack, 'Nested');
    const notificationTopic = new AuditNotificationTopic(nested, 'Topic');
    new AuditEvents(nested, 'Events', { notificationTopic });

    expect(FleetAuditFunction.of(nested).function.node.path)
      .toBe('Stack/Nested/CdkIotFleetAuditCustomResources/Function');
    expect(Object.keys(policiesOf(nested))).toEqual(['AuditEvents', 'ReceiveMessages8d14f6e7']);
  });
});
