import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AuditEvents, AuditNotice, AuditNoticeProps, NoticeFormat, NoticeTrigger } from '../../src';
import { ENV, onlyResource, policiesOf } from '../support/templates';

const QUEUE = 'EventsQueue7396B467';
const TOPIC = { Ref: 'Oncall395376BB' };

describe('AuditNotice', () => {
  let app: App;
  let stack: Stack;
  let auditEvents: AuditEvents;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    auditEvents = new AuditEvents(stack, 'Events', {
      notificationTopic: Topic.fromTopicArn(stack, 'Audits', 'arn:aws:sns:us-east-1:111111111111:Audits'),
    });
  });

  function notice(props: Partial<AuditNoticeProps> = {}, id = 'Notice'): AuditNotice {
    const topic = props.topic ?? new Topic(stack, 'Oncall', { enforceSSL: true });
    return new AuditNotice(stack, id, { auditEvents, ...props, topic });
  }

  function idsOf(type: string): string[] {
    return Object.keys(Template.fromStack(stack).findResources(type));
  }

  test('adds a rule and a policy to the events', () => {
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources);
    beforeEachAgain();
    notice({ topic: Topic.fromTopicArn(stack, 'Oncall', 'arn:aws:sns:us-east-1:111111111111:Oncall') });

    const after: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    expect(Object.entries(after).filter(([id]) => !before.includes(id)).map(([id, { Type }]) => [id, Type])).toEqual([
      [expect.stringMatching(/^CdkIotFleetAuditCustomResourcesPoliciesPublishNotice/), 'AWS::IAM::Policy'],
      ['NoticeRule2255F983', 'AWS::Events::Rule'],
    ]);
  });

  /** A template can only be made once of a stack. */
  function beforeEachAgain(): void {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    auditEvents = new AuditEvents(stack, 'Events', {
      notificationTopic: Topic.fromTopicArn(stack, 'Audits', 'arn:aws:sns:us-east-1:111111111111:Audits'),
    });
  }

  test('has the function asked for a notice when an audit has completed or failed, once it may do what it takes', () => {
    notice();

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::Events::Rule');
    expect(Properties).toEqual({
      Description: 'Has people told what an audit of AWS IoT Device Defender found',
      EventPattern: {
        'source': ['cdk-iot-fleet-audit'],
        'detail-type': ['IoT Device Defender Audit Completed'],
        'detail': { taskStatus: ['COMPLETED', 'FAILED'] },
      },
      State: 'ENABLED',
      Targets: [{
        Arn: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
        Id: 'Target0',
        InputTransformer: {
          InputPathsMap: { 'detail-taskId': '$.detail.taskId' },
          InputTemplate: {
            'Fn::Join': ['', [
              '{"publishNotice":{"taskId":<detail-taskId>,"topicArn":"', TOPIC,
              '","format":"TEXT","trigger":"NEW_FINDINGS"}}',
            ]],
          },
        },
      }],
    });
    expect(DependsOn).toEqual([
      'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB',
      ...idsOf('AWS::IAM::Policy').filter((id) => id.includes('PublishNotice')),
    ]);
  });

  test('is asked for after every audit, if people want to be told of each', () => {
    notice({ trigger: NoticeTrigger.EVERY_AUDIT, format: NoticeFormat.CHAT });

    const { EventPattern: pattern, Targets: [target] } = onlyResource(stack, 'AWS::Events::Rule').Properties;
    expect(pattern).toEqual({
      'source': ['cdk-iot-fleet-audit'], 'detail-type': ['IoT Device Defender Audit Completed'],
    });
    expect(JSON.stringify(target)).toContain('\\"format\\":\\"CHAT\\",\\"trigger\\":\\"EVERY_AUDIT\\"');
  });

  test('lets its rule alone send messages to the queue', () => {
    notice();

    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::SQS::QueuePolicy'))
      .filter(({ Properties }) => JSON.stringify(Properties).includes('events.amazonaws.com'));
    expect(policy.Properties.PolicyDocument.Statement.at(-1)).toEqual({
      Action: 'sqs:SendMessage',
      Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['NoticeRule2255F983', 'Arn'] } } },
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Resource: { 'Fn::GetAtt': [QUEUE, 'Arn'] },
    });
  });

  const READING = {
    Action: ['iot:DescribeAuditTask', 'iot:ListAuditFindings', 'iot:ListAuditTasks'], Effect: 'Allow', Resource: '*',
  };

  function noticePolicies(): unknown[] {
    return Object.entries(policiesOf(stack)).filter(([name]) => name.startsWith('PublishNotice')).map(([, own]) => own);
  }

  test('may read audits and publish to the topic, in a policy of its own', () => {
    notice();

    expect(noticePolicies()).toEqual([[READING, { Action: 'sns:Publish', Effect: 'Allow', Resource: TOPIC }]]);
  });

  test('may use the key of the topic, and nothing is added to the role of the function', () => {
    const key = new Key(stack, 'Key');
    notice({ topic: new Topic(stack, 'Oncall', { masterKey: key }) });

    expect(noticePolicies()).toEqual([[
      READING,
      { Action: 'sns:Publish', Effect: 'Allow', Resource: TOPIC },
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [idsOf('AWS::KMS::Key')[0], 'Arn'] },
      },
    ]]);
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Role'))).not.toMatch(/sns:|kms:/);
  });

  test('can be several for one topic or for more', () => {
    const topic = new Topic(stack, 'Oncall');
    notice({ topic });
    notice({ topic, trigger: NoticeTrigger.FINDINGS }, 'Weekly');

    expect(idsOf('AWS::Events::Rule')).toHaveLength(2);
    expect(noticePolicies()).toHaveLength(2);
  });

  test('has no finding of cdk-nag, except that IAM can narrow the reading of audits to nothing', () => {
    notice();
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const found = violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
    expect(found).toEqual([
      'AwsSolutions-IAM5[Resource::*] Stack/CdkIotFleetAuditCustomResources/Policies/AuditEvents/Resource',
      expect.stringMatching(
        /^AwsSolutions-IAM5\[Resource::\*\] Stack\/CdkIotFleetAuditCustomResources\/Policies\/PublishNotice\w+\/Resource$/),
    ]);
  });

  test.each<[name: string, topic: () => ITopic, message: string]>([
    [
      'a FIFO topic', () => new Topic(stack, 'Fifo', { fifo: true }),
      'Stack/Notice: \'topic\' must be a standard topic, got the FIFO topic Stack/Fifo; '
      + 'use a topic without fifo: AWS IoT Device Defender cannot give its messages a group id',
    ],
    [
      'a topic of another region',
      () => Topic.fromTopicArn(stack, 'Far', 'arn:aws:sns:eu-west-1:111111111111:Far'),
      'Stack/Notice: \'topic\' must be a topic of the stack\'s region us-east-1, '
      + 'got arn:aws:sns:eu-west-1:111111111111:Far in eu-west-1; use a topic in us-east-1 and subscribe to it from elsewhere',
    ],
  ])('refuses %s', (_name, topic, message) => {
    expect(() => notice({ topic: topic() })).toThrow(new Error(message));
  });

  test('refuses the events of another stack', () => {
    const other = new Stack(app, 'Other', { env: ENV });

    expect(() => new AuditNotice(other, 'Notice', { auditEvents, topic: new Topic(other, 'Oncall') })).toThrow(new Error(
      'Other/Notice: \'auditEvents\' must be of the same stack, since the one function of Other serves both, '
      + 'got Stack/Events; define both in one stack'));
  });

  test('takes a topic whose ARN is only known at deployment', () => {
    const agnostic = new Stack(new App(), 'Agnostic');
    const events = new AuditEvents(agnostic, 'Events', { notificationTopic: new Topic(agnostic, 'Audits') });

    expect(() => new AuditNotice(agnostic, 'Notice', { auditEvents: events, topic: new Topic(agnostic, 'Oncall') }))
      .not.toThrow();
    expect(Object.keys(Template.fromStack(agnostic).findResources('AWS::Events::Rule'))).toEqual(['NoticeRule2255F983']);
  });
});
