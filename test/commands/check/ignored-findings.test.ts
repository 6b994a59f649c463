import { check, checkJson, inDirectoryWith, writeFiles } from './support/running';
import { LOGS, OPEN, SILENT, policyYaml } from './support/templates';
import { parseIgnore, readIgnoreFile } from '../../../commands/check/ignored-findings';
import { UsageError } from '../../../commands/check/usage-error';

beforeAll(() => inDirectoryWith({
  'a/open.yaml': OPEN,
  'b/open.yaml': OPEN,
  'other.yaml': policyYaml('"*"', { name: 'Other' }),
  'silent.yaml': SILENT,
  'mistaken.yaml': policyYaml('arn:aws:iot:eu-west-1:123456789012:topic/a', { name: 'Mistaken' }),
}));

/** The resources of findings that are ignored, and of those that are not. */
async function ignoredBy(ignore: string, ...more: string[]) {
  const { error, findings, unread } = await checkJson(
    'a/open.yaml', './b/open.yaml', 'other.yaml', 'typo.yaml', '--ignore', ignore, LOGS, ...more,
  );
  const all = [...findings, ...unread].map(({ file, resource, ignored }) => ({ name: `${file} ${resource ?? ''}`.trim(), ignored }));
  const open = all.flatMap(({ name, ignored }) => ignored ? [] : name);
  return { error, open, ignored: all.flatMap(({ name, ignored }) => ignored ? [name, ignored.reason] : []) };
}

test.each<[ignore: string, ignored: string[], open: string[]]>([
  [
    'IOT_POLICY_OVERLY_PERMISSIVE_CHECK:Other=why not', ['other.yaml Other', 'why not'],
    ['a/open.yaml Open', './b/open.yaml Open', 'typo.yaml'],
  ],
  [
    'iot-policy-overly-permissive:Open=a = b: c', ['a/open.yaml Open', 'a = b: c', './b/open.yaml Open', 'a = b: c'],
    ['other.yaml Other', 'typo.yaml'],
  ],
  ...['a/open.yaml:Open', './a/open.yaml:Open', 'a/open.yaml:*', ' a/open.yaml : Open '].map((resource) =>
    [`IotPolicyOverlyPermissiveCheck:${resource}=x`, ['a/open.yaml Open', 'x'],
      ['./b/open.yaml Open', 'other.yaml Other', 'typo.yaml']] satisfies [string, string[], string[]]),
  [
    'IOT_POLICY_OVERLY_PERMISSIVE:open.yaml:Open= x ', ['a/open.yaml Open', 'x', './b/open.yaml Open', 'x'],
    ['other.yaml Other', 'typo.yaml'],
  ],
  [
    'IOT_POLICY_OVERLY_PERMISSIVE:*=x', ['a/open.yaml Open', 'x', './b/open.yaml Open', 'x', 'other.yaml Other', 'x'],
    ['typo.yaml'],
  ],
  ['UNREAD_TEMPLATE:*=x', ['typo.yaml', 'x'], ['a/open.yaml Open', './b/open.yaml Open', 'other.yaml Other']],
  ['unread-template:typo.yaml:*=x', ['typo.yaml', 'x'], ['a/open.yaml Open', './b/open.yaml Open', 'other.yaml Other']],
])('%s', async (ignore, ignored, open) => {
  const result = await ignoredBy(ignore);
  expect(result.error).toBe('');
  expect({ ignored: result.ignored.sort(), open: result.open.sort() })
    .toEqual({ ignored: ignored.sort(), open: open.sort() });
});

test.each([
  'IOT_POLICY_OVERLY_PERMISSIVE:Opn=x', 'IOT_POLICY_OVERLY_PERMISSIVE:open=x', 'LOGGING_DISABLED:Open=x',
  'IOT_POLICY_OVERLY_PERMISSIVE:pen.yaml:Open=x', 'IOT_POLICY_OVERLY_PERMISSIVE:c/open.yaml:Open=x',
  'STATEMENT_WITHOUT_EFFECT:*=x',
])('%s ignores nothing, which is no mistake, but worth a word', async (ignore) => {
  const { error, ignored, open } = await ignoredBy(ignore);
  expect([ignored, open]).toEqual([[], ['./b/open.yaml Open', 'a/open.yaml Open', 'other.yaml Other', 'typo.yaml']]);
  expect(error).toMatch(/^--ignore: nothing is ignored by [A-Z_]+:[\w./:*]+$/);
});

test('an entry is not idle if its check was not carried out', async () => {
  expect((await ignoredBy('LOGGING_DISABLED:Logs=x', '--check', 'iot-policy-overly-permissive')).error).toBe('');
});

test('remarks can be ignored', async () => {
  const { findings } = await checkJson('mistaken.yaml', LOGS, '--ignore', 'STATEMENT_WITHOUT_EFFECT:Mistaken=a draft');
  expect(findings).toMatchObject([{ verdict: 'REMARK', ignored: { reason: 'a draft' } }]);
});

test.each<[text: string, message: string]>([
  ['LOGGING_DISABLED', 'LOGGING_DISABLED is not of the form CHECK:RESOURCE=reason'],
  ['LOGGING_DISABLED:Logs', 'LOGGING_DISABLED:Logs is not of the form CHECK:RESOURCE=reason'],
  ['LOGGING_DISABLED=why', 'LOGGING_DISABLED=why is not of the form CHECK:RESOURCE=reason'],
  ['LOGGING_DISABLED:Logs=', 'LOGGING_DISABLED:Logs= has no reason; the form is CHECK:RESOURCE=reason'],
  ['LOGGING_DISABLED:Logs= \t', 'LOGGING_DISABLED:Logs= \t has no reason; the form is CHECK:RESOURCE=reason'],
  [
    'LOGGING_DISABLED:a.yaml:=x',
    'LOGGING_DISABLED:a.yaml:=x names no resource; the form is CHECK:RESOURCE=reason, and * is every resource',
  ],
  ['LOGING_DISABLED:Logs=x', 'there is no check LOGING_DISABLED; did you mean LOGGING_DISABLED_CHECK?'],
  ['UNREAD:Logs=x', 'there is no check UNREAD; --help lists them'],
  ['*:Logs=x', 'there is no check *; --help lists them'],
])('%j is refused', async (text, message) => {
  expect(() => parseIgnore(text, '--ignore')).toThrow(new UsageError(`--ignore: ${message}`));
  expect((await check(['a/open.yaml', '--ignore', text])).code).toBe(2);
});

describe('a file of entries', () => {
  test('has one in each line, and comments', async () => {
    writeFiles({
      '.ignore': '\uFEFF# accepted in the review\r\n\r\n  IOT_POLICY_OVERLY_PERMISSIVE:other.yaml:Other = SEC-112 # x\r\n'
        + 'LOGGING_DISABLED:Logs=x\n',
    });
    expect(readIgnoreFile('.ignore')).toMatchObject([
      { file: 'other.yaml', resource: 'Other', reason: 'SEC-112 # x', source: '.ignore:3' },
      { checkName: 'LOGGING_DISABLED_CHECK', resource: 'Logs', source: '.ignore:4' },
    ]);
    const { code, error, out } = await check(['other.yaml', '--ignore-file', '.ignore', LOGS]);
    expect([code, error]).toEqual([0, '.ignore:4: nothing is ignored by LOGGING_DISABLED_CHECK:Logs']);
    expect(out).toContain('IOT_POLICY_OVERLY_PERMISSIVE_CHECK:other.yaml:Other (1 finding): SEC-112 # x\n');
  });

  test('may be one of several, beside the option', async () => {
    writeFiles({ 'one.txt': 'IOT_POLICY_OVERLY_PERMISSIVE:Other=one', 'two.txt': 'LOGGING_DISABLED:*=two' });
    const { findings } = await checkJson('other.yaml', 'silent.yaml', 'a/open.yaml', '--ignore-file', 'one.txt',
      '--ignore-file', 'two.txt', '--ignore', 'IOT_POLICY_OVERLY_PERMISSIVE:Open=three');
    expect(findings.map(({ ignored }) => ignored?.reason).sort()).toEqual(['one', 'three', 'two']);
  });

  test.each<[content: string, message: string]>([
    ['# all\nLOGGING_DISABLED:Logs\n', '.wrong:2: LOGGING_DISABLED:Logs is not of the form CHECK:RESOURCE=reason'],
    ['LOGGING_DISABLED:Logs=\n', '.wrong:1: LOGGING_DISABLED:Logs= has no reason; the form is CHECK:RESOURCE=reason'],
    ['LOGING_DISABLED:Logs=x', '.wrong:1: there is no check LOGING_DISABLED; did you mean LOGGING_DISABLED_CHECK?'],
  ])('%j is refused', async (content, message) => {
    writeFiles({ '.wrong': content });
    expect(await check(['other.yaml', '--ignore-file', '.wrong']))
      .toEqual({ code: 2, out: '', error: `${message}\nTry --help.` });
  });

  test('must be there', async () => {
    expect(await check(['other.yaml', '--ignore-file', 'missing'])).toEqual({
      code: 2, out: '', error: '--ignore-file: there is no file missing that can be read\nTry --help.',
    });
  });
});
