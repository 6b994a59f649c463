import type { CreateScheduledAuditRequest } from '@aws-sdk/client-iot';
import { WatchedAudit } from '../../../src/monitoring/protocol';
import { MessageServices } from '../../events/handler/message-services';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LOGGING = 'LOGGING_DISABLED_CHECK';
const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
const AUDIT_ROLE = 'arn:aws:iam::123456789012:role/AuditRole';

describe('the age of an audit', () => {
  const log = captureLog();
  let env: FunctionEnvironment;

  beforeEach(async () => {
    env = await FunctionEnvironment.start({
      fleet: { missingPermissions: [{ roleArn: AUDIT_ROLE, denied: [EXPIRING] }] },
    });
    await env.enableChecks(LOGGING, EXPIRING);
    define('daily', { frequency: 'DAILY' });
    define('weekly', { frequency: 'WEEKLY', dayOfWeek: 'MON' });
    define('failing', { frequency: 'DAILY' });
  });

  afterEach(() => env.stop());

  function define(
    scheduledAuditName: string, schedule: Pick<CreateScheduledAuditRequest, 'dayOfWeek' | 'frequency'>,
  ): void {
    env.iot.ask('CreateScheduledAudit', { scheduledAuditName, targetCheckNames: [LOGGING], ...schedule });
  }

  function checkOnly(...targetCheckNames: string[]): void {
    env.iot.ask('UpdateScheduledAudit', { scheduledAuditName: 'failing', targetCheckNames });
  }

  /** Runs an audit to its end. */
  function run(name: string): string {
    const taskId = env.iot.runScheduledAudit(name);
    env.time.pass(MINUTE);
    return taskId;
  }

  async function measure(...auditAges: (WatchedAudit | string)[]): Promise<void> {
    await env.dispatch({
      auditAges: auditAges.map((audit) => typeof audit === 'string' ? { scheduledAuditName: audit } : audit),
    }, new MessageServices());
  }

  /** What CloudWatch takes from the log: the value by the name of the audit. */
  function ages(): Record<string, number> {
    return Object.fromEntries(log.lines.map((line) => JSON.parse(line)).filter(({ _aws }) => _aws)
      .map(({ DaysSinceLastAudit: days, ScheduledAuditName: name }) => [name, days]));
  }

  function requests(operation: string) {
    return env.iot.requests.filter((request) => request.operation === operation);
  }

  test('is written to the log as CloudWatch takes metrics from it', async () => {
    run('daily');
    env.time.pass(DAY / 2);

    await measure('daily');

    expect(log.lines.map((line) => JSON.parse(line))).toEqual([{
      message: 'age of an audit',
      _aws: {
        Timestamp: env.time.now(),
        CloudWatchMetrics: [{
          Namespace: 'CdkIotFleetAudit',
          Dimensions: [['ScheduledAuditName']],
          Metrics: [{ Name: 'DaysSinceLastAudit', Unit: 'None' }],
        }],
      },
      ScheduledAuditName: 'daily',
      DaysSinceLastAudit: 0.5,
    }]);
  });

  test('counts from the last run, whatever ran before or besides', async () => {
    run('daily');
    env.time.pass(3 * DAY);
    run('weekly');
    env.time.pass(2 * DAY);
    run('daily');
    await env.startAudit(LOGGING);
    env.time.pass(DAY);

    await measure('daily', 'weekly');

    expect(ages()).toEqual({ daily: 1, weekly: 3 });
  });

  test.each([1, 8, 15, 32, 88])('is found out %p days later', async (days) => {
    run('weekly');
    env.time.pass(days * DAY);

    await measure('weekly');

    expect(ages()).toEqual({ weekly: days });
  });

  test('is not looked for further back than needed', async () => {
    for (let day = 0; day < 60; day++) {
      run('daily');
      env.time.pass(DAY);
    }

    await measure('daily');

    expect(requests('ListAuditTasks')).toHaveLength(1);
    expect(requests('DescribeAuditTask').length).toBeLessThanOrEqual(2);
  });

  // AWS lists audits in no order and without their names.
  test('takes each audit into account, also if they fill pages', async () => {
    run('weekly');
    env.time.pass(DAY);
    for (let time = 0; time < 260; time++) run('daily');
    env.time.pass(DAY / 2);

    await measure('weekly', 'daily');

    expect(ages()).toEqual({ weekly: 1.68, daily: 0.5 });
    expect(new Set(requests('DescribeAuditTask').map(({ input }) => input.taskId)).size)
      .toBe(requests('DescribeAuditTask').length);
  });

  test.each<[what: string, disturb: () => Promise<unknown> | void]>([
    ['of which a check could not be carried out', () => {
      checkOnly(LOGGING, EXPIRING);
      const taskId = run('failing');
      expect(env.iot.ask('DescribeAuditTask', { taskId })).toMatchObject({ taskStatus: 'COMPLETED' });
    }],
    ['that failed', () => {
      checkOnly(EXPIRING);
      const taskId = run('failing');
      expect(env.iot.ask('DescribeAuditTask', { taskId })).toMatchObject({ taskStatus: 'FAILED' });
    }],
    ['that was canceled', async () => env.cancelAudit(env.iot.runScheduledAudit('failing'))],
    ['that goes on', () => void env.iot.runScheduledAudit('failing')],
  ])('does not count from a run %s', async (_what, disturb) => {
    run('failing');
    env.time.pass(2 * DAY);
    await disturb();

    await measure('failing');

    expect(ages().failing).toBeCloseTo(2, 1);
  });

  describe('in the stack of the function', () => {
    let changed: number;

    beforeEach(() => {
      changed = env.time.now();
      env.services.listStackResources = (stackId) => stackId !== STACK_ID ? [] : [
        // More than a page, so that the one that counts is on the second.
        ...Array.from({ length: 120 }, (_, index) => ({
          logicalId: `Other${index}`, type: 'AWS::IAM::Role', status: 'CREATE_COMPLETE', updated: changed,
        })),
        { logicalId: 'Weekly', type: 'AWS::IoT::ScheduledAudit', status: 'CREATE_COMPLETE', updated: changed },
      ];
    });

    test('counts from its definition until it runs', async () => {
      env.time.pass(4 * DAY);

      await measure({ scheduledAuditName: 'weekly', logicalId: 'Weekly' });

      expect(ages()).toEqual({ weekly: 4 });
    });

    // A day that was moved may leave more than a week between two runs.
    test('counts from its last change if that is later than its last run', async () => {
      run('weekly');
      env.time.pass(5 * DAY);
      changed = env.time.now();
      env.time.pass(6 * DAY);

      await measure({ scheduledAuditName: 'weekly', logicalId: 'Weekly' });

      expect(ages()).toEqual({ weekly: 6 });
    });

    test('counts from a run that is later than its last change', async () => {
      env.time.pass(3 * DAY);
      run('weekly');
      env.time.pass(DAY);

      await measure({ scheduledAuditName: 'weekly', logicalId: 'Weekly' });

      expect(ages()).toEqual({ weekly: 1 });
    });
  });

  test('is unknown before the first run of an audit that is defined elsewhere, and CloudFormation is not asked', async () => {
    await measure('weekly');

    expect(log.lines.map((line) => JSON.parse(line)))
      .toEqual([{ message: 'the audit has not run yet', scheduledAuditName: 'weekly' }]);
    expect(env.services.requests).toEqual([]);
  });

  test('is asked for again after throttling', async () => {
    run('daily');
    env.iot.faults.add({ operation: 'ListAuditTasks', kind: 'throttle', times: 3 });

    await measure('daily');

    expect(requests('ListAuditTasks')).toHaveLength(4);
    expect(ages()).toEqual({ daily: 0 });
  });

  test('is not measured at all if AWS IoT refuses to tell it, so that the alarm has no data', async () => {
    run('daily');
    env.iot.faults.add({ operation: 'ListAuditTasks', kind: 'accessDenied', times: Infinity });

    await expect(measure('daily')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(ages()).toEqual({});
  });

  test.each<[what: string, event: unknown]>([
    ['is no list', { auditAges: 'daily' }],
    ['has an entry without a name', { auditAges: [{ logicalId: 'Weekly' }] }],
  ])('is not measured for a request that %s', async (_what, event) => {
    await expect(env.dispatch(event, new MessageServices())).rejects.toThrow('This is no request of CloudFormation.');
  });
});
