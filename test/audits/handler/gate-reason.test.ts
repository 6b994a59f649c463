import { CHECKS, CheckName, factsOf } from '../../../rehearsal/device-defender/checks/check-catalog';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { explainVerdict } from '../../../src/audits/handler/audit-report';
import { JudgedCheck, verdictOn } from '../../../src/audits/handler/deployment-gate';
import { GateProperties } from '../../../src/audits/protocol';
import { resourceName } from '../../../src/function/runtime/resource-name';

const TASK = '0123456789abcdef0123456789abcdef01234567';
const GATE: GateProperties = {
  AllowedPerCheck: '0', FailOnIncompleteCheck: 'true', AllowKnown: 'false', CountWithoutEarlierAudit: 'true',
};
const NAMES = Object.keys(CHECKS) as CheckName[];

interface Explained {
  readonly checks: readonly JudgedCheck[];
  /** Names that a reason may show as they are. */
  readonly resources?: Readonly<Record<string, readonly string[]>>;
  readonly gate?: GateProperties;
  readonly stackId?: string;
}

function explain({ checks, resources = {}, gate = GATE, stackId }: Explained): string {
  return explainVerdict({
    gate,
    verdict: verdictOn(
      gate, checks.map((check) => ({ ...check, resources: resources[check.name] ?? check.resources })),
    ),
    taskId: TASK,
    stackId: stackId ?? 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c',
  });
}

/** Every check, each with resources and the longest names that there are. */
function everything(name: (check: number, resource: number) => string): Explained {
  const names = (check: number) => [0, 1, 2].map((resource) => resourceName({ clientId: name(check, resource) }));
  return {
    checks: NAMES.map((check, index) => ({ name: check, severity: factsOf(check).severity, count: 200_000 + index })),
    resources: Object.fromEntries(NAMES.map((check, index) => [check, names(index)])),
    // The longest partition and region.
    stackId: `arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/${'F'.repeat(128)}/0f1e2d3c`,
  };
}

/** The checks that a reason names, and the number of resources that it names of each. */
function named(reason: string): [string, number][] {
  return [...reason.matchAll(/(?:CRITICAL|HIGH|MEDIUM|LOW) (\w+_CHECK) \d+(?: \(([^)]*)\))?/g)]
    .map(
      ([, check, resources]) => [
        check, resources?.split(', ').filter((resource) => !/^\d+ more$/.test(resource)).length ?? 0,
      ],
    );
}

const bySeverity = (checks: readonly string[]) => checks.map((check) => factsOf(check as CheckName).severity);

describe('the reason for 17 checks that found hundreds of thousands of resources', () => {
  test.each<[string, (check: number, resource: number) => string]>([
    ['certificates', (check, resource) => certificateId(check * 10 + resource)],
    ['names of 200 characters', (check, resource) => `${check}-${resource}-`.padEnd(200, 'x')],
    ['names of four bytes a character', (check, resource) => `${check}-${resource}-${'🚲'.repeat(60)}`],
    ['short names', (check, resource) => `p${check}-${resource}`],
  ])('names %s in less than 1 KB, the worst first', (_what, name) => {
    const reason = explain(everything(name));
    const checks = named(reason);
    const rest = 17 - checks.length;

    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(1000);
    expect(reason)
      .toMatch(new RegExp('^the audit stops the deployment: 17 checks found 3400136 non-compliant resources '
      + '\\(0 allowed for each check\\): CRITICAL '));
    expect(reason.slice(reason.indexOf('; and '))).toBe(`; and ${rest} more. Audit ${TASK}: `
      + `https://us-gov-west-1.console.amazonaws-us-gov.com/iot/home?region=us-gov-west-1#/dd/audit/results/${TASK}`);
    expect(checks.length).toBeGreaterThanOrEqual(3);
    expect(bySeverity(checks.map(([check]) => check))).toEqual(checks.map(() => 'CRITICAL'));
    expect(checks.map(([, resources]) => resources)).toEqual(checks.map(() => 1));
  });

  test('names as many checks as find room without resources', () => {
    const reason = explain({ ...everything(() => ''), resources: {} });

    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(1000);
    expect(named(reason).length).toBeGreaterThanOrEqual(9);
  });

  test('tells how many checks could not be carried out even where it names none of them', () => {
    const { checks, ...rest } = everything((check) => certificateId(check));
    const reason = explain(
      {
        ...rest,
        checks: [
          ...checks.slice(3), ...checks.slice(0, 3).map((check) => ({ ...check, count: 0, obstacle: 'FAILED' })),
        ],
      },
    );

    expect(reason).toMatch(new RegExp('^the audit stops the deployment: 14 checks found \\d+ non-compliant resources '
      + '\\(0 allowed for each check\\), and 3 checks could not be carried out: '));
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(1000);
  });

  test('names all checks that could not be carried out, if there is room', () => {
    const checks = NAMES.slice(0, 9).map(
      (name) => ({ name, severity: factsOf(name).severity, count: 0, obstacle: 'CANCELED' }),
    );

    expect(explain({ checks }))
      .toContain(checks.map(({ severity, name }) => `${severity} ${name} (CANCELED)`).sort().join('; '));
  });
});

describe('the resources of a check', () => {
  const check = { name: NAMES[0], severity: 'CRITICAL', count: 5 };
  const shown = (resources: readonly string[], given: Partial<JudgedCheck> = {}) => {
    const reason = explain({ checks: [{ ...check, ...given }], resources: { [check.name]: resources } });
    return reason.slice(
      reason.indexOf(`CRITICAL ${check.name} `) + `CRITICAL ${check.name} `.length, reason.indexOf('. Audit '),
    );
  };

  test.each<[string, readonly string[], Partial<JudgedCheck>, string]>([
    ['three of them, with how many more', ['a', 'b', 'c'], {}, '5 (a, b, c, 2 more)'],
    ['three of them at most', ['a', 'b', 'c', 'd'], {}, '5 (a, b, c, 2 more)'],
    ['all of them', ['a', 'b'], { count: 2 }, '2 (a, b)'],
    ['none, when they cannot be listed', [], {}, '5'],
    ['a certificate in full', [certificateId(1)], { count: 1 }, `1 (${certificateId(1)})`],
    [
      'with a word about a number that AWS does not tell', [], { count: 1, isMinimum: true },
      'at least 1 (AWS does not say how many)',
    ],
    [
      'with a word about a number that AWS tells in part', ['a', 'b'], { count: 2, isMinimum: true },
      'at least 2 (a, b; AWS does not say how many)',
    ],
    [
      'with a word about the missing audit', ['a'], { count: 1, isUncompared: true },
      '1 (a; no earlier audit to compare with)',
    ],
    [
      'with only a word about the missing audit', [], { count: 1, isUncompared: true },
      '1 (no earlier audit to compare with)',
    ],
  ])('%s', (_name, resources, given, expected) => {
    expect(shown(resources, given)).toBe(expected);
  });

  test('are fewer where more checks find room for it', () => {
    const reason = (count: number) => {
      const { checks, ...rest } = everything((one, resource) => certificateId(one * 10 + resource));
      return named(explain({ ...rest, checks: checks.slice(0, count) }));
    };

    expect(reason(2).map(([, resources]) => resources)).toEqual([3, 3]);
    expect(reason(3).map(([, resources]) => resources)).toEqual([2, 2, 2]);
    expect(reason(4).map(([, resources]) => resources)).toEqual([1, 1, 1, 1]);
  });
});

describe('a long text of AWS or of a template', () => {
  const long = 'x'.repeat(1_700);

  test('leaves room for the others and for the end', () => {
    const reason = explain({
      gate: { ...GATE, AllowedPerCheck: long },
      checks: [
        { name: 'FOUND_CHECK', severity: 'HIGH', count: 2, resources: [resourceName({ clientId: long })] },
        { name: long, severity: 'HIGH', count: 1 },
        { name: 'FAILED_CHECK', severity: 'HIGH', count: 0, obstacle: `AccessDenied\u001b[2J${long}` },
      ],
    });

    const shown = (length: number) => `${'x'.repeat(length)}...`;
    expect(reason)
      .toBe('the audit stops the deployment: 2 checks found 3 non-compliant resources '
        + `(${shown(17)} allowed for each check), `
      + `and 1 check could not be carried out: HIGH FOUND_CHECK 2 ("${'x'.repeat(61)}"..., 1 more); `
      + `HIGH ${shown(97)} 1; `
      + `HIGH FAILED_CHECK (AccessDenied\\u{1B}[2J${'x'.repeat(40)}...). Audit ${TASK}: `
      + `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${TASK}`);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(1000);
  });
});

test('the worst come first: by severity, then by number, then by name', () => {
  const check = (name: string, severity: string, count: number) => ({ name, severity, count });
  const reason = explain({
    checks: [
      check('E', 'LOW', 9), check('D', 'MEDIUM', 9), check('Z', 'UNHEARD_OF', 9), check('C', 'HIGH', 1),
      check('B', 'CRITICAL', 1), check('A', 'CRITICAL', 1), check('AA', 'CRITICAL', 2),
    ],
  });

  expect(reason)
    .toContain(': CRITICAL AA 2; CRITICAL A 1; CRITICAL B 1; HIGH C 1; MEDIUM D 9; LOW E 9; UNHEARD_OF Z 9. Audit');
});

test('new findings are called so, if only some could be compared', () => {
  const gate = { ...GATE, AllowKnown: 'true' };
  const checks = [
    { name: 'A', severity: 'LOW', count: 1, isUncompared: true }, { name: 'B', severity: 'LOW', count: 1 },
  ];

  expect(explain({ gate, checks })).toContain('2 checks found 2 new non-compliant resources (');
  expect(explain({ gate, checks: checks.slice(0, 1) })).toContain('1 check found 1 non-compliant resource (');
  expect(explain({ gate, checks: checks.slice(1) })).toContain('1 check found 1 new non-compliant resource (');
});

test.each([
  ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1'],
  ['aws', 'us-east-1', 'https://us-east-1.console.aws.amazon.com/iot/home?region=us-east-1'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/iot/home?region=cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/iot/home?region=us-gov-west-1'],
  ['aws-new', 'new-region-1', 'https://new-region-1.console.aws.amazon.com/iot/home?region=new-region-1'],
])('the console of %s in %s', (partition, region, address) => {
  const reason = explain({
    checks: [{ name: 'A', severity: 'LOW', count: 1 }],
    stackId: `arn:${partition}:cloudformation:${region}:123456789012:stack/Fleet/0f1e2d3c`,
  });

  expect(reason)
    .toBe('the audit stops the deployment: 1 check found 1 non-compliant resource (0 allowed for each check): LOW A 1. '
    + `Audit ${TASK}: ${address}#/dd/audit/results/${TASK}`);
});
