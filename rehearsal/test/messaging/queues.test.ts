import { ManualClock } from '../../device-defender/clock';
import { Queues } from '../../messaging/queues';

const ARN = 'arn:aws:sqs:eu-west-1:123456789012:queue';
const LETTERS = 'arn:aws:sqs:eu-west-1:123456789012:letters';
const SETTINGS = { visibilityTimeout: 30, retention: 3600, delay: 0 };

function start(settings: object = {}) {
  const clock = new ManualClock();
  const queues = new Queues(clock);
  queues.put(ARN, { ...SETTINGS, ...settings });
  const bodies = (queue = ARN) => queues.receive(queue, 10).map(({ body }) => body);
  return { clock, queues, bodies };
}

test('messages are received in order, as many as are wanted, with their attributes', () => {
  const { clock, queues } = start();
  const attributes = { kind: { DataType: 'String', StringValue: 'audit' } };
  const messageId = queues.send(ARN, 'one', attributes);
  queues.send('queue', 'two');
  clock.advance(5000);

  expect(queues.receive('https://sqs.eu-west-1.amazonaws.com/123456789012/queue')).toEqual([{
    messageId, receiptHandle: expect.any(String), body: 'one', attributes, receiveCount: 1, sent: clock.now() - 5000,
    firstReceived: clock.now(),
  }]);
  expect(queues.receive(ARN, 10).map(({ body }) => body)).toEqual(['two']);
});

test('a received message is hidden for the visibility timeout', () => {
  const { clock, queues, bodies } = start();
  queues.send(ARN, 'one');
  const first = bodies();
  const hidden = bodies();
  clock.advance(29_999);
  const stillHidden = bodies();
  clock.advance(1);

  expect([first, hidden, stillHidden, bodies()]).toEqual([['one'], [], [], ['one']]);
  expect(queues.inspect(ARN)).toMatchObject([{ body: 'one', receiveCount: 2, state: 'hidden' }]);
});

test('a message is deleted with its newest receipt, not with an earlier one', () => {
  const { clock, queues } = start();
  queues.send(ARN, 'one');
  const [first] = queues.receive(ARN);
  clock.advance(30_000);
  const [second] = queues.receive(ARN);

  queues.delete(ARN, first.receiptHandle);
  const after = queues.inspect(ARN).length;
  queues.delete(ARN, second.receiptHandle);

  expect([after, queues.inspect(ARN).length]).toEqual([1, 0]);
});

test('a message that was received often enough goes to the dead-letter queue instead of being received again', () => {
  const { clock, queues, bodies } = start({ redrive: { deadLetterTargetArn: LETTERS, maxReceiveCount: 2 } });
  queues.put(LETTERS, SETTINGS);
  const messageId = queues.send(ARN, 'poison');
  const received = [bodies()];
  for (let count = 0; count < 2; count++) {
    clock.advance(30_000);
    received.push(bodies());
  }

  expect(received).toEqual([['poison'], ['poison'], []]);
  expect(queues.inspect(ARN)).toEqual([]);
  expect(queues.inspect(LETTERS)).toEqual([
    { messageId, body: 'poison', attributes: {}, receiveCount: 2, state: 'visible' },
  ]);
});

test('without its dead-letter queue, a message stays where it is', () => {
  const { clock, queues, bodies } = start({ redrive: { deadLetterTargetArn: LETTERS, maxReceiveCount: 1 } });
  queues.send(ARN, 'poison');
  bodies();
  clock.advance(30_000);

  expect(bodies()).toEqual(['poison']);
});

test('a message is lost when its retention is over, which goes on in a dead-letter queue', () => {
  const { clock, queues, bodies } = start({ redrive: { deadLetterTargetArn: LETTERS, maxReceiveCount: 1 } });
  queues.put(LETTERS, { ...SETTINGS, retention: 7200 });
  queues.send(ARN, 'poison');
  bodies();
  clock.advance(1_800_000);
  bodies();
  queues.send(ARN, 'unread');
  clock.advance(3_600_000);
  const left = [queues.inspect(ARN), queues.inspect(LETTERS).map(({ body }) => body)];
  clock.advance(1_800_000);

  expect(left).toEqual([[], ['poison']]);
  expect(queues.inspect(LETTERS)).toEqual([]);
});

test('a message can be received only after the delay of its queue', () => {
  const { clock, queues, bodies } = start({ delay: 60 });
  queues.send(ARN, 'one');
  const before = bodies();
  clock.advance(60_000);

  expect([before, bodies()]).toEqual([[], ['one']]);
});

test('new settings of a queue leave its messages', () => {
  const { queues, bodies } = start();
  queues.send(ARN, 'one');
  queues.put(ARN, { ...SETTINGS, visibilityTimeout: 1 });

  expect(bodies()).toEqual(['one']);
});

test('a queue that does not exist is named', () => {
  const { queues } = start();

  expect(() => queues.receive('other')).toThrow(new Error('There is no queue other'));
});

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:audits';
const ALLOWING = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: ARN };
const TLS_ONLY = {
  Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sqs:*', Resource: ARN,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};

test.each<[string, object[], string]>([
  ['without a statement', [], 'denied'],
  ['of the service', [ALLOWING], 'delivered'],
  ['of everybody', [{ ...ALLOWING, Principal: '*' }], 'delivered'],
  ['of every account', [{ ...ALLOWING, Principal: { AWS: '*' } }], 'delivered'],
  ['of services', [{ ...ALLOWING, Principal: { Service: ['events.amazonaws.com', 'sns.amazonaws.com'] } }], 'delivered'],
  ['of another service', [{ ...ALLOWING, Principal: { Service: 'events.amazonaws.com' } }], 'denied'],
  ['of an account', [{ ...ALLOWING, Principal: { AWS: '123456789012' } }], 'denied'],
  ['of nobody', [{ ...ALLOWING, Principal: undefined }], 'denied'],
  ['for another action', [{ ...ALLOWING, Action: 'sqs:ReceiveMessage' }], 'denied'],
  ['for another queue', [{ ...ALLOWING, Resource: LETTERS }], 'denied'],
  ['for the topic', [{ ...ALLOWING, Condition: { ArnEquals: { 'aws:SourceArn': TOPIC } } }], 'delivered'],
  ['for another topic', [{ ...ALLOWING, Condition: { ArnLike: { 'aws:SourceArn': `${TOPIC}-2` } } }], 'denied'],
  ['for the account', [{ ...ALLOWING, Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }], 'delivered'],
  ['for another account', [{ ...ALLOWING, Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }], 'denied'],
  ['over TLS only', [ALLOWING, TLS_ONLY], 'delivered'],
  ['with a denial', [ALLOWING, { ...TLS_ONLY, Condition: undefined }], 'denied'],
])('a topic may send under a policy %s', (_what, Statement, expected) => {
  const { queues } = start();
  queues.setPolicy(ARN, { Statement } as never);

  const outcome = queues.sendAs({ service: 'sns.amazonaws.com', sourceArn: TOPIC }, ARN, 'one');

  expect(outcome).toBe(expected);
  expect(queues.inspect(ARN)).toHaveLength(expected === 'delivered' ? 1 : 0);
});

test('a queue without a policy takes nothing from a service, nor one that does not exist', () => {
  const { queues } = start();
  const caller = { service: 'sns.amazonaws.com', sourceArn: TOPIC };

  expect([queues.sendAs(caller, ARN, 'one'), queues.sendAs(caller, LETTERS, 'one')]).toEqual([
    'denied', 'queue does not exist',
  ]);
});
