import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, inDirectoryWith } from './support/running';
import { CLOSED, DEPENDENT, OPEN, SILENT, policyYaml } from './support/templates';
import { name, version } from '../../../package.json';

beforeAll(() => inDirectoryWith({
  'stacks/an open.yaml': OPEN,
  'closed.yaml': CLOSED,
  'silent.yaml': SILENT,
  'dependent.yaml': DEPENDENT,
  'mistaken.yaml': policyYaml('arn:aws:iot:eu-west-1:123456789012:topic/a', { name: 'Mistaken' }),
}));

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }; readonly region?: { readonly startLine: number };
    };
  }[];
  readonly suppressions?: readonly object[];
}

async function sarif(...args: readonly string[]) {
  const { out } = await check([...args, '--format', 'sarif']);
  const { runs: [run], ...log } = JSON.parse(out);
  const results = run.results as Result[];
  // What the specification and code hosts ask of each result.
  for (const { ruleId, ruleIndex, kind, level, message, locations } of results) {
    expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(kind === 'fail' ? ['error', 'warning'] : ['none']).toContain(level);
    expect(message.text).toMatch(/\w/);
    for (const { physicalLocation: { artifactLocation: { uri }, region } } of locations) {
      expect(isAbsolute(uri)).toBe(false);
      expect(encodeURI(decodeURI(uri))).toBe(uri);
      if (region) expect(region.startLine).toBeGreaterThan(0);
    }
  }
  return { log, driver: run.tool.driver, results };
}

test('findings at their lines, with their rules', async () => {
  const { log, driver, results } = await sarif('silent.yaml', 'stacks/an open.yaml', 'closed.yaml', 'dependent.yaml',
    'mistaken.yaml', 'typo.yaml');
  expect(log).toEqual({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0' });
  expect(driver).toMatchObject({ name, version });
  expect(results.map(({ ruleId, kind, level, locations: [{ physicalLocation: { artifactLocation, region } }] }) =>
    [ruleId, kind, level, artifactLocation.uri, region?.startLine])).toEqual([
    ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'fail', 'error', 'stacks/an%20open.yaml', 9],
    ['LOGGING_DISABLED_CHECK', 'fail', 'warning', 'silent.yaml', 7],
    ['IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'review', 'none', 'dependent.yaml', 8],
    ['STATEMENT_WITHOUT_EFFECT', 'informational', 'none', 'mistaken.yaml', 9],
    ['UNREAD_TEMPLATE', 'review', 'none', 'typo.yaml', 1],
  ]);
  expect(driver.rules.map(({ id }: { id: string }) => id).sort()).toEqual([
    'IOT_POLICY_OVERLY_PERMISSIVE_CHECK', 'LOGGING_DISABLED_CHECK', 'STATEMENT_WITHOUT_EFFECT', 'UNREAD_TEMPLATE',
  ]);
});

test('--fail-on decides what is an error', async () => {
  expect((await sarif('silent.yaml', '--fail-on', 'LOW')).results).toMatchObject([{ level: 'error' }]);
  expect((await sarif('stacks/*.yaml', '--fail-on', 'none')).results[0]).toMatchObject({ level: 'warning' });
});

test('what is ignored is suppressed from outside the template, with the reason', async () => {
  const { results } = await sarif('silent.yaml', '--ignore', 'LOGGING_DISABLED:*=SEC-112');
  expect(results).toMatchObject([{ suppressions: [{ kind: 'external', justification: 'SEC-112' }] }]);
  expect((await sarif('silent.yaml')).results[0]).not.toHaveProperty('suppressions');
});

test('a file elsewhere has a whole URI', async () => {
  const directory = inDirectoryWith({ 'open.yaml': OPEN, 'within/closed.yaml': CLOSED });
  process.chdir('within');
  const { results: [{ locations }] } = await sarif('../open.yaml');
  expect(fileURLToPath(locations[0].physicalLocation.artifactLocation.uri)).toBe(`${directory}/open.yaml`);
});

test('without a finding there is a log, too', async () => {
  inDirectoryWith({ 'closed.yaml': CLOSED });
  expect((await sarif('closed.yaml', '--logging-enabled-elsewhere')).results).toEqual([]);
});
