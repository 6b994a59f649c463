import { once } from 'node:events';
import { connect } from 'node:net';
import {
  DescribeAccountAuditConfigurationCommand, DescribeAuditTaskCommand, ListScheduledAuditsCommand,
  StartOnDemandAuditTaskCommand,
  ThrottlingException,
} from '@aws-sdk/client-iot';
import type { FaultKind } from '../../device-defender/faults';
import { clientFor, enableChecks, endAll, errorOf, startStandIn, until } from '../support/running-stand-in';

afterEach(endAll);

const describeConfiguration = () => new DescribeAccountAuditConfigurationCommand({});
const startAudit = () => new StartOnDemandAuditTaskCommand({ targetCheckNames: ['LOGGING_DISABLED_CHECK'] });

describe('faults', () => {
  test.each<[FaultKind, string, number]>([
    ['throttle', 'ThrottlingException', 400],
    ['internalError', 'InternalFailureException', 500],
    ['serviceUnavailable', 'ServiceUnavailableException', 503],
    ['accessDenied', 'AccessDeniedException', 403],
    ['limitExceeded', 'LimitExceededException', 410],
    ['invalidRequest', 'InvalidRequestException', 400],
    ['notFound', 'ResourceNotFoundException', 404],
  ])('%s is answered as %s', async (kind, name, status) => {
    const { server, client } = await startStandIn();
    server.faults.add({ operation: 'DescribeAccountAuditConfiguration', kind });
    const error = await errorOf(client.send(describeConfiguration()));
    expect(error.name).toBe(name);
    expect(error.$metadata?.httpStatusCode).toBe(status);
    expect(server.requests).toMatchObject([{ operation: 'DescribeAccountAuditConfiguration', outcome: name }]);
  });

  test('happen as often as asked for, in the order added, to their operation only', async () => {
    const { server, client } = await startStandIn();
    server.faults
      .add({ operation: 'DescribeAccountAuditConfiguration', kind: 'throttle', times: 2 })
      .add({ operation: 'DescribeAccountAuditConfiguration', kind: 'internalError', message: 'Broken on purpose.' });
    await client.send(new ListScheduledAuditsCommand({}));
    expect((await errorOf(client.send(describeConfiguration()))).name).toBe('ThrottlingException');
    expect((await errorOf(client.send(describeConfiguration()))).name).toBe('ThrottlingException');
    expect((await errorOf(client.send(describeConfiguration()))).message).toBe('Broken on purpose.');
    await client.send(describeConfiguration());
  });

  test('can concern every operation, forever, until cleared', async () => {
    const { server, client } = await startStandIn();
    server.faults.add({ kind: 'throttle', times: Infinity });
    for (const command of [describeConfiguration(), describeConfiguration()]) {
      expect((await errorOf(client.send(command))).name).toBe('ThrottlingException');
    }
    expect((await errorOf(client.send(new ListScheduledAuditsCommand({})))).name).toBe('ThrottlingException');
    server.faults.clear();
    await client.send(describeConfiguration());
  });

  test('the retries of the SDK get past a passing throttle', async () => {
    const { server } = await startStandIn();
    server.faults.add({ operation: 'DescribeAccountAuditConfiguration', kind: 'throttle' });
    await clientFor(server, { maxAttempts: 2 }).send(describeConfiguration());
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'ok']);
  });

  test('dropConnection does none of the work', async () => {
    const { server, client } = await startStandIn();
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    server.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'dropConnection' });
    expect((await errorOf(client.send(startAudit()))).message).toContain('socket hang up');
    await client.send(startAudit());
    expect(server.requestsOf('StartOnDemandAuditTask').map(({ outcome }) => outcome)).toEqual(['dropConnection', 'ok']);
  });

  test('dropAfterEffect loses the answer, not the work: a retry starts a second audit', async () => {
    const { server } = await startStandIn({ auditDuration: 60_000 });
    const client = clientFor(server, { maxAttempts: 2 });
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    for (let audit = 0; audit < 8; audit++) await client.send(startAudit());
    server.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'dropAfterEffect' });
    await client.send(startAudit());
    expect(
      server
        .requestsOf('StartOnDemandAuditTask')
        .slice(-2)
        .map(({ outcome }) => outcome),
    ).toEqual(['dropAfterEffect', 'ok']);
    expect((await errorOf(client.send(startAudit()))).name).toBe('LimitExceededException');
  });

  test('delay answers late, with the work done', async () => {
    const { server, client } = await startStandIn();
    server.faults.add({ operation: 'DescribeAccountAuditConfiguration', kind: 'delay', milliseconds: 60 });
    const begin = Date.now();
    await client.send(describeConfiguration());
    expect(Date.now() - begin).toBeGreaterThanOrEqual(55);
    expect(() => server.faults.add({ kind: 'delay' })).toThrow('milliseconds');
  });

  test('hang gives no answer before the client loses its patience', async () => {
    const { server } = await startStandIn();
    const client = clientFor(server, { requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } });
    server.faults.add({ operation: 'DescribeAccountAuditConfiguration', kind: 'hang' });
    expect((await errorOf(client.send(describeConfiguration()))).name).toBe('TimeoutError');
    expect(server.requests).toMatchObject([{ outcome: 'hang' }]);
    await client.send(describeConfiguration());
  });
});

describe('stopping', () => {
  test('cuts hanging and delayed requests and idle connections at once', async () => {
    const { server, client } = await startStandIn();
    server.faults
      .add({ operation: 'DescribeAccountAuditConfiguration', kind: 'hang' })
      .add({ operation: 'ListScheduledAudits', kind: 'delay', milliseconds: 600_000 });
    const calls = [
      errorOf(client.send(describeConfiguration())), errorOf(client.send(new ListScheduledAuditsCommand({}))),
    ];
    const idle = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
    await once(idle, 'connect');
    await until(() => server.requests.length === 2);
    const begin = Date.now();
    const closed = once(idle, 'close');
    await server.stop();
    await closed;
    expect(Date.now() - begin).toBeLessThan(500);
    for (const error of await Promise.all(calls)) expect(error.message).toContain('socket hang up');
  });

  test('leaves running audits without an end', async () => {
    const { server, client } = await startStandIn({ auditDuration: 10 });
    await enableChecks(client, 'LOGGING_DISABLED_CHECK');
    await client.send(startAudit());
    let notified = 0;
    server.onNotification = () => notified++;
    await server.stop();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(notified).toBe(0);
  });
});

describe('the wire', () => {
  const ask = async (endpoint: string, path: string, init?: RequestInit) => {
    const response = await fetch(`${endpoint}${path}`, init);
    return {
      status: response.status, type: response.headers.get('x-amzn-errortype'),
      body: (await response.json()) as { message?: string },
    };
  };

  test('an unknown route is answered with an error that names it', async () => {
    const { server } = await startStandIn();
    expect(await ask(server.endpoint, '/audit/nothing?x=1', { method: 'PUT' })).toEqual({
      status: 404, type: 'UnknownOperationException',
      body: { message: 'No operation has the route PUT /audit/nothing?x=1.' },
    });
    expect(server.requests).toMatchObject([
      { operation: 'PUT /audit/nothing?x=1', outcome: 'UnknownOperationException' },
    ]);
  });

  test.each(['{', '[]', '7'])('the body %s is refused', async (body) => {
    const { server } = await startStandIn();
    expect(await ask(server.endpoint, '/audit/tasks', { method: 'POST', body })).toMatchObject({
      status: 400, type: 'SerializationException',
    });
  });

  test('a body beyond all measure is refused', async () => {
    const { server } = await startStandIn();
    const body = JSON.stringify({ targetCheckNames: ['x'.repeat(1024 * 1024)] });
    expect(await ask(server.endpoint, '/audit/tasks', { method: 'POST', body })).toMatchObject({ status: 400, type: 'SerializationException' });
  });

  test.each([
    ['POST', '/audit/tasks', '{}', "Value null at 'targetCheckNames'"],
    ['POST', '/audit/tasks', '{"targetCheckNames": [7]}', "Value '7' at 'targetCheckNames.1.member'"],
    ['POST', '/audit/tasks', '{"targetCheckNames": "LOGGING_DISABLED_CHECK"}', 'must be a list'],
    ['POST', '/audit/findings', '{"taskId": "a", "maxResults": 251}', 'less than or equal to 250'],
    ['POST', '/audit/findings', '{"taskId": "a", "maxResults": 0}', 'greater than or equal to 1'],
    ['POST', '/audit/findings', '{"taskId": "a", "maxResults": 1.5}', 'must be an integer'],
    ['POST', '/audit/findings', '{"taskId": "a_b"}', 'regular expression'],
    ['POST', '/audit/findings', `{"taskId": "${'a'.repeat(41)}"}`, 'length'],
    ['POST', '/audit/findings', '{"startTime": "never", "endTime": 1}', 'must be a timestamp'],
    ['POST', '/audit/findings', '{"taskId": "a", "listSuppressedFindings": "yes"}', 'must be a boolean'],
    ['POST', '/audit/findings', '{"taskId": "a", "resourceIdentifier": []}', 'must be a structure'],
    ['PATCH', '/audit/configuration', '{"auditCheckConfigurations": []}', 'must be a map'],
    [
      'PATCH', '/audit/configuration', '{"auditNotificationTargetConfigurations": {"SQS": {}}}',
      'enum value set: [SNS]',
    ],
    ['PATCH', '/audit/configuration', '{"roleArn": "short"}', "Value 'short' at 'roleArn'"],
    ['GET', '/audit/scheduledaudits?maxResults=many', undefined, 'must be an integer'],
    ['GET', '/audit/scheduledaudits/bad%3Aname', undefined, 'regular expression'],
    ['GET', '/audit/scheduledaudits/bad%zzname', undefined, 'not valid'],
    ['DELETE', '/audit/configuration?deleteScheduledAudits=maybe', undefined, 'must be a boolean'],
  ])('%s %s %s is refused', async (method, path, body, message) => {
    const { server } = await startStandIn();
    const answer = await ask(server.endpoint, path, { method, body });
    expect(answer).toMatchObject({ status: 400, type: 'InvalidRequestException' });
    expect(answer.body.message).toContain(message);
  });

  test('several mistakes are reported together', async () => {
    const { server } = await startStandIn();
    const { body } = await ask(server.endpoint, '/audit/findings', {
      method: 'POST', body: '{"taskId": "_", "maxResults": 0}',
    });
    expect(body.message).toMatch(/^2 validation errors detected: .+; .+$/);
  });
});

test('requests are logged with their input', async () => {
  const { server, client } = await startStandIn();
  await enableChecks(client, 'LOGGING_DISABLED_CHECK');
  const { taskId } = await client.send(startAudit());
  await client.send(new DescribeAuditTaskCommand({ taskId }));
  expect(server.requests).toMatchObject([
    { operation: 'UpdateAccountAuditConfiguration', outcome: 'ok' },
    { operation: 'StartOnDemandAuditTask', input: { targetCheckNames: ['LOGGING_DISABLED_CHECK'] }, outcome: 'ok' },
    { operation: 'DescribeAuditTask', input: { taskId }, outcome: 'ok' },
  ]);
});

test('errors reach the client as the classes of the SDK', async () => {
  const { server, client } = await startStandIn();
  server.faults.add({ kind: 'throttle' });
  expect(await errorOf(client.send(describeConfiguration()))).toBeInstanceOf(ThrottlingException);
});

test('a client finds the stand-in through AWS_ENDPOINT_URL_IOT', async () => {
  const { server } = await startStandIn();
  const before = process.env.AWS_ENDPOINT_URL_IOT;
  process.env.AWS_ENDPOINT_URL_IOT = server.endpoint;
  try {
    await clientFor(server, { endpoint: undefined }).send(describeConfiguration());
  } finally {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL_IOT;
    else process.env.AWS_ENDPOINT_URL_IOT = before;
  }
  expect(server.requests).toHaveLength(1);
});

test('a taken port is reported', async () => {
  const { server } = await startStandIn();
  const port = Number(new URL(server.endpoint).port);
  expect(await errorOf(startStandIn({ port }))).toMatchObject({ code: 'EADDRINUSE' });
});

test('the disclaimer says that this is a model and what is unverified', async () => {
  const { server } = await startStandIn();
  expect(server.disclaimer).toContain('not the service');
  expect(server.disclaimer).toContain('Unverified');
});
