import {
  CONFLICTING, DAY, Deployments, HOUR, NEW_ONLY, createSchedule, gated, runAudit, runSchedule, verdictOn,
} from './gate-requests';
import { SHARED as SHARED_CHECK } from './on-demand-audit-requests';
import { CheckName } from '../../../rehearsal/device-defender/checks/check-catalog';
import { certificateId, endAll } from '../../../rehearsal/test/support/running-stand-in';
import { GateProperties } from '../../../src/audits/protocol';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

captureLog();

const LENIENT: GateProperties = { ...NEW_ONLY, CountWithoutEarlierAudit: 'false' };
const SHARED = SHARED_CHECK as CheckName;

/** The name of the certificate with a number, or of its client id in conflict, in a finding of each check. */
const NAMES: Partial<Record<CheckName, (number: number) => string>> = {
  [SHARED]: certificateId, [CONFLICTING]: (number: number) => `twin${number}`,
};

describe.each<[CheckName, string]>([
  [SHARED, 'CRITICAL'], [CONFLICTING, 'HIGH'],
])('a gate for new findings and %s', (check, severity) => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start();
    await environment.enableChecks(check);
    await createSchedule(environment, 'daily', check);
    await createSchedule(environment, 'weekly', check);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  const verdict = (gate = NEW_ONLY) => verdictOn(environment, gated({ judged: [check], gate }));
  const found = (kind: string, note: string, ...numbers: number[]) =>
    `1 check found ${numbers.length} ${kind}non-compliant resource${numbers.length === 1 ? '' : 's'} `
      + '(0 allowed for each check): '
    + `${severity} ${check} ${numbers.length} `
    + `(${numbers.map((number) => `"${NAMES[check]!(number)}"`).join(', ')}${note})`;
  const isNew = (...numbers: number[]) => found('new ', '', ...numbers);
  const isUncompared = (...numbers: number[]) => found('', '; no earlier audit to compare with', ...numbers);

  /** Makes two clients share a certificate, and one of them use the client id of another certificate. */
  function misuse(number: number, ago = 3 * HOUR): void {
    const from = environment.time.now() - ago;
    const { certificates } = environment.iot.fleet;
    const certificate = (id: string, ...clientIds: string[]) => certificates.set(id, {
      certificateId: id, status: 'ACTIVE', notAfter: Infinity, activatedAt: from, revokedByCa: false, things: [],
      connections: clientIds.map((clientId) => ({ clientId, from, to: from + HOUR / 2 })),
    });
    certificate(certificateId(number), `twin${number}`, `other${number}`);
    certificate(certificateId(1000 + number), `twin${number}`);
  }

  /** Runs a schedule every `every` days, and lets something happen before some of the runs. */
  function schedule(
    name: string, every: number, runs: number, before: Readonly<Record<number, () => void>> = {},
  ): void {
    for (let run = 1; run <= runs; run++) {
      before[run]?.();
      runSchedule(environment, name);
      environment.time.pass(every * DAY - HOUR);
    }
  }

  test('knows the findings of daily audits, each about one day', async () => {
    schedule('daily', 1, 35, { 8: () => misuse(1), 20: () => misuse(2), 35: () => misuse(3) });

    expect(await verdict()).toBe('passes');
  });

  test('knows what happened at any time between two audits', async () => {
    const hours = [0, 1, 2, 3, 12, 22, 23];
    schedule('daily', 1, 20);
    const before = environment.time.now();
    schedule(
      'daily', 1, 15,
      { 2: () => hours.forEach((hour) => misuse(hour + 1, environment.time.now() - before - hour * HOUR)) },
    );

    expect(await verdict()).toBe('passes');
    const read = new Set(environment.iot.requestsOf('ListAuditFindings').map(({ input }) => input.taskId));
    expect(read.size).toBeGreaterThan(31);
  });

  test('stops for later findings', async () => {
    schedule('daily', 1, 35, { 8: () => misuse(1) });
    misuse(2);

    expect(await verdict()).toBe(isNew(2));
  });

  test('knows the findings of weekly audits', async () => {
    schedule('weekly', 7, 6, { 3: () => misuse(1), 6: () => misuse(2) });
    expect(await verdict()).toBe('passes');

    misuse(3);
    expect(await verdict()).toBe(isNew(3));
  });

  test('has too short a history before 31 days of scheduled audits, and then does what was declared', async () => {
    schedule('daily', 1, 30, { 25: () => misuse(1) });

    expect(await verdict()).toBe(isUncompared(1));
  });

  test('passes with too short a history, if that is declared', async () => {
    schedule('daily', 1, 30, { 25: () => misuse(1) });

    expect(await verdict(LENIENT)).toBe('passes');
  });

  test('has enough of them after 31 days', async () => {
    schedule('daily', 1, 31, { 25: () => misuse(1) });

    expect(await verdict()).toBe('passes');
    expect(environment.iot.requestsOf('ListAuditFindings')).toHaveLength(32);
  });

  test('without any audit does what was declared', async () => {
    misuse(1);

    expect(await verdict()).toBe(isUncompared(1));
  });

  test('ignores on-demand audits of other clients, though they look back as far', async () => {
    misuse(1);
    await runAudit(environment, check);
    environment.time.pass(DAY);

    expect(await verdict()).toBe(isUncompared(1));
  });

  test('does not take them for a part of the history either', async () => {
    schedule('daily', 1, 20, { 5: () => misuse(1) });
    await runAudit(environment, check);
    schedule('daily', 1, 5);

    expect(await verdict()).toBe(isUncompared(1));
  });

  describe('once a gate has passed, whose audit looks back as far', () => {
    let deployments: Deployments;
    const next = () => deployments.verdictOn(gated({ judged: [check], gate: NEW_ONLY }));

    beforeEach(async () => {
      misuse(1);
      deployments = new Deployments(environment);
      expect(await deployments.verdictOn(gated({ judged: [check], gate: LENIENT }))).toBe('passes');
      environment.time.pass(DAY);
    });

    test('knows its findings, without a history of scheduled audits', async () => {
      expect(await next()).toBe('passes');
      environment.time.pass(20 * DAY);
      expect(await next()).toBe('passes');
    });

    test('stops for later findings, even where scheduled audits have found it', async () => {
      schedule('daily', 1, 5, { 1: () => misuse(2), 4: () => misuse(3) });
      misuse(4);

      expect(await next()).toBe(isNew(2, 3, 4));
      expect(await next()).toBe(isNew(2, 3, 4));
    });

    test('reads that audit and the new one, and no other', async () => {
      schedule('daily', 1, 3);
      environment.iot.requests.length = 0;
      await next();

      const read = new Set(environment.iot.requestsOf('ListAuditFindings').map(({ input }) => input.taskId));
      expect([...read].sort())
        .toEqual([environment.iot.audits[0].taskId, environment.iot.audits.at(-1)!.taskId].sort());
    });
  });
});
