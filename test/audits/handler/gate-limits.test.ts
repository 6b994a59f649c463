import {
  DAY, HOUR, KEY, NEW_ONLY, POLICY, STRICT, createSchedule, gated, named, runSchedule, verdictIn, verdictOn, weakKey,
} from './gate-requests';
import { MINUTE, MISSING_PERMISSION, SECOND, create } from './on-demand-audit-requests';
import { certificateId, endAll } from '../../../rehearsal/test/support/running-stand-in';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const log = captureLog();

const JUDGED = gated({ judged: [KEY] });
const NEW_JUDGED = gated({ judged: [KEY], gate: NEW_ONLY });
const TOO_MUCH = 'it and the audits before it have more findings than can be read in time; judge fewer checks, '
  + 'suppress findings, or let known findings count';

function logged(message: string): Record<string, unknown>[] {
  return log.lines.map(
    (line) => JSON.parse(line) as Record<string, unknown>,
  ).filter((entry) => entry.message === message);
}

describe('a gate', () => {
  let environment: FunctionEnvironment;
  let began: number;

  beforeEach(async () => {
    environment = await FunctionEnvironment.startDirect(
      { fleet: { plantedFindings: [1, 2, 3, 4].map((number) => weakKey(number)) } },
    );
    await environment.enableChecks(KEY, POLICY);
    await createSchedule(environment, 'daily', KEY);
    began = environment.time.now();
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  const elapsed = () => environment.time.now() - began;
  const taskId = () => environment.iot.audits.at(-1)!.taskId;

  function plant(count: number): void {
    for (let number = 0; number < count; number++) environment.iot.fleet.plant(weakKey(1_000 + number));
  }

  /** The states that the function handed over to further invocations. */
  const handedOver = () => environment.services.invocations.map(
    (payload) => (payload as { Continuation: { hasEnded?: boolean } }).Continuation,
  );

  describe('whose audit does not end in time', () => {
    beforeEach(() => {
      environment.iot.timing.auditDuration = 100 * MINUTE;
    });

    test('fails the deployment by default, and cancels the audit', async () => {
      const { Status, Reason } = await create(environment, JUDGED);

      expect([Status, Reason])
        .toEqual(['FAILED', 'the audit did not end within 30 minutes: 0 of 1 checks are done; wait longer '
          + '(at most 55 minutes), '
        + `let the deployment go on when the time is over, or deploy again later (audit ${taskId()})`]);
      expect(environment.iot.audits[0].status).toBe('CANCELED');
    });

    test('lets the deployment go on if that is the choice, and the audit too', async () => {
      const { Status, Data } = await create(environment, { ...JUDGED, FailOnTimeout: 'false' });

      expect([Status, Data!.TaskStatus]).toEqual(['SUCCESS', 'IN_PROGRESS']);
      expect(elapsed()).toBe(30 * MINUTE);
      expect(environment.iot.audits[0].status).toBe('IN_PROGRESS');
    });

    test('says so when AWS still collects data, and what to do', async () => {
      environment.iot.timing.dataCollectionDurations = { [KEY]: DAY };

      expect((await create(environment, JUDGED)).Reason)
        .toBe('the audit did not end within 30 minutes: 0 of 1 checks are done, '
          + `and AWS still collects data for ${KEY}, `
        + 'which takes long in a large account or after a check was enabled; wait longer (at most 55 minutes), '
        + `let the deployment go on when the time is over, or deploy again later (audit ${taskId()})`);
    });
  });

  describe('that cannot read', () => {
    test('findings still stops the deployment, without their names', async () => {
      environment.iot.faults.add({ operation: 'ListAuditFindings', kind: 'accessDenied', times: Infinity });

      expect(await verdictOn(environment, JUDGED))
        .toBe(`1 check found 4 non-compliant resources (0 allowed for each check): CRITICAL ${KEY} 4`);
      expect(logged('findings not listed')).toEqual([{
        message: 'findings not listed', checkName: KEY,
        error: 'AccessDeniedException: User is not authorized to perform: iot:ListAuditFindings',
      }]);
    });

    test('findings all of which are allowed passes without asking', async () => {
      environment.iot.faults.add({ operation: 'ListAuditFindings', kind: 'accessDenied', times: Infinity });

      expect(await verdictOn(environment, gated({ judged: [KEY], gate: { ...STRICT, AllowedPerCheck: '4' } })))
        .toBe('passes');
    });

    test.each(
      ['ListAuditTasks', 'ListAuditFindings'] as const,
    )('what it compares with (%s) fails the deployment', async (operation) => {
      runSchedule(environment, 'daily');
      environment.iot.faults.add({ operation, kind: 'accessDenied', times: Infinity });
      const { Status, Reason, PhysicalResourceId } = await create(environment, NEW_JUDGED);

      expect([Status, Reason])
        .toEqual(['FAILED', `audit ${taskId()} could not be judged (AccessDeniedException: `
          + `User is not authorized to perform: iot:${operation})`
        + MISSING_PERMISSION]);
      expect(PhysicalResourceId).toMatch(/^none-/);
    });

    test.each(
      ['throttle', 'internalError', 'dropConnection', 'accessDenied'] as const,
    )('for a while (%s) judges all the same', async (kind) => {
      runSchedule(environment, 'daily');
      environment.iot.fleet.plant(weakKey(5));
      environment.iot.faults.add({ operation: 'ListAuditTasks', kind, times: 2 }).add({
        operation: 'ListAuditFindings', kind, times: 2,
      });

      expect(await verdictOn(environment, NEW_JUDGED))
        .toBe(`1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 (${named(5)})`);
    });
  });

  test('logs every finding that is not suppressed as a line of its own, and whether it counts', async () => {
    runSchedule(environment, 'daily');
    environment.iot.fleet.plant(weakKey(5));
    await create(environment, NEW_JUDGED);

    expect(logged('finding')).toEqual([1, 2, 3, 4, 5].map((number) => ({
      message: 'finding',
      counts: number === 5,
      checkName: KEY,
      severity: 'CRITICAL',
      resourceType: 'DEVICE_CERTIFICATE',
      resource: { deviceCertificateId: certificateId(number) },
      reason: 'The resource does not meet the rule of the check.',
      findingId: expect.any(String),
    })));
    expect(logged('verdict'))
      .toMatchObject([
        { passes: false, total: 1, incomplete: [], offending: [{ name: KEY, count: 1 }], taskId: taskId() },
      ]);
  });

  test('logs them all, however many pages there are', async () => {
    plant(996);
    await create(environment, JUDGED);

    expect(new Set(logged('finding').map(({ findingId }) => findingId)).size).toBe(1_000);
    expect(environment.iot.requestsOf('ListAuditFindings').map(({ input }) => Number(input.maxResults)))
      .toEqual([250, 250, 250, 250]);
  });

  describe('with little time left', () => {
    test('judges in a further invocation, and hands over once', async () => {
      environment.functionTime = 4 * MINUTE;
      const answer = await create(environment, JUDGED);

      expect(verdictIn(answer, taskId())).toContain('1 check found 4 non-compliant resources');
      expect(handedOver()).toEqual([{
        identity: { digest: digestOf(JUDGED), taskId: taskId() }, hasEnded: true,
        since: expect.any(Number), until: expect.any(Number), deploymentBegan: expect.any(Number),
      }]);
    });

    test('judges at once if there is enough', async () => {
      await create(environment, JUDGED);

      expect(handedOver()).toEqual([]);
    });

    test('hands over while it waits, and once more to judge', async () => {
      environment.functionTime = 4 * MINUTE;
      environment.iot.timing.auditDuration = 10 * MINUTE;
      await create(environment, JUDGED);

      const states = handedOver().map(({ hasEnded }) => hasEnded);
      expect(states.length).toBeGreaterThanOrEqual(3);
      expect(states).toEqual([...states.slice(1).map(() => undefined), true]);
    });

    test('stops with the names that it could read', async () => {
      plant(996);
      environment.functionTime = MINUTE;
      environment.iot.timing.auditDuration = SECOND;
      const answer = await create(environment, JUDGED);

      expect(verdictIn(answer, taskId()))
        .toBe(
          `1 check found 1000 non-compliant resources (0 allowed for each check): CRITICAL ${KEY} 1000 (${named(1)}, `
            + '999 more)',
        );
      expect(logged('no time to log the other findings')).toHaveLength(1);
      expect(handedOver()).toHaveLength(1);
    });

    test('fails when it cannot compare all, and does not go on for ever', async () => {
      // Reading 60 pages takes longer than the 7 seconds that the function works before it takes care to answer.
      plant(15_000);
      runSchedule(environment, 'daily');
      environment.functionTime = 52 * SECOND;
      environment.iot.timing.auditDuration = SECOND;
      const answer = await create(environment, NEW_JUDGED);

      expect([answer.Status, answer.Reason]).toEqual(['FAILED', `audit ${taskId()} could not be judged: ${TOO_MUCH}`]);
      expect(handedOver()).toHaveLength(1);
    });
  });

  describe('that waits for 55 minutes', () => {
    beforeEach(() => {
      runSchedule(environment, 'daily');
      began = environment.time.now();
      environment.iot.timing.auditDuration = 54 * MINUTE;
    });

    test.each<[string, 'throttle' | 'internalError']>([
      ['is throttled', 'throttle'], ['meets an outage', 'internalError'],
    ])(
      'and %s answers before CloudFormation gives up after an hour', async (_what, kind) => {
        environment.iot.faults.add({ operation: 'ListAuditFindings', kind, times: Infinity });
        const { Status, Reason } = await create(environment, { ...NEW_JUDGED, TimeoutSeconds: '3300' });

        expect(Status).toBe('FAILED');
        expect(Reason).toContain(`audit ${taskId()} could not be judged (`);
        expect(elapsed()).toBeGreaterThan(54 * MINUTE);
        expect(elapsed()).toBeLessThanOrEqual(58 * MINUTE);
      },
    );

    test('judges an audit that ends just in time', async () => {
      environment.iot.fleet.plant(weakKey(5));
      environment.iot.timing.auditDuration = 55 * MINUTE - SECOND;

      expect(await verdictOn(environment, { ...NEW_JUDGED, TimeoutSeconds: '3300' }))
        .toBe(`1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 (${named(5)})`);
      expect(elapsed()).toBeLessThan(HOUR);
    });
  });
});
