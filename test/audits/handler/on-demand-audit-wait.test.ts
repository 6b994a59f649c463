import { MEMORY, note } from './on-demand-audit-events';
import {
  LOGGING, MINUTE, MISSING_PERMISSION, SECOND, SHARED, START, WAIT, answerTo, create, meanwhile, statusesOf,
} from './on-demand-audit-requests';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const HALF_AN_HOUR = 30 * MINUTE;
const ADVICE = '; wait longer (at most 55 minutes), let the deployment go on when the time is over, '
  + 'or deploy again later';

const log = captureLog();

describe('waiting for an on-demand audit', () => {
  let environment: FunctionEnvironment;
  let began: number;

  beforeEach(async () => {
    environment = await FunctionEnvironment.startDirect();
    await environment.enableChecks(SHARED, LOGGING);
    began = environment.time.now();
  });

  afterEach(() => environment.stop());

  const elapsed = () => environment.time.now() - began;

  describe('beyond its limit', () => {
    beforeEach(() => {
      environment.iot.timing.auditDuration = 100 * MINUTE;
    });

    test('fails and cancels the audit', async () => {
      environment.iot.timing.checkDurations = { [LOGGING]: MINUTE };
      const answer = await create(environment, WAIT);

      const [{ taskId, status }] = environment.iot.audits;
      expect(answer.Status).toBe('FAILED');
      expect(answer.Reason)
        .toBe(`the audit did not end within 30 minutes: 1 of 2 checks are done${ADVICE} (audit ${taskId})`);
      expect(answer.PhysicalResourceId).toBe(`${digestOf(WAIT)}.${taskId}`);
      expect(answer).not.toHaveProperty('Data');
      expect(status).toBe('CANCELED');
      expect(elapsed()).toBe(HALF_AN_HOUR);
    });

    test('fails with the checks that wait for data', async () => {
      environment.iot.timing.dataCollectionDurations = { [SHARED]: 24 * 60 * MINUTE };
      environment.iot.timing.checkDurations = { [LOGGING]: MINUTE };
      const { Reason } = await create(environment, WAIT);

      expect(Reason).toBe(
        'the audit did not end within 30 minutes: 1 of 2 checks are done, '
        + `and AWS still collects data for ${SHARED}, which takes long in a large account or after a check was `
        + `enabled${ADVICE} (audit ${environment.iot.audits[0].taskId})`,
      );
    });

    test('lets the deployment and the audit go on, if told to, and reports the numbers so far', async () => {
      environment.iot.timing.checkDurations = { [LOGGING]: MINUTE };
      const answer = await create(environment, { ...WAIT, FailOnTimeout: 'false' });

      expect(answer).toMatchObject({
        Status: 'SUCCESS',
        Data: {
          TaskStatus: 'IN_PROGRESS', TotalChecksCount: 2, NonCompliantChecksCount: 1,
          NonCompliance: `LOW ${LOGGING} 1/1`,
        },
      });
      expect(answer).not.toHaveProperty('Reason');
      expect(statusesOf(environment)).toEqual(['IN_PROGRESS']);
      expect(elapsed()).toBe(HALF_AN_HOUR);
    });

    test('has one limit however many invocations it takes', async () => {
      environment.functionTime = 5 * MINUTE;
      const answer = await create(environment, WAIT);

      expect(environment.services.invocations.length).toBeGreaterThanOrEqual(6);
      expect(answer.Reason).toContain('the audit did not end within 30 minutes');
      expect(elapsed()).toBe(HALF_AN_HOUR);
      expect(environment.iot.requestsOf('StartOnDemandAuditTask')).toHaveLength(1);
    });

    test('has one limit although an invocation ended early and another took over', async () => {
      const taskId = await environment.startAudit(SHARED, LOGGING);
      const event = environment.event({ ResourceProperties: WAIT });
      note(environment, event.RequestId, { begun: 'Create' });
      note(environment, event.RequestId, { taskId, checks: 2 });
      environment.time.pass(10 * MINUTE);
      const { Reason } = await answerTo(environment, event);

      expect(Reason).toMatch(new RegExp(`^the audit did not end within 30 minutes: .* \\(audit ${taskId}\\)$`));
      expect(elapsed()).toBe(HALF_AN_HOUR);
    });

    test.each([6, 10])('counts from CloudFormation\'s request if the event comes %d minutes late', async (minutes) => {
      environment.iot.timing.auditDuration = 2 * 60 * MINUTE;
      const event = environment.event({ ResourceProperties: { ...WAIT, TimeoutSeconds: String(55 * 60) } });
      const asked = new Date(began).toISOString().replace(/[-:]|\.\d+/g, '');
      environment.time.pass(minutes * MINUTE);

      const { Status, Reason } = await answerTo(
        environment, { ...event, ResponseURL: `${event.ResponseURL.split('?')[0]}?X-Amz-Date=${asked}` },
      );

      expect([Status, Reason])
        .toEqual(['FAILED', expect.stringMatching(/^the audit did not end within (51|47) minutes: /)]);
      expect(elapsed()).toBeGreaterThan(56 * MINUTE);
      expect(elapsed()).toBeLessThanOrEqual(58 * MINUTE);
      expect(statusesOf(environment)).toEqual(['CANCELED']);
    });

    test('waits for 55 minutes at most, and answers within the hour that CloudFormation waits', async () => {
      const { Status } = await create(environment, { ...WAIT, TimeoutSeconds: '3300' });

      expect(Status).toBe('FAILED');
      expect(elapsed()).toBe(55 * MINUTE);
      expect(statusesOf(environment)).toEqual(['CANCELED']);
    });
  });

  test('goes on in further invocations when the function has less time than the audit takes', async () => {
    environment.functionTime = 3 * MINUTE;
    environment.iot.timing.auditDuration = 10 * MINUTE;
    const event = environment.event({ ResourceProperties: WAIT });
    await environment.invoke(event);

    const [{ taskId }] = environment.iot.audits;
    const until = began + HALF_AN_HOUR;
    expect(environment.services.invocations.length).toBeGreaterThanOrEqual(4);
    for (const payload of environment.services.invocations) {
      expect(payload).toEqual({
        ...event, AskedAt: began,
        Continuation: { identity: { digest: digestOf(WAIT), taskId }, since: began, until, deploymentBegan: began },
      });
    }
    expect(environment.answers).toHaveLength(1);
    expect(environment.answers[0])
      .toMatchObject({
        Status: 'SUCCESS', RequestId: event.RequestId, Data: { TaskId: taskId, TaskStatus: 'COMPLETED' },
      });
  });

  test('asks less and less often', async () => {
    environment.iot.timing.auditDuration = 10 * MINUTE;
    await create(environment, WAIT);

    const times = environment.iot.requestsOf('DescribeAuditTask').map(({ time }) => time);
    const pauses = times.slice(1).map((time, index) => time - times[index]);
    expect(pauses.slice(0, 3)).toEqual([5 * SECOND, 7.5 * SECOND, 11.25 * SECOND]);
    expect(Math.max(...pauses)).toBe(30 * SECOND);
    expect(times.length).toBeLessThan(30);
  });

  test('ends with an audit that is canceled by another client', async () => {
    const [answer] = await Promise.all([
      create(environment, WAIT),
      meanwhile(environment, 30 * SECOND, () => environment.cancelAudit(environment.iot.audits[0].taskId)),
    ]);

    expect(answer)
      .toMatchObject({
        Status: 'SUCCESS', Data: { TaskStatus: 'CANCELED', TotalChecksCount: 2, CompliantChecksCount: 0 },
      });
    expect(elapsed()).toBeLessThan(MINUTE);
  });

  test.each([
    'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED',
    'DELETE_IN_PROGRESS',
  ])(
    'ends when another resource\'s failure makes the stack %s, and cancels the audit',
    async (status) => {
      environment.iot.timing.auditDuration = 20 * MINUTE;
      const [answer] = await Promise.all([
        create(environment, WAIT),
        meanwhile(environment, 3 * MINUTE, () => environment.services.stackStatuses.set(STACK_ID, status)),
      ]);

      const [{ taskId }] = environment.iot.audits;
      expect(answer).toMatchObject({
        Status: 'FAILED', Reason: `the stack rolls back (audit ${taskId})`,
        PhysicalResourceId: `${digestOf(WAIT)}.${taskId}`,
      });
      expect(statusesOf(environment)).toEqual(['CANCELED']);
      expect(elapsed()).toBeGreaterThanOrEqual(3 * MINUTE);
      expect(elapsed()).toBeLessThan(4 * MINUTE);
    },
  );

  test('fails when the audit cannot be watched, and cancels it', async () => {
    environment.iot.timing.auditDuration = 10 * MINUTE;
    environment.iot.faults.add({ operation: 'DescribeAuditTask', kind: 'accessDenied', times: Infinity });
    const answer = await create(environment, WAIT);

    expect(answer.Reason)
      .toBe('the audit could not be watched: AccessDeniedException: User is not authorized to perform: '
        + 'iot:DescribeAuditTask '
      + `(audit ${environment.iot.audits[0].taskId})`);
    expect(statusesOf(environment)).toEqual(['CANCELED']);
  });

  test('fails when the function may not invoke itself to go on, and cancels the audit', async () => {
    environment.functionTime = 3 * MINUTE;
    environment.iot.timing.auditDuration = 10 * MINUTE;
    environment.services.faults.add({ operation: 'Invoke', kind: 'accessDenied', times: Infinity });
    const answer = await create(environment, WAIT);

    expect(answer).toMatchObject({
      Status: 'FAILED',
      Reason: 'the function could not invoke itself to go on waiting after its own time limit '
        + `(AccessDeniedException: User is not authorized to perform: Invoke)${MISSING_PERMISSION}`,
    });
    expect(statusesOf(environment)).toEqual(['CANCELED']);
  });

  test('is noted at least every 30 seconds, so that no other invocation takes over', async () => {
    environment.iot.timing.auditDuration = 10 * MINUTE;
    const event = environment.event({ ResourceProperties: WAIT });
    await environment.invoke(event);

    const times = environment.services.logStreams.get(MEMORY)!.map((entry) => JSON.parse(entry).time as number);
    expect(Math.max(...times.slice(1).map((time, index) => time - times[index]))).toBeLessThanOrEqual(30 * SECOND);
    expect(log.messages).toContain('audit');
  });

  test('does not happen when the deployment does not want it', async () => {
    await create(environment, START);

    expect(environment.iot.requestsOf('DescribeAuditTask')).toEqual([]);
  });
});
