import { DescribeScheduledAuditCommand, IoTClient, ListScheduledAuditsCommand } from '@aws-sdk/client-iot';
import { DeviceDefenderServer } from '../../device-defender/server';
import { CLIENT_CONFIG } from '../../services/client-config';
import { InProcessInvocation, FUNCTION_CLIENT_CONFIG, duringInvocation } from '../../services/in-process-invocation';
import { InProcessTransport } from '../../services/in-process-transport';

let server: DeviceDefenderServer;
beforeEach(async () => {
  server = await DeviceDefenderServer.start();
});
afterEach(async () => server.stop());

function client(config: typeof CLIENT_CONFIG = CLIENT_CONFIG): IoTClient {
  return new IoTClient({ ...config, endpoint: 'http://nowhere', requestHandler: new InProcessTransport(() => server) });
}

const LIST = () => new ListScheduledAuditsCommand({ maxResults: 7 });

test('a client gets answers, errors and broken connections as over a socket', async () => {
  const { scheduledAudits } = await client().send(LIST());
  const missing = client().send(new DescribeScheduledAuditCommand({ scheduledAuditName: 'with:colon' }));
  await expect(missing).rejects.toMatchObject({ name: 'InvalidRequestException', $metadata: { httpStatusCode: 400 } });
  server.faults.add({ kind: 'dropConnection' });
  await expect(client().send(LIST())).rejects.toMatchObject({ message: 'socket hang up' });

  expect(scheduledAudits).toEqual([]);
  expect(server.requests.map(({ input }) => input)).toEqual([
    { maxResults: 7 }, { scheduledAuditName: 'with:colon' }, { maxResults: 7 },
  ]);
});

test('a call without an answer ends when its client loses its patience', async () => {
  server.faults.add({ kind: 'hang' });

  await expect(client().send(LIST(), { abortSignal: AbortSignal.timeout(10) })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('a call tells which invocation makes it, and never ends once that one is killed', async () => {
  const invocation: InProcessInvocation = { id: 'ASIA1', isDead: false };
  await duringInvocation(invocation, async () => client(FUNCTION_CLIENT_CONFIG).send(LIST()));
  const carriedOut = new Promise((resolve) => server.onAnswered = resolve);
  server.faults.add({ kind: 'delay', milliseconds: 10, onTaken: () => invocation.isDead = true });
  let ended = false;
  void duringInvocation(
    invocation, async () => client(FUNCTION_CLIENT_CONFIG).send(LIST()).finally(() => ended = true),
  );
  await carriedOut;
  await new Promise((resolve) => setTimeout(resolve, 40));

  expect(server.requests.map(({ caller, outcome }) => [caller, outcome])).toEqual([['ASIA1', 'ok'], ['ASIA1', 'ok']]);
  expect(ended).toBe(false);
});
