import {
  DAY, KEY, NEW_ONLY, REVOKED, STRICT, createSchedule, gated, runSchedule, verdictOn, weakKey,
} from './gate-requests';
import { MINUTE, SECOND } from './on-demand-audit-requests';
import { endAll } from '../../../rehearsal/test/support/running-stand-in';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

captureLog();

describe('a gate', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    const plantedFindings = Array.from({ length: 2_000 }, (_, number) => weakKey(number, number % 2 ? KEY : REVOKED));
    environment = await FunctionEnvironment.start({ fleet: { plantedFindings } });
    await environment.enableChecks(KEY, REVOKED);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  /** The largest number of requests of an operation within any one second. */
  function mostPerSecond(operation: string): number {
    const times = environment.iot.requestsOf(operation).map(({ time }) => time);
    return Math.max(...times.map((time, index) => times.slice(index).findIndex((later) => later - time >= SECOND)
      + (times.at(-1)! - time >= SECOND ? 0 : times.length - index + 1)));
  }

  test('lists findings no faster than AWS allows, from check to check and from reading to reading', async () => {
    await runEarlierAudit();
    environment.iot.fleet.plant(weakKey(7_000));

    expect(await verdictOn(environment, gated({ judged: [KEY, REVOKED], gate: NEW_ONLY })))
      .toContain('1 check found 1 new non-compliant resource');
    expect(environment.iot.requestsOf('ListAuditFindings')).toHaveLength(4 + 5 + 4 + 4);
    expect(mostPerSecond('ListAuditFindings')).toBeLessThanOrEqual(10);
    expect(mostPerSecond('ListAuditFindings')).toBeGreaterThanOrEqual(5);
  });

  test('no faster when it is late and reads no more than the first of each check', async () => {
    environment.functionTime = MINUTE;

    expect(await verdictOn(environment, gated({ judged: [KEY, REVOKED], gate: STRICT })))
      .toContain('2 checks found 2000 non-compliant resources');
    const times = environment.iot.requestsOf('ListAuditFindings').map(({ time }) => time);
    expect(times).toHaveLength(2);
    expect(times[1] - times[0]).toBeGreaterThanOrEqual(100);
  });

  test('lists and describes earlier audits no faster than AWS allows', async () => {
    await runEarlierAudit();
    environment.time.pass(20 * DAY);
    await createSchedule(environment, 'other', REVOKED);
    for (let run = 0; run < 40; run++) {
      runSchedule(environment, 'other');
    }

    expect(await verdictOn(environment, gated({ judged: [KEY], reported: [REVOKED], gate: NEW_ONLY }))).toBe('passes');
    expect(environment.iot.requestsOf('ListAuditTasks')).toHaveLength(3);
    expect(mostPerSecond('ListAuditTasks')).toBeLessThanOrEqual(10);
    expect(environment.iot.requestsOf('DescribeAuditTask').length).toBeGreaterThanOrEqual(41);
    expect(mostPerSecond('DescribeAuditTask')).toBeLessThanOrEqual(25);
    expect(mostPerSecond('DescribeAuditTask')).toBeGreaterThanOrEqual(10);
  });

  test('no faster when it is throttled', async () => {
    for (const operation of ['ListAuditFindings', 'ListAuditTasks', 'DescribeAuditTask'] as const) {
      environment.iot.faults.add({ operation, kind: 'throttle', times: 6 });
    }
    await runEarlierAudit();

    expect(await verdictOn(environment, gated({ judged: [KEY], gate: NEW_ONLY }))).toBe('passes');
    for (
      const [operation, rate] of [['ListAuditFindings', 10], ['ListAuditTasks', 10], ['DescribeAuditTask', 25]] as const
    ) {
      expect(environment.iot.requestsOf(operation).filter(({ outcome }) => outcome === 'ThrottlingException'))
        .toHaveLength(6);
      expect(mostPerSecond(operation)).toBeLessThanOrEqual(rate);
    }
  });

  async function runEarlierAudit(): Promise<void> {
    await createSchedule(environment, 'daily', KEY, REVOKED);
    runSchedule(environment, 'daily');
  }
});
