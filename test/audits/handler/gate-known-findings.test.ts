import {
  DAY, Deployments, HOUR, KEY, NEW_ONLY, POLICY, createSchedule, gated, named, runAudit, runSchedule, suppress,
  verdictOn, weakKey,
} from './gate-requests';
import { MINUTE, create, meanwhile } from './on-demand-audit-requests';
import { AUDIT_ROLE, certificateId, endAll } from '../../../rehearsal/test/support/running-stand-in';
import { GateProperties } from '../../../src/audits/protocol';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

captureLog();

const LENIENT: GateProperties = { ...NEW_ONLY, CountWithoutEarlierAudit: 'false' };

const NEW = (...numbers: number[]) =>
  `1 check found ${numbers.length} new non-compliant resource${numbers.length === 1 ? '' : 's'} `
    + '(0 allowed for each check): '
  + `CRITICAL ${KEY} ${numbers.length} (${numbers.map(named).join(', ')})`;
const UNCOMPARED = `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 `
  + `(${named(1)}; no earlier audit to compare with)`;

describe('a gate for new findings', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start({ fleet: { plantedFindings: [weakKey(1)] } });
    await environment.enableChecks(KEY, POLICY);
    await createSchedule(environment, 'daily', KEY);
    await createSchedule(environment, 'both', KEY, POLICY);
    await createSchedule(environment, 'policies', POLICY);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  const verdict = (gate = NEW_ONLY) => verdictOn(environment, gated({ judged: [KEY], reported: [POLICY], gate }));
  const plant = (number: number) => environment.iot.fleet.plant(weakKey(number));
  const runDaily = () => runSchedule(environment, 'daily');

  /** Makes the certificate with a number compliant. */
  function mend(number: number): void {
    environment.iot.fleet.certificates.set(certificateId(number), {
      certificateId: certificateId(number), status: 'INACTIVE', notAfter: Infinity, activatedAt: 0, revokedByCa: false,
      things: [], connections: [],
    });
  }

  /** The spans of time that scheduled audits were listed for, in days before the deployment began. */
  function horizons(): [from: number, to: number][] {
    const started = environment.iot.requestsOf('StartOnDemandAuditTask').at(-1)!.time;
    return environment.iot.requestsOf('ListAuditTasks').map(({ input }) =>
      [input.startTime, input.endTime].map((value) => (Date.parse(String(value)) - started) / DAY) as [number, number]);
  }

  describe('after a scheduled audit', () => {
    beforeEach(() => {
      runDaily();
      environment.time.pass(HOUR);
    });

    test('passes its findings', async () => {
      expect(await verdict()).toBe('passes');
    });

    test('stops for other findings', async () => {
      plant(2);
      plant(3);

      expect(await verdict()).toBe(NEW(2, 3));
    });

    test('reads each finding once', async () => {
      plant(2);
      await verdict();

      expect(
        environment.iot.requestsOf('ListAuditFindings').map(
          ({ input }) => [input.taskId, String(input.listSuppressedFindings)],
        ),
      )
        .toEqual([
          [environment.iot.audits[0].taskId, 'undefined'], [environment.iot.audits[1].taskId, 'false'],
        ]);
    });
  });

  test('compares only with the last audit: a finding that was gone is new when it comes back', async () => {
    plant(2);
    runDaily();
    mend(2);
    runDaily();
    environment.iot.fleet.certificates.delete(certificateId(2));

    expect(await verdict()).toBe(NEW(2));
  });

  test('compares only with the last one that it accepted: a finding that was gone by then is new later', async () => {
    const deployments = new Deployments(environment);
    const deploy = () => deployments.verdictOn(gated({ judged: [KEY], gate: NEW_ONLY }));
    plant(2);
    runDaily();
    expect(await deploy()).toBe('passes');
    mend(2);
    expect(await deploy()).toBe('passes');
    environment.iot.fleet.certificates.delete(certificateId(2));

    expect(await deploy()).toBe(NEW(2));
  });

  describe('ignores a later audit', () => {
    beforeEach(() => runDaily());

    test('in which the check failed', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, KEY);
      runSchedule(environment, 'both');
      environment.iot.fleet.restorePermissions(AUDIT_ROLE);

      expect(environment.iot.audits.at(-1)!.status).toBe('COMPLETED');
      expect(await verdict()).toBe('passes');
    });

    test('that failed', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, KEY);
      runDaily();
      environment.iot.fleet.restorePermissions(AUDIT_ROLE);

      expect(environment.iot.audits.at(-1)!.status).toBe('FAILED');
      expect(await verdict()).toBe('passes');
    });

    test('that was canceled', async () => {
      plant(2);
      await environment.cancelAudit(environment.iot.runScheduledAudit('daily'));

      expect(await verdict()).toBe(NEW(2));
    });

    test('without the check', async () => {
      runSchedule(environment, 'policies');

      expect(await verdict()).toBe('passes');
    });

    test('that still runs', async () => {
      environment.iot.timing.auditDuration = DAY;
      const running = environment.iot.runScheduledAudit('daily');
      environment.iot.timing.auditDuration = MINUTE;
      environment.time.pass(HOUR);
      plant(2);

      expect(await verdict()).toBe(NEW(2));
      expect(environment.iot.audits.find(({ taskId }) => taskId === running)!.status).toBe('IN_PROGRESS');
    });

    test('that another client has started on demand', async () => {
      plant(2);
      await runAudit(environment, KEY);

      expect(await verdict()).toBe(NEW(2));
    });
  });

  describe('with a scheduled audit that runs while it deploys', () => {
    beforeEach(() => runDaily());

    test('ignores what it finds after the deployment began, and knows all that the one before found', async () => {
      plant(2);
      environment.iot.timing.auditDuration = HOUR / 4;
      environment.iot.runScheduledAudit('daily');
      environment.time.pass(HOUR / 8);
      environment.iot.timing.auditDuration = HOUR / 3;

      expect(await verdict()).toBe(NEW(2));
      expect(environment.iot.audits.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
    });

    test('that begins during the deployment, ignores its findings', async () => {
      plant(2);
      environment.iot.timing.auditDuration = HOUR / 3;
      const [answer] = await Promise.all([
        create(environment, gated({ judged: [KEY], gate: NEW_ONLY })),
        meanwhile(environment, MINUTE, () => {
          environment.iot.timing.auditDuration = MINUTE;
          environment.iot.runScheduledAudit('daily');
        }),
      ]);

      expect(environment.iot.audits.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'COMPLETED']);
      expect(answer.Reason).toContain(NEW(2));
    });

    test('knows its findings from before the gate passed', async () => {
      const deployments = new Deployments(environment);
      const gate = gated({ judged: [KEY], gate: NEW_ONLY });
      environment.iot.timing.auditDuration = HOUR / 3;
      await Promise.all([
        deployments.deploy(gate),
        meanwhile(environment, MINUTE, () => {
          environment.iot.timing.auditDuration = MINUTE;
          plant(2);
          environment.iot.runScheduledAudit('daily');
        }),
        meanwhile(environment, 5 * MINUTE, () => mend(2)),
      ]);
      expect(deployments.physicalResourceId).toBeDefined();
      environment.iot.fleet.certificates.delete(certificateId(2));
      environment.iot.timing.auditDuration = MINUTE;

      expect(await deployments.verdictOn(gate)).toBe('passes');
    });
  });

  test('passes findings that were suppressed before and are no longer', async () => {
    const soon = new Date(environment.time.now() + 12 * HOUR);
    await suppress(environment, KEY, { deviceCertificateId: certificateId(1) }, soon);
    runDaily();
    environment.time.pass(DAY);

    expect(await verdict()).toBe('passes');
    expect(environment.iot.requestsOf('ListAuditFindings').map(({ input }) => String(input.listSuppressedFindings)))
      .toEqual(['undefined', 'false']);
  });

  test('stops for a new version of a policy that was permissive before', async () => {
    const document = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
    const policy = { policyName: 'Everything', versions: [{ versionId: '1', document }], defaultVersionId: '1' };
    environment.iot.fleet.policies.set('Everything', policy);
    runSchedule(environment, 'policies');
    const gate = gated({ judged: [POLICY], gate: NEW_ONLY });
    expect(await verdictOn(environment, gate)).toBe('passes');

    policy.versions.push({ versionId: '2', document });
    policy.defaultVersionId = '2';

    expect(await verdictOn(environment, gate))
      .toBe(
        `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 `
          + '("Everything" version 2)',
      );
  });

  test('lets a new resource that is allowed be known afterwards', async () => {
    runDaily();
    plant(2);
    const deployments = new Deployments(environment);
    expect(await deployments.verdictOn(gated({ judged: [KEY], gate: { ...NEW_ONLY, AllowedPerCheck: '1' } })))
      .toBe('passes');

    expect(await deployments.verdictOn(gated({ judged: [KEY], gate: NEW_ONLY }))).toBe('passes');
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
      runDaily();
      environment.time.pass(ago - HOUR);

      expect(await verdict()).toBe(expected);
      const asked = horizons();
      expect(asked).toEqual(spans.map(([from, to]) => [expect.closeTo(from, 2), expect.closeTo(to, 5)]));
      expect(Math.min(...asked.map(([from]) => from))).toBeGreaterThan(-90);
      expect(environment.iot.requestsOf('ListAuditTasks').map(({ outcome }) => outcome)).toEqual(spans.map(() => 'ok'));
    });

    test('once for all checks', async () => {
      runSchedule(environment, 'both');
      environment.iot.fleet.policies.set('Everything', {
        policyName: 'Everything',
        versions: [{ versionId: '1', document: { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] } }],
        defaultVersionId: '1',
      });
      environment.time.pass(7 * DAY);

      expect(await verdictOn(environment, gated({ judged: [KEY, POLICY], gate: NEW_ONLY })))
        .toBe(
          `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 `
            + '("Everything" version 1)',
        );
      expect(horizons()).toHaveLength(2);
    });

    test('and not at all when nothing is found', async () => {
      expect(await verdictOn(environment, gated({ judged: [POLICY], gate: NEW_ONLY }))).toBe('passes');

      expect(environment.iot.requestsOf('ListAuditTasks')).toEqual([]);
    });

    test('at no on-demand audit of another client, however many there are', async () => {
      for (let number = 0; number < 30; number++) await runAudit(environment, KEY, POLICY);
      runSchedule(environment, 'both');
      environment.iot.requests.length = 0;

      expect(await verdict()).toBe('passes');
      const described = environment.iot.requestsOf('DescribeAuditTask').map(({ input }) => input.taskId);
      expect(new Set(described)).toEqual(new Set(environment.iot.audits.slice(-2).map(({ taskId }) => taskId)));
      // Twice for the memory of the resource, and never for an audit.
      expect(environment.services.requests.filter(({ operation }) => operation === 'GetLogEvents')).toHaveLength(2);
    });
  });

  test.each([
    ['stops', NEW_ONLY, UNCOMPARED], ['passes', LENIENT, 'passes'],
  ])('%s without an earlier audit as declared', async (_what, gate, expected) => {
    runSchedule(environment, 'policies');

    expect(await verdict(gate)).toBe(expected);
  });
});
