import {
  CancelAuditTaskCommand, CreateAuditSuppressionCommand, CreateScheduledAuditCommand, DescribeAuditTaskCommand,
  IoTClient, ListAuditTasksCommand, ListAuditTasksCommandInput, StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
  paginateListAuditTasks,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import type { FleetDescription } from '../../device-defender/fleet';
import type { DeviceDefenderOptions } from '../../device-defender/server';
import {
  AUDIT_ROLE, NOTIFICATION_ROLE, TOPIC, enableChecks, endAll, errorOf, startStandIn, until,
} from '../support/running-stand-in';

afterEach(endAll);

const LOGGING = 'LOGGING_DISABLED_CHECK';
const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
const CLIENTS = 'CONFLICTING_CLIENT_IDS_CHECK';
const ENDED = { taskStatus: 'COMPLETED', taskStatistics: { totalChecks: 1, inProgressChecks: 0 } };

async function start(client: IoTClient, ...targetCheckNames: string[]): Promise<string> {
  return (await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }))).taskId!;
}
const describeTask = (client: IoTClient, taskId: string) => client.send(new DescribeAuditTaskCommand({ taskId }));

async function prepared(options: Omit<DeviceDefenderOptions, 'clock'> = {}) {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const { server, client } = await startStandIn({ clock, auditDuration: 1000, ...options });
  await enableChecks(client, LOGGING, SHARED, CLIENTS);
  return { server, client, clock };
}

const enableTopic = (client: IoTClient, enabled = true) => client.send(new UpdateAccountAuditConfigurationCommand({
  auditNotificationTargetConfigurations: { SNS: { targetArn: TOPIC, roleArn: NOTIFICATION_ROLE, enabled } },
}));

test('an audit goes from IN_PROGRESS to COMPLETED by the real clock', async () => {
  // Longer than a look at it takes on a busy machine.
  const { client } = await startStandIn({ auditDuration: 500 });
  await enableChecks(client, LOGGING);
  const taskId = await start(client, LOGGING);
  expect(await describeTask(client, taskId)).toMatchObject({
    taskStatus: 'IN_PROGRESS', taskType: 'ON_DEMAND_AUDIT_TASK',
  });
  await until(async () => (await describeTask(client, taskId)).taskStatus === 'COMPLETED');
});

test('each check takes its own time, and may wait for data first', async () => {
  const { client, clock } = await prepared({
    timing: { checkDurations: { [SHARED]: 5000 }, dataCollectionDurations: { [CLIENTS]: 10_000 } },
  });
  const taskId = await start(client, LOGGING, SHARED, CLIENTS, LOGGING);
  expect(await describeTask(client, taskId)).toMatchObject({
    taskStatus: 'IN_PROGRESS',
    taskStartTime: new Date('2026-03-01T12:00:00Z'),
    taskStatistics: {
      totalChecks: 3, inProgressChecks: 2, waitingForDataCollectionChecks: 1, compliantChecks: 0, nonCompliantChecks: 0,
    },
    auditDetails: {
      [LOGGING]: { checkRunStatus: 'IN_PROGRESS' }, [SHARED]: { checkRunStatus: 'IN_PROGRESS' },
      [CLIENTS]: { checkRunStatus: 'WAITING_FOR_DATA_COLLECTION' },
    },
  });
  clock.advance(1000);
  expect((await describeTask(client, taskId)).auditDetails![LOGGING]).toEqual({
    checkRunStatus: 'COMPLETED_NON_COMPLIANT',
    checkCompliant: false,
    totalResourcesCount: 1,
    nonCompliantResourcesCount: 1,
    suppressedNonCompliantResourcesCount: 0,
  });
  clock.advance(4000);
  expect((await describeTask(client, taskId)).auditDetails![SHARED]).toMatchObject({
    checkRunStatus: 'COMPLETED_COMPLIANT', checkCompliant: true,
  });
  clock.advance(5000);
  expect((await describeTask(client, taskId)).auditDetails![CLIENTS]).toMatchObject({ checkRunStatus: 'IN_PROGRESS' });
  clock.advance(1000);
  expect(await describeTask(client, taskId)).toMatchObject({
    taskStatus: 'COMPLETED',
    taskStatistics: {
      totalChecks: 3, inProgressChecks: 0, waitingForDataCollectionChecks: 0, compliantChecks: 2, nonCompliantChecks: 1,
    },
  });
});

test('a check that never ends can be had, also by the real clock', async () => {
  const { client } = await startStandIn({ timing: { checkDurations: { [LOGGING]: Infinity } } });
  await enableChecks(client, LOGGING);
  const taskId = await start(client, LOGGING);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await describeTask(client, taskId)).taskStatus).toBe('IN_PROGRESS');
});

test('an audit needs checks, each known and enabled; those that are not are named', async () => {
  const { client } = await prepared();
  expect((await errorOf(start(client))).name).toBe('InvalidRequestException');
  expect((await errorOf(start(client, 'LOGGING_CHECK'))).message).toBe('Request contains an invalid Audit Check Name.');
  const error = await errorOf(start(client, LOGGING, 'CA_CERTIFICATE_EXPIRING_CHECK'));
  expect(error).toMatchObject({
    name: 'InvalidRequestException', message: expect.stringContaining('CA_CERTIFICATE_EXPIRING_CHECK'),
  });
  expect(error.message).not.toContain(LOGGING);
});

test('10 on-demand audits can be in progress; scheduled ones do not count', async () => {
  const { server, client, clock } = await prepared();
  await client.send(
    new CreateScheduledAuditCommand({ scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: [LOGGING] }),
  );
  server.runScheduledAudit('Daily');
  const ids = new Set<string>();
  for (let audit = 0; audit < 10; audit++) ids.add(await start(client, LOGGING));
  expect(ids.size).toBe(10);
  expect((await errorOf(start(client, LOGGING))).name).toBe('LimitExceededException');
  clock.advance(1000);
  await start(client, LOGGING);
});

test('a check the audit role may not run fails, and the others do not', async () => {
  const fleet: FleetDescription = { missingPermissions: [{ roleArn: AUDIT_ROLE, denied: [SHARED] }] };
  const { server, client, clock } = await prepared({ fleet });
  const taskId = await start(client, LOGGING, SHARED);
  clock.advance(1000);
  expect(await describeTask(client, taskId)).toMatchObject({
    taskStatus: 'COMPLETED',
    taskStatistics: { failedChecks: 1, nonCompliantChecks: 1 },
    auditDetails: {
      [SHARED]: {
        checkRunStatus: 'FAILED', errorCode: 'INSUFFICIENT_PERMISSIONS', message: expect.stringContaining(SHARED),
      },
    },
  });
  server.fleet.denyPermissions(AUDIT_ROLE, '*');
  const failing = await start(client, LOGGING, CLIENTS);
  clock.advance(1000);
  expect(await describeTask(client, failing)).toMatchObject({
    taskStatus: 'FAILED', taskStatistics: { failedChecks: 2 },
  });
  server.fleet.restorePermissions(AUDIT_ROLE);
  const passing = await start(client, SHARED);
  clock.advance(1000);
  expect(await describeTask(client, passing)).toMatchObject(ENDED);
});

test('a check disabled during its audit fails', async () => {
  const { client, clock } = await prepared();
  const taskId = await start(client, LOGGING, SHARED);
  await client.send(
    new UpdateAccountAuditConfigurationCommand({ auditCheckConfigurations: { [SHARED]: { enabled: false } } }),
  );
  clock.advance(1000);
  expect((await describeTask(client, taskId)).auditDetails![SHARED]).toMatchObject({
    checkRunStatus: 'FAILED', errorCode: 'AUDIT_CHECK_DISABLED',
  });
});

test('only an audit in progress can be canceled, and finished checks stay finished', async () => {
  const { client, clock } = await prepared({
    timing: { checkDurations: { [SHARED]: 5000 }, dataCollectionDurations: { [CLIENTS]: 5000 } },
  });
  const taskId = await start(client, LOGGING, SHARED, CLIENTS);
  clock.advance(1000);
  await client.send(new CancelAuditTaskCommand({ taskId }));
  clock.advance(60_000);
  expect(await describeTask(client, taskId)).toMatchObject({
    taskStatus: 'CANCELED',
    taskStatistics: {
      canceledChecks: 2, nonCompliantChecks: 1, inProgressChecks: 0, waitingForDataCollectionChecks: 0,
    },
    auditDetails: {
      [LOGGING]: { checkRunStatus: 'COMPLETED_NON_COMPLIANT' }, [SHARED]: { checkRunStatus: 'CANCELED' },
    },
  });
  expect((await errorOf(client.send(new CancelAuditTaskCommand({ taskId })))).name).toBe('InvalidRequestException');
  expect((await errorOf(client.send(new CancelAuditTaskCommand({ taskId: 'none' })))).name).toBe(
    'ResourceNotFoundException',
  );
});

describe('listing audits', () => {
  const range = (clock: ManualClock, more: Partial<ListAuditTasksCommandInput> = {}): ListAuditTasksCommandInput => ({
    startTime: new Date(clock.now() - 86_400_000), endTime: new Date(clock.now()), ...more,
  });

  test('shows id, status and type only, filtered by either and by time', async () => {
    const { server, client, clock } = await prepared();
    await client.send(
      new CreateScheduledAuditCommand({ scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: [LOGGING] }),
    );
    const scheduled = {
      taskId: server.runScheduledAudit('Daily'), taskStatus: 'COMPLETED', taskType: 'SCHEDULED_AUDIT_TASK',
    };
    clock.advance(3_600_000);
    const onDemand = {
      taskId: await start(client, LOGGING), taskStatus: 'IN_PROGRESS', taskType: 'ON_DEMAND_AUDIT_TASK',
    };
    const list = async (more?: Partial<ListAuditTasksCommandInput>) =>
      (await client.send(new ListAuditTasksCommand(range(clock, more)))).tasks;
    expect(await list()).toEqual([scheduled, onDemand]);
    expect(await list({ taskType: 'SCHEDULED_AUDIT_TASK' })).toEqual([scheduled]);
    expect(await list({ taskStatus: 'IN_PROGRESS' })).toEqual([onDemand]);
    expect(await list({ startTime: new Date(clock.now() - 60_000) })).toEqual([onDemand]);
    expect(await list({ endTime: new Date(clock.now() - 60_000) })).toEqual([scheduled]);
  });

  test('is paged', async () => {
    const { client, clock } = await prepared();
    const started: string[] = [];
    for (let audit = 0; audit < 30; audit++) {
      started.push(await start(client, LOGGING));
      clock.advance(1000);
    }
    const listed: string[] = [];
    const sizes: number[] = [];
    for await (const { tasks } of paginateListAuditTasks({ client }, range(clock))) {
      sizes.push(tasks!.length);
      listed.push(...tasks!.map(({ taskId }) => taskId!));
    }
    expect(sizes).toEqual([25, 5]);
    expect(listed).toEqual(started);
  });

  test('refuses a start before the 90 days of retention or after the end; older audits are gone', async () => {
    const { client, clock } = await prepared();
    const taskId = await start(client, LOGGING);
    const day = 86_400_000;
    const list = (startTime: number, endTime = clock.now()) =>
      client.send(new ListAuditTasksCommand({ startTime: new Date(startTime), endTime: new Date(endTime) }));
    expect((await errorOf(list(clock.now() - 90 * day - 1000))).name).toBe('InvalidRequestException');
    expect((await errorOf(list(clock.now(), clock.now() - day))).name).toBe('InvalidRequestException');
    clock.advance(90 * day);
    expect((await list(clock.now() - 90 * day)).tasks).toHaveLength(1);
    clock.advance(1);
    expect((await errorOf(describeTask(client, taskId))).name).toBe('ResourceNotFoundException');
  });
});

describe('notifications', () => {
  test('have the documented shape', async () => {
    const fleet: FleetDescription = { missingPermissions: [{ roleArn: AUDIT_ROLE, denied: [SHARED] }] };
    const { server, client, clock } = await prepared({ fleet });
    await enableTopic(client);
    await client.send(
      new CreateScheduledAuditCommand({
        scheduledAuditName: 'Daily', frequency: 'DAILY', targetCheckNames: [LOGGING, SHARED],
      }),
    );
    const heard: unknown[] = [];
    server.onNotification = (notification) => heard.push(notification);
    const taskId = server.runScheduledAudit('Daily');
    clock.advance(1000);
    expect(server.notifications).toEqual([{
      targetArn: TOPIC,
      payload: {
        accountId: '123456789012',
        taskId,
        taskStatus: 'COMPLETED',
        taskType: 'SCHEDULED_AUDIT_TASK',
        scheduledAuditName: 'Daily',
        failedChecksCount: 1,
        canceledChecksCount: 0,
        nonCompliantChecksCount: 1,
        compliantChecksCount: 0,
        totalChecksCount: 2,
        taskStartTime: Date.parse('2026-03-01T12:00:00Z'),
        auditDetails: [
          {
            checkName: LOGGING,
            checkRunStatus: 'COMPLETED_NON_COMPLIANT',
            nonCompliantResourcesCount: 1,
            totalResourcesCount: 1,
            suppressedNonCompliantResourcesCount: 0,
          },
          {
            checkName: SHARED,
            checkRunStatus: 'FAILED',
            nonCompliantResourcesCount: 0,
            totalResourcesCount: 0,
            suppressedNonCompliantResourcesCount: 0,
            errorCode: 'INSUFFICIENT_PERMISSIONS',
            message: expect.any(String),
          },
        ],
      },
    }]);
    expect(heard).toEqual(server.notifications);
  });

  test('go out for compliant and canceled audits too, but not to a disabled target or without the permission', async () => {
    const { server, client, clock } = await prepared();
    await enableTopic(client);
    await start(client, SHARED);
    clock.advance(1000);
    await client.send(new CancelAuditTaskCommand({ taskId: await start(client, SHARED) }));
    expect(server.notifications.map(({ payload }) => payload.taskStatus)).toEqual(['COMPLETED', 'CANCELED']);
    expect(server.notifications[0].payload).not.toHaveProperty('scheduledAuditName');
    await enableTopic(client, false);
    await start(client, SHARED);
    clock.advance(1000);
    await enableTopic(client);
    server.fleet.denyPermissions(NOTIFICATION_ROLE, 'sns:Publish');
    await start(client, SHARED);
    clock.advance(1000);
    expect(server.notifications).toHaveLength(2);
  });

  test('name the suppressed count as a test wants it', async () => {
    const { server, client, clock } = await prepared({ suppressedCountField: 'suppressedNonCompliantResourceCount' });
    await enableTopic(client);
    await client.send(new CreateAuditSuppressionCommand({
      checkName: LOGGING, resourceIdentifier: { account: '123456789012' }, suppressIndefinitely: true,
    }));
    await start(client, LOGGING);
    clock.advance(1000);
    expect(server.notifications[0].payload.auditDetails).toEqual([{
      checkName: LOGGING,
      checkRunStatus: 'COMPLETED_COMPLIANT',
      nonCompliantResourcesCount: 0,
      totalResourcesCount: 1,
      suppressedNonCompliantResourceCount: 1,
    }]);
  });
});
