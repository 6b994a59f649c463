import type { RehearsedAccount } from '../../cloudformation/rehearsed-account';
import type { TemplateResource } from '../../cloudformation/template';
import { POLLING_ACTIONS } from '../../messaging/event-source-mappings';
import { VirtualTime } from '../../services/virtual-time';
import { queue, queuePolicy, readingFunction, subscription, topic } from '../support/messaging-templates';
import { STACK, reasons, stackOf, startAccount, stopAccounts } from '../support/running-account';

afterEach(stopAccounts);

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:queue';
const TOPIC_ARN = 'arn:aws:sns:eu-west-1:123456789012:audits';
const MINUTE = 60_000;

function lines({ functions }: RehearsedAccount): string[] {
  return functions.log.map(({ line }) => line);
}

test('a message goes from the topic through the queue to the function, whose event has the bus', async () => {
  const account = await startAccount();
  await account.deploy(stackOf({
    Topic: topic(),
    Queue: queue('queue', { VisibilityTimeout: 900 }),
    Policy: queuePolicy('sns.amazonaws.com', { Ref: 'Topic' }),
    Subscription: subscription({ RawMessageDelivery: true }),
    ...readingFunction(`
      const { EventBridge } = require('@aws-sdk/client-eventbridge');
      exports.handler = async ({ Records }) => {
        const [{ eventSource, eventSourceARN, messageId, body, attributes, messageAttributes }] = Records;
        console.log(JSON.stringify({ eventSource, eventSourceARN, messageId, body, count: attributes.ApproximateReceiveCount, messageAttributes }));
        await new EventBridge({ maxAttempts: 1 }).putEvents({ Entries: [{ Source: 'mine', DetailType: 'Done', Detail: body }] });
      };`, { BatchSize: 1 }),
    Putting: {
      Type: 'AWS::IAM::Policy', Properties: {
        PolicyName: 'Putting', Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Statement: [{
            Effect: 'Allow', Action: 'events:PutEvents',
            Resource: 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
          }],
        },
      },
    },
  }));

  account.messaging.topics.publish(TOPIC_ARN, {
    message: '{"taskId":"a"}', attributes: { kind: { DataType: 'String', StringValue: 'audit' } },
  });
  await account.functions.whenIdle();

  expect(lines(account).map((line) => JSON.parse(line) as object)).toEqual([{
    eventSource: 'aws:sqs', eventSourceARN: QUEUE_ARN, messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    body: '{"taskId":"a"}', count: '1',
    messageAttributes: {
      kind: { dataType: 'String', stringValue: 'audit', stringListValues: [], binaryListValues: [] },
    },
  }]);
  expect(account.messaging.bus.events).toMatchObject([
    { 'source': 'mine', 'detail-type': 'Done', 'detail': { taskId: 'a' } },
  ]);
  expect(account.messaging.queues.inspect(QUEUE_ARN)).toEqual([]);
  expect(account.permissions.denials).toEqual([]);
});

/** A function in this process that fails as often as a test wants it to. */
async function startFailing(failures: number, properties: object = {}, mapping: object = {}) {
  const time = new VirtualTime();
  const deliveries: { body: string; count: string; at: number }[] = [];
  const account = await startAccount({
    time,
    inProcess: () => async (payload) => {
      const { Records } = payload as { Records: { body: string; attributes: { ApproximateReceiveCount: string } }[] };
      for (const { body, attributes: { ApproximateReceiveCount: count } } of Records) {
        deliveries.push({ body, count, at: time.now() });
      }
      if (deliveries.length <= failures) throw new Error('broken');
    },
  });
  await account.deploy(stackOf({
    Letters: queue('letters'),
    Queue: queue('queue', {
      VisibilityTimeout: 900,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] }, maxReceiveCount: 3 }, ...properties,
    }),
    ...readingFunction('', { BatchSize: 1, ...mapping }),
  }));
  return { account, deliveries, time };
}

test('a message whose function fails comes again when its visibility timeout is over', async () => {
  const { account, deliveries, time } = await startFailing(2);
  const began = time.now();

  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(deliveries.map(({ count, at }) => [count, at - began])).toEqual([
    ['1', 0], ['2', 15 * MINUTE], ['3', 30 * MINUTE],
  ]);
  expect(account.messaging.queues.inspect('queue')).toEqual([]);
  expect(account.messaging.queues.inspect('letters')).toEqual([]);
});

test('a message that fails too often ends in the dead-letter queue', async () => {
  const { account, deliveries } = await startFailing(Infinity);

  account.messaging.queues.send('queue', 'poison');
  account.messaging.queues.send('queue', 'poison, too');
  await account.functions.whenIdle();

  expect(deliveries.map(({ body, count }) => `${body} ${count}`).sort()).toEqual([
    'poison 1', 'poison 2', 'poison 3', 'poison, too 1', 'poison, too 2', 'poison, too 3',
  ]);
  expect(account.messaging.queues.inspect('queue')).toEqual([]);
  expect(account.messaging.queues.inspect('letters')).toMatchObject([
    { body: 'poison', receiveCount: 3, state: 'visible' }, { body: 'poison, too', receiveCount: 3, state: 'visible' },
  ]);
});

test('a message that waits for its visibility timeout keeps nothing busy in real time', async () => {
  const account = await startAccount({
    inProcess: () => async () => {
      throw new Error('broken');
    },
  });
  await account.deploy(stackOf({ Queue: queue('queue', { VisibilityTimeout: 900 }), ...readingFunction('') }));

  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(account.messaging.queues.inspect('queue')).toMatchObject([{ body: 'one', receiveCount: 1, state: 'hidden' }]);
});

test('a message that is delayed reaches the function afterwards', async () => {
  const { account, deliveries, time } = await startFailing(0, { DelaySeconds: 60 });
  const began = time.now();

  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(deliveries.map(({ at }) => at - began)).toEqual([MINUTE]);
});

test.each<[string, object, string[]]>([
  ['alone', { BatchSize: 1 }, ['a', 'b', 'c', 'd']],
  ['with others', { BatchSize: 3 }, ['a', 'bcd']],
])('messages reach the function %s, as the batch size says', async (_how, mapping, expected) => {
  const batches: string[] = [];
  const account = await startAccount({
    inProcess: () => async (payload) => {
      const { Records } = payload as { Records: { body: string }[] };
      batches.push(Records.map(({ body }) => body).join(''));
    },
  });
  await account.deploy(stackOf({
    Queue: queue('queue'), ...readingFunction('', { ...mapping, ScalingConfig: { MaximumConcurrency: 1 } }),
  }));

  for (const body of ['a', 'b', 'c', 'd']) account.messaging.queues.send('queue', body);
  await account.functions.whenIdle();

  expect(batches).toEqual(expected);
});

test.each([
  [undefined, 5], [2, 2],
])('with a maximum concurrency of %j, %d messages are in flight at a time', async (MaximumConcurrency, expected) => {
  let [atWork, most] = [0, 0];
  const account = await startAccount({
    inProcess: () => async () => {
      atWork += 1;
      most = Math.max(most, atWork);
      await new Promise((resolve) => setTimeout(resolve, 5));
      atWork -= 1;
    },
  });
  const mapping = { BatchSize: 1, ScalingConfig: { MaximumConcurrency } };
  await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('', mapping) }));

  for (let index = 0; index < 8; index++) account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(most).toBe(expected);
  expect(account.messaging.queues.inspect('queue')).toEqual([]);
});

test('of a batch, only the messages that the function reports come again', async () => {
  const time = new VirtualTime();
  const batches: string[][] = [];
  const account = await startAccount({
    time,
    inProcess: () => async (payload) => {
      const { Records } = payload as { Records: { body: string; messageId: string }[] };
      batches.push(Records.map(({ body }) => body));
      const failed = batches.length === 1 ? Records.filter(({ body }) => body === 'bad') : [];
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
  });
  const mapping = { FunctionResponseTypes: ['ReportBatchItemFailures'], Enabled: false };
  await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('', mapping) }));
  account.messaging.queues.send('queue', 'good');
  account.messaging.queues.send('queue', 'bad');

  await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('', { ...mapping, Enabled: true }) }));
  await account.functions.whenIdle();

  expect(batches).toEqual([['good', 'bad'], ['bad']]);
});

test.each(POLLING_ACTIONS)(
  'a mapping is refused if the role does not allow %s', async (missing) => {
    const account = await startAccount({ inProcess: () => async () => undefined });
    const others = POLLING_ACTIONS.filter((action) => action !== missing);

    const result = await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('', {}, others) }));

    expect(reasons(result).Mapping).toBe(
      'Resource handler returned message: "Invalid request provided: The function execution role does not have '
      + `permissions to call ${missing.slice(4)} on SQS" (HandlerErrorCode: InvalidRequest)`,
    );
  },
);

test('a role that loses its permission leaves messages in the queue until it has it again', async () => {
  const received: unknown[] = [];
  const account = await startAccount({ inProcess: () => async (payload) => received.push(payload) });
  const stack = (actions: string[]) => stackOf({ Queue: queue('queue'), ...readingFunction('', {}, actions) });
  await account.deploy(stack(['sqs:*']));
  await account.deploy(stack(['sqs:ReceiveMessage']));
  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();
  const meanwhile = [...received];

  await account.deploy(stack(['sqs:*']));
  await account.functions.whenIdle();

  expect(meanwhile).toEqual([]);
  expect(received).toHaveLength(1);
  expect(account.permissions.denials.map(({ action, resource }) => `${action} ${resource}`)).toContain(
    `sqs:DeleteMessage ${QUEUE_ARN}`,
  );
});

test.each<[string, Record<string, TemplateResource>]>([
  ['deleted', {}],
  ['disabled', { Mapping: readingFunction('', { Enabled: false }).Mapping }],
])('a mapping that is %s reads no more', async (_how, mapping) => {
  const received: unknown[] = [];
  const account = await startAccount({ inProcess: () => async (payload) => received.push(payload) });
  const { Mapping: _removed, ...others } = readingFunction('');
  await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('') }));
  await account.deploy(stackOf({ Queue: queue('queue'), ...others, ...mapping }));

  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(received).toEqual([]);
  expect(account.messaging.queues.inspect('queue')).toMatchObject([{ body: 'one', receiveCount: 0, state: 'visible' }]);
});

test('a mapping with a filter, which is not rehearsed, leaves messages alone', async () => {
  const received: unknown[] = [];
  const account = await startAccount({ inProcess: () => async (payload) => received.push(payload) });
  await account.deploy(stackOf({
    Queue: queue('queue'), ...readingFunction('', { FilterCriteria: { Filters: [{ Pattern: '{}' }] } }),
  }));

  account.messaging.queues.send('queue', 'one');
  await account.functions.whenIdle();

  expect(received).toEqual([]);
});

test('a stack that is deleted takes queue and mapping along', async () => {
  const account = await startAccount({ inProcess: () => async () => undefined });
  await account.deploy(stackOf(
    { Queue: queue('queue'), ...readingFunction('') },
    {
      Outputs: {
        Url: { Value: { Ref: 'Queue' } }, Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } },
        Mapping: { Value: { Ref: 'Mapping' } }, MappingArn: { Value: { 'Fn::GetAtt': 'Mapping.EventSourceMappingArn' } },
      },
    },
  ));
  const { outputs } = account.stacks.get(STACK)!;

  await account.delete(STACK);

  expect(outputs).toEqual({
    Url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/queue', Name: 'queue',
    Mapping: expect.stringMatching(/^[0-9a-f-]{36}$/),
    MappingArn: `arn:aws:lambda:eu-west-1:123456789012:event-source-mapping:${outputs.Mapping as string}`,
  });
  expect(() => account.messaging.queues.send('queue', 'one')).toThrow('There is no queue queue');
});

test('a function that sends a message to its own queue gets that one, too', async () => {
  const bodies: string[] = [];
  const account = await startAccount({
    time: new VirtualTime(),
    inProcess: ({ messaging }) => async (payload) => {
      const { Records: [{ body }] } = payload as { Records: { body: string }[] };
      bodies.push(body);
      if (body.length < 4) messaging.queues.send('queue', `${body}+`);
    },
  });
  await account.deploy(stackOf({ Queue: queue('queue'), ...readingFunction('', { BatchSize: 1 }) }));

  account.messaging.queues.send('queue', 'a');
  await account.functions.whenIdle();

  expect(bodies).toEqual(['a', 'a+', 'a++', 'a+++']);
  expect(account.messaging.queues.inspect('queue')).toEqual([]);
});
