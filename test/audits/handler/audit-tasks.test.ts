import { note } from './on-demand-audit-events';
import {
  LOGGING, MINUTE, MISSING_PERMISSION, SECOND, SHARED, START, answerTo, create,
} from './on-demand-audit-requests';
import { AuditTasks } from '../../../src/audits/handler/audit-tasks';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const log = captureLog();

describe('an audit whose start was not answered', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    environment.iot.timing.auditDuration = 1;
    await environment.enableChecks(SHARED, LOGGING);
  });

  afterEach(() => environment.stop());

  function find(...checks: string[]): Promise<string | undefined> {
    const { time } = environment;
    const tasks = new AuditTasks(environment.request(START));
    const since = time.now();
    return time.during(() => tasks.find(checks, since, since + MINUTE));
  }

  test('is found by its checks, in any order', async () => {
    const taskId = await environment.startAudit(SHARED, LOGGING);

    expect(await find(LOGGING, SHARED)).toBe(taskId);
  });

  test('is looked for once it had the time to be listed', async () => {
    const began = environment.time.now();
    await find(LOGGING, SHARED);

    expect(environment.iot.requestsOf('ListAuditTasks').map(({ time }) => time - began)).toEqual([3 * SECOND]);
  });

  test('is found although the service\'s clock is a little late', async () => {
    const taskId = await environment.startAudit(SHARED, LOGGING);
    environment.time.pass(2 * SECOND);

    expect(await find(LOGGING, SHARED)).toBe(taskId);
  });

  test.each([
    ['was started before', async () => {
      await environment.startAudit(SHARED, LOGGING);
      environment.time.pass(2 * SECOND + 1);
    }],
    ['has fewer checks', () => environment.startAudit(SHARED)],
    ['does not exist', async () => undefined],
  ])('is not one that %s', async (_, happen) => {
    await happen();

    expect(await find(SHARED, LOGGING)).toBeUndefined();
  });

  test('is not one that has more checks', async () => {
    await environment.startAudit(SHARED, LOGGING);

    expect(await find(SHARED)).toBeUndefined();
  });

  test('is found on a later page', async () => {
    for (let count = 0; count < 60; count++) {
      await environment.startAudit(LOGGING);
      environment.time.pass(2);
    }
    const taskId = await environment.startAudit(SHARED, LOGGING);
    environment.time.pass(1 * SECOND);

    expect(await find(SHARED, LOGGING)).toBe(taskId);
    expect(environment.iot.requestsOf('ListAuditTasks').length).toBeGreaterThan(1);
  });

  test('is answered as if nothing had happened, and not started again', async () => {
    environment.iot.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'dropAfterEffect' });
    environment.iot.timing.auditDuration = MINUTE;
    const answer = await create(environment, START);

    expect(environment.iot.audits).toHaveLength(1);
    expect(answer)
      .toMatchObject({ Status: 'SUCCESS', Data: { TaskId: environment.iot.audits[0].taskId, TotalChecksCount: 2 } });
    expect(log.messages).toContain('found the audit that was started');
  });

  test('is said to run, perhaps, if it cannot be looked for', async () => {
    environment.iot.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'dropAfterEffect' });
    environment.iot.faults.add({ operation: 'ListAuditTasks', kind: 'accessDenied', times: Infinity });
    const { Status, Reason } = await create(environment, START);

    expect(Status).toBe('FAILED');
    expect(Reason)
      .toBe('the audit could not be started because a permission is missing (AccessDeniedException: '
        + 'User is not authorized to perform: '
      + `iot:ListAuditTasks)${MISSING_PERMISSION}; it may run all the same (see aws iot list-audit-tasks)`);
  });

  test('is taken up by the next invocation if the one before noted it, with the count of its checks', async () => {
    environment.iot.timing.auditDuration = 20 * MINUTE;
    const taskId = await environment.startAudit(SHARED, LOGGING);
    const unknownCheck = { Name: 'UNKNOWN_CHECK', Severity: 'LOW' };
    const event = environment.event({
      ResourceProperties: { ...START, EnabledChecksOnly: 'true', Checks: [...START.Checks, unknownCheck] },
    });
    note(environment, event.RequestId, { begun: 'Create' });
    note(environment, event.RequestId, { taskId, checks: 2 });
    environment.time.pass(2 * MINUTE);

    expect(await answerTo(environment, event))
      .toMatchObject({ Status: 'SUCCESS', Data: { TaskId: taskId, TotalChecksCount: 2 } });
    expect(environment.iot.audits).toHaveLength(1);
  });
});
