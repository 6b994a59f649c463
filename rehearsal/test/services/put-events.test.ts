import { EventBridge, PutEventsCommand, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { CLIENT_CONFIG } from '../../services/client-config';
import { directClient } from '../../services/direct-client';
import { InProcessTransport } from '../../services/in-process-transport';
import { SurroundingServices } from '../../services/surrounding-services';

const ENTRY: PutEventsRequestEntry = { Source: 'mine', DetailType: 'Done', Detail: '{"taskId":"a"}' };
const NOW = Date.parse('2026-02-03T04:05:06.789Z');

const running: SurroundingServices[] = [];

async function start(): Promise<SurroundingServices> {
  const services = await SurroundingServices.start();
  services.now = () => NOW;
  running.push(services);
  return services;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (services) => services.stop()));
});

/** The ways to the stand-in: over a socket, without one, and without the SDK. */
const WAYS: readonly [string, (services: SurroundingServices) => EventBridge][] = [
  ['over a socket', ({ endpoint }) => new EventBridge({ ...CLIENT_CONFIG, endpoint })],
  ['in this process', (services) => new EventBridge({
    ...CLIENT_CONFIG, endpoint: services.endpoint, requestHandler: new InProcessTransport(() => services),
  })],
  ['without the SDK', (services) => directClient<EventBridge>(() => services)],
];

describe.each(WAYS)('%s', (_way, clientFor) => {
  async function put(services: SurroundingServices, Entries: PutEventsRequestEntry[], options = {}): Promise<object> {
    const client = clientFor(services);
    try {
      const { $metadata, ...output } = await client.putEvents({ Entries }, options);
      return output;
    } catch (error) {
      const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
      return { name, message, status: $metadata?.httpStatusCode };
    } finally {
      client.destroy();
    }
  }

  test('entries become events of the default bus', async () => {
    const services = await start();

    const output = await put(services, [
      ENTRY,
      {
        ...ENTRY, Resources: ['arn:one'], Time: new Date('2026-01-01T00:00:00Z'),
        EventBusName: 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
      },
    ]);

    const event = {
      'version': '0', 'id': expect.any(String), 'detail-type': 'Done', 'source': 'mine', 'account': '123456789012',
      'region': 'eu-west-1', 'time': '2026-02-03T04:05:06Z', 'resources': [], 'detail': { taskId: 'a' },
    };
    expect(services.bus.events).toEqual([event, { ...event, resources: ['arn:one'], time: '2026-01-01T00:00:00Z' }]);
    expect(output).toEqual({ FailedEntryCount: 0, Entries: services.bus.events.map(({ id }) => ({ EventId: id })) });
    expect(services.requests).toEqual([{ operation: 'PutEvents', outcome: 'ok' }]);
  });

  test('a command does the same', async () => {
    const services = await start();
    const client = clientFor(services);

    const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: [ENTRY] }));

    client.destroy();
    expect(FailedEntryCount).toBe(0);
    expect(services.bus.events).toMatchObject([{ source: 'mine' }]);
  });

  test.each<[string, PutEventsRequestEntry, string, string]>([
    ['a source of AWS', { Source: 'aws.iot' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
    ['no source', { Source: '' }, 'InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
    ['no detail type', { DetailType: undefined }, 'InvalidArgument', 'Parameter DetailType is not valid. Reason: DetailType is a required argument.'],
    ['no detail', { Detail: undefined }, 'InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
    ['too long a detail type', { DetailType: 'D'.repeat(129) }, 'InvalidArgument', 'Parameter DetailType is not valid.'],
    ['a detail that is no JSON', { Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
    ['another bus', { EventBusName: 'other' }, 'ResourceNotFoundException', 'Event bus other does not exist.'],
  ])('an entry with %s fails alone', async (_what, change, ErrorCode, ErrorMessage) => {
    const services = await start();

    const output = await put(services, [{ ...ENTRY, ...change }, ENTRY]);

    expect(output).toEqual({
      FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage }, { EventId: services.bus.events[0].id }],
    });
    expect(services.bus.events).toHaveLength(1);
  });

  test.each<[string, PutEventsRequestEntry[], string]>([
    ['without entries', [], 'Member must have length greater than or equal to 1'],
    ['with eleven', Array.from({ length: 11 }, () => ENTRY), 'Member must have length less than or equal to 10'],
    ['with too much in all', [ENTRY, { ...ENTRY, Detail: `{"a":"${'x'.repeat(262_144)}"}` }], 'Total size of the entries in the request is over the limit.'],
    ['without a complete entry', [{ Source: 'mine' }], 'Parameter DetailType is not valid. Reason: DetailType is a required argument.'],
  ])('a request %s is refused', async (_what, entries, message) => {
    const services = await start();

    expect(await put(services, entries)).toEqual({
      name: 'ValidationException', message: expect.stringContaining(message), status: 400,
    });
    expect(services.bus.events).toEqual([]);
  });

  test.each([
    ['throttle', { name: 'ThrottlingException', message: 'Rate exceeded', status: 400 }, 0],
    ['internalError', {
      name: 'InternalFailureException', message: 'An unexpected error has occurred.', status: 500,
    }, 0],
    ['serviceUnavailable', {
      name: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.', status: 503,
    }, 0],
    ['accessDenied', {
      name: 'AccessDeniedException', message: 'User is not authorized to perform: PutEvents', status: 403,
    }, 0],
    ['dropConnection', { name: 'Error', message: expect.stringContaining('socket hang up') as string }, 0],
    ['dropAfterEffect', { name: 'Error', message: expect.stringContaining('socket hang up') as string }, 1],
  ] as const)('the fault %s', async (kind, expected, events) => {
    const services = await start();
    services.faults.add({ operation: 'PutEvents', kind });

    expect(await put(services, [ENTRY])).toEqual(expected);
    expect(services.bus.events).toHaveLength(events);
    expect(await put(services, [ENTRY])).toMatchObject({ FailedEntryCount: 0 });
  });

  test.each([['hang', 0], ['hangAfterEffect', 1]] as const)('the fault %s', async (kind, events) => {
    const services = await start();
    const hung = new Promise<void>((resolve) => services.onHang = resolve);
    services.faults.add({ operation: 'PutEvents', kind });
    const controller = new AbortController();

    const end = put(services, [ENTRY], { abortSignal: controller.signal });
    await hung;
    controller.abort();

    expect(await end).toMatchObject({ name: 'AbortError' });
    expect(services.bus.events).toHaveLength(events);
  });

  test('the fault delay', async () => {
    const services = await start();
    services.faults.add({ operation: 'PutEvents', kind: 'delay', milliseconds: 5 });

    expect(await put(services, [ENTRY])).toMatchObject({ FailedEntryCount: 0 });
    expect(services.bus.events).toHaveLength(1);
  });

  test.each<[object, object]>([
    [{}, { ErrorCode: 'InternalFailure', ErrorMessage: 'Unexpected error occurred.' }],
    [{ entryError: 'ThrottlingException', message: 'Rate exceeded' }, {
      ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded',
    }],
  ])('the fault entryFailure %j', async (details, failure) => {
    const services = await start();
    services.faults.add({ operation: 'PutEvents', kind: 'entryFailure', ...details });

    expect(await put(services, [ENTRY, { ...ENTRY, Source: 'other' }])).toEqual({
      FailedEntryCount: 1, Entries: [failure, { EventId: expect.any(String) }],
    });
    expect(services.bus.events).toMatchObject([{ source: 'other' }]);
    expect(await put(services, [ENTRY])).toMatchObject({ FailedEntryCount: 0 });
  });

  test('a denial names what is not allowed', async () => {
    const services = await start();
    services.authorize = ({ service, operation, input }) => `no ${operation} of ${service}: ${JSON.stringify(input)}`;

    expect(await put(services, [ENTRY])).toEqual({
      name: 'AccessDeniedException', status: 400,
      message: `no PutEvents of events: ${JSON.stringify({ Entries: [ENTRY] })}`,
    });
    expect(services.bus.events).toEqual([]);
  });
});

test('only PutEvents has entries that can fail', async () => {
  const { faults } = await start();

  expect(() => faults.add({ operation: 'Invoke', kind: 'entryFailure' })).toThrow(
    new Error('Only PutEvents has entries that can fail.'),
  );
});
