import { readFileSync } from 'node:fs';
import { check, checkJson, inDirectoryWith } from './support/running';
import { CLOSED, DEPENDENT, LOGS, OPEN, SILENT } from './support/templates';
import { HELP } from '../../../commands/check/help';
import { parseOptions } from '../../../commands/check/options';
import { UsageError } from '../../../commands/check/usage-error';
import { CHECK_TABLE } from '../../../src/checks/check-table';
import { isTemplateCheck } from '../../../src/validation/template-audit';

const CHECKS = Object.values(CHECK_TABLE).map(({ checkName }) => checkName).filter(isTemplateCheck);

beforeAll(() => inDirectoryWith({
  'open.yaml': OPEN,
  'closed.yaml': CLOSED,
  'silent.yaml': SILENT,
  'dependent.yaml': DEPENDENT,
  'role.json': {
    Resources: {
      Alias: {
        Type: 'AWS::IoT::RoleAlias', Properties: { RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'credentials.iot.amazonaws.com' } }],
          },
          Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] } }],
        },
      },
    },
  },
  'provisioning.json': {
    Resources: {
      Template: {
        Type: 'AWS::IoT::ProvisioningTemplate',
        Properties: {
          TemplateBody: JSON.stringify({
            Parameters: { Serial: { Type: 'String' } },
            Resources: {
              policy: {
                Type: 'AWS::IoT::Policy',
                Properties: {
                  PolicyDocument: {
                    Statement: [{
                      Effect: 'Allow', Action: 'iot:Connect',
                      Resource: { 'Fn::Join': ['', ['arn:aws:iot:eu-west-1:123456789012:client/', { Ref: 'Serial' }]] },
                    }],
                  },
                },
              },
            },
          }),
        },
      },
    },
  },
}));

test('what is taken without an option', () => {
  expect(parseOptions(['a.yaml', 'b'])).toEqual({
    templates: ['a.yaml', 'b'],
    help: false,
    checkNames: [...CHECKS].sort(),
    everywhere: false,
    format: 'text',
    files: [],
    failing: { failOn: 'CRITICAL', failOnUndecided: false },
    parameters: { values: {}, defaults: false },
    facts: { usedServices: undefined, loggingEnabledElsewhere: false, provisioningParametersValidated: false },
    ignores: [],
    region: undefined,
  });
});

test('all options', () => {
  expect(parseOptions([
    '--format=json', '--output', 'a/b.SARIF', '--output=c.txt', '--fail-on', 'low', '--fail-on-undecided',
    '--check', 'logging-disabled', '--check', 'LOGGING_DISABLED_CHECK', '--ignore', 'LOGGING_DISABLED:*=why not',
    '--parameters', 'A=1', '--assume-defaults', '--region', 'us-gov-west-1', '--used-service', 's3', '--used-service',
    'iot', LOGS, '--provisioning-parameters-validated', '-h', '--', '--format',
  ])).toEqual({
    templates: ['--format'],
    help: true,
    checkNames: ['LOGGING_DISABLED_CHECK'],
    everywhere: true,
    format: 'json',
    files: [{ path: 'a/b.SARIF', format: 'sarif' }, { path: 'c.txt', format: 'text' }],
    failing: { failOn: 'LOW', failOnUndecided: true },
    parameters: { values: { A: '1' }, defaults: true },
    facts: { usedServices: ['s3', 'iot'], loggingEnabledElsewhere: true, provisioningParametersValidated: true },
    ignores: [expect.objectContaining({ checkName: 'LOGGING_DISABLED_CHECK', resource: '*', reason: 'why not' })],
    region: 'us-gov-west-1',
  });
});

test.each<[args: string[], message: string]>([
  [['--fail-onn', 'LOW'], 'there is no option --fail-onn; did you mean --fail-on?'],
  [['--paramters', 'A=1'], 'there is no option --paramters; did you mean --parameters?'],
  [['--ignore-files', 'a'], 'there is no option --ignore-files; did you mean --ignore-file?'],
  [['--no-such-thing'], 'there is no option --no-such-thing; --help lists them'],
  [['-x'], 'there is no option -x; --help lists them'],
  [['--format'], 'Option \'--format <value>\' argument missing'],
  [['--format', 'xml'], '--format: there is no format xml; there are text, json, sarif'],
  [['--format', 'constructor'], '--format: there is no format constructor; there are text, json, sarif'],
  [['--assume-defaults=no'], 'Option \'--assume-defaults\' does not take an argument'],
  [
    ['--output', 'report'],
    '--output report: the end of the name tells the format; it is one of .txt, .json, .sarif',
  ],
  [['--fail-on', 'severe'], '--fail-on: there is no severity severe; there are LOW, MEDIUM, HIGH, CRITICAL, and none'],
  [['--fail-on', ''], '--fail-on: there is no severity ; there are LOW, MEDIUM, HIGH, CRITICAL, and none'],
  [
    ['--check', 'IOT_POLICY_OVERLY_PERMISIVE'],
    '--check: there is no check IOT_POLICY_OVERLY_PERMISIVE; did you mean IOT_POLICY_OVERLY_PERMISSIVE_CHECK?',
  ],
  [['--check', 'nothing-like-it'], '--check: there is no check nothing-like-it; --help lists them'],
  [['--check', 'UNREAD_TEMPLATE'], '--check: there is no check UNREAD_TEMPLATE; --help lists them'],
  [
    ['--check', 'CONFLICTING_CLIENT_IDS'],
    '--check: CONFLICTING_CLIENT_IDS_CHECK needs to know what devices have done; only an audit of the account carries it out',
  ],
  [
    ['--used-service', 'Amazon S3'],
    '--used-service: Amazon S3 is no prefix of a service in IAM; write what precedes the colon of its actions, for example dynamodb',
  ],
  [['--region', 'Ireland'], '--region: Ireland is no region; write its code, for example eu-west-1'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(new UsageError(message));
});

test('a mistake is told in lines of its own, with the exit code 2, before anything is read', async () => {
  expect(await check(['typo.yaml', '--fail-on', '--format', 'json'])).toEqual({
    code: 2,
    out: '',
    error: expect.stringMatching(/^Option '--fail-on' argument is ambiguous\. [^\n]+\nTry --help\.$/),
  });
});

test.each(['-h', '--help'])('%s prints the help, whatever else is there', async (option) => {
  expect(await check(['typo.yaml', option])).toEqual({ code: 0, out: HELP, error: '' });
});

describe('the help', () => {
  test('begins with what it is for, and how it is called', () => {
    expect(HELP).toMatch(/^Checks CloudFormation templates by the rules of AWS IoT Device Defender Audit, before they are deployed\.\n\n {2}npx cdk-iot-fleet-audit check \[options\] TEMPLATE\.\.\.\n/);
  });

  test('names every option, and no other', () => {
    const mentioned = [...HELP.matchAll(/--[a-z][a-z-]+/g)].map(([option]) => option)
      .filter((option) => !['--stack-name', '--query'].includes(option));
    expect([...new Set(mentioned)].sort()).toEqual([
      '--assume-defaults', '--check', '--fail-on', '--fail-on-undecided', '--format', '--help', '--ignore',
      '--ignore-file', '--logging-enabled-elsewhere', '--output', '--parameters', '--provisioning-parameters-validated',
      '--region', '--used-service',
    ]);
    for (const option of mentioned) {
      expect(() => parseOptions([option])).not.toThrow(/there is no option/);
    }
  });

  test('lists every check, with its severity', () => {
    for (const { checkName, severity } of Object.values(CHECK_TABLE)) {
      expect(HELP).toMatch(new RegExp(`^ +${isTemplateCheck(checkName) ? `${severity} +` : ''}${checkName}$`, 'm'));
    }
  });

  test('tells the exit codes', () => {
    expect(HELP).toContain(`Ends with
  0   no finding is as severe as --fail-on says
  1   some are; or a file cannot be read, while others could: what was not read is not known to be safe
  2   the command line is wrong, or no template could be read
`);
  });

  test('fits on a terminal of 120 columns, in plain characters', () => {
    expect(HELP).toMatch(/^[\n\x20-\x7e]+$/);
    expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('what options do', () => {
  test('--check carries out one check', async () => {
    const { findings } = await checkJson('open.yaml', 'silent.yaml', '--check', 'LOGGING_DISABLED');
    expect(findings.map(({ check: name }) => name)).toEqual(['LOGGING_DISABLED_CHECK']);
  });

  test('--logging-enabled-elsewhere', async () => {
    expect((await checkJson('closed.yaml')).findings).toMatchObject([
      { check: 'LOGGING_DISABLED_CHECK', verdict: 'UNDECIDED' },
    ]);
    expect((await checkJson('closed.yaml', LOGS)).findings).toEqual([]);
  });

  const verdicts = async (...args: string[]) =>
    (await checkJson(...args, LOGS)).findings.map(({ check: name, verdict }) => `${name} ${verdict}`);
  const ALIAS = 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK';

  test('--region leaves out checks that it does not have, unless they are named', async () => {
    const found = [`${ALIAS} NON_COMPLIANT`];
    expect(await verdicts('role.json')).toEqual(found);
    expect(await verdicts('role.json', '--region', 'eu-west-1')).toEqual(found);
    expect(await verdicts('role.json', '--region', 'us-gov-west-1')).toEqual([]);
    expect(await verdicts('role.json', '--region', 'us-gov-west-1', '--check', ALIAS)).toEqual(found);
  });

  test('--used-service', async () => {
    expect(await verdicts('role.json', '--used-service', 'dynamodb', '--used-service', 's3'))
      .toEqual([`${ALIAS} NON_COMPLIANT`]);
    expect(await verdicts('role.json', '--used-service', 'dynamodb')).toEqual([]);
  });

  test('--provisioning-parameters-validated', async () => {
    expect(await verdicts('provisioning.json')).toEqual(['IOT_POLICY_OVERLY_PERMISSIVE_CHECK UNDECIDED']);
    expect(await verdicts('provisioning.json', '--provisioning-parameters-validated')).toEqual([]);
  });

  test('--assume-defaults', async () => {
    expect(await verdicts('dependent.yaml')).toEqual(['IOT_POLICY_OVERLY_PERMISSIVE_CHECK UNDECIDED']);
    expect(await verdicts('dependent.yaml', '--assume-defaults')).toEqual([]);
  });

  test.each([
    ['dependent.yaml', /--parameters gives .*, and --assume-defaults takes their defaults/],
    ['provisioning.json', /--provisioning-parameters-validated says/],
    ['closed.yaml', /--logging-enabled-elsewhere says/],
  ])('the report about %s says which option helps', async (file, hint) => {
    expect((await check([file])).out).toMatch(hint);
  });

  test('--output writes reports beside the one that is printed, in new directories', async () => {
    const { code, error, out } = await check([
      'silent.yaml', '--output', 'reports/a/findings.json', '--output', 'findings.txt', '--output', 'findings.sarif',
    ], { env: { FORCE_COLOR: '1' } });
    expect([code, error]).toEqual([0, '']);
    const plain = out.replace(/\u001b\[\d+m/g, ''); // eslint-disable-line no-control-regex
    expect(plain).not.toBe(out);
    expect(readFileSync('findings.txt', 'utf8')).toBe(`${plain}\n`);
    expect(readFileSync('reports/a/findings.json', 'utf8'))
      .toBe(`${(await check(['silent.yaml', '--format', 'json'])).out}\n`);
    expect(readFileSync('findings.sarif', 'utf8'))
      .toBe(`${(await check(['silent.yaml', '--format', 'sarif'])).out}\n`);
  });

  test('--output says so if the file cannot be written, after the report', async () => {
    expect(await check(['closed.yaml', LOGS, '--output', 'open.yaml/a.json'])).toEqual({
      code: 2,
      out: expect.stringContaining('Exit code 0'),
      error: expect.stringMatching(/^--output open\.yaml\/a\.json: the file cannot be written: E\w+.*\nTry --help\.$/),
    });
  });

  test.each([['role.json'], ['*.json'], ['./role.json', 'open.yaml']])('--output takes no template of %s', async (...args) => {
    const before = readFileSync('role.json', 'utf8');
    expect(await check([...args, '--output', 'role.json'])).toEqual({
      code: 2, out: '', error: '--output role.json: this is one of the templates; name another file\nTry --help.',
    });
    expect(readFileSync('role.json', 'utf8')).toBe(before);
  });
});
