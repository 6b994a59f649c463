import * as iot from '@aws-sdk/client-iot';
import { stopAccounts } from './support/running-account';
import { failureOf, machineResources, oneTask, run, startMachine } from './support/running-machines';
import type { FaultKind } from '../device-defender/faults';
import { REQUEST_SHAPES } from '../device-defender/request-shapes';
import { MAPS } from '../step-functions/iot-integration';

afterEach(stopAccounts);

const LOGGING = 'LOGGING_DISABLED_CHECK';
const ROLE = 'arn:aws:iam::123456789012:role/Role';

/** An account with a finding and an action for it, and a machine of one task on AWS IoT. */
async function startWithFinding(
  operation: string, rest: object = {}, statements: object[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }],
) {
  const machine = await startMachine(machineResources(oneTask(`arn:aws:states:::aws-sdk:iot:${operation}`, rest), statements));
  const client = machine.account.iot;
  await client.send(new iot.UpdateAccountAuditConfigurationCommand({
    roleArn: ROLE, auditCheckConfigurations: { [LOGGING]: { enabled: true } },
  }));
  await client.send(new iot.CreateMitigationActionCommand({
    actionName: 'enable', roleArn: ROLE,
    actionParams: { enableIoTLoggingParams: { roleArnForLogging: ROLE, logLevel: 'ERROR' } },
  }));
  const { taskId } = await client.send(new iot.StartOnDemandAuditTaskCommand({ targetCheckNames: [LOGGING] }));
  machine.time.pass(60_000);
  return { ...machine, auditTaskId: taskId! };
}

const START = {
  Parameters: {
    'TaskId.$': '$.id', 'ClientRequestToken': 'token', 'Target': { 'AuditTaskId.$': '$.audit' },
    'AuditCheckToActionsMapping': { [LOGGING]: ['enable'] },
  },
};

test('a mitigation task is started and described, with members in PascalCase and keys of maps as they are', async () => {
  const machine = await startWithFinding('startAuditMitigationActionsTask', START);
  const started = await run(machine, { id: 'task', audit: machine.auditTaskId });
  const { requests } = machine.account.deviceDefender;

  expect(started.output).toEqual({ TaskId: 'task' });
  expect(requests.at(-1)).toMatchObject({
    operation: 'StartAuditMitigationActionsTask', caller: started.arn,
    input: {
      taskId: 'task', clientRequestToken: 'token', target: { auditTaskId: machine.auditTaskId },
      auditCheckToActionsMapping: { [LOGGING]: ['enable'] },
    },
  });

  const describing = await startMachine(machineResources(
    oneTask('arn:aws:states:::aws-sdk:iot:describeAuditMitigationActionsTask', { Parameters: { TaskId: 'task' } }),
  ));
  expect(failureOf(await run(describing))).toEqual({
    status: 'FAILED', error: 'Iot.ResourceNotFoundException',
    cause: 'The mitigation task task does not exist. (Service: Iot, Status Code: 404)',
  });
  await machine.account.deploy({
    stackName: 'Stack', template: {
      Resources: machineResources(
        oneTask('arn:aws:states:::aws-sdk:iot:describeAuditMitigationActionsTask', { Parameters: { TaskId: 'task' } }),
      ),
    },
  });
  machine.time.pass(60_000);
  const described = (await run(machine, {}, 'describing')).output as Record<string, unknown>;
  expect(described).toEqual({
    TaskStatus: 'COMPLETED', StartTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/),
    EndTime: expect.stringMatching(/\.\d{3}Z$/),
    TaskStatistics: {
      [LOGGING]: {
        TotalFindingsCount: 1, SucceededFindingsCount: 1, FailedFindingsCount: 0, SkippedFindingsCount: 0,
        CanceledFindingsCount: 0,
      },
    },
    Target: { AuditTaskId: machine.auditTaskId }, AuditCheckToActionsMapping: { [LOGGING]: ['enable'] },
    ActionsDefinition: [{
      Name: 'enable', Id: expect.any(String), RoleArn: ROLE,
      ActionParams: { EnableIoTLoggingParams: { RoleArnForLogging: ROLE, LogLevel: 'ERROR' } },
    }],
  });
});

test('times go to the service as it has them', async () => {
  const machine = await startWithFinding('listAuditTasks', {
    Parameters: { 'StartTime.$': '$.from', 'EndTime.$': '$.to', 'TaskType': 'ON_DEMAND_AUDIT_TASK' },
    ResultSelector: { 'ids.$': '$.Tasks[*].TaskId' },
  });
  const at = (offset: number) => new Date(machine.time.now() + offset).toISOString();

  expect((await run(machine, { from: at(-3_600_000), to: at(0) })).output).toEqual({ ids: [machine.auditTaskId] });
});

test('a member that is not in PascalCase is an error, as it is when AWS creates the machine', async () => {
  const machine = await startWithFinding('describeAuditTask', {
    Parameters: { taskId: 'x' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Task' }],
  });

  expect(failureOf(await run(machine))).toEqual({
    status: 'FAILED', error: 'States.Runtime', cause: 'The field "taskId" is not supported by Step Functions',
  });
});

test("the machine's role needs the permission at the moment of the call", async () => {
  const machine = await startWithFinding('describeAuditTask', { Parameters: { 'TaskId.$': '$.audit' } }, []);
  const input = { audit: machine.auditTaskId };
  const denied = await run(machine, input);
  machine.account.permissions.putInline(
    'machine-role', 'own', { Statement: [{ Effect: 'Allow', Action: 'iot:DescribeAuditTask', Resource: '*' }] },
  );

  expect(failureOf(denied)).toEqual({
    status: 'FAILED', error: 'Iot.IotException',
    cause: 'User: arn:aws:sts::123456789012:assumed-role/machine-role/run is not authorized to perform: iot:DescribeAuditTask '
      + 'on resource: * because no identity-based policy allows the iot:DescribeAuditTask action (Service: Iot, Status Code: 403)',
  });
  expect((await run(machine, input, 'again')).status).toBe('SUCCEEDED');
});

test.each<[FaultKind, string]>([
  ['throttle', 'Iot.ThrottlingException'], ['internalError', 'Iot.InternalFailureException'],
  ['serviceUnavailable', 'Iot.ServiceUnavailableException'], ['limitExceeded', 'Iot.LimitExceededException'],
  ['accessDenied', 'Iot.IotException'], ['dropConnection', 'Iot.SdkClientException'],
  ['dropAfterEffect', 'Iot.SdkClientException'],
])('a start that meets %s fails as %s, and a repetition starts no second task', async (kind, error) => {
  const machine = await startWithFinding('startAuditMitigationActionsTask', { ...START, Retry: [{ ErrorEquals: [error] }] });
  machine.account.deviceDefender.faults.add({ operation: 'StartAuditMitigationActionsTask', kind });

  const execution = await run(machine, { id: 'task', audit: machine.auditTaskId });

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.history.filter(({ type }) => type === 'StateRetried').map((event) => event.error)).toEqual([error]);
  const { tasks } = await machine.account.iot.send(new iot.ListAuditMitigationActionsTasksCommand({
    startTime: new Date(machine.time.now() - 3_600_000), endTime: new Date(machine.time.now()),
  }));
  expect(tasks!.map(({ taskId }) => taskId)).toEqual(['task']);
});

test('the members of outputs whose keys are data are those that the SDK has as maps', () => {
  type Schema = [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];
  const schemas = iot as unknown as Record<string, Schema>;
  const maps = new Set<string>();
  const seen = new Set<unknown>();
  const resolve = (schema: unknown): unknown => typeof schema === 'function' ? (schema as () => unknown)() : schema;
  const plain = (schema: unknown): unknown => {
    const resolved = resolve(schema);
    return Array.isArray(resolved) && resolved.length === 2 && typeof resolved[0] !== 'string' ? plain(resolved[0]) : resolved;
  };
  const visit = (schema: unknown, member?: string): void => {
    const known = plain(schema);
    // Numbers are simple types, or with a bit more maps of them.
    if (typeof known === 'number' && known >= 128 && member !== undefined) maps.add(member);
    if (!Array.isArray(known)) return;
    const [kind, , , , ...rest] = known as Schema;
    // 1 is a list, 2 a map, 3 a structure.
    if (kind === 2 && member !== undefined) maps.add(member);
    if (kind === 1 || kind === 2) visit(rest.at(-1), undefined);
    if (kind !== 3 || seen.has(known)) return;
    seen.add(known);
    (rest[0] as string[]).forEach((name, index) => visit((rest[1] as unknown[])[index], name));
  };
  for (const operation of Object.keys(REQUEST_SHAPES)) visit(schemas[`${operation}$`][5]);

  expect([...maps].sort()).toEqual([...MAPS].sort());
});
