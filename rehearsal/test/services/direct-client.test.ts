import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateScheduledAuditCommand, CreateScheduledAuditCommandInput, DescribeAccountAuditConfigurationCommand,
  DescribeAuditTaskCommand, DescribeScheduledAuditCommand, IoTClient, ListAuditTasksCommand, ListScheduledAuditsCommand,
  SetV2LoggingOptionsCommand, StartOnDemandAuditTaskCommand, UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ManualClock } from '../../device-defender/clock';
import { DeviceDefenderServer } from '../../device-defender/server';
import { directClient } from '../../services/direct-client';
import { FUNCTION_CLIENT_CONFIG, InProcessInvocation, duringInvocation } from '../../services/in-process-invocation';
import { InProcessTransport } from '../../services/in-process-transport';
import { StandIn } from '../../services/stand-in';
import { SurroundingServices } from '../../services/surrounding-services';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
const STREAM = { logGroupName: 'Logs', logStreamName: 'resources/Audit' };
const CHECK = 'LOGGING_DISABLED_CHECK';

type Sending = { send(command: unknown, options?: object): Promise<object> };

type ClientName = 'iot' | 'logs' | 'cloudFormation' | 'lambda';

/** Stand-ins, and the clients that reach them in one of both ways. */
interface Side {
  readonly iot: DeviceDefenderServer;
  readonly services: SurroundingServices;
  readonly clients: Record<ClientName, Sending>;
}

const sides: Side[] = [];

async function start(clientsOf: (iot: StandIn, services: StandIn) => unknown): Promise<Side> {
  const iot = await DeviceDefenderServer.start({ clock: new ManualClock(), auditDuration: 60_000 });
  const services = await SurroundingServices.start();
  services.now = () => 0;
  services.stackStatuses.set(STACK_ID, 'UPDATE_IN_PROGRESS');
  services.stackTimes.set(STACK_ID, { creation: 1_000, lastUpdate: 2_500 });
  services.listStackResources = () => Array.from({ length: 14 }, (_, index) => ({
    logicalId: `Id${index}`, type: 'Custom::Thing', status: 'CREATE_COMPLETE',
    physicalId: index === 3 ? undefined : `thing-${index}`,
  }));
  const side = { iot, services, clients: clientsOf(iot, services) as Side['clients'] };
  sides.push(side);
  return side;
}

async function bothSides(): Promise<[withSdk: Side, direct: Side]> {
  return [
    await start((iot, services) => {
      const config = (standIn: StandIn) => ({
        ...FUNCTION_CLIENT_CONFIG, endpoint: 'http://nowhere', requestHandler: new InProcessTransport(() => standIn),
      });
      return {
        iot: new IoTClient(config(iot)), logs: new CloudWatchLogsClient(config(services)),
        cloudFormation: new CloudFormationClient(config(services)), lambda: new LambdaClient(config(services)),
      };
    }),
    await start((iot, services) => {
      const options = { isOfFunction: true };
      return {
        iot: directClient(() => iot, options), logs: directClient(() => services, options),
        cloudFormation: directClient(() => services, options), lambda: directClient(() => services, options),
      };
    }),
  ];
}

afterEach(async () => {
  await Promise.all(sides.splice(0).flatMap(({ iot, services }) => [iot.stop(), services.stop()]));
});

/** How a call ends, as far as handlers look at it. */
async function endOf({ clients }: Side, client: ClientName, command: unknown, options = {}): Promise<object> {
  try {
    const { $metadata, ...output } = await clients[client].send(command, options) as { $metadata: object };
    return output;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode, hasMetadata: $metadata !== undefined };
  }
}

/** Ids are made up anew each time. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id'));
}

/** Times are texts in a query and seconds elsewhere; the stand-in takes both. */
function withoutTexts(input: object): object {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [
    name, name.endsWith('Time') ? new Date(typeof value === 'number' ? value * 1000 : value) : value,
  ]));
}

const DAILY: CreateScheduledAuditCommandInput = {
  scheduledAuditName: 'daily', frequency: 'DAILY', targetCheckNames: [CHECK],
};
const AN_HOUR = { startTime: new Date('2026-01-15T11:00:00Z'), endTime: new Date('2026-01-15T12:00:00.500Z') };

const CALLS: readonly [client: ClientName, command: unknown][] = [
  ['iot', new DescribeAccountAuditConfigurationCommand({})],
  ['iot', new UpdateAccountAuditConfigurationCommand({
    roleArn: 'arn:aws:iam::123456789012:role/audit', auditCheckConfigurations: { [CHECK]: { enabled: true } },
  })],
  ['iot', new CreateScheduledAuditCommand(DAILY)],
  ['iot', new CreateScheduledAuditCommand(DAILY)],
  ['iot', new DescribeScheduledAuditCommand({ scheduledAuditName: 'daily' })],
  ['iot', new DescribeScheduledAuditCommand({ scheduledAuditName: 'with:colon' })],
  ['iot', new ListScheduledAuditsCommand({ maxResults: 7 })],
  ['iot', new StartOnDemandAuditTaskCommand({ targetCheckNames: [CHECK] })],
  ['iot', new ListAuditTasksCommand(AN_HOUR)],
  ['iot', new DescribeAuditTaskCommand({ taskId: 'missing' })],
  ['iot', new SetV2LoggingOptionsCommand({ defaultLogLevel: 'WARN', roleArn: 'arn:aws:iam::123456789012:role/logs' })],
  ['logs', new GetLogEventsCommand(STREAM)],
  ['logs', new CreateLogStreamCommand(STREAM)],
  ['logs', new CreateLogStreamCommand(STREAM)],
  ['logs', new PutLogEventsCommand({ ...STREAM, logEvents: [{ timestamp: 0, message: 'one' }] })],
  ['logs', new GetLogEventsCommand({ ...STREAM, startFromHead: true })],
  ['cloudFormation', new DescribeStacksCommand({ StackName: STACK_ID })],
  ['cloudFormation', new DescribeStacksCommand({ StackName: 'missing' })],
  ['cloudFormation', new ListStackResourcesCommand({ StackName: STACK_ID })],
  ['cloudFormation', new ListStackResourcesCommand({ StackName: STACK_ID, NextToken: '12' })],
  ['lambda', new InvokeCommand({
    FunctionName: 'arn:aws:lambda:eu-west-1:1:function:f', InvocationType: 'Event', Payload: '{"some":"event"}',
  })],
];

test('calls end as with the SDK, and the stand-ins see the same', async () => {
  const [withSdk, direct] = await bothSides();
  for (const [client, command] of CALLS) {
    const end = await endOf(direct, client, command);
    // Of the answer to an invocation, nobody reads these.
    const { StatusCode, Payload, ...expected } = await endOf(withSdk, client, command) as Record<string, unknown>;
    expect([client, withoutIds(end)]).toEqual([client, withoutIds(expected)]);
  }

  const received = ({ iot, services }: Side) => withoutIds([
    iot.requests.map(({ operation, input, outcome }) => ({ operation, input: withoutTexts(input), outcome })),
    services.requests, services.invocations,
  ]);
  expect(received(direct)).toEqual(received(withSdk));
});

test('times are dates', async () => {
  const [, direct] = await bothSides();

  expect(await endOf(direct, 'cloudFormation', new DescribeStacksCommand({ StackName: STACK_ID }))).toEqual({
    Stacks: [{
      StackId: STACK_ID, StackName: 'Stack', StackStatus: 'UPDATE_IN_PROGRESS',
      CreationTime: new Date(1_000), LastUpdatedTime: new Date(2_500),
    }],
  });
});

const ONE_PER_SERVICE = [ListScheduledAuditsCommand, DescribeStacksCommand, PutLogEventsCommand, InvokeCommand];

test.each([
  'throttle', 'internalError', 'serviceUnavailable', 'accessDenied', 'limitExceeded', 'invalidRequest', 'notFound',
  'dropConnection', 'dropAfterEffect',
] as const)('the fault %s looks as with the SDK', async (kind) => {
  const [withSdk, direct] = await bothSides();
  const ends = async (side: Side) => {
    side.iot.faults.add({ kind, times: Infinity });
    side.services.faults.add({ kind, times: Infinity });
    const calls = CALLS.filter(([, command]) => ONE_PER_SERVICE.some((one) => command instanceof one));
    return Promise.all(calls.map(async ([client, command]) => endOf(side, client, command)));
  };
  direct.services.logs.create(STREAM);
  withSdk.services.logs.create(STREAM);

  expect(await ends(direct)).toEqual(await ends(withSdk));
});

test('a denial looks as with the SDK', async () => {
  const [withSdk, direct] = await bothSides();
  const ends = async (side: Side) => {
    side.iot.authorize = side.services.authorize = ({ service, operation }) => `no ${operation} of ${service}`;
    return Promise.all(CALLS.map(async ([client, command]) => endOf(side, client, command)));
  };

  expect(await ends(direct)).toEqual(await ends(withSdk));
});

test('a call without an answer ends when its client loses its patience', async () => {
  const sidesOfBoth = await bothSides();
  const [withSdk, direct] = await Promise.all(sidesOfBoth.map(async (side) => {
    side.iot.faults.add({ kind: 'hang' });
    return endOf(side, 'iot', new ListScheduledAuditsCommand({}), { abortSignal: AbortSignal.timeout(10) });
  }));

  expect(direct).toMatchObject({ name: 'AbortError' });
  expect(withSdk).toMatchObject({ name: 'AbortError' });
});

test('a call tells which invocation makes it, and never ends once that one is killed', async () => {
  const [, { iot, clients }] = await bothSides();
  const invocation: InProcessInvocation = { id: 'ASIA1', isDead: false };
  const send = async () => clients.iot.send(new ListScheduledAuditsCommand({}));
  const list = async () => duringInvocation(invocation, send);
  await list();
  const carriedOut = new Promise((resolve) => iot.onAnswered = resolve);
  iot.faults.add({ kind: 'delay', milliseconds: 1, onTaken: () => invocation.isDead = true });
  let ended = false;
  void list().finally(() => ended = true);
  await carriedOut;
  await new Promise((resolve) => setTimeout(resolve, 10));

  expect(iot.requests.map(({ caller, outcome }) => [caller, outcome])).toEqual([['ASIA1', 'ok'], ['ASIA1', 'ok']]);
  expect(ended).toBe(false);
});

test('what a call returns does not change with the stand-in', async () => {
  const [, { clients }] = await bothSides();
  const configure = async (enabled: boolean) => clients.iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: 'arn:aws:iam::123456789012:role/audit', auditCheckConfigurations: { [CHECK]: { enabled } },
  }));
  await configure(true);
  const before = await clients.iot.send(new DescribeAccountAuditConfigurationCommand({}));
  await configure(false);

  expect(before).toMatchObject({ auditCheckConfigurations: { [CHECK]: { enabled: true } } });
});
