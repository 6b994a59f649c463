import { Stack } from 'aws-cdk-lib';
import { CONSOLE, FakeAudit, FakeAuditFindings, FakeCheck } from './fake-audit-findings';
import { AuditCheck, AuditSeverity, DeploymentAudit, DeploymentGateOptions, KnownFindings } from '../../../src';
import { judgedCheckNames } from '../../../src/audits/audited-checks';
import { OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { captureLog } from '../../support/function-log';

const KEY = AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY;
const CLIENT_IDS = AuditCheck.CONFLICTING_CLIENT_IDS;
const EXPIRING = AuditCheck.DEVICE_CERTIFICATE_EXPIRING;
const AGE = AuditCheck.DEVICE_CERTIFICATE_AGE;
const CHECKS = [AGE, EXPIRING, CLIENT_IDS, KEY];

const { CRITICAL, HIGH, MEDIUM, LOW } = AuditSeverity;
const scope = new Stack();
captureLog();

/** The properties that the function gets for these options. */
function propertiesOf(options: DeploymentGateOptions, isImported = false): OnDemandAuditProperties {
  const judged = judgedCheckNames(scope, CHECKS, options);
  return {
    Checks: CHECKS.map(
      ({ checkName, severity }) => ({
        Name: checkName, Severity: severity, Judged: judged.has(checkName) ? 'true' : undefined,
      }),
    ),
    EnabledChecksOnly: isImported ? 'true' : undefined,
    Mode: WaitMode.GATE,
    Gate: DeploymentAudit.gate(options)._properties.Gate,
  };
}

async function verdict(options: DeploymentGateOptions, current: FakeAudit, earlier: FakeAudit[] = []): Promise<string> {
  return await new FakeAuditFindings(current, earlier).reasonToFail(propertiesOf(options)) ?? 'passes';
}

/** An audit in which one check has a result, and the others found nothing. */
function audit(check: FakeCheck, daysAgo?: number): FakeAudit {
  return {
    checks: { ...Object.fromEntries(CHECKS.map(({ checkName }) => [checkName, {}])), [KEY.checkName]: check }, daysAgo,
  };
}

const stops = (text: string) => `the audit stops the deployment: ${text}${CONSOLE}`;
const NAME = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
const THREE = `1 check found 3 non-compliant resources (0 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c")`;
const FAILED = `1 check could not be carried out: CRITICAL ${NAME}`;
const UNCOMPARED = 'no earlier audit to compare with';

const allow = KnownFindings.ignore();
const lenient = KnownFindings.ignore({ failWithoutEarlierAudit: false });

describe('a check that found a, b and c', () => {
  const found = ['a', 'b', 'c'];

  test.each<[
    string, DeploymentGateOptions, { suppressed?: string[]; earlier?: string[]; earlierSuppressed?: string[] }, string,
  ]>([
    // Allowance
    ['nothing allowed', {}, {}, THREE],
    [
      '2 allowed per check', { allowedPerCheck: 2 }, {},
      `1 check found 3 non-compliant resources (2 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c")`,
    ],
    ['3 allowed per check', { allowedPerCheck: 3 }, {}, 'passes'],
    [
      '2 allowed in all', { allowedInTotal: 2 }, {},
      `1 check found 3 non-compliant resources (2 allowed in all): CRITICAL ${NAME} 3 ("a", "b", "c")`,
    ],
    ['3 allowed in all', { allowedInTotal: 3 }, {}, 'passes'],
    ['2 per check, 9 in all', { allowedPerCheck: 2, allowedInTotal: 9 }, {},
      `1 check found 3 non-compliant resources (2 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c")`],
    ['9 per check, 2 in all', { allowedPerCheck: 9, allowedInTotal: 2 }, {},
      `1 check found 3 non-compliant resources (2 allowed in all): CRITICAL ${NAME} 3 ("a", "b", "c")`],
    // Suppressed
    ['suppressed ones as well', {}, { suppressed: ['d', 'e'] }, THREE],
    ['suppressed ones as well, 3 allowed per check', { allowedPerCheck: 3 }, { suppressed: ['d'] }, 'passes'],
    // Known
    ['known ones count, though known', {}, { earlier: ['a', 'b', 'c'] }, THREE],
    ['known ones count, none known', { knownFindings: KnownFindings.failDeployment() }, {}, THREE],
    ['all known', { knownFindings: allow }, { earlier: ['a', 'b', 'c'] }, 'passes'],
    ['all known, and more that are gone', { knownFindings: allow }, { earlier: ['a', 'b', 'c', 'x'] }, 'passes'],
    ['all known, in the other choice', { knownFindings: lenient }, { earlier: ['a', 'b', 'c'] }, 'passes'],
    ['one new', { knownFindings: allow }, { earlier: ['a', 'c'] },
      `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${NAME} 1 ("b")`],
    ['one new, in the other choice', { knownFindings: lenient }, { earlier: ['a', 'c'] },
      `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${NAME} 1 ("b")`],
    ['all new', { knownFindings: allow }, { earlier: ['x'] },
      `1 check found 3 new non-compliant resources (0 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c")`],
    ['all new to an audit that found nothing', { knownFindings: lenient }, { earlier: [] },
      `1 check found 3 new non-compliant resources (0 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c")`],
    ['no earlier audit', { knownFindings: allow }, {},
      `1 check found 3 non-compliant resources (0 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c"; `
        + `${UNCOMPARED})`],
    ['no earlier audit, in the other choice', { knownFindings: lenient }, {}, 'passes'],
    // Together
    ['one new, which is allowed', { knownFindings: allow, allowedPerCheck: 1 }, { earlier: ['a', 'c'] }, 'passes'],
    ['two new, one allowed in all', { knownFindings: allow, allowedInTotal: 1 }, { earlier: ['a'] },
      `1 check found 2 new non-compliant resources (1 allowed in all): CRITICAL ${NAME} 2 ("b", "c")`],
    [
      'known because it was found suppressed', { knownFindings: allow },
      { earlier: ['a'], earlierSuppressed: ['b', 'c'] }, 'passes',
    ],
    [
      'known ones, and suppressed new ones', { knownFindings: allow }, { earlier: ['a', 'b', 'c'], suppressed: ['d'] },
      'passes',
    ],
    ['one new and a suppressed one', { knownFindings: allow }, { earlier: ['a', 'b'], suppressed: ['d'] },
      `1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${NAME} 1 ("c")`],
    ['suppressed ones as well, no earlier audit', { knownFindings: allow }, { suppressed: ['d'] },
      `1 check found 3 non-compliant resources (0 allowed for each check): CRITICAL ${NAME} 3 ("a", "b", "c"; `
        + `${UNCOMPARED})`],
  ])('%s', async (_name, options, { suppressed, earlier, earlierSuppressed }, expected) => {
    const before = earlier ? [audit({ found: earlier, suppressed: earlierSuppressed }, 1)] : [];
    expect(await verdict(options, audit({ found, suppressed }), before))
      .toBe(expected === 'passes' ? expected : stops(expected));
  });

  test.each([
    ['with a count that leaves out the suppressed ones', 3],
    ['with a count that includes them, which AWS does not rule out', 5],
  ])('with two suppressed ones, %s', async (_name, nonCompliantResourcesCount) => {
    const current = audit({ found, suppressed: ['d', 'e'], nonCompliantResourcesCount });

    expect(await verdict({ allowedPerCheck: 3 }, current)).toBe('passes');
    expect(await verdict({}, current)).toBe(stops(THREE));
  });

  test('a check with suppressed resources only, though counted', async () => {
    const current = audit({
      suppressed: ['d'], nonCompliantResourcesCount: 1, checkRunStatus: 'COMPLETED_NON_COMPLIANT',
    });

    expect(await verdict({}, current)).toBe('passes');
  });
});

describe('a check that ends', () => {
  test.each<[string, FakeCheck, string, string]>([
    ['COMPLETED_COMPLIANT', {}, 'passes', 'passes'],
    ['COMPLETED_COMPLIANT with suppressed ones', { suppressed: ['d'] }, 'passes', 'passes'],
    ['COMPLETED_NON_COMPLIANT', { found: ['a', 'b', 'c'] }, THREE, THREE],
    [
      'FAILED because a permission is missing', { checkRunStatus: 'FAILED', errorCode: 'INSUFFICIENT_PERMISSIONS' },
      `${FAILED} (INSUFFICIENT_PERMISSIONS)`, 'passes',
    ],
    [
      'FAILED for being disabled', { checkRunStatus: 'FAILED', errorCode: 'AUDIT_CHECK_DISABLED' },
      `${FAILED} (AUDIT_CHECK_DISABLED)`, 'passes',
    ],
    ['FAILED for no reason', { checkRunStatus: 'FAILED' }, `${FAILED} (FAILED)`, 'passes'],
    ['CANCELED', { checkRunStatus: 'CANCELED' }, `${FAILED} (CANCELED)`, 'passes'],
    [
      'WAITING_FOR_DATA_COLLECTION', { checkRunStatus: 'WAITING_FOR_DATA_COLLECTION' },
      `${FAILED} (WAITING_FOR_DATA_COLLECTION)`, 'passes',
    ],
    ['IN_PROGRESS', { checkRunStatus: 'IN_PROGRESS' }, `${FAILED} (IN_PROGRESS)`, 'passes'],
    ['in a way that AWS invents later', { checkRunStatus: 'SKIPPED' as 'FAILED' }, `${FAILED} (SKIPPED)`, 'passes'],
  ])('%s', async (_name, check, expected, expectedIfLenient) => {
    const shown = (text: string) => text === 'passes' ? text : stops(text);
    expect(await verdict({}, audit(check))).toBe(shown(expected));
    expect(await verdict({ failOnIncompleteCheck: false }, audit(check))).toBe(shown(expectedIfLenient));
    // Known findings and limits make no difference to a check that was not carried out.
    if (!check.found) {
      const options = { knownFindings: allow, allowedPerCheck: 99 };
      expect(await verdict(options, audit(check), [audit({ found: ['a'] }, 1)])).toBe(shown(expected));
    }
  });

  test.each<[FakeAudit['taskStatus'], string]>([
    ['COMPLETED', 'NOT_AUDITED'], ['FAILED', 'FAILED'], ['CANCELED', 'CANCELED'],
  ])(
    'with no word about it in an audit that ends %s', async (taskStatus, obstacle) => {
      const current = { checks: { [AGE.checkName]: {} }, taskStatus };

      expect(await verdict({}, current)).toBe(stops(`${FAILED} (${obstacle})`));
      expect(await verdict({ failOnIncompleteCheck: false }, current)).toBe('passes');
    },
  );
});

describe('an audit of the checks that an imported configuration enables', () => {
  const judge = async (current: FakeAudit) => new FakeAuditFindings(current).reasonToFail(propertiesOf(
    { failOn: MEDIUM }, true,
  ));

  test('is judged without the checks that it does not enable', async () => {
    expect(await judge({ checks: { [EXPIRING.checkName]: {}, [AGE.checkName]: { found: ['a'] } } })).toBeUndefined();
  });

  test('fails for the checks that it runs, and for no other', async () => {
    const failed = { checkRunStatus: 'FAILED', errorCode: 'INSUFFICIENT_PERMISSIONS' } as const;

    expect(await judge({ checks: { [EXPIRING.checkName]: failed }, taskStatus: 'FAILED' })).toBe(stops(
      '1 check could not be carried out: MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK (INSUFFICIENT_PERMISSIONS)'));
  });

  test('fails if it runs none of the checks that the gate judges', async () => {
    expect(await judge({ checks: { [AGE.checkName]: {} } })).toBe(stops('3 checks could not be carried out: '
      + `CRITICAL ${NAME} (NOT_AUDITED); HIGH CONFLICTING_CLIENT_IDS_CHECK (NOT_AUDITED); `
      + 'MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK (NOT_AUDITED)'));
  });
});

describe('checks of every severity', () => {
  const ALL: FakeAudit = {
    checks: {
      [AGE.checkName]: { found: ['l1', 'l2', 'l3', 'l4'] },
      [EXPIRING.checkName]: { found: ['m1', 'm2'] },
      [CLIENT_IDS.checkName]: { found: ['h1'] },
      [KEY.checkName]: { found: ['c1'] },
    },
  };
  const C = `CRITICAL ${NAME} 1 ("c1")`;
  const H = 'HIGH CONFLICTING_CLIENT_IDS_CHECK 1 ("h1")';
  const M = 'MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK 2 ("m1", "m2")';
  const L = 'LOW DEVICE_CERTIFICATE_AGE_CHECK 4 ("l1", "l2", "l3", 1 more)';

  test.each<[string, DeploymentGateOptions, string]>([
    ['by default', {}, `1 check found 1 non-compliant resource (0 allowed for each check): ${C}`],
    [
      'from critical on', { failOn: CRITICAL },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${C}`,
    ],
    [
      'from high on', { failOn: HIGH },
      `2 checks found 2 non-compliant resources (0 allowed for each check): ${C}; ${H}`,
    ],
    [
      'from medium on', { failOn: MEDIUM },
      `3 checks found 4 non-compliant resources (0 allowed for each check): ${C}; ${H}; ${M}`,
    ],
    [
      'from low on', { failOn: LOW },
      `4 checks found 8 non-compliant resources (0 allowed for each check): ${C}; ${H}; ${M}; ${L}`,
    ],
    [
      'from medium on, of two checks', { failOn: MEDIUM, checks: [EXPIRING, AGE] },
      `1 check found 2 non-compliant resources (0 allowed for each check): ${M}`,
    ],
    [
      'from low on, without two that only report', { failOn: LOW, reportOnly: [KEY, AGE] },
      `2 checks found 3 non-compliant resources (0 allowed for each check): ${H}; ${M}`,
    ],
    [
      'of two checks, without one that only reports', { failOn: LOW, checks: [KEY, AGE], reportOnly: [KEY] },
      `1 check found 4 non-compliant resources (0 allowed for each check): ${L}`,
    ],
    [
      '1 allowed per check', { failOn: LOW, allowedPerCheck: 1 },
      `2 checks found 6 non-compliant resources (1 allowed for each check): ${M}; ${L}`,
    ],
    ['4 allowed per check', { failOn: LOW, allowedPerCheck: 4 }, 'passes'],
    [
      '7 allowed in all', { failOn: LOW, allowedInTotal: 7 },
      `4 checks found 8 non-compliant resources (7 allowed in all): ${C}; ${H}; ${M}; ${L}`,
    ],
    ['8 allowed in all', { failOn: LOW, allowedInTotal: 8 }, 'passes'],
    ['4 allowed in all from medium on', { failOn: MEDIUM, allowedInTotal: 4 }, 'passes'],
    [
      '2 allowed per check and 8 in all', { failOn: LOW, allowedPerCheck: 2, allowedInTotal: 8 },
      `1 check found 4 non-compliant resources (2 allowed for each check): ${L}`,
    ],
  ])('%s', async (_name, options, expected) => {
    expect(await verdict(options, ALL)).toBe(expected === 'passes' ? expected : stops(expected));
  });

  test('both found something and were not carried out', async () => {
    const checks = {
      ...ALL.checks, [CLIENT_IDS.checkName]: { checkRunStatus: 'CANCELED' },
      [EXPIRING.checkName]: { checkRunStatus: 'FAILED' },
    } as const;

    expect(await verdict({ failOn: MEDIUM }, { checks, taskStatus: 'CANCELED' })).toBe(stops(
      '1 check found 1 non-compliant resource (0 allowed for each check), and 2 checks could not be carried out: '
      + `${C}; HIGH CONFLICTING_CLIENT_IDS_CHECK (CANCELED); MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK (FAILED)`));
  });

  test('a resource that is known to one check is new to another', async () => {
    const earlier = {
      daysAgo: 1, checks: { [KEY.checkName]: { found: ['c1', 'm1'] }, [EXPIRING.checkName]: { found: ['m2'] } },
    };

    expect(await verdict({ failOn: MEDIUM, reportOnly: [CLIENT_IDS], knownFindings: allow }, ALL, [earlier]))
      .toBe(stops(
        '1 check found 1 new non-compliant resource (0 allowed for each check): '
        + 'MEDIUM DEVICE_CERTIFICATE_EXPIRING_CHECK 1 ("m1")'));
  });

  test('an allowance that turns out at deployment to be no number allows nothing', async () => {
    const properties = propertiesOf({});
    const judge = (AllowedPerCheck?: string, AllowedInAll?: string) =>
      new FakeAuditFindings(ALL).reasonToFail({
        ...properties, Gate: { ...properties.Gate!, AllowedPerCheck, AllowedInAll },
      });

    expect(await judge('many'))
      .toBe(stops(`1 check found 1 non-compliant resource (many allowed for each check): ${C}`));
    expect(await judge(undefined, 'many'))
      .toBe(stops(`1 check found 1 non-compliant resource (many allowed in all): ${C}`));
  });
});
