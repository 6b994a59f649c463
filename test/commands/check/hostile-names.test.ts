import { check, inDirectoryWith } from './support/running';
import { CLOSED } from './support/templates';

/** Names that would speak to a terminal, or to the code host in whose log they are printed. */
const NAMES = [
  '\u001b[2J\u001b]8;;http://example.com\u0007',
  '\u009b31m',
  'a\r\nb',
  '\n::error::x',
  '\n  ::set-output name=a::b',
  '::stop-commands::x',
  '##[error]x',
  '##vso[task.setvariable variable=a]b',
  '####teamcity[buildStop]',
  '\u202eetirw\u202c',
  '\u2028::error::x',
  '\u200b\ufeff\u{e0041}',
  '\ud800',
  'section_start:0:a\r\u001b[0K',
];

const COMMANDS = /^(\s|\u001b\[\d+m)*::|##\w*\[/m; // eslint-disable-line no-control-regex
const INVISIBLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff\ud800]|[\u{e0000}-\u{e007f}]/u; // eslint-disable-line no-control-regex

/** A template with the name in all places that reports show, with a verdict of each kind. */
const templateWith = (name: string) => ({
  Parameters: { [name]: { Type: 'String' } },
  Resources: {
    [name]: policy({ Sid: name, Effect: 'Allow', Action: ['iot:Connect', name], Resource: ['*', name] }),
    [`${name}2`]: policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: { Ref: name } }),
    [`${name}3`]: policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:eu-west-1:123456789012:topic/${name}` }),
    [`${name}4`]: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: name } },
    [`${name}5`]: { Type: name, Properties: {} },
    [`${name}6`]: { Type: 'AWS::IoT::Logging', Properties: { DefaultLogLevel: name } },
  },
});

const policy = (statement: object) => ({
  Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'x', PolicyDocument: { Statement: [statement] } },
});

describe.each(NAMES.map((name) => [JSON.stringify(name), name]))('%s', (_, name) => {
  beforeAll(() => inDirectoryWith({
    'hostile.json': templateWith(name),
    'broken.yaml': `Resources: { a: *${name.replace(/\s/g, '')} }`,
  }));

  test.each<[what: string, args: string[]]>([
    ['text', ['hostile.json', 'broken.yaml']],
    ['ignored', ['hostile.json', '--ignore', `IOT_POLICY_OVERLY_PERMISSIVE:*=${name}`]],
    ['json', ['hostile.json', 'broken.yaml', '--format', 'json', '--ignore', `IOT_POLICY_OVERLY_PERMISSIVE:*=${name}`]],
    ['sarif', ['hostile.json', 'broken.yaml', '--format', 'sarif', '--ignore', `IOT_POLICY_OVERLY_PERMISSIVE:*=${name}`]],
    ['a file', [`${name}.json`]],
    ['a file, as json', [`${name}.json`, '--format', 'json']],
    ['a file, as sarif', [`${name}.json`, '--format', 'sarif']],
    ['options', ['hostile.json', '--parameters', `${name}/Env=a`]],
    ['an entry', ['hostile.json', '--ignore', `LOGGING_DISABLED:${name}x=a`]],
    ['a mistake', ['hostile.json', '--ignore', name]],
    ['a format', ['hostile.json', '--format', name]],
    ['a check', ['hostile.json', '--check', name]],
    ['an option', [`--${name}`]],
    ['an output', ['hostile.json', '--output', name]],
    ['a file of entries', ['hostile.json', '--ignore-file', name]],
    ['a region', ['hostile.json', '--region', name]],
  ])('%s', async (what, args) => {
    const { out, error } = await check(args);
    expect(`${out}\n${error}`).not.toMatch(INVISIBLE);
    expect(`${out}\n${error}`).not.toMatch(COMMANDS);
    if (out.startsWith('{')) expect(JSON.parse(out)).toBeInstanceOf(Object);
    if (what === 'text') expect(out).toContain('IOT_POLICY_OVERLY_PERMISSIVE_CHECK');
  });

  test('on a terminal, or with colours, there is nothing else than colours', async () => {
    for (const columns of [40, undefined]) {
      const { out } = await check(['hostile.json', 'broken.yaml'], { columns, env: { FORCE_COLOR: '1' } });
      expect(out).toContain('\u001b[1m');
      expect(out.replace(/\u001b\[\d+m/g, '')).not.toMatch(INVISIBLE); // eslint-disable-line no-control-regex
      expect(out).not.toMatch(COMMANDS);
    }
  });
});

test('a name that is found by a pattern', async () => {
  inDirectoryWith({ '::error title=x::y.yaml': CLOSED.replace('client/pump-1', '*'), '##[group]a.yaml': '{}' });
  const { code, out } = await check(['*.yaml', '--logging-enabled-elsewhere']);
  expect(code).toBe(1);
  expect(out).toContain('\n  \\u{3A}:error title=x::y.yaml:9  Closed (AWS::IoT::Policy)\n');
  expect(out).toContain('\n1 file is no template: #\\u{23}[group]a.yaml\n');
});

test('in JSON, names stay what they are', async () => {
  const [, , , , , , commands] = NAMES;
  inDirectoryWith({ 'hostile.json': templateWith(commands) });
  const { out } = await check(['hostile.json', '--format', 'json']);
  expect(out).not.toContain('##[');
  expect(JSON.parse(out).findings[0].resource).toBe(commands);
});

test('names that look like members of every object are names', async () => {
  inDirectoryWith({
    'names.json': `{ "Resources": {
      "__proto__": ${JSON.stringify(policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }))},
      "constructor": ${JSON.stringify(policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }))} } }`,
  });
  const { out } = await check(['names.json', '--format', 'json']);
  expect(JSON.parse(out).findings.map(({ resource }: { resource?: string }) => resource).filter(Boolean).sort())
    .toEqual(['__proto__', 'constructor']);
});
