import {
  CancelAuditMitigationActionsTaskCommand, CreateMitigationActionCommand, DescribeAuditMitigationActionsTaskCommand,
  IoTClient, ListAuditMitigationActionsExecutionsCommand, ListAuditMitigationActionsTasksCommand,
  MitigationActionParams, StartAuditMitigationActionsTaskCommand, StartAuditMitigationActionsTaskCommandInput,
  StartOnDemandAuditTaskCommand, UpdateMitigationActionCommand, paginateListAuditMitigationActionsTasks,
} from '@aws-sdk/client-iot';
import { ManualClock } from '../../device-defender/clock';
import {
  ACTION_ROLE, TOPIC, certificateId, clientFor, enableChecks, endAll, errorOf, findingsOf, startStandIn,
} from '../support/running-stand-in';

afterEach(endAll);

const KEYS = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const AGE = 'DEVICE_CERTIFICATE_AGE_CHECK';

async function audited(count: number, timing = {}) {
  const clock = new ManualClock('2026-03-01T12:00:00Z');
  const plantedFindings = Array.from({ length: count }, (_, number) => ({
    checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificateId(number) },
  }));
  const { server, client } = await startStandIn({
    clock, fleet: { plantedFindings }, timing: { mitigationDuration: 1000, ...timing },
  });
  await enableChecks(client, KEYS);
  const actions: Record<string, MitigationActionParams> = {
    Publish: { publishFindingToSnsParams: { topicArn: TOPIC } },
    Deactivate: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
    EnableLogging: { enableIoTLoggingParams: { roleArnForLogging: ACTION_ROLE, logLevel: 'ERROR' } },
  };
  for (const [actionName, actionParams] of Object.entries(actions)) {
    await client.send(new CreateMitigationActionCommand({ actionName, roleArn: ACTION_ROLE, actionParams }));
  }
  const { taskId } = await client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [KEYS] }));
  clock.advance(1000);
  return { server, client, clock, auditTaskId: taskId! };
}

const start = (client: IoTClient, input: Partial<StartAuditMitigationActionsTaskCommandInput>) =>
  client.send(new StartAuditMitigationActionsTaskCommand({
    taskId: 'task', target: undefined, auditCheckToActionsMapping: { [KEYS]: ['Publish'] }, ...input,
  }));
const describeTask = (client: IoTClient, taskId: string) =>
  client.send(new DescribeAuditMitigationActionsTaskCommand({ taskId }));

test('a task id is used once, so a redelivered message changes nothing; nor does a client token serve twice', async () => {
  const { client, clock, auditTaskId } = await audited(1);
  const target = { auditTaskId };
  expect((await start(client, { target, clientRequestToken: 'token' })).taskId).toBe('task');
  expect(await errorOf(start(client, { target }))).toMatchObject({
    name: 'TaskAlreadyExistsException', $metadata: { httpStatusCode: 400 },
  });
  clock.advance(1000);
  expect((await errorOf(start(client, { target }))).name).toBe('TaskAlreadyExistsException');
  expect((await errorOf(start(client, { target, taskId: 'other', clientRequestToken: 'token' }))).name).toBe(
    'TaskAlreadyExistsException',
  );
});

test('a lost answer does not make a second task: the retry of the SDK keeps its token', async () => {
  const { server, clock, auditTaskId } = await audited(1);
  server.faults.add({ operation: 'StartAuditMitigationActionsTask', kind: 'dropAfterEffect' });
  expect((await start(clientFor(server, { maxAttempts: 2 }), { target: { auditTaskId } })).taskId).toBe('task');
  clock.advance(1000);
  expect(server.requestsOf('StartAuditMitigationActionsTask').map(({ outcome }) => outcome)).toEqual([
    'dropAfterEffect', 'ok',
  ]);
  expect(server.publishedFindings).toHaveLength(1);
});

test.each<[string, (auditTaskId: string) => Partial<StartAuditMitigationActionsTaskCommandInput>]>([
  ['no target', () => ({ target: {} })],
  ['a filter alone', () => ({ target: { auditCheckToReasonCodeFilter: { [KEYS]: ['X'] } } })],
  ['findings and an audit', (auditTaskId) => ({ target: { auditTaskId, findingIds: ['a'] } })],
  ['no findings', () => ({ target: { findingIds: [] } })],
  ['26 findings', () => ({ target: { findingIds: Array.from({ length: 26 }, (_, number) => `f${number}`) } })],
  ['an unknown finding', () => ({ target: { findingIds: ['unknown'] } })],
  ['an unknown audit', () => ({ target: { auditTaskId: 'unknown' } })],
  [
    '26 reason codes',
    (auditTaskId) => ({
      target: {
        auditTaskId, auditCheckToReasonCodeFilter: { [KEYS]: Array.from({ length: 26 }, (_, number) => `R${number}`) },
      },
    }),
  ],
  [
    'an unknown check in the filter',
    (auditTaskId) => ({ target: { auditTaskId, auditCheckToReasonCodeFilter: { NO_CHECK: ['X'] } } }),
  ],
  ['an empty mapping', () => ({ auditCheckToActionsMapping: {} })],
  ['a check without actions', () => ({ auditCheckToActionsMapping: { [KEYS]: [] } })],
  [
    '6 actions for a check',
    () => ({ auditCheckToActionsMapping: { [KEYS]: ['Publish', 'Deactivate', 'a', 'b', 'c', 'd'] } }),
  ],
  ['an unknown action', () => ({ auditCheckToActionsMapping: { [KEYS]: ['Publish', 'Unknown'] } })],
  ['an unknown check', () => ({ auditCheckToActionsMapping: { NO_CHECK: ['Publish'] } })],
  ['an action that does not fit the check', () => ({ auditCheckToActionsMapping: { [KEYS]: ['EnableLogging'] } })],
  ['any but publishing for the age check', () => ({ auditCheckToActionsMapping: { [AGE]: ['Deactivate'] } })],
  ['a task id with a colon', () => ({ taskId: 'a:b' })],
  ['a task id of 129 characters', () => ({ taskId: 'a'.repeat(129) })],
  ['a token of 65 characters', () => ({ clientRequestToken: 'a'.repeat(65) })],
])('%s is refused, and no task begins', async (_what, input) => {
  const { client, auditTaskId } = await audited(1);
  expect((await errorOf(start(client, { target: { auditTaskId }, ...input(auditTaskId) }))).name).toBe(
    'InvalidRequestException',
  );
  expect((await errorOf(describeTask(client, 'task'))).name).toBe('ResourceNotFoundException');
});

test('25 findings are accepted, and one named twice is mitigated once', async () => {
  const { server, client, clock, auditTaskId } = await audited(24);
  const ids = (await findingsOf(client, auditTaskId)).map(({ findingId }) => findingId!);
  await start(client, { target: { findingIds: [...ids, ids[0]] } });
  clock.advance(1000);
  expect(server.publishedFindings).toHaveLength(24);
});

test('10 tasks can be in progress', async () => {
  const { client, clock, auditTaskId } = await audited(1);
  for (let number = 0; number < 10; number++) {
    await start(client, { taskId: `task-${number}`, target: { auditTaskId } });
  }
  expect((await errorOf(start(client, { target: { auditTaskId } }))).name).toBe('LimitExceededException');
  clock.advance(1000);
  await start(client, { target: { auditTaskId } });
});

test('canceling stops what has not begun and rolls nothing back', async () => {
  const { server, client, clock, auditTaskId } = await audited(5, { mitigationStep: 2 });
  await start(client, { target: { auditTaskId } });
  clock.advance(1000);
  await client.send(new CancelAuditMitigationActionsTaskCommand({ taskId: 'task' }));
  clock.advance(60_000);
  expect(await describeTask(client, 'task')).toMatchObject({
    taskStatus: 'CANCELED',
    endTime: new Date('2026-03-01T12:00:02Z'),
    taskStatistics: { [KEYS]: { totalFindingsCount: 5, succeededFindingsCount: 2, canceledFindingsCount: 3 } },
  });
  expect(server.publishedFindings).toHaveLength(2);
  const last = (await findingsOf(client, auditTaskId))[4].findingId;
  const { actionsExecutions } = await client.send(
    new ListAuditMitigationActionsExecutionsCommand({ taskId: 'task', findingId: last }),
  );
  expect(actionsExecutions).toMatchObject([{ status: 'CANCELED', actionName: 'Publish', findingId: last }]);
  const again = (taskId: string) => errorOf(client.send(new CancelAuditMitigationActionsTaskCommand({ taskId })));
  expect((await again('task')).name).toBe('InvalidRequestException');
  expect((await again('unknown')).name).toBe('ResourceNotFoundException');
});

test('a running task keeps the actions as they were', async () => {
  const { server, client, clock, auditTaskId } = await audited(1);
  await start(client, { target: { auditTaskId } });
  const actionParams = { publishFindingToSnsParams: { topicArn: `${TOPIC}2` } };
  await client.send(new UpdateMitigationActionCommand({ actionName: 'Publish', actionParams }));
  clock.advance(1000);
  expect(server.publishedFindings[0].targetArn).toBe(TOPIC);
});

test('tasks are listed by time, audit, finding and status, in pages', async () => {
  const { client, clock, auditTaskId } = await audited(2);
  const [first, second] = (await findingsOf(client, auditTaskId)).map(({ findingId }) => findingId!);
  await start(client, { taskId: 'audit', target: { auditTaskId } });
  clock.advance(1000);
  await start(client, { taskId: 'finding', target: { findingIds: [first] } });
  const range = { startTime: new Date(clock.now() - 3_600_000), endTime: new Date(clock.now()) };
  const list = async (more: object) =>
    (await client.send(new ListAuditMitigationActionsTasksCommand({ ...range, ...more }))).tasks!.map(
      ({ taskId }) => taskId,
    );
  expect(await list({})).toEqual(['audit', 'finding']);
  expect(await list({ auditTaskId })).toEqual(['audit']);
  expect(await list({ findingId: second })).toEqual(['audit']);
  expect(await list({ findingId: first })).toEqual(['audit', 'finding']);
  expect(await list({ taskStatus: 'IN_PROGRESS' })).toEqual(['finding']);
  expect(await list({ startTime: range.endTime })).toEqual(['finding']);
  expect((await errorOf(list({ startTime: new Date(clock.now() - 91 * 86_400_000) }))).name).toBe(
    'InvalidRequestException',
  );
  const pages: number[] = [];
  for await (const { tasks } of paginateListAuditMitigationActionsTasks({ client, pageSize: 1 }, range)) {
    pages.push(tasks!.length);
  }
  expect(pages).toEqual([1, 1]);
});

test('executions of an unknown task or finding are none', async () => {
  const { client } = await audited(1);
  const unknown = new ListAuditMitigationActionsExecutionsCommand({ taskId: 'unknown', findingId: 'unknown' });
  expect((await client.send(unknown)).actionsExecutions).toEqual([]);
});
