import { check, checkJson, inDirectoryWith } from './support/running';
import { CLOSED, DEPENDENT, LOGS, OPEN, PARENT, SILENT } from './support/templates';

beforeAll(() => inDirectoryWith({
  'open.yaml': OPEN,
  'closed.yaml': CLOSED,
  'dependent.yaml': DEPENDENT,
  'silent.yaml': SILENT,
  'parent.yaml': PARENT,
  'broken.yaml': 'Resources: [',
  'list.json': '[]',
  'found/broken.yaml': 'Resources: [',
  'found/closed.yaml': CLOSED,
  'found/settings.yaml': 'a: 1',
}));

test.each<[code: number, reason: string, args: string[]]>([
  [0, 'nothing is non-compliant', ['closed.yaml']],
  [1, '1 finding is CRITICAL', ['open.yaml']],
  [1, '1 finding is MEDIUM or worse', ['open.yaml', '--fail-on', 'MEDIUM']],
  [0, 'findings do not fail (--fail-on none)', ['open.yaml', '--fail-on', 'none']],
  [0, 'no finding is CRITICAL', ['silent.yaml']],
  [0, 'no finding is MEDIUM or worse', ['silent.yaml', '--fail-on', 'medium']],
  [1, '1 finding is LOW or worse', ['silent.yaml', '--fail-on', 'LOW']],
  [1, '2 findings are LOW or worse', ['silent.yaml', 'open.yaml', '--fail-on', 'low']],
  [0, 'nothing is known to be non-compliant', ['dependent.yaml']],
  [1, '1 finding cannot be decided', ['dependent.yaml', '--fail-on-undecided']],
  [0, 'nothing is known to be non-compliant', ['parent.yaml']],
  [1, '1 file or part could not be read', ['parent.yaml', '--fail-on-undecided']],
  [0, 'nothing is non-compliant, except for what is ignored', ['open.yaml', '--ignore', 'IOT_POLICY_OVERLY_PERMISSIVE:Open=a test']],
  [
    0, 'nothing is non-compliant',
    ['dependent.yaml', '--fail-on-undecided', '--ignore', 'iot-policy-overly-permissive:*=a test'],
  ],
  // What could not be read is not known to be safe, whatever else is found.
  [1, '1 file or part could not be read', ['closed.yaml', 'typo.yaml']],
  [1, '1 file or part could not be read', ['closed.yaml', 'list.json']],
  [1, '2 files or parts could not be read', ['closed.yaml', 'typo.yaml', 'broken.yaml', '--fail-on', 'none']],
  [1, '1 finding is CRITICAL, 1 file or part could not be read', ['open.yaml', 'broken.yaml']],
  [0, 'nothing is non-compliant', ['closed.yaml', 'typo.yaml', '--ignore', 'UNREAD_TEMPLATE:*=not ours']],
  [1, '1 file or part could not be read', ['found/*.yaml']],
  [0, 'nothing is non-compliant', ['found/*.yaml', '!found/broken.yaml']],
  [2, 'no template could be read', ['typo.yaml']],
  [2, 'no template could be read', ['typo.yaml', 'broken.yaml', 'list.json', '--fail-on', 'none']],
  [2, 'no template could be read', ['found/settings.*']],
  [2, 'no template could be read', ['typo.yaml', '--ignore', 'UNREAD_TEMPLATE:*=not ours']],
])('%i, since %s: %j', async (code, reason, args) => {
  const report = await checkJson(...args, LOGS);
  expect(report.error).toBe('');
  expect([report.code, report.summary.exitCode, report.summary.exitReason]).toEqual([code, code, reason]);
});

test('findings of files that can be read are printed beside those that cannot', async () => {
  const { findings, unread } = await checkJson('typo.yaml', 'open.yaml', 'broken.yaml', 'list.json', LOGS);
  expect(findings.map(({ file, resource }) => [file, resource])).toEqual([['open.yaml', 'Open']]);
  expect(unread.map(({ file, line, failing, reason }) => [file, line, failing, reason])).toEqual([
    ['broken.yaml', 1, true, expect.stringMatching(/^The template cannot be read: it is neither JSON nor YAML: \w/)],
    ['list.json', undefined, true, 'The template cannot be read: no CloudFormation template: it holds a list'],
    ['typo.yaml', undefined, true, 'The template cannot be read: there is no such file'],
  ]);
});

test('nothing is said about an account of which nothing could be read', async () => {
  const { code, out } = await check(['typo.yaml']);
  expect({ code, out }).toEqual({
    code: 2,
    out: `NOT READ  what it deploys is not known

  typo.yaml
    The template cannot be read: there is no such file

0 templates, 0 resources judged; 1 file could not be read
Exit code 2: no template could be read`,
  });
});

test.each<[message: string, ...args: string[]]>([
  ['no template is given; name files, patterns or a cdk.out, or pipe a template in'],
  ['no file matches none/**/*.yaml; node_modules and .git are left out', 'none/**/*.yaml'],
  ['no file matches none/*.yaml; node_modules and .git are left out', 'closed.yaml', 'none/*.yaml'],
  ['!none/*.yaml leaves out what another pattern finds, and there is none', '!none/*.yaml'],
  ['!found/broken.yaml leaves out what another pattern finds, and there is none', 'found', '!found/broken.yaml'],
])('2: %s', async (message, ...args) => {
  expect(await check(args)).toEqual({ code: 2, out: '', error: `${message}\nTry --help.` });
});
