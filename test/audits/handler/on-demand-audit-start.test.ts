import {
  AGE, LOGGING, MINUTE, MISSING_PERMISSION, SHARED, START, create, meanwhile, statusesOf,
} from './on-demand-audit-requests';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const WITH_AGE = { ...START, Checks: [...START.Checks, { Name: AGE, Severity: 'LOW', Threshold: '365' }] };

captureLog();

describe('starting an on-demand audit', () => {
  let environment: FunctionEnvironment;
  let began: number;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    began = environment.time.now();
  });

  afterEach(() => environment.stop());

  const elapsed = () => environment.time.now() - began;

  test('fails with the checks that are not enabled, after the time that enabling may take', async () => {
    await environment.enableChecks(SHARED);
    const answer = await create(environment, WITH_AGE);

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: `the audit could not be started because the account's audit configuration does not enable ${LOGGING}, `
        + `${AGE}; `
        + 'enable them there, or leave them out of this audit',
    });
    expect(answer.PhysicalResourceId).toBe(`none-${answer.RequestId}`);
    expect(answer).not.toHaveProperty('Data');
    expect(statusesOf(environment)).toEqual([]);
    expect(elapsed()).toBeGreaterThan(10_000);
    expect(elapsed()).toBeLessThan(60_000);
  });

  test('waits for a check that was enabled a moment ago', async () => {
    const [{ Status }] = await Promise.all([
      create(environment, START),
      meanwhile(environment, 10_000, () => environment.enableChecks(SHARED, LOGGING)),
    ]);

    expect(Status).toBe('SUCCESS');
    expect(environment.iot.requestsOf('StartOnDemandAuditTask').map(({ outcome }) => outcome))
      .toContain('InvalidRequestException');
    expect(statusesOf(environment)).toEqual(['IN_PROGRESS']);
  });

  test('fails with the service\'s own words for any other refusal', async () => {
    await environment.enableChecks(SHARED, LOGGING);
    environment.iot.faults.add({
      operation: 'StartOnDemandAuditTask', kind: 'invalidRequest', times: Infinity,
      message: 'Mondays are not supported.',
    });

    expect((await create(environment, START)).Reason)
      .toBe(
        'the audit could not be started: AWS IoT refuses it with InvalidRequestException: Mondays are not supported.',
      );
  });

  describe('of the checks that turn out to be enabled', () => {
    const ENABLED_ONLY = { ...WITH_AGE, EnabledChecksOnly: 'true' };

    test('leaves out the others', async () => {
      await environment.enableChecks(AGE, SHARED);
      const answer = await create(environment, ENABLED_ONLY);

      expect(environment.iot.audits.map(({ checks }) => checks)).toEqual([[SHARED, AGE]]);
      expect(answer).toMatchObject({ Status: 'SUCCESS', Data: { TaskStatus: 'IN_PROGRESS', TotalChecksCount: 2 } });
    });

    test('fails when none is', async () => {
      expect(await create(environment, ENABLED_ONLY)).toMatchObject({
        Status: 'FAILED',
        Reason: 'the account\'s audit configuration enables no check; enable some before they can be audited',
      });
      expect(environment.iot.requestsOf('StartOnDemandAuditTask')).toEqual([]);
    });

    test('fails when they cannot be read', async () => {
      environment.iot.faults.add({
        operation: 'DescribeAccountAuditConfiguration', kind: 'accessDenied', times: Infinity,
      });

      expect((await create(environment, ENABLED_ONLY)).Reason).toBe(
        'the audit was not started because the function could not read which checks are enabled '
          + '(AccessDeniedException: User is not authorized to '
        + 'perform: iot:DescribeAccountAuditConfiguration)' + MISSING_PERMISSION);
    });
  });

  describe('while ten audits run', () => {
    beforeEach(async () => {
      await environment.enableChecks(SHARED, LOGGING);
    });

    async function startTen(): Promise<void> {
      for (let count = 0; count < 10; count++) {
        await environment.startAudit(LOGGING);
      }
    }

    test('waits until one ends', async () => {
      environment.iot.timing.auditDuration = 5 * MINUTE;
      await startTen();
      const { Status } = await create(environment, START);

      expect(Status).toBe('SUCCESS');
      expect(environment.iot.audits).toHaveLength(11);
      expect(environment.iot.audits[10]).toMatchObject({ checks: [SHARED, LOGGING], status: 'IN_PROGRESS' });
      expect(elapsed()).toBeGreaterThanOrEqual(5 * MINUTE);
      expect(elapsed()).toBeLessThan(6 * MINUTE);
    });

    test('fails when none ends before the function does', async () => {
      environment.iot.timing.auditDuration = 60 * MINUTE;
      await startTen();
      const answer = await create(environment, START);

      expect(answer).toMatchObject({
        Status: 'FAILED',
        Reason: 'the audit could not be started because 10 on-demand audits run in this account and region already, '
          + 'which is all that AWS allows, '
          + 'and none ended in time; wait for them or cancel one (aws iot list-audit-tasks), then deploy again',
      });
      expect(environment.iot.audits).toHaveLength(10);
      expect(elapsed()).toBeLessThan(15 * MINUTE);
      expect(elapsed()).toBeGreaterThan(13 * MINUTE);
    });

    test('gives up when the stack rolls back meanwhile', async () => {
      environment.iot.timing.auditDuration = 5 * MINUTE;
      await startTen();
      const [answer] = await Promise.all([
        create(environment, START),
        meanwhile(
          environment, 2 * MINUTE, () => environment.services.stackStatuses.set(STACK_ID, 'ROLLBACK_IN_PROGRESS'),
        ),
      ]);

      expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'the stack rolls back' });
      expect(environment.iot.audits).toHaveLength(10);
      expect(elapsed()).toBeGreaterThanOrEqual(2 * MINUTE);
      expect(elapsed()).toBeLessThan(3 * MINUTE);
    });
  });

  describe('without a permission', () => {
    beforeEach(async () => {
      await environment.enableChecks(SHARED, LOGGING);
    });

    test('names the denied operation, after the time that a new permission may take', async () => {
      environment.iot.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'accessDenied', times: Infinity });

      expect((await create(environment, START)).Reason)
        .toBe('the audit could not be started because a permission is missing '
        + '(AccessDeniedException: User is not authorized to perform: '
        + `iot:StartOnDemandAuditTask)${MISSING_PERMISSION}`);
      expect(elapsed()).toBeGreaterThan(1.5 * MINUTE);
      expect(elapsed()).toBeLessThan(2.5 * MINUTE);
    });

    test('waits for one that is new and not known everywhere yet', async () => {
      environment.iot.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'accessDenied', times: 8 });

      expect((await create(environment, START)).Status).toBe('SUCCESS');
    });

    test('starts nothing that it could not note', async () => {
      environment.services.faults.add({ operation: 'CreateLogStream', kind: 'accessDenied', times: Infinity });

      expect((await create(environment, START)).Reason)
        .toBe('nothing was done because the function could not note it in its log group '
        + '(AccessDeniedException: User is not authorized to perform: CreateLogStream)' + MISSING_PERMISSION);
      expect(environment.iot.requestsOf('StartOnDemandAuditTask')).toEqual([]);
    });
  });

  test('fails when the service is down for as long as the function has', async () => {
    await environment.enableChecks(SHARED, LOGGING);
    environment.iot.faults.add({ operation: 'StartOnDemandAuditTask', kind: 'throttle', times: Infinity });

    expect((await create(environment, START)).Reason)
      .toBe('the audit could not be started in the time that the function has, '
      + 'the last answer being ThrottlingException: Rate exceeded; deploy again');
  });

  test('does not happen when there is too little time left', async () => {
    await environment.newExecutionEnvironment()(
      environment.event({ ResourceProperties: START }), { remainingTime: 40_000 },
    );

    expect(environment.answers).toMatchObject([{
      Status: 'FAILED', Reason: 'the audit was not started because the function has too little time left; deploy again',
    }]);
    expect(environment.iot.requests).toEqual([]);
  });

  test('does not happen while the stack rolls back', async () => {
    await environment.enableChecks(SHARED, LOGGING);
    environment.services.stackStatuses.set(STACK_ID, 'UPDATE_ROLLBACK_IN_PROGRESS');

    expect(await create(environment, START))
      .toMatchObject({ Status: 'FAILED', Reason: 'nothing was done because the stack rolls back' });
    expect(environment.iot.requestsOf('StartOnDemandAuditTask')).toEqual([]);
  });

  test.each([
    'ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'DELETE_COMPLETE',
  ])('is canceled at once if the stack turns out to be in %s', async (status) => {
    await environment.enableChecks(SHARED, LOGGING);
    const { faults } = environment.iot;
    faults.add(
      {
        operation: 'StartOnDemandAuditTask', kind: 'delay', milliseconds: 1,
        onTaken: () => environment.services.stackStatuses.set(STACK_ID, status),
      },
    );

    const { Status, Reason } = await create(environment, START);

    expect([Status, Reason]).toEqual(['FAILED', `the stack rolls back (audit ${environment.iot.audits[0].taskId})`]);
    expect(statusesOf(environment)).toEqual(['CANCELED']);
  });

  test('happens again for an event that is delivered again after its audit was canceled', async () => {
    await environment.enableChecks(SHARED, LOGGING);
    environment.iot.timing.auditDuration = 60 * MINUTE;
    const event = environment.event({ ResourceProperties: START });
    environment.services.faults.add({ operation: 'PutAnswer', kind: 'dropConnection', times: Infinity });
    await environment.invoke(event);
    expect(statusesOf(environment)).toEqual(['CANCELED']);
    environment.services.faults.clear();

    await environment.invoke({ ...event });

    expect(statusesOf(environment)).toEqual(['CANCELED', 'IN_PROGRESS']);
    expect(environment.answers.at(-1))
      .toMatchObject({ Status: 'SUCCESS', Data: { TaskId: environment.iot.audits[1].taskId } });
  });
});
