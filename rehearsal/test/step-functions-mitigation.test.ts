import {
  CreateMitigationActionCommand, ListAuditMitigationActionsTasksCommand, StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { APPROVALS_ARN, mitigationMachine } from './support/mitigation-machine';
import { stopAccounts } from './support/running-account';
import {
  RunningMachine, TOPIC_ARN, begin, failureOf, machineResources, run, startMachine,
} from './support/running-machines';
import type { FaultKind } from '../device-defender/faults';
import type { MachineOperation } from '../step-functions/called-services';
import type { InvocationResult } from '../step-functions/integrations';

afterEach(stopAccounts);

const LOGGING = 'LOGGING_DISABLED_CHECK';
const ROLE = 'arn:aws:iam::123456789012:role/Role';

type Step = { automaticMitigation: string; taskId: string; answer: string; switch: string; plan: Plan };
type Plan = { answer: string; round: number; checks: string[]; requests: object[]; switch: string };

/** In place of the function: asks first, applies when approved, and reports. */
function plannedFor(auditTaskId: string, rounds: number) {
  return (step: Step): InvocationResult => {
    if (step.automaticMitigation === 'PLAN') {
      const applies = step.answer === 'APPROVED' && step.switch === 'on';
      const plan = {
        answer: step.answer, round: 0, switch: step.switch, checks: [LOGGING],
        requests: applies ? [requestFor(auditTaskId, `mine-${auditTaskId}-2`)] : [],
      };
      return { ok: true, value: plan };
    }
    const { plan } = step;
    const isAgain = plan.requests.length > 0 && plan.round < rounds;
    const next = { ...plan, round: plan.round + 1, requests: [requestFor(auditTaskId, `mine-${auditTaskId}-2-r${plan.round + 1}`)] };
    const isAsking = plan.answer === 'NOT_ASKED';
    return {
      ok: true, value: {
        isAgain, plan: isAgain ? next : plan, subject: `Report ${plan.answer}`, text: 'C:\\text {}', isAsking,
        detail: { version: '1', answer: plan.answer },
        ...isAsking ? { question: { subject: 'Apply?', before: 'to "C:\\lamps" {} yes: ', between: ' no: ', after: ' end' } } : {},
      },
    };
  };
}

function requestFor(auditTaskId: string, TaskId: string) {
  return {
    TaskId, ClientRequestToken: TaskId, Target: { AuditTaskId: auditTaskId },
    AuditCheckToActionsMapping: { [LOGGING]: ['enable'] },
  };
}

interface Rehearsal extends RunningMachine {
  readonly auditTaskId: string;
}

async function startMitigation({ rounds = 0, partition = 'aws', region = 'eu-west-1' } = {}): Promise<Rehearsal> {
  let handle: ReturnType<typeof plannedFor> | undefined;
  const definition = JSON.parse(
    JSON.stringify(mitigationMachine(partition)).replaceAll('arn:aws:lambda', `arn:${partition}:lambda`),
  ) as object;
  const machine = await startMachine({
    ...machineResources(definition),
    Switch: { Type: 'AWS::SSM::Parameter', Properties: { Name: 'switch', Type: 'String', Value: 'on' } },
  }, { fake: (step: Step) => handle!(step), options: { region } });
  const { iot } = machine.account;
  await iot.send(new UpdateAccountAuditConfigurationCommand({
    roleArn: ROLE, auditCheckConfigurations: { [LOGGING]: { enabled: true } },
  }));
  await iot.send(new CreateMitigationActionCommand({
    actionName: 'enable', roleArn: ROLE,
    actionParams: { enableIoTLoggingParams: { roleArnForLogging: ROLE, logLevel: 'ERROR' } },
  }));
  const { taskId } = await iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames: [LOGGING] }));
  machine.time.pass(60_000);
  handle = plannedFor(taskId!, rounds);
  return { ...machine, auditTaskId: taskId! };
}

function approve({ account }: Rehearsal): void {
  const { tokens } = account.stateMachines;
  tokens.onAsked = ({ token }) => tokens.sendTaskSuccess(token, '{}');
}

async function tasksOf({ account, time }: Rehearsal): Promise<string[]> {
  const { tasks } = await account.iot.send(new ListAuditMitigationActionsTasksCommand({
    startTime: new Date(time.now() - 10 * 24 * 3_600_000), endTime: new Date(time.now()),
  }));
  return tasks!.map(({ taskId, taskStatus }) => `${taskId} ${taskStatus}`).sort();
}

const ASKING = ['Begin', 'ReadSwitch', 'Plan', 'IsThereAnything', 'Apply', 'Report', 'IsAgain', 'PublishReport', 'PublishEvent', 'IsAsking', 'AskForApproval'];
const REPORTING = ['Report', 'IsAgain', 'PublishReport', 'PublishEvent', 'IsAsking', 'Done'];
const APPLYING = ['ReadSwitch', 'Plan', 'IsThereAnything', 'Apply', 'Start', 'Wait', 'Follow', 'IsOver', 'TaskEnded'];
const APPROVED = [...ASKING, 'Approved', ...APPLYING, ...REPORTING];

test('what is approved is planned anew and applied, and people learn of it', async () => {
  const rehearsal = await startMitigation();
  approve(rehearsal);

  const execution = await run(rehearsal, { taskId: rehearsal.auditTaskId }, rehearsal.auditTaskId);

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.path).toEqual(APPROVED);
  expect(await tasksOf(rehearsal)).toEqual([`mine-${rehearsal.auditTaskId}-2 COMPLETED`]);
  expect(rehearsal.payloads).toMatchObject([
    {
      automaticMitigation: 'PLAN', settings: { name: 'mine' }, taskId: rehearsal.auditTaskId, answer: 'NOT_ASKED', switch: 'on',
    },
    { automaticMitigation: 'REPORT', plan: { answer: 'NOT_ASKED', requests: [] } },
    { automaticMitigation: 'PLAN', taskId: rehearsal.auditTaskId, answer: 'APPROVED', switch: 'on' },
    { automaticMitigation: 'REPORT', plan: { answer: 'APPROVED', requests: [{}] } },
  ]);
  const attributes = { 'cdk-iot-fleet-audit': { DataType: 'String', StringValue: 'report' } };
  expect(rehearsal.published).toEqual([
    { topicArn: TOPIC_ARN, message: { subject: 'Report NOT_ASKED', message: 'C:\\text {}', attributes } },
    {
      topicArn: APPROVALS_ARN,
      message: {
        subject: 'Apply?', message: expect.stringMatching(/^to "C:\\lamps" \{\} yes: (\S{600,}) no: \1 end$/),
      },
    },
    { topicArn: TOPIC_ARN, message: { subject: 'Report APPROVED', message: 'C:\\text {}', attributes } },
  ]);
  expect(rehearsal.events.map(({ Detail }) => Detail)).toEqual([
    '{"version":"1","answer":"NOT_ASKED"}', '{"version":"1","answer":"APPROVED"}',
  ]);
});

test.each([
  ['declined', 'Declined', 'DECLINED'],
  ['left without an answer', undefined, 'UNANSWERED'],
])('what is %s touches nothing', async (_what, error, answer) => {
  const rehearsal = await startMitigation();
  const { tokens } = rehearsal.account.stateMachines;
  if (error !== undefined) tokens.onAsked = ({ token }) => tokens.sendTaskFailure(token, error);
  const begun = rehearsal.time.now();

  const execution = await run(rehearsal, { taskId: rehearsal.auditTaskId });

  expect(execution.status).toBe('SUCCEEDED');
  expect(rehearsal.payloads.at(-1)).toMatchObject({ automaticMitigation: 'REPORT', plan: { answer } });
  expect(await tasksOf(rehearsal)).toEqual([]);
  expect(rehearsal.time.now() - begun).toBe(error === undefined ? 24 * 3_600_000 : 0);
});

test('a switch that is turned off while people think counts', async () => {
  const rehearsal = await startMitigation();
  const { tokens } = rehearsal.account.stateMachines;
  tokens.onAsked = ({ token }) => {
    rehearsal.account.parameters.put('switch', 'off');
    tokens.sendTaskSuccess(token, '{}');
  };

  await run(rehearsal, { taskId: rehearsal.auditTaskId });

  expect(rehearsal.payloads.at(-1)).toMatchObject({ plan: { switch: 'off', requests: [] } });
  expect(await tasksOf(rehearsal)).toEqual([]);
});

test('further rounds go through the same states', async () => {
  const rehearsal = await startMitigation({ rounds: 2 });
  approve(rehearsal);

  const execution = await run(rehearsal, { taskId: rehearsal.auditTaskId });

  const id = `mine-${rehearsal.auditTaskId}-2`;
  expect(await tasksOf(rehearsal)).toEqual([`${id} COMPLETED`, `${id}-r1 COMPLETED`, `${id}-r2 COMPLETED`]);
  expect(execution.path.filter((state) => state === 'NextRound')).toHaveLength(2);
  expect(execution.output).toMatchObject({ taskId: rehearsal.auditTaskId, answer: { given: 'APPROVED' } });
});

test('the same machine runs in GovCloud', async () => {
  const rehearsal = await startMitigation({ partition: 'aws-us-gov', region: 'us-gov-west-1' });
  approve(rehearsal);
  const stateMachineArn = 'arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:machine';

  const execution = begin(rehearsal, { taskId: rehearsal.auditTaskId }, 'run', stateMachineArn);
  await execution.ended;

  expect(execution.path).toEqual(APPROVED);
});

describe('an execution outlives', () => {
  test.each<[MachineOperation, FaultKind]>([
    ['GetParameter', 'throttle'], ['Invoke', 'internalError'], ['Publish', 'throttle'], ['Publish', 'dropAfterEffect'],
    ['PutEvents', 'dropAfterEffect'],
  ])('%s that meets %s', async (operation, kind) => {
    const rehearsal = await startMitigation();
    approve(rehearsal);
    rehearsal.account.stateMachines.faults.add({ operation, kind, times: 2 });

    expect((await run(rehearsal, { taskId: rehearsal.auditTaskId })).path).toEqual(APPROVED);
  });

  test('a lost answer to the start of a task: it is asked for again, and runs once', async () => {
    const rehearsal = await startMitigation();
    approve(rehearsal);
    rehearsal.account.deviceDefender.faults.add({ operation: 'StartAuditMitigationActionsTask', kind: 'dropAfterEffect' });

    const execution = await run(rehearsal, { taskId: rehearsal.auditTaskId });

    expect(execution.path).toEqual(APPROVED);
    expect(rehearsal.account.deviceDefender.requestsOf('StartAuditMitigationActionsTask')).toHaveLength(2);
    expect(await tasksOf(rehearsal)).toHaveLength(1);
  });

  test('hours in which the account has too many tasks', async () => {
    const rehearsal = await startMitigation();
    approve(rehearsal);
    rehearsal.account.deviceDefender.faults.add({
      operation: 'StartAuditMitigationActionsTask', kind: 'limitExceeded', times: 20,
    });
    const begun = rehearsal.time.now();

    expect((await run(rehearsal, { taskId: rehearsal.auditTaskId })).path).toEqual(APPROVED);
    // 30, 60, ..., 480 s, then a quarter of an hour each, and one look after 30 s.
    expect(rehearsal.time.now() - begun).toBe((30 + 60 + 120 + 240 + 480 + 15 * 900 + 30) * 1000);
  });
});

test('an execution that failed is redriven, and ends as if nothing had happened', async () => {
  const rehearsal = await startMitigation();
  approve(rehearsal);
  rehearsal.account.stateMachines.faults.add({ operation: 'PutEvents', kind: 'accessDenied', times: 8 });

  const execution = await run(rehearsal, { taskId: rehearsal.auditTaskId });
  expect(failureOf(execution)).toMatchObject({ status: 'FAILED', error: 'EventBridge.AmazonEventBridgeException' });
  expect(rehearsal.published).toHaveLength(1);
  rehearsal.account.stateMachines.redriveExecution(execution.arn);
  await execution.ended;

  expect(execution.path).toEqual([...ASKING.slice(0, 9), ...APPROVED.slice(8)]);
  expect(rehearsal.published.map(({ topicArn }) => topicArn)).toEqual([TOPIC_ARN, APPROVALS_ARN, TOPIC_ARN]);
});

test('an audit without anything to do ends at once', async () => {
  const rehearsal = await startMitigation();
  rehearsal.account.stateMachines.reachable.invokeFunction = async () => ({ ok: true, value: { checks: [] } });

  expect((await run(rehearsal, { taskId: rehearsal.auditTaskId })).path).toEqual(
    ['Begin', 'ReadSwitch', 'Plan', 'IsThereAnything', 'Done'],
  );
});
