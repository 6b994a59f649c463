import { AuditCheckDetails, AuditFinding, ResourceIdentifier } from '@aws-sdk/client-iot';
import { CONSOLE, DAY, NOW, FakeAudit, FakeAuditFindings, FakeCheck } from './fake-audit-findings';
import { Baseline } from '../../../src/audits/handler/known-findings';
import { GateProperties, OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { captureLog } from '../../support/function-log';

const NAME = 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK';
const OTHER = 'DEVICE_CERTIFICATE_AGE_CHECK';
const STRICT: GateProperties = {
  AllowedPerCheck: '0', FailOnIncompleteCheck: 'true', AllowKnown: 'false', CountWithoutEarlierAudit: 'true',
};
const NEW_ONLY: GateProperties = { ...STRICT, AllowKnown: 'true' };

const log = captureLog();
const logged = (message: string) => log.lines.map(
  (line) => JSON.parse(line) as Record<string, unknown>,
).filter((entry) => entry.message === message);

/** A gate that judges two checks. */
function propertiesOf(gate: GateProperties, change: Partial<OnDemandAuditProperties> = {}): OnDemandAuditProperties {
  return {
    Checks: [NAME, OTHER].map((Name) => ({ Name, Severity: 'CRITICAL', Judged: 'true' })), Mode: WaitMode.GATE,
    Gate: gate, ...change,
  };
}

/** An audit in which the first check found something, and the other nothing. */
const audit = (check: FakeCheck, rest: Omit<FakeAudit, 'checks'> = {}): FakeAudit => ({
  checks: { [NAME]: check, [OTHER]: {} }, ...rest,
});

interface Told {
  readonly gate?: GateProperties;
  readonly earlier?: FakeAudit[];
  readonly baseline?: Baseline;
  readonly properties?: Partial<OnDemandAuditProperties>;
}

async function verdictOn(
  current: FakeAudit, { gate = STRICT, earlier = [], baseline, properties }: Told = {},
): Promise<string> {
  const reason = await new FakeAuditFindings(current, earlier, baseline).reasonToFail(propertiesOf(gate, properties));
  if (reason === undefined) return 'passes';
  expect(reason.startsWith('the audit stops the deployment: ')).toBe(true);
  expect(reason.endsWith(CONSOLE)).toBe(true);
  return reason.slice('the audit stops the deployment: '.length, -CONSOLE.length);
}

const found = (count: string, kind: string, names: string, allowed = '0 allowed for each check') =>
  `1 check found ${count} ${kind}(${allowed}): CRITICAL ${NAME} ${count}${names}`;
const one = found('1', 'non-compliant resource ', ' ("alias")');
const LEAST = found('at least 1', 'non-compliant resource ', ' (AWS does not say how many)');

/** A finding as AWS lists it. */
function findingOf(resourceIdentifier: ResourceIdentifier | undefined, code = 'ONE', findingTime?: Date): AuditFinding {
  return {
    checkName: NAME, nonCompliantResource: { resourceType: 'ROLE_ALIAS', resourceIdentifier },
    reasonForNonComplianceCode: code, findingTime,
  };
}

const alias = (name: string) => ({ roleAliasArn: `arn:aws:iot:eu-west-1:123456789012:rolealias/${name}` });

describe('a non-compliant check without a count of its resources', () => {
  const counts: [string, AuditCheckDetails][] = [
    ['no count', { nonCompliantResourcesCount: undefined }],
    ['a count of 0', { nonCompliantResourcesCount: 0 }],
    ['a count below 0', { nonCompliantResourcesCount: -1 }],
    ['a count that is no number', { nonCompliantResourcesCount: NaN }],
    [
      'a status that says otherwise',
      { nonCompliantResourcesCount: 0, checkRunStatus: 'COMPLETED_COMPLIANT', checkCompliant: false },
    ],
  ];

  test.each(counts)('is judged by its findings: %s', async (_what, details) => {
    const check = {
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', findings: [findingOf(alias('alias'))], ...details,
    } as const;

    expect(await verdictOn(audit(check))).toBe(one);
    expect(await verdictOn(audit(check), { gate: { ...STRICT, AllowedPerCheck: '1' } })).toBe('passes');
    expect(await verdictOn(audit(check), { gate: { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '1' } }))
      .toBe('passes');
    expect(await verdictOn(audit(check), { gate: { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '0' } }))
      .toBe(found('1', 'non-compliant resource ', ' ("alias")', '0 allowed in all'));
  });

  test.each(counts)('stops the deployment if there are none, with any limit: %s', async (_what, details) => {
    const current = audit({ checkRunStatus: 'COMPLETED_NON_COMPLIANT', ...details });

    expect(await verdictOn(current)).toBe(LEAST);
    expect(await verdictOn(current, { gate: { ...STRICT, AllowedPerCheck: '99' } }))
      .toBe(LEAST.replace('(0 allowed', '(99 allowed'));
    expect(await verdictOn(current, { gate: { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '99' } }))
      .toBe(LEAST.replace('0 allowed for each check', '99 allowed in all'));
    expect(await verdictOn(current, { gate: { ...STRICT, FailOnIncompleteCheck: 'false' } })).toBe(LEAST);
    expect(await verdictOn(current, { gate: NEW_ONLY, earlier: [audit({}, { daysAgo: 1 })] }))
      .toBe(LEAST.replace('non-compliant', 'new non-compliant'));
  });

  test.each(counts)('passes if all are suppressed: %s', async (_what, details) => {
    expect(await verdictOn(audit({ checkRunStatus: 'COMPLETED_NON_COMPLIANT', suppressed: ['a'], ...details })))
      .toBe('passes');
  });

  test.each(counts)('passes if all are known: %s', async (_what, details) => {
    const check = {
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', findings: [findingOf(alias('alias'))], ...details,
    } as const;

    expect(await verdictOn(audit(check), { gate: NEW_ONLY, earlier: [audit(check, { daysAgo: 1 })] })).toBe('passes');
  });

  test('stops the deployment if its findings cannot be read', async () => {
    const current = audit({
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: 0, suppressed: ['a'],
    });
    const told = new FakeAuditFindings(current);
    told.findingsOf = async function* () {
      throw new Error('denied');
    };

    expect(await told.reasonToFail(propertiesOf({ ...STRICT, AllowedPerCheck: '9' })))
      .toContain(LEAST.replace('(0 allowed', '(9 allowed'));
  });
});

describe('a count that the list of findings does not bear out', () => {
  test.each<[string, FakeCheck, GateProperties, string]>([
    [
      'counts in full', { found: [], nonCompliantResourcesCount: 3, checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
      STRICT, found('3', 'non-compliant resources ', ''),
    ],
    [
      'counts as new what is not listed', { found: ['a'], nonCompliantResourcesCount: 3 }, NEW_ONLY,
      found('2', 'new non-compliant resources ', ''),
    ],
    ['counts though there are more suppressed ones',
      { suppressed: ['a', 'b', 'c', 'd'], nonCompliantResourcesCount: 3, checkRunStatus: 'COMPLETED_NON_COMPLIANT' },
      STRICT,
      found('3', 'non-compliant resources ', '')],
    ['counts though the check is called compliant',
      { found: ['a'], nonCompliantResourcesCount: 1, checkRunStatus: 'COMPLETED_COMPLIANT' }, STRICT,
      found('1', 'non-compliant resource ', ' ("a")')],
    [
      'is more than it says', { found: ['a', 'b', 'c'], nonCompliantResourcesCount: 1 }, STRICT,
      found('3', 'non-compliant resources ', ' ("a", "b", "c")'),
    ],
  ])('%s', async (_what, check, gate, expected) => {
    expect(await verdictOn(audit(check), { gate, earlier: [audit({ found: ['a'] }, { daysAgo: 1 })] })).toBe(expected);
  });

  test('counts where a part of the findings cannot be read', async () => {
    const told = new FakeAuditFindings(audit({ found: ['a', 'b', 'c'], suppressed: ['d', 'e', 'f'] }));
    const whole = told.findingsOf.bind(told);
    told.findingsOf = async function* (...of) {
      yield (await whole(...of).next()).value as AuditFinding;
      throw new Error('denied');
    };

    expect(await told.reasonToFail(propertiesOf(STRICT)))
      .toContain(found('3', 'non-compliant resources ', ' ("a", 2 more)'));
  });
});

describe('a resource that AWS lists twice', () => {
  const twice = [findingOf(alias('alias'), 'ONE'), findingOf(alias('alias'), 'OTHER')];
  const versionOf = (policyVersionId: string) => findingOf({
    policyVersionIdentifier: { policyName: 'P', policyVersionId },
  });

  test.each<[string, AuditFinding[], GateProperties, string]>([
    ['for two reasons is one', twice, { ...STRICT, AllowedPerCheck: '1' }, 'passes'],
    ['is one among new ones', twice, { ...NEW_ONLY, AllowedPerCheck: '1' }, 'passes'],
    ['is one in all', twice, { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '1' }, 'passes'],
    ['is named once', twice, STRICT, one],
    ['counts beside another', [...twice, findingOf(alias('other'))], { ...STRICT, AllowedPerCheck: '1' },
      found('2', 'non-compliant resources ', ' ("alias", "other")', '1 allowed for each check')],
    ['in two versions is two', ['1', '2'].map(versionOf), { ...STRICT, AllowedPerCheck: '1' },
      found('2', 'non-compliant resources ', ' ("P" version 1, "P" version 2)', '1 allowed for each check')],
  ])('%s', async (_what, findings, gate, expected) => {
    const current = audit({
      checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: findings.length, findings,
    });

    expect(await verdictOn(current, { gate, earlier: [audit({}, { daysAgo: 1 })] })).toBe(expected);
    expect(logged('finding')).toHaveLength(findings.length);
  });
});

describe('a resource that cannot be identified', () => {
  test.each<[string, unknown, string]>([
    ['because AWS names none', undefined, 'unknown'],
    ['because its identifier has no member', {}, 'unknown'],
    ['because it is empty', { clientId: '' }, 'unknown'],
    ['because it is new to this SDK', { thingName: 'a' }, '"a"'],
    ['because its version is missing', { policyVersionIdentifier: { policyName: 'P' } }, '"P" version unknown'],
  ])('is never known, and each is one of its own: %s', async (_what, identifier, name) => {
    const findings = [findingOf(identifier as ResourceIdentifier), findingOf(identifier as ResourceIdentifier)];
    const check = { checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: 2, findings } as const;

    expect(await verdictOn(
      audit(check), { gate: { ...NEW_ONLY, AllowedPerCheck: '1' }, earlier: [audit(check, { daysAgo: 1 })] },
    ))
      .toBe(found('2', 'new non-compliant resources ', ` (${name}, ${name})`, '1 allowed for each check'));
  });
});

describe('a check that ends in an unknown way', () => {
  test.each([
    'COMPLETED_PARTIALLY', 'COMPLETED', 'COMPLETED_WITH_ERRORS', 'completed_compliant', '',
  ])('was not carried out: %j', async (status) => {
    const checkRunStatus = status as 'FAILED';

    expect(await verdictOn(audit({ checkRunStatus })))
      .toBe(`1 check could not be carried out: CRITICAL ${NAME} (${status || 'NOT_AUDITED'})`);
    expect(await verdictOn(audit({ checkRunStatus }), { gate: { ...STRICT, FailOnIncompleteCheck: 'false' } }))
      .toBe('passes');
  });

  test('is no baseline', async () => {
    const earlier = [audit({ found: ['a'], checkRunStatus: 'COMPLETED_PARTIALLY' as 'FAILED' }, { daysAgo: 1 })];

    expect(await verdictOn(audit({ found: ['a'] }), { gate: NEW_ONLY, earlier }))
      .toBe(found('1', 'non-compliant resource ', ' ("a"; no earlier audit to compare with)'));
  });
});

describe('a check that the account does not enable', () => {
  const imported = { EnabledChecksOnly: 'true' };
  const current: FakeAudit = { checks: { [OTHER]: {} } };

  test('passes by default, and the log says so', async () => {
    expect(await verdictOn(current, { properties: imported })).toBe('passes');
    expect(logged('the account does not enable these checks, which the gate would judge'))
      .toMatchObject([{ checks: [NAME] }]);
  });

  test.each(['true', 'false'])('fails if asked to, FailOnIncompleteCheck being %s', async (FailOnIncompleteCheck) => {
    expect(await verdictOn(
      current, { properties: imported, gate: { ...STRICT, FailOnIncompleteCheck, FailOnDisabledCheck: 'true' } },
    ))
      .toBe(`1 check could not be carried out: CRITICAL ${NAME} (NOT_ENABLED)`);
  });

  test.each(['true', 'false'])('fails with others, FailOnIncompleteCheck being %s', async (FailOnIncompleteCheck) => {
    const none: FakeAudit = { checks: { LOGGING_DISABLED_CHECK: {} } };

    expect(await verdictOn(
      none, { properties: imported, gate: { ...STRICT, FailOnIncompleteCheck, FailOnDisabledCheck: 'true' } },
    ))
      .toBe(`2 checks could not be carried out: CRITICAL ${OTHER} (NOT_AUDITED); CRITICAL ${NAME} (NOT_AUDITED)`);
    expect(await verdictOn(none, { properties: imported, gate: { ...STRICT, FailOnIncompleteCheck: 'false' } }))
      .toBe('passes');
  });

  test('is not one that is missing in an audit that ran more checks than it reports', async () => {
    expect(await verdictOn({ ...current, totalChecks: 2 }, { properties: imported }))
      .toBe(`1 check could not be carried out: CRITICAL ${NAME} (NOT_AUDITED)`);
    expect(await verdictOn({ ...current, totalChecks: 1 }, { properties: imported })).toBe('passes');
  });

  test('is not mentioned where all are enabled', async () => {
    await verdictOn(audit({}), { properties: imported });

    expect(log.messages).toEqual(['verdict']);
  });
});

describe('a gate whose properties say less than they should', () => {
  test.each<[string, Partial<Record<keyof GateProperties, string>>, FakeCheck]>([
    ['no allowance', { AllowedPerCheck: undefined }, { found: ['a'] }],
    ['an empty allowance', { AllowedPerCheck: '' }, { found: ['a'] }],
    ['nothing about incomplete checks', { FailOnIncompleteCheck: undefined }, { checkRunStatus: 'FAILED' }],
    ['something else about incomplete checks', { FailOnIncompleteCheck: 'no' }, { checkRunStatus: 'FAILED' }],
    ['nothing about a missing audit', { AllowKnown: 'true', CountWithoutEarlierAudit: undefined }, { found: ['a'] }],
    ['something else about known findings', { AllowKnown: 'yes' }, { found: ['a'] }],
  ])('stops the deployment: %s', async (_what, change, check) => {
    expect(await verdictOn(
      audit(check),
      {
        gate: { ...STRICT, ...change } as GateProperties,
        earlier: change.AllowKnown === 'yes' ? [audit(check, { daysAgo: 1 })] : [],
      },
    ))
      .not.toBe('passes');
  });

  test('stops the deployment where it judges nothing, since the region has none of its checks', async () => {
    const properties = { Checks: [{ Name: OTHER, Severity: 'LOW' }] };

    expect(await verdictOn(audit({}), { properties }))
      .toBe(
        'the gate judges nothing, since this region has none of its checks; name others, or use DeploymentAudit.waitForCompletion()',
      );
    expect(await verdictOn(audit({}), { properties, gate: { ...STRICT, FailOnIncompleteCheck: 'false' } }))
      .toBe('passes');
  });
});

describe('a finding from before the gate last passed', () => {
  const accepted: Baseline = { acceptedTaskId: 'accepted', until: NOW - 10 * DAY };
  const before = (check: FakeCheck, daysAgo = 11): FakeAudit => audit(
    check, { taskId: 'accepted', taskType: 'ON_DEMAND_AUDIT_TASK', daysAgo },
  );
  const at = (days: number) => new Date(NOW - days * DAY);
  const nonCompliant = (...findings: AuditFinding[]): FakeCheck =>
    ({ checkRunStatus: 'COMPLETED_NON_COMPLIANT', nonCompliantResourcesCount: findings.length, findings });
  const current = audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(0))));
  const newOne = found('1', 'new non-compliant resource ', ' ("alias")');
  const uncompared = found('1', 'non-compliant resource ', ' ("alias"; no earlier audit to compare with)');
  const verdict = (earlier: FakeAudit[], baseline = accepted) => verdictOn(
    current, { gate: NEW_ONLY, earlier, baseline },
  );

  test.each<[string, FakeAudit[], string]>([
    ['by the audit that it accepted', [before(nonCompliant(findingOf(alias('alias'), 'ONE', at(10.5))))], 'passes'],
    [
      'by another of its audits, which it did not accept',
      [before({}), audit({ found: [] }, { daysAgo: 9, taskType: 'ON_DEMAND_AUDIT_TASK' })], newOne,
    ],
    [
      'by a scheduled audit while it passed',
      [before({}), audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(10.4))), { daysAgo: 10.5 })], 'passes',
    ],
    [
      'by a scheduled audit that found it later',
      [before({}), audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(9.9))), { daysAgo: 10.5 })], newOne,
    ],
    [
      'by a scheduled audit afterwards',
      [before({}), audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(9))), { daysAgo: 9 })], newOne,
    ],
    [
      'by a scheduled audit before, after which it was mended',
      [before({}), audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(20))), { daysAgo: 20 })], newOne,
    ],
    [
      'by an on-demand audit of somebody else',
      [
        before({}),
        audit(
          nonCompliant(findingOf(alias('alias'), 'ONE', at(10.4))), { daysAgo: 10.5, taskType: 'ON_DEMAND_AUDIT_TASK' },
        ),
      ],
      newOne,
    ],
    [
      'by a scheduled audit, the accepted one being gone',
      [audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(11))), { daysAgo: 11 })], 'passes',
    ],
    [
      'by none that AWS remembers', [audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(9))), { daysAgo: 9 })],
      uncompared,
    ],
    [
      'by a scheduled audit, the check having failed in the accepted one',
      [before({ checkRunStatus: 'FAILED' }), audit(nonCompliant(findingOf(alias('alias'))), { daysAgo: 11.5 })],
      'passes',
    ],
    [
      'by a scheduled audit that has failed',
      [audit(nonCompliant(findingOf(alias('alias'))), { daysAgo: 11, taskStatus: 'FAILED' })], uncompared,
    ],
  ])('%s', async (_what, earlier, expected) => {
    expect(await verdict(earlier)).toBe(expected);
  });

  test('is told by the one before as well, where the last audit was not completed by then', async () => {
    const until = { until: NOW - 10 * DAY };
    const late = audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(9.9))), { daysAgo: 10.1 });

    expect(await verdict([late, audit(nonCompliant(findingOf(alias('alias'), 'ONE', at(11))), { daysAgo: 11 })], until))
      .toBe('passes');
    expect(await verdict([late, audit({}, { daysAgo: 11 })], until)).toBe(newOne);
    expect(await verdict([late], until)).toBe(uncompared);
  });

  test('is looked for no further back than AWS keeps audits', async () => {
    const told = new FakeAuditFindings(current, [], { until: NOW - 88 * DAY });
    await told.reasonToFail(propertiesOf(NEW_ONLY));

    expect(told.spans.map((span) => span.map(Math.round))).toEqual([[-89, -88]]);
  });
});
