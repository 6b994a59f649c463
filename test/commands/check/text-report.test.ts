import { check, inDirectoryWith } from './support/running';
import { CLOSED, DEPENDENT, LOGS, OPEN, PARENT, SILENT, policyYaml } from './support/templates';

beforeAll(() => inDirectoryWith({
  'open.yaml': OPEN,
  'closed.yaml': CLOSED,
  'silent.yaml': SILENT,
  'dependent.yaml': DEPENDENT,
  'parent.yaml': PARENT,
  'mistaken.yaml': policyYaml('arn:aws:iot:eu-west-1:123456789012:topic/a', { name: 'Mistaken' }),
  'settings/one.yaml': 'a: 1',
  'settings/two.json': '[]',
}));

/** Advice is not the report's own, and pages may move. */
const WAY_OUT = /(?<=^ *Way out: ).*$/gm;
const withoutAdvice = (text: string) => text.replace(WAY_OUT, '(advice)');

test('a template without a fault', async () => {
  expect((await check(['closed.yaml', LOGS])).out).toBe(`\
1 template, 1 resource judged: 1 compliant
Exit code 0: nothing is non-compliant`);
});

test('a fault: where it is, the statement, why, and the way out', async () => {
  expect((await check(['silent.yaml'])).out).toBe(`\
LOW  LOGGING_DISABLED_CHECK

  silent.yaml:7  Logs (AWS::IoT::Logging)
    AWS IoT writes no logs with the default log level DISABLED [LOGGING_DISABLED]
        7 | DISABLED

  Way out: set DefaultLogLevel to ERROR, WARN, INFO or DEBUG
  See https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-logging-disabled.html

1 template, 1 resource judged: 1 non-compliant
Exit code 0: no finding is CRITICAL`);
});

test('the worst first, then what cannot be decided, remarks, what was not read, and what is ignored', async () => {
  const { out } = await check([
    'silent.yaml', 'parent.yaml', 'mistaken.yaml', 'dependent.yaml', 'open.yaml', 'typo.yaml', 'closed.yaml',
    '--ignore', 'LOGGING_DISABLED:Logs=SEC-112: the gateways log',
  ]);
  expect(withoutAdvice(out)).toBe(`\
CRITICAL  IOT_POLICY_OVERLY_PERMISSIVE_CHECK

  open.yaml:9  Open (AWS::IoT::Policy)
    The policy allows iot:Connect on * [ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS]
        9 | { "Effect": "Allow", "Action": "iot:Connect", "Resource": "*" }

  Way out: (advice)
  See https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html

UNDECIDED  what only the deployment decides, or AWS does not document

  dependent.yaml:8  Dependent (AWS::IoT::Policy)
    CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK
    The policy cannot be judged for certain: the parameter Env

  Way out: (advice)

REMARKS  worth a look; no audit reports it

  mistaken.yaml:9  Mistaken (AWS::IoT::Policy)
    The statement allows nothing with iot:Connect, which needs a resource such as \
arn:aws:iot:REGION:ACCOUNT:client/NAME, and has arn:aws:iot:eu-west-1:123456789012:topic/a

NOT READ  what it deploys is not known

  parent.yaml:2  Child (AWS::CloudFormation::Stack)
    Not all that the template deploys can be seen: the template of the nested stack Child is not in it

  typo.yaml
    The template cannot be read: there is no such file

IGNORED  as told

  LOGGING_DISABLED_CHECK:Logs (1 finding): SEC-112: the gateways log

6 templates, 5 resources judged: 1 non-compliant, 1 undecided, 2 compliant, 1 ignored; 1 file could not be read
Exit code 1: 1 finding is CRITICAL, 1 file or part could not be read`);
});

test('a way out is told once for all that it helps', async () => {
  inDirectoryWith({ 'one.yaml': OPEN, 'two.yaml': OPEN });
  const { out } = await check(['two.yaml', 'one.yaml', LOGS]);
  expect(out.match(/^ {2}\S+:\d+/gm)).toEqual(['  one.yaml:9', '  two.yaml:9']);
  expect(out.match(WAY_OUT)).toHaveLength(1);
});

test('of many faults in one policy, the first statements are shown', async () => {
  const statements = [
    'Connect', 'Publish', 'Subscribe', 'GetThingShadow', 'UpdateThingShadow', 'DeleteThingShadow',
  ].map((operation) => ({ Effect: 'Allow', Action: `iot:${operation}`, Resource: '*' }));
  inDirectoryWith({
    'many.json': {
      Resources: {
        Open: {
          Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: { Statement: statements } },
        },
      },
    },
  });
  const { out } = await check(['many.json', LOGS]);
  expect(out.match(/^ +\d+(?= \| )/gm)?.map(Number)).toEqual([8, 13, 18, 23, 28]);
  expect(out).toMatch(/\n {10}and 1 more statement\n/);
});

test('a long statement is cut', async () => {
  inDirectoryWith({ 'long.yaml': policyYaml(`["*", ${'"arn:aws:s3:::b", '.repeat(200)}"*"]`) });
  const { out } = await check(['long.yaml', LOGS]);
  const [statement] = /^ +9 \| .*$/m.exec(out)!;
  expect(statement).toMatch(/^ {8}9 \| \{ "Effect": "Allow", "Action": "iot:Connect", "Resource": \["\*", "arn.* \.\.\.$/);
  expect(statement).toHaveLength('        9 | '.length + 300 + ' ...'.length);
});

test('files that hold no templates are named, ten of them', async () => {
  const files = Array.from({ length: 12 }, (_, index) => `s/${String(index).padStart(2, '0')}.json`);
  inDirectoryWith({ 'a.yaml': CLOSED, ...Object.fromEntries(files.map((file) => [file, '{}'])) });
  const { code, out } = await check(['**/*', LOGS]);
  expect([code, out.split('\n')[0]])
    .toEqual([0, `12 files are no templates: ${files.slice(0, 10).join(', ')} and 2 more`]);
});

describe('on a terminal', () => {
  beforeAll(() => inDirectoryWith({ 'open.yaml': OPEN, 'closed.yaml': CLOSED }));

  const ESCAPE = '\u001b';
  const plain = (text: string) => text.replace(/\u001b\[\d+m/g, ''); // eslint-disable-line no-control-regex

  test('lines are as wide as it is, up to 120 characters', async () => {
    for (const [columns, width] of [[60, 60], [100, 100], [500, 120]]) {
      const { out } = await check(['open.yaml', LOGS], { columns });
      const lines = plain(out).split('\n').filter((line) => !line.includes('https://'));
      const longest = Math.max(...lines.map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(width);
      expect(longest).toBeGreaterThan(width - 20);
    }
  });

  test('there are colours, and the words are the same', async () => {
    const { out } = await check(['closed.yaml', LOGS], { columns: 80 });
    expect(out).toBe(`1 template, 1 resource judged: 1 compliant
${ESCAPE}[1m${ESCAPE}[32mExit code 0: nothing is non-compliant${ESCAPE}[0m`);
    expect((await check(['open.yaml', LOGS], { columns: 80 })).out).toContain(`${ESCAPE}[1m${ESCAPE}[31mCRITICAL`);
  });

  test.each<[isColoured: boolean, env: NodeJS.ProcessEnv, columns: number | undefined]>([
    [true, {}, 80],
    [true, { NO_COLOR: '' }, 80],
    [false, { NO_COLOR: '1' }, 80],
    [false, { TERM: 'dumb' }, 80],
    [false, { FORCE_COLOR: '0' }, 80],
    [false, {}, undefined],
    [false, { NO_COLOR: '1' }, undefined],
    [true, { FORCE_COLOR: '1' }, undefined],
    [true, { FORCE_COLOR: '' }, undefined],
    [true, { FORCE_COLOR: '3', NO_COLOR: '1' }, undefined],
    [false, { FORCE_COLOR: 'false' }, undefined],
  ])('colours: %j with %j and %j columns', async (isColoured, env, columns) => {
    expect((await check(['open.yaml', LOGS], { columns, env })).out.includes(ESCAPE)).toBe(isColoured);
  });

  test.each(['json', 'sarif'])('there is no colour in %s', async (format) => {
    const { out } = await check(['open.yaml', '--format', format], { columns: 80, env: { FORCE_COLOR: '1' } });
    expect(out).not.toContain(ESCAPE);
    expect(JSON.parse(out)).toBeInstanceOf(Object);
  });
});
