import { spawnSync } from 'child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

interface Place {
  readonly region: { readonly startLine: number };
}

interface Result {
  readonly locations: readonly { readonly physicalLocation: Place }[];
}

const ROOT = join(__dirname, '..', '..');

function checkTemplate(file: string, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'examples/check-a-template.ts', file], {
    cwd: ROOT, encoding: 'utf8', env: {
      ...process.env, ...env, TSX_TSCONFIG_PATH: join(ROOT, 'examples', 'tsconfig.json'),
    },
  });
}

test('the example checks a template that CDK did not make', () => {
  const sarifFile = join(mkdtempSync(join(tmpdir(), 'example-')), 'findings.sarif');
  const { status, stdout, stderr } = checkTemplate('examples/sample-template.json', { SARIF_FILE: sarifFile });
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout.split('\n').filter((line) => /^\w/.test(line))).toEqual([
    'error examples/sample-template.json FirstValve',
    'error examples/sample-template.json SecondValve',
    'error examples/sample-template.json ValvePolicy',
    'info examples/sample-template.json SitePolicy',
    'warning examples/sample-template.json Logging',
    'compliant 2, non-compliant 4, undecided 1',
  ]);
  const [{ results }] = JSON.parse(readFileSync(sarifFile, 'utf8')).runs;
  const places = results.map(({ locations: [{ physicalLocation }] }: Result) => physicalLocation);
  expect(places.map(({ region }: Place) => region.startLine)).toEqual([43, 47, 21, 29, 12]);
  expect(places[0]).toMatchObject({ artifactLocation: { uri: 'examples/sample-template.json' } });
});

const YAML = `
Resources:
  Policy:
    Type: AWS::IoT::Policy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
          Effect: Allow
          Action: iot:Connect
          Resource: !Sub 'arn:\${AWS::Partition}:iot:\${AWS::Region}:\${AWS::AccountId}:client/NAME'
  Logging:
    Type: AWS::IoT::Logging
    Properties:
      AccountId: !Ref AWS::AccountId
      DefaultLogLevel: ERROR
      RoleArn: 'arn:aws:iam::123456789012:role/Logs'
`;

test.each([
  ['a broad policy', '*', 1, /non-compliant 1, undecided 0/],
  ['a policy for one thing', '${!iot:Connection.Thing.ThingName}', 0, /non-compliant 0, undecided 0/],
])('the example reads %s in YAML', (_, name, status, summary) => {
  const file = join(mkdtempSync(join(tmpdir(), 'example-')), 'template.yaml');
  writeFileSync(file, YAML.replace('NAME', name));
  expect(checkTemplate(file)).toMatchObject({ status, stdout: expect.stringMatching(summary) });
});
