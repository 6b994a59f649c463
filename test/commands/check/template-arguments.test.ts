import { symlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { check, checkJson, inDirectoryWith } from './support/running';
import { CLOSED, LOGS, OPEN } from './support/templates';
import { givenTemplates } from '../../../commands/check/template-arguments';
import { UsageError } from '../../../commands/check/usage-error';

let directory: string;

beforeAll(() => {
  directory = inDirectoryWith({
    'one.yaml': OPEN,
    'two.json': '{}',
    '[dev].yaml': CLOSED,
    'stacks/a.yaml': CLOSED,
    'stacks/b.template': CLOSED,
    'stacks/deep/c.yaml': CLOSED,
    'stacks/test/d.yaml': CLOSED,
    'stacks/node_modules/x/e.yaml': CLOSED,
    '.git/f.yaml': CLOSED,
    'apps/one/cdk.out/manifest.json': '{}',
    'apps/two/cdk.out/manifest.json': '{}',
    'apps/three/cdk.out/other.txt': '',
    'loop/a.yaml': CLOSED,
  });
  symlinkSync('one.yaml', 'link.yaml');
  symlinkSync('.', 'loop/self');
});

const terminal = Object.assign(Readable.from([]), { isTTY: true });

/** What the arguments lead to, in either way. */
async function pathsOf(args: readonly string[], platform?: NodeJS.Platform) {
  return givenTemplates(args, terminal, platform);
}

test.each<[args: string[], given: string[], found: string[]]>([
  [['one.yaml', './two.json', 'missing.yaml', 'stacks'], ['one.yaml', './two.json', 'missing.yaml', 'stacks'], []],
  [['stacks/*.yaml'], [], ['stacks/a.yaml']],
  [['stacks/**/*.yaml'], [], ['stacks/a.yaml', 'stacks/deep/c.yaml', 'stacks/test/d.yaml']],
  [['stacks/**/*.{yaml,template}', '!**/test/**'], [], ['stacks/a.yaml', 'stacks/b.template', 'stacks/deep/c.yaml']],
  [['!**/test/**', 'stacks/**/[c-d].yaml'], [], ['stacks/deep/c.yaml']],
  [['stacks/?.yaml', 'stacks/[a].yaml'], [], ['stacks/a.yaml']],
  [['stacks/@(a|x).yaml'], [], ['stacks/a.yaml']],
  // What is named is given, even if a pattern finds it, too.
  [['one.yaml', '*.yaml'], ['one.yaml'], ['[dev].yaml']],
  [['one.yaml', './one.yaml', 'link.yaml', '*.yaml'], ['one.yaml'], ['[dev].yaml']],
  [['loop/**/*.yaml'], [], ['loop/a.yaml']],
  [['[dev].yaml'], ['[dev].yaml'], []],
  [['**/cdk.out'], [], ['apps/one/cdk.out', 'apps/two/cdk.out']],
  // As the shell of Windows passes what stands in single quotes.
  [['\'stacks/*.yaml\'', '\'one.yaml\''], ['one.yaml'], ['stacks/a.yaml']],
])('%j', async (args, given, found) => {
  expect(await pathsOf(args)).toEqual({ given, found });
});

test('patterns with absolute paths', async () => {
  expect(await pathsOf([`${directory}/stacks/*.yaml`])).toEqual({ given: [], found: [`${directory}/stacks/a.yaml`] });
});

test('patterns with the separators of Windows, there only', async () => {
  expect(await pathsOf(['stacks\\**\\*.yaml', '!**\\test\\**'], 'win32'))
    .toEqual({ given: [], found: ['stacks/a.yaml', 'stacks/deep/c.yaml'] });
  await expect(pathsOf(['stacks\\**\\*.yaml'], 'linux')).rejects.toThrow(UsageError);
});

test.each(['.git/*.yaml', 'stacks/node_modules/**/*.yaml', 'apps/three/*', 'none/{a,b}.yaml'])('%s matches nothing', async (pattern) => {
  await expect(pathsOf([pattern]))
    .rejects.toThrow(new UsageError(`no file matches ${pattern}; node_modules and .git are left out`));
});

describe('the standard input', () => {
  test.each([
    ['without an argument', OPEN, []],
    ['as -', OPEN, ['-']],
    ['with a byte order mark', `\uFEFF${OPEN}`, []],
    ['as JSON', JSON.stringify({ Resources: { Open: policyBody() } }), ['-']],
    ['as the AWS CLI answers about a template in YAML', `${JSON.stringify(OPEN)}\n`, []],
    ['as a whole answer of the AWS CLI', JSON.stringify({ TemplateBody: OPEN, StagesAvailable: ['Original'] }), []],
    [
      'as a whole answer about a template in JSON',
      JSON.stringify({ StagesAvailable: [], TemplateBody: { Resources: { Open: policyBody() } } }, undefined, 4), ['-'],
    ],
  ])('is read %s', async (_, stdin, args) => {
    const { code, out } = await check([...args, LOGS], { stdin });
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}<stdin>:\d+ {2}Open \(AWS::IoT::Policy\)$/m);
  });

  test('is read beside files', async () => {
    const { code, out } = await check(['stacks/a.yaml', '-', '-', LOGS], { stdin: OPEN });
    expect([code, out.split('\n').at(-2)]).toEqual([1, '2 templates, 2 resources judged: 1 non-compliant, 1 compliant']);
  });

  test('is not read if there are files', async () => {
    expect((await check(['stacks/a.yaml', LOGS], { stdin: OPEN })).code).toBe(0);
  });

  test.each(['', ' \n'])('must not be empty: %j', async (stdin) => {
    expect(await check([], { stdin })).toEqual({
      code: 2, out: '', error: 'the standard input is empty; pipe a template in, or name files\nTry --help.',
    });
  });

  test.each(['"no template"', '{"TemplateBody": ', 'a: [', '[]'])('may hold no template: %s', async (stdin) => {
    const { code, out } = await check(['-'], { stdin });
    expect(code).toBe(2);
    expect(out).toMatch(/^ {2}<stdin>(:1)?\n {4}The template cannot be read: /m);
  });

  test('keeps characters that two parts of it share', async () => {
    const bytes = Buffer.from(OPEN.replace('pumps', 'Brücke'));
    const middle = bytes.indexOf(0xc3) + 1;
    const { given } = await givenTemplates([], Readable.from([bytes.subarray(0, middle), bytes.subarray(middle)]));
    expect(given).toEqual([{ name: '<stdin>', text: expect.stringContaining('Brücke') }]);
  });
});

test('templates of one deployment are judged together', async () => {
  inDirectoryWith({
    'alias.yaml': 'Resources: { Alias: { Type: AWS::IoT::RoleAlias, Properties: { RoleArn: arn:aws:iam::123456789012:role/pump } } }',
    'role.json': {
      Resources: {
        Role: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'pump',
            AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'credentials.iot.amazonaws.com' } }] },
            Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } }],
          },
        },
      },
    },
  });
  const { findings } = await checkJson('alias.yaml', 'role.json', LOGS);
  expect(findings).toMatchObject([{ check: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', verdict: 'NON_COMPLIANT' }]);
});

function policyBody() {
  return {
    Type: 'AWS::IoT::Policy',
    Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] } },
  };
}

describe('folders', () => {
  const stack = (name: string) => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://123456789012/us-gov-west-1',
    properties: { templateFile: `${name}.template.json` },
    displayName: name,
  });
  const dependent = {
    Parameters: { Client: { Type: 'String' } },
    Resources: {
      Policy: {
        Type: 'AWS::IoT::Policy',
        Properties: {
          PolicyDocument: {
            Statement: [{
              Effect: 'Allow', Action: 'iot:Connect',
              Resource: { 'Fn::Sub': 'arn:aws-us-gov:iot:us-gov-west-1:123456789012:client/${Client}' },
            }],
          },
        },
      },
    },
  };

  beforeAll(() => inDirectoryWith({
    'app/cdk.out/manifest.json': { version: '48.0.0', artifacts: { One: stack('One'), Two: stack('Two') } },
    'app/cdk.out/One.template.json': dependent,
    'app/cdk.out/Two.template.json': dependent,
    'app/cdk.out/One.assets.json': {},
    'stacks/open.yaml': OPEN,
    'stacks/deep/closed.yml': CLOSED,
    'stacks/settings.json': {},
    'nothing/read.me': '',
  }));

  test.each(['app/cdk.out', 'app/cdk.out/', '**/cdk.out'])('a cloud assembly: %s', async (given) => {
    const { code, findings, skipped, summary, unread } = await checkJson(given, LOGS);
    expect({ code, skipped, unread, templates: summary.templates })
      .toEqual({ code: 0, skipped: [], unread: [], templates: 2 });
    expect(findings.map(({ file, verdict }) => [file, verdict])).toEqual([
      ['app/cdk.out/One.template.json', 'UNDECIDED'], ['app/cdk.out/Two.template.json', 'UNDECIDED'],
    ]);
  });

  test('parameters of one stack in it', async () => {
    const { error, findings } = await checkJson('app/cdk.out', LOGS, '--parameters', 'Client=pump', 'Two/Client=*');
    expect(findings.map(({ file, verdict }) => [file, verdict]))
      .toEqual([['app/cdk.out/Two.template.json', 'NON_COMPLIANT']]);
    expect(error).toBe('');
  });

  test('templates in a folder, and in those within it', async () => {
    const { code, findings, skipped, summary } = await checkJson('stacks', LOGS);
    expect([code, summary.templates, skipped.map(({ file }) => file)]).toEqual([1, 2, ['stacks/settings.json']]);
    expect(findings.map(({ file }) => file)).toEqual(['stacks/open.yaml']);
  });

  test('a folder without templates', async () => {
    const { code, unread } = await checkJson('nothing');
    expect(code).toBe(2);
    expect(unread).toMatchObject([{ file: 'nothing', failing: true }]);
  });
});
