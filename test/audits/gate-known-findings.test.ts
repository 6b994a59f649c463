import { DAY, HOUR, KEY, NEW_ONLY, POLICY, createSchedule, gated, runAudit, runSchedule, suppress, verdictOn, weakKey } from './gate-requests';
import { GateProperties } from '../../src/audits/deployment-gate-protocol';
import { AUDIT_ROLE, certificateId, endAll } from '../support/device-defender/running-stand-in';
import { FunctionEnvironment } from '../support/function-environment';
import { captureLog } from '../support/function-log';

captureLog();

const LENIENT: GateProperties = { ...NEW_ONLY, CountWithoutEarlierAudit: 'false' };

const NEW = (...numbers: number[]) =>
  `1 check found ${numbers.length} new non-compliant resource${numbers.length === 1 ? '' : 's'} (0 allowed for each check): `
  + `CRITICAL ${KEY} ${numbers.length} (${numbers.map(certificateId).join(', ')})`;
const UNCOMPARED = `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 (${certificateId(1)}; no earlier audit to compare with)`;

describe('a gate for what is new', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start({ fleet: { plantedFindings: [weakKey(1)] } });
    await environment.enableChecks(KEY, POLICY);
    await createSchedule(environment, 'daily', KEY);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  const verdict = (gate = NEW_ONLY) => verdictOn(environment, gated({ judged: [KEY], reported: [POLICY], gate }));
  const plant = (number: number) => environment.iot.fleet.plant(weakKey(number));

  /** The spans of time in which earlier audits were looked for, in days before the audit that was judged. */
  function horizons(): [from: number, to: number][] {
    const { taskId } = environment.iot.audits.at(-1)!;
    const started = environment.iot.requestsOf('StartOnDemandAuditTask').at(-1)!.time;
    expect(taskId).toBeTruthy();
    return environment.iot.requestsOf('ListAuditTasks').map(({ input }) =>
      [input.startTime, input.endTime].map((value) => (Date.parse(String(value)) - started) / DAY) as [number, number]);
  }

  describe.each<[string, () => Promise<unknown>]>([
    ['an on-demand audit', () => runAudit(environment, KEY)],
    ['a scheduled audit', async () => runSchedule(environment, 'daily')],
    ['a gate that passed', () => verdict(LENIENT)],
  ])('after %s', (_what, before) => {
    beforeEach(async () => {
      await before();
      environment.time.pass(HOUR);
    });

    test('passes what it found', async () => {
      expect(await verdict()).toBe('passes');
    });

    test('stops for what it did not find', async () => {
      plant(2);
      plant(3);

      expect(await verdict()).toBe(NEW(2, 3));
    });
  });

  test('compares with the last audit alone: what was gone is new when it comes back', async () => {
    plant(2);
    await runAudit(environment, KEY);
    environment.iot.fleet.certificates.set(certificateId(2), {
      certificateId: certificateId(2), status: 'INACTIVE', notAfter: Infinity, activatedAt: 0, revokedByCa: false, things: [], connections: [],
    });
    await runAudit(environment, KEY);
    environment.iot.fleet.certificates.delete(certificateId(2));

    expect(await verdict()).toBe(NEW(2));
  });

  describe('ignores a later audit', () => {
    beforeEach(() => runAudit(environment, KEY));

    test('in which the check failed', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, KEY);
      await runAudit(environment, KEY, POLICY);
      environment.iot.fleet.restorePermissions(AUDIT_ROLE);

      expect(environment.iot.audits.at(-1)!.status).toBe('COMPLETED');
      expect(await verdict()).toBe('passes');
    });

    test('that failed', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, KEY);
      await runAudit(environment, KEY);
      environment.iot.fleet.restorePermissions(AUDIT_ROLE);

      expect(environment.iot.audits.at(-1)!.status).toBe('FAILED');
      expect(await verdict()).toBe('passes');
    });

    test('that was canceled', async () => {
      const taskId = await environment.startAudit(KEY);
      await environment.cancelAudit(taskId);

      expect(await verdict()).toBe('passes');
    });

    test('without the check', async () => {
      await runAudit(environment, POLICY);

      expect(await verdict()).toBe('passes');
    });

    test('that still runs', async () => {
      environment.iot.timing.auditDuration = DAY;
      const running = await environment.startAudit(KEY);
      environment.iot.timing.auditDuration = HOUR / 60;
      environment.time.pass(HOUR);
      plant(2);

      expect(await verdict()).toBe(NEW(2));
      expect(environment.iot.audits.find(({ taskId }) => taskId === running)!.status).toBe('IN_PROGRESS');
    });
  });

  test('passes what was found suppressed before, and is suppressed no more', async () => {
    const soon = new Date(environment.time.now() + 12 * HOUR);
    await suppress(environment, KEY, { deviceCertificateId: certificateId(1) }, soon);
    await runAudit(environment, KEY);
    environment.time.pass(DAY);

    expect(await verdict()).toBe('passes');
    expect(environment.iot.requestsOf('ListAuditFindings').map(({ input }) => String(input.listSuppressedFindings))).toEqual(['undefined', 'false']);
  });

  test('stops for a new version of a policy that was permissive before', async () => {
    const document = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
    const policy = { policyName: 'Everything', versions: [{ versionId: '1', document }], defaultVersionId: '1' };
    environment.iot.fleet.policies.set('Everything', policy);
    await runAudit(environment, POLICY);
    const gate = gated({ judged: [POLICY], gate: NEW_ONLY });
    expect(await verdictOn(environment, gate)).toBe('passes');

    policy.versions.push({ versionId: '2', document });
    policy.defaultVersionId = '2';

    expect(await verdictOn(environment, gate))
      .toBe(`1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 (Everything version 2)`);
  });

  test('lets a new resource that is allowed be known afterwards', async () => {
    await runAudit(environment, KEY);
    plant(2);
    expect(await verdict({ ...NEW_ONLY, AllowedPerCheck: '1' })).toBe('passes');

    expect(await verdict()).toBe('passes');
  });

  describe('looks back step by step', () => {
    test.each([
      ['an hour', HOUR, 'passes', [[-2, 0]]],
      ['a day and a half', 1.5 * DAY, 'passes', [[-2, 0]]],
      ['a week', 7 * DAY, 'passes', [[-2, 0], [-8, -2]]],
      ['a month', 30 * DAY, 'passes', [[-2, 0], [-8, -2], [-33, -8]]],
      ['88 days', 88 * DAY, 'passes', [[-2, 0], [-8, -2], [-33, -8], [-89, -33]]],
      ['90 days', 89.9 * DAY, UNCOMPARED, [[-2, 0], [-8, -2], [-33, -8], [-89, -33]]],
      ['100 days, which AWS forgets', 100 * DAY, UNCOMPARED, [[-2, 0], [-8, -2], [-33, -8], [-89, -33]]],
    ])('to an audit of %s ago', async (_when, ago, expected, spans) => {
      await runAudit(environment, KEY);
      environment.time.pass(ago - HOUR);

      expect(await verdict()).toBe(expected);
      const asked = horizons();
      expect(asked.map(([from, to]) => [Math.round(from * 1e6) / 1e6, Math.ceil(to * 1e4) / 1e4 + 0])).toEqual(spans);
      expect(Math.min(...asked.map(([from]) => from))).toBeGreaterThan(-90);
      expect(environment.iot.requestsOf('ListAuditTasks').map(({ outcome }) => outcome)).toEqual(spans.map(() => 'ok'));
    });

    test('once for all checks', async () => {
      await runAudit(environment, KEY, POLICY);
      environment.iot.fleet.policies.set('Everything', {
        policyName: 'Everything', versions: [{ versionId: '1', document: { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] } }], defaultVersionId: '1',
      });
      environment.time.pass(7 * DAY);

      expect(await verdictOn(environment, gated({ judged: [KEY, POLICY], gate: NEW_ONLY })))
        .toBe(`1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 (Everything version 1)`);
      expect(horizons()).toHaveLength(2);
    });

    test('and not at all when nothing is found', async () => {
      expect(await verdictOn(environment, gated({ judged: [POLICY], gate: NEW_ONLY }))).toBe('passes');

      expect(environment.iot.requestsOf('ListAuditTasks')).toEqual([]);
    });
  });

  test.each([['stops', NEW_ONLY, UNCOMPARED], ['passes', LENIENT, 'passes']])('%s without an earlier audit as declared', async (_what, gate, expected) => {
    await runAudit(environment, POLICY);

    expect(await verdict(gate)).toBe(expected);
  });
});
