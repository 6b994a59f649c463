import { parseText } from '../../../src/validation/files/template-text';
import { findingsInFiles, folderWith, policyInYaml } from '../support/template-files';

/** The time that a file may take, with the share of a slow machine. */
const MOST_MILLISECONDS = 10_000;

function timed<T>(work: () => T): T {
  const start = Date.now();
  const result = work();
  expect(Date.now() - start).toBeLessThan(MOST_MILLISECONDS);
  return result;
}

function reasonFor(text: string): string | undefined {
  return timed(() => {
    try {
      parseText(text);
      return undefined;
    } catch (error) {
      return (error as { reason?: string }).reason;
    }
  });
}

const laughs = (levels: number, each: (line: number) => string) =>
  Array.from({ length: levels }, (_, level) => `a${level}: &a${level} ${level === 0 ? 'lol' : each(level - 1)}`).join('\n');
const tenTimes = (level: number) => Array<string>(10).fill(`*a${level}`).join(', ');

const TOO_DEEP = 'it has more than 200 values inside each other';
const TOO_MANY = 'it stands for more than 500000 values';

test.each([
  ['aliases of lists', laughs(10, (level) => `[${tenTimes(level)}]`), TOO_MANY],
  ['aliases of mappings', laughs(30, (level) => `{b: *a${level}, c: *a${level}}`), TOO_MANY],
  ['merge keys', laughs(30, (level) => level === 0 ? '{a: b}' : `{<<: [*a${level}, *a${level}], k${level}: v}`), TOO_MANY],
  ['aliases in keys', laughs(30, (level) => `{? [*a${level}, *a${level}] : b}`), 'it has a key that is no text'],
  ['lists in JSON', `${'['.repeat(1e6)}${']'.repeat(1e6)}`, TOO_DEEP],
  ['objects in JSON', `${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}`, TOO_DEEP],
  ['lists in YAML', 'a: ' + '['.repeat(1e6), TOO_DEEP],
  ['block lists', '- '.repeat(5e5), TOO_DEEP],
  ['block mappings', Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:`).join('\n'), TOO_DEEP],
  ['complex keys', '? '.repeat(5e5), TOO_DEEP],
  ['megabytes of YAML', 'a: b\n'.repeat(1_000_000), 'it has more than 1500000 characters in YAML'],
  ['commas', `[${','.repeat(200_000)}`, 'it is neither JSON nor YAML: Unexpected , in flow sequence'],
  ['tags', '!a '.repeat(100_000), 'it is neither JSON nor YAML: A node can have at most one tag'],
  ['anchors', '&a '.repeat(100_000), 'it is neither JSON nor YAML: A node can have at most one anchor'],
  ['directives', '%a\n'.repeat(100_000), 'it is neither JSON nor YAML: Missing directives-end indicator line'],
])('%s without end are unreadable', (_, text, reason) => {
  expect(reasonFor(text)).toBe(reason);
});

test.each([
  ['200 lists', `${'['.repeat(200)}${']'.repeat(200)}`],
  ['brackets in a text of JSON', JSON.stringify({ 'a': '[{"\\'.repeat(1e6), 'b\\"': ['c'] })],
  ['backslashes in JSON', JSON.stringify(['\\'.repeat(3e6), '\\"'.repeat(1e6)])],
  ['entries', Array.from({ length: 10_000 }, (_, index) => `k${index}: !Sub v`).join('\n')],
  ['a long text', `a: ${'x'.repeat(1_400_000)}`],
  ['blanks', `a: |\n${'\n'.repeat(100_000)}`],
  ['documents', '---\na\n'.repeat(100_000)],
])('%s are read', (_, text) => {
  expect(reasonFor(text)).toBeUndefined();
});

test('a file of 5 MB in JSON is judged', () => {
  const resources = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`Table${index}`, {
    Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [{ AttributeName: 'x'.repeat(150), KeyType: 'HASH' }] },
  }]));
  const policy = { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Statement: { Effect: 'Allow', Action: 'iot:*', Resource: '*' } } } };
  const text = JSON.stringify({ Resources: { ...resources, Policy: policy } });
  expect(text.length).toBeGreaterThan(5_000_000);
  const folder = folderWith({ 'fleet.json': text });
  expect(timed(() => findingsInFiles(folder, ['fleet.json'])).map(({ verdict }) => verdict)).toEqual(['non-compliant']);
});

test.each<[string, string]>([
  ['JSON', `{"Resources": {"A": {"Type": "Custom::AWS", "Properties": {"Create": ${'['.repeat(1e5)}${']'.repeat(1e5)}}}}}`],
  ['YAML', `Resources:\n${laughs(10, (level) => `[${tenTimes(level)}]`).replace(/^/gm, '  ')}`],
])('a hostile file in %s costs its own findings only', (_, hostile) => {
  const folder = folderWith({ 'fleet.yaml': policyInYaml(), hostile });
  expect(findingsInFiles(folder, ['hostile', 'fleet.yaml']).map(({ verdict, isGivenFile }) => [verdict, isGivenFile])).toEqual([
    ['cannot be decided', true], ['non-compliant', undefined],
  ]);
});

test('the traces of errors are as long as before', () => {
  const before = Error.stackTraceLimit;
  reasonFor('a: !Sub b');
  reasonFor('a: [');
  reasonFor('- '.repeat(300));
  expect(Error.stackTraceLimit).toBe(before);
});
