import { StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand } from '@aws-sdk/client-iot';
import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { TemplateResource } from '../../cloudformation/template';
import type { Publication } from '../../messaging/topics';
import { VirtualTime } from '../../services/virtual-time';
import { ACCOUNT, queue, queuePolicy, subscription, topic } from '../support/messaging-templates';
import { STACK, inlineFunction, reasons, stackOf, startAccount, stopAccounts } from '../support/running-account';

afterEach(stopAccounts);

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:audits';
const POLICY = queuePolicy('sns.amazonaws.com', { Ref: 'Topic' });

async function deploy(resources: Record<string, TemplateResource>): Promise<RehearsedAccount> {
  const account = await startAccount({ time: new VirtualTime(), inProcess: () => async () => undefined });
  const result = await account.deploy(stackOf({ Topic: topic(), Queue: queue('queue'), ...resources }));
  expect(reasons(result)).toEqual({});
  return account;
}

function bodies({ messaging }: RehearsedAccount, name = 'queue'): string[] {
  return messaging.queues.inspect(name).map(({ body }) => body);
}

function text(value: string) {
  return { DataType: 'String', StringValue: value };
}

test('a raw subscription gets the message with its attributes', async () => {
  const account = await deploy({ Policy: POLICY, Subscription: subscription({ RawMessageDelivery: true }) });
  const attributes = { kind: text('report') };

  const messageId = account.messaging.topics.publish(TOPIC, { message: 'hello', subject: 'Hi', attributes });

  expect(account.messaging.queues.inspect('queue')).toMatchObject([{ body: 'hello', attributes }]);
  expect(account.messaging.topics.published).toEqual([{
    topicArn: TOPIC, messageId, message: 'hello', subject: 'Hi', attributes, time: expect.any(Number),
    deliveries: [{
      subscriptionArn: expect.stringMatching(`^${TOPIC}:[0-9a-f-]{36}$`), protocol: 'sqs',
      endpoint: `arn:aws:sqs:eu-west-1:${ACCOUNT}:queue`, outcome: 'delivered',
    }],
  }]);
});

test.each<[string, Publication, object]>([
  ['with everything', { message: 'hello', subject: 'Hi', attributes: { kind: text('report') } }, {
    Subject: 'Hi', Message: 'hello', MessageAttributes: { kind: { Type: 'String', Value: 'report' } },
  }],
  ['with a message only', { message: '{"a":1}' }, { Message: '{"a":1}' }],
])('another subscription gets an envelope: %s', async (_what, publication, expected) => {
  const account = await deploy({ Policy: POLICY, Subscription: subscription() });

  const messageId = account.messaging.topics.publish(TOPIC, publication);

  const [{ body, attributes }] = account.messaging.queues.inspect('queue');
  expect(attributes).toEqual({});
  expect(JSON.parse(body)).toEqual({
    Type: 'Notification', MessageId: messageId, TopicArn: TOPIC, Timestamp: expect.stringMatching(/^2026-01-15T.*\dZ$/),
    SignatureVersion: '1', Signature: expect.any(String), SigningCertURL: expect.any(String),
    UnsubscribeURL: expect.any(String), ...expected,
  });
});

const OWN = 'cdk-iot-fleet-audit';
const BODY = { FilterPolicyScope: 'MessageBody' };

test.each<[string, object, Publication, boolean]>([
  ['no attribute, as wanted', { FilterPolicy: { [OWN]: [{ exists: false }] } }, { message: 'x' }, true],
  ['an attribute that must not be', { FilterPolicy: { [OWN]: [{ exists: false }] } }, {
    message: 'x', attributes: { [OWN]: text('report') },
  }, false],
  ['another attribute', { FilterPolicy: { [OWN]: [{ exists: false }] } }, {
    message: 'x', attributes: { kind: text('report') },
  }, true],
  ['the value', { FilterPolicy: { kind: ['a', 'b'] } }, { message: 'x', attributes: { kind: text('b') } }, true],
  ['another value', { FilterPolicy: { kind: ['a', 'b'] } }, { message: 'x', attributes: { kind: text('c') } }, false],
  ['a value of a list', { FilterPolicy: { kind: ['b'] } }, {
    message: 'x', attributes: { kind: { DataType: 'String.Array', StringValue: '["a","b"]' } },
  }, true],
  ['a number', { FilterPolicy: { count: [{ numeric: ['>', 2] }] }, FilterPolicyScope: 'MessageAttributes' }, {
    message: 'x', attributes: { count: { DataType: 'Number', StringValue: '3' } },
  }, true],
  ['the value in the body, which does not count', { FilterPolicy: { kind: ['a'] } }, { message: '{"kind":"a"}' }, false],
  ['the body', { FilterPolicy: { detail: { kind: ['a'] } }, ...BODY }, { message: '{"detail":{"kind":"a"}}' }, true],
  ['another body', { FilterPolicy: { kind: ['a'] }, ...BODY }, { message: '{"kind":"b"}' }, false],
  ['a body that is no JSON', { FilterPolicy: { kind: [{ exists: false }] }, ...BODY }, { message: 'kind' }, false],
  ['the body, with the policy as JSON', { FilterPolicy: '{"kind":["a"]}', ...BODY }, { message: '{"kind":"a"}' }, true],
])('a filter is given %s', async (_what, properties, publication, isDelivered) => {
  const account = await deploy({
    Policy: POLICY, Subscription: subscription({ RawMessageDelivery: true, ...properties }),
  });

  account.messaging.topics.publish(TOPIC, publication);

  expect(bodies(account)).toEqual(isDelivered ? [publication.message] : []);
  expect(account.messaging.topics.published.flatMap(({ deliveries }) => deliveries.map(({ outcome }) => outcome)))
    .toEqual([isDelivered ? 'delivered' : 'filtered out']);
});

test('a filter with an operator that is not known is refused', async () => {
  const account = await startAccount({ time: new VirtualTime() });
  const Subscription = subscription({ FilterPolicy: { ip: [{ cidr: '10.0.0.0/8' }] } });

  const result = await account.deploy(stackOf({ Topic: topic(), Queue: queue('queue'), Subscription }));

  expect(reasons(result).Subscription).toContain(
    'The rehearsal does not know the operator cidr of event patterns, at "ip"',
  );
});

const LETTERS = { 'Fn::GetAtt': ['Letters', 'Arn'] };
const TO_LETTERS = { RedrivePolicy: { deadLetterTargetArn: LETTERS } };
const LETTERS_POLICY: TemplateResource = {
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Letters' }],
    PolicyDocument: {
      Statement: [{
        Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: LETTERS,
      }],
    },
  },
};
const ELEVEN = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, text('x')]));

test.each<[string, Record<string, TemplateResource>, Publication, string, string[]]>([
  ['a queue whose policy does not let it', {}, { message: 'x' }, 'denied', []],
  ['a queue for another topic', { Policy: queuePolicy('sns.amazonaws.com', `${TOPIC}-2`) }, { message: 'x' }, 'denied', []],
  ['a queue for another service', { Policy: queuePolicy('events.amazonaws.com', { Ref: 'Topic' }) }, { message: 'x' }, 'denied', []],
  ['a queue, with more attributes than it takes', { Policy: POLICY }, { message: 'x', attributes: ELEVEN }, 'denied', []],
  ['a dead-letter queue, which may not be filled either', { Subscription: subscription(TO_LETTERS) }, { message: 'x' }, 'denied', []],
  [
    'a dead-letter queue instead', {
      Subscription: subscription({ RawMessageDelivery: true, ...TO_LETTERS }), LettersPolicy: LETTERS_POLICY,
    }, { message: 'x' }, 'moved to the dead-letter queue', ['x'],
  ],
])('a message does not reach %s', async (_what, resources, publication, outcome, letters) => {
  const account = await deploy({
    Letters: queue('letters'), Subscription: subscription({ RawMessageDelivery: true }), ...resources,
  });

  account.messaging.topics.publish(TOPIC, publication);

  expect(bodies(account)).toEqual([]);
  expect(bodies(account, 'letters')).toEqual(letters);
  expect(account.messaging.topics.published).toMatchObject([{ deliveries: [{ outcome }] }]);
});

test('a policy that goes takes the permission along, and a subscription that goes the messages', async () => {
  const account = await deploy({ Policy: POLICY, Subscription: subscription({ RawMessageDelivery: true }) });
  const publish = (message: string) => account.messaging.topics.publish(TOPIC, { message });
  publish('one');
  await account.deploy(stackOf({ Topic: topic(), Queue: queue('queue'), Subscription: subscription() }));
  publish('two');
  await account.deploy(stackOf({ Topic: topic(), Queue: queue('queue'), Policy: POLICY }));
  publish('three');

  expect(bodies(account)).toEqual(['one']);
  expect(account.messaging.topics.published.map(({ deliveries }) => deliveries.map(({ outcome }) => outcome)))
    .toEqual([['delivered'], ['denied'], []]);
});

test('an update of a subscription counts from then on', async () => {
  const account = await deploy({ Policy: POLICY, Subscription: subscription({ RawMessageDelivery: true }) });
  const arns = account.messaging.topics.subscriptionsOf(TOPIC).map(({ arn }) => arn);

  await account.deploy(stackOf({
    Topic: topic(), Queue: queue('queue'), Policy: POLICY,
    Subscription: subscription({ RawMessageDelivery: true, FilterPolicy: { kind: ['a'] } }),
  }));
  account.messaging.topics.publish(TOPIC, { message: 'x' });

  expect(bodies(account)).toEqual([]);
  expect(account.messaging.topics.subscriptionsOf(TOPIC).map(({ arn }) => arn)).toEqual(arns);
});

test('a message for people is noted', async () => {
  const account = await deploy({
    Subscription: subscription({ Protocol: 'email', Endpoint: 'fleet@example.com' }),
  });

  account.messaging.topics.publish(TOPIC, { message: 'x', subject: 'Audit' });

  expect(account.messaging.topics.published).toMatchObject([{
    subject: 'Audit', deliveries: [{ protocol: 'email', endpoint: 'fleet@example.com', outcome: 'noted' }],
  }]);
});

test('a function that subscribes is invoked with the message', async () => {
  const events: unknown[] = [];
  const account = await startAccount({ inProcess: () => async (payload) => events.push(payload) });
  await account.deploy(stackOf({
    Topic: topic(), Queue: queue('queue'), Function: inlineFunction(''),
    Subscription: subscription({ Protocol: 'lambda', Endpoint: { 'Fn::GetAtt': ['Function', 'Arn'] } }),
  }));

  account.messaging.topics.publish(TOPIC, { message: 'x' });
  await account.functions.whenIdle();

  expect(events).toMatchObject([{ Records: [{ EventSource: 'aws:sns', Sns: { Message: 'x', TopicArn: TOPIC } }] }]);
});

test.each<[string, Publication, string]>([
  ['no text', { message: '' }, 'Invalid parameter: Empty message'],
  ['too long a text', { message: 'x'.repeat(262_145) }, 'Invalid parameter: Message too long'],
  ['an empty subject', { message: 'x', subject: '' }, 'Invalid parameter: Subject'],
  ['too long a subject', { message: 'x', subject: 's'.repeat(101) }, 'Invalid parameter: Subject'],
  ['a subject of two lines', { message: 'x', subject: 'a\nb' }, 'Invalid parameter: Subject'],
  ['a subject beyond ASCII', { message: 'x', subject: 'a–b' }, 'Invalid parameter: Subject'],
])('a message with %s is refused', async (_what, publication, message) => {
  const { messaging: { topics } } = await startAccount();

  expect(() => topics.publish(TOPIC, publication)).toThrow(
    expect.objectContaining({ code: 'InvalidParameter', status: 400, message }),
  );
  expect(topics.published).toEqual([]);
});

test('a message of the longest text and subject is published', async () => {
  const { messaging: { topics } } = await startAccount();

  topics.publish(TOPIC, { message: 'x'.repeat(262_144), subject: 's'.repeat(100) });

  expect(topics.published).toHaveLength(1);
});

test('a topic that was deleted takes no message', async () => {
  const account = await deploy({});
  await account.delete(STACK);

  expect(() => account.messaging.topics.publish(TOPIC, { message: 'x' })).toThrow(
    expect.objectContaining({ code: 'NotFound', message: 'Topic does not exist' }),
  );
});

test('Ref and GetAtt of a topic and a subscription', async () => {
  const account = await startAccount({ time: new VirtualTime() });
  const { outputs } = await account.deploy(stackOf(
    { Topic: topic(), Queue: queue('queue'), Subscription: subscription() },
    {
      Outputs: {
        Ref: { Value: { Ref: 'Topic' } }, Name: { Value: { 'Fn::GetAtt': 'Topic.TopicName' } },
        Arn: { Value: { 'Fn::GetAtt': 'Topic.TopicArn' } }, Subscription: { Value: { Ref: 'Subscription' } },
      },
    },
  ));

  expect(outputs).toEqual({
    Ref: TOPIC, Name: 'audits', Arn: TOPIC, Subscription: expect.stringMatching(`^${TOPIC}:[0-9a-f-]{36}$`),
  });
});

test('an audit that ends is announced in the topic, without attributes and subject', async () => {
  const account = await startAccount({ auditDuration: 1 });
  await account.deploy(stackOf({
    Topic: topic(), Queue: queue('queue'), Policy: POLICY, Subscription: subscription({ RawMessageDelivery: true }),
  }));
  const role = 'arn:aws:iam::123456789012:role/Role';
  await account.iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: role, auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: true } },
    auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: role, enabled: true } },
  }));
  const announced = new Promise((resolve) => account.deviceDefender.onNotification = resolve);
  const { taskId } = await account.iot.send(
    new StartOnDemandAuditTaskCommand({ targetCheckNames: ['LOGGING_DISABLED_CHECK'] }),
  );
  await announced;

  const [{ subject, attributes }] = account.messaging.topics.published;
  expect([subject, attributes]).toEqual([undefined, undefined]);
  expect(bodies(account).map((body) => JSON.parse(body) as object)).toEqual([
    account.deviceDefender.notifications[0].payload,
  ]);
  expect(account.deviceDefender.notifications).toMatchObject([{ payload: { taskId, taskStatus: 'COMPLETED' } }]);
});
