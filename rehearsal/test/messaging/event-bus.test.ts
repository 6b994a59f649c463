import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { TemplateResource } from '../../cloudformation/template';
import type { EventEntry } from '../../messaging/event-bus';
import { VirtualTime } from '../../services/virtual-time';
import { queue, queuePolicy, rule, topic } from '../support/messaging-templates';
import { STACK, inlineFunction, reasons, stackOf, startAccount, stopAccounts } from '../support/running-account';

afterEach(stopAccounts);

const RULE_ARN = 'arn:aws:events:eu-west-1:123456789012:rule/rule';
const QUEUE_ARN = { 'Fn::GetAtt': ['Queue', 'Arn'] };
const TO_QUEUE = { Id: 'Target0', Arn: QUEUE_ARN };
const POLICY = queuePolicy('events.amazonaws.com', { 'Fn::GetAtt': ['Rule', 'Arn'] });
const PATTERN = { source: ['mine'] };

const ENTRY: EventEntry = {
  Source: 'mine', DetailType: 'Done', Resources: ['arn:one'],
  Detail: JSON.stringify({
    taskId: 'a-1', count: 3, text: 'say "hi"\n', checks: [{ name: 'A' }, { name: 'B' }], nested: { on: true },
  }),
};

async function deploy(resources: Record<string, TemplateResource>): Promise<RehearsedAccount> {
  const account = await startAccount({ time: new VirtualTime(), inProcess: () => async () => undefined });
  const result = await account.deploy(stackOf({ Queue: queue('queue'), ...resources }));
  expect(reasons(result)).toEqual({});
  return account;
}

function bodies({ messaging }: RehearsedAccount, name = 'queue'): string[] {
  return messaging.queues.inspect(name).map(({ body }) => body);
}

test('an event that a rule matches reaches its queue as it is', async () => {
  const account = await deploy({ Rule: rule(PATTERN, [TO_QUEUE]), Policy: POLICY });
  const { bus, targets } = account.messaging;

  const { Entries: [result], FailedEntryCount } = bus.putEvents({
    Entries: [ENTRY, { ...ENTRY, Source: 'theirs' }],
  });

  const event = {
    'version': '0', 'id': expect.stringMatching(/^[0-9a-f-]{36}$/), 'detail-type': 'Done', 'source': 'mine',
    'account': '123456789012', 'region': 'eu-west-1', 'time': expect.stringMatching(/^2026-01-15T12:\d\d:\d\dZ$/),
    'resources': ['arn:one'], 'detail': JSON.parse(ENTRY.Detail!) as object,
  };
  expect(FailedEntryCount).toBe(0);
  expect(bus.events).toEqual([event, { ...event, source: 'theirs' }]);
  expect(result).toEqual({ EventId: bus.events[0].id });
  expect(bodies(account).map((body) => JSON.parse(body) as object)).toEqual([event]);
  expect(targets.deliveries).toMatchObject([{
    ruleName: 'rule', targetId: 'Target0', arn: 'arn:aws:sqs:eu-west-1:123456789012:queue', outcome: 'delivered',
    eventId: bus.events[0].id, input: bodies(account)[0],
  }]);
});

const transformed = (InputTemplate: string, InputPathsMap: object = {}) => ({
  InputTransformer: { InputTemplate, InputPathsMap },
});
const TASK = { taskId: '$.detail.taskId' };

test.each<[string, object, string]>([
  ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
  ['a part', { InputPath: '$.detail.nested' }, '{"on":true}'],
  ['a part of an array', { InputPath: '$.detail.checks[1].name' }, '"B"'],
  ['every element of an array', { InputPath: '$.detail.checks[*]' }, '[{"name":"A"},{"name":"B"}]'],
  ['a part that is missing', { InputPath: '$.detail.missing.part' }, 'null'],
  ['all of it', { InputPath: '$.resources' }, '["arn:one"]'],
  ['a text', transformed('{"task":<taskId>}', TASK), '{"task":"a-1"}'],
  ['a text within a text', transformed('"task <taskId> is over"', TASK), '"task a-1 is over"'],
  ['a text with quotes within a text', transformed('{"a":"<text>"}', { text: '$.detail.text' }), '{"a":"say \\"hi\\"\\n"}'],
  ['a text after a quote in a text', transformed('{"a":"\\"<taskId>\\""}', TASK), '{"a":"\\"a-1\\""}'],
  ['a number', transformed('{"count":<count>}', { count: '$.detail.count' }), '{"count":3}'],
  ['an object', transformed('{"nested":<nested>}', { nested: '$.detail.nested' }), '{"nested":{"on":true}}'],
  ['an object within a text', transformed('"<nested>"', { nested: '$.detail.nested' }), '"{on:true}"'],
  ['a missing value within a text', transformed('"[<missing>]"', { missing: '$.detail.missing' }), '"[]"'],
  ['a name that nobody defined', transformed('"<other>"', TASK), '"<other>"'],
  ['the rule', transformed('[<aws.events.rule-name>,<aws.events.rule-arn>]'), `["rule","${RULE_ARN}"]`],
])('a target is given %s', async (_what, input, expected) => {
  const account = await deploy({ Rule: rule(PATTERN, [{ ...TO_QUEUE, ...input }]), Policy: POLICY });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  expect(bodies(account)).toEqual([expected]);
});

test('a target is given the whole event by its name', async () => {
  const template = transformed('{"all":<aws.events.event>,"at":<aws.events.event.ingestion-time>}');
  const account = await deploy({ Rule: rule(PATTERN, [{ ...TO_QUEUE, ...template }]), Policy: POLICY });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  const [event] = account.messaging.bus.events;
  expect(JSON.parse(bodies(account)[0])).toEqual({ all: event, at: event.time });
});

const LETTERS = { 'Fn::GetAtt': ['Letters', 'Arn'] };
const LETTERS_POLICY: TemplateResource = {
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [{ Ref: 'Letters' }],
    PolicyDocument: {
      Statement: [{
        Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: LETTERS,
      }],
    },
  },
};

test.each<[string, Record<string, TemplateResource>, string, number]>([
  ['without a policy', {}, 'denied', 0],
  ['for topics', { Policy: queuePolicy('sns.amazonaws.com', RULE_ARN) }, 'denied', 0],
  ['for another rule', { Policy: queuePolicy('events.amazonaws.com', `${RULE_ARN}-2`) }, 'denied', 0],
  ['with a dead-letter queue that it may fill', { LettersPolicy: LETTERS_POLICY }, 'moved to the dead-letter queue', 1],
])('an event does not reach a queue %s', async (_what, resources, outcome, letters) => {
  const account = await deploy({
    Rule: rule(PATTERN, [{ ...TO_QUEUE, Input: '{}', DeadLetterConfig: { Arn: LETTERS } }]), Letters: queue('letters'),
    ...resources,
  });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  expect(bodies(account)).toEqual([]);
  expect(account.messaging.targets.deliveries).toMatchObject([{ outcome }]);
  // The event, not what the target would have been given.
  expect(bodies(account, 'letters').map((body) => JSON.parse(body) as object)).toEqual(
    account.messaging.bus.events.slice(0, letters),
  );
});

test.each<[string, object, string[]]>([
  ['for rules', { Service: 'events.amazonaws.com' }, ['x']], ['for others', { Service: 'iot.amazonaws.com' }, []],
])('a topic takes an event under a policy %s', async (_what, Principal, expected) => {
  const account = await deploy({
    Topic: topic(), Rule: rule(PATTERN, [{ Id: 'T', Arn: { Ref: 'Topic' }, Input: 'x' }]),
    Policy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: { Statement: [{ Effect: 'Allow', Principal, Action: 'sns:Publish', Resource: { Ref: 'Topic' } }] },
      },
    },
  });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  expect(account.messaging.topics.published.map(({ message }) => message)).toEqual(expected);
});

test('a function is invoked with the input', async () => {
  const payloads: unknown[] = [];
  const account = await startAccount({ inProcess: () => async (payload) => payloads.push(payload) });
  const target = { Id: 'T', Arn: { 'Fn::GetAtt': ['Function', 'Arn'] } };
  await account.deploy(stackOf({ Function: inlineFunction(''), Rule: rule(PATTERN, [{ ...target, Input: '{"a":1}' }]) }));

  account.messaging.bus.putEvents({ Entries: [ENTRY] });
  await account.functions.whenIdle();

  expect(payloads).toEqual([{ a: 1 }]);
});

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine';

test('a state machine is handed over with its role, if there is somebody who takes it', async () => {
  const target = { Id: 'T', Arn: MACHINE, RoleArn: 'arn:aws:iam::123456789012:role/Starting', Input: '{"a":1}' };
  const account = await deploy({ Rule: rule(PATTERN, [target]) });
  const { bus, targets } = account.messaging;
  bus.putEvents({ Entries: [ENTRY] });
  const started: unknown[] = [];
  targets.onStateMachine = (...given) => {
    started.push(given);
    return 'delivered';
  };

  bus.putEvents({ Entries: [ENTRY] });

  expect(started).toEqual([[MACHINE, { a: 1 }, target]]);
  expect(targets.deliveries.map(({ outcome }) => outcome)).toEqual(['not rehearsed', 'delivered']);
});

test.each<[string, object, string]>([
  ['another service', { Arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:events' }, 'not rehearsed'],
  ['a function of another stack', { Arn: 'arn:aws:lambda:eu-west-1:123456789012:function:other' }, 'not rehearsed'],
  ['JSON that is none', {
    Arn: MACHINE, InputTransformer: { InputPathsMap: { no: '$.detail.no' }, InputTemplate: '{"a":<no>}' },
  }, 'input is no JSON'],
])('an event for %s is recorded', async (_what, target, outcome) => {
  const account = await deploy({ Rule: rule(PATTERN, [{ Id: 'T', ...target }]) });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  expect(account.messaging.targets.deliveries).toMatchObject([{ ruleName: 'rule', targetId: 'T', outcome }]);
});

test.each<[string, object]>([
  ['disabled', { State: 'DISABLED' }], ['of another bus', { EventBusName: 'other' }],
  ['with a schedule', { EventPattern: undefined, ScheduleExpression: 'rate(1 hour)' }],
])('a rule that is %s delivers nothing', async (_what, properties) => {
  const account = await deploy({ Rule: rule(PATTERN, [TO_QUEUE], properties), Policy: POLICY });

  account.messaging.bus.putEvents({ Entries: [ENTRY] });

  expect(account.messaging.targets.deliveries).toEqual([]);
});

test('a rule counts as updated, and no more once it is deleted', async () => {
  const account = await deploy({ Rule: rule(PATTERN, [TO_QUEUE]), Policy: POLICY });
  const put = (Source: string) => account.messaging.bus.putEvents({ Entries: [{ ...ENTRY, Source }] });
  await account.deploy(stackOf({
    Queue: queue('queue'), Policy: POLICY, Rule: rule({ source: ['theirs'] }, [{ ...TO_QUEUE, Input: '1' }]),
  }));
  put('mine');
  put('theirs');
  const updated = bodies(account);
  await account.delete(STACK);
  put('theirs');

  expect(updated).toEqual(['1']);
  expect(account.messaging.targets.deliveries).toHaveLength(1);
});

test('a rule with an operator that is not known fails, and says which', async () => {
  const account = await startAccount({ time: new VirtualTime() });

  const result = await account.deploy(stackOf({ Rule: rule({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, []) }));

  expect(reasons(result).Rule).toContain(
    'The rehearsal does not know the operator cidr of event patterns, at "detail.ip"',
  );
});
