import { checkJson, inDirectoryWith } from './support/running';
import { CLOSED, DEPENDENT, LOGS, OPEN, PARENT, SILENT, policyYaml } from './support/templates';
import { HELP } from '../../../commands/check/help';
import { name, version } from '../../../package.json';

const PAGES = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide';

beforeAll(() => inDirectoryWith({
  'stacks/open.yaml': OPEN,
  'closed.yaml': CLOSED,
  'silent.yaml': SILENT,
  'dependent.yaml': DEPENDENT,
  'parent.yaml': PARENT,
  'mistaken.yaml': policyYaml('arn:aws:iot:eu-west-1:123456789012:topic/a', { name: 'Mistaken' }),
  'found/settings.json': {},
}));

test('the whole document', async () => {
  const { code, error, ...document } = await checkJson(
    'stacks/open.yaml', 'silent.yaml', 'typo.yaml', 'found/*', '--ignore', 'LOGGING_DISABLED:Logs=SEC-112',
    '--ignore', 'CA_CERTIFICATE_EXPIRING:Old=gone',
  );
  expect(code).toBe(1);
  expect(error).toBe('--ignore: nothing is ignored by CA_CERTIFICATE_EXPIRING_CHECK:Old');
  expect(document).toStrictEqual({
    version: 1,
    tool: { name, version },
    summary: {
      templates: 2,
      resources: 2,
      nonCompliant: 1,
      undecided: 0,
      compliant: 0,
      ignored: 1,
      unreadFiles: 1,
      exitCode: 1,
      exitReason: '1 finding is CRITICAL, 1 file or part could not be read',
    },
    findings: [
      {
        check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
        severity: 'CRITICAL',
        verdict: 'NON_COMPLIANT',
        reasonCode: 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS',
        file: 'stacks/open.yaml',
        line: 9,
        resource: 'Open',
        type: 'AWS::IoT::Policy',
        failing: true,
        statements: [{
          line: 9,
          path: ['Properties', 'PolicyDocument', 'Statement', '0'],
          value: { Effect: 'Allow', Action: 'iot:Connect', Resource: '*' },
        }],
        why: 'The policy allows iot:Connect on *',
        fix: expect.stringMatching(/^put /),
        documentation: `${PAGES}/audit-chk-iot-policy-permissive.html`,
      },
      {
        check: 'LOGGING_DISABLED_CHECK',
        severity: 'LOW',
        verdict: 'NON_COMPLIANT',
        reasonCode: 'LOGGING_DISABLED',
        file: 'silent.yaml',
        line: 7,
        resource: 'Logs',
        type: 'AWS::IoT::Logging',
        failing: false,
        ignored: { reason: 'SEC-112' },
        statements: [{ line: 7, path: ['Properties', 'DefaultLogLevel'], value: 'DISABLED' }],
        why: 'AWS IoT writes no logs with the default log level DISABLED',
        fix: 'set DefaultLogLevel to ERROR, WARN, INFO or DEBUG',
        documentation: `${PAGES}/audit-chk-logging-disabled.html`,
      },
    ],
    unread: [{ file: 'typo.yaml', failing: true, reason: 'The template cannot be read: there is no such file' }],
    skipped: [{ file: 'found/settings.json', reason: 'no CloudFormation template: it has no Resources' }],
    notes: ['--ignore: nothing is ignored by CA_CERTIFICATE_EXPIRING_CHECK:Old'],
  });
});

test('undecided findings, remarks and parts that cannot be seen', async () => {
  const { code, findings, summary, unread } = await checkJson('dependent.yaml', 'mistaken.yaml', 'parent.yaml', LOGS);
  expect(findings).toMatchObject([
    {
      check: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
      severity: 'CRITICAL',
      verdict: 'UNDECIDED',
      file: 'dependent.yaml',
      resource: 'Dependent',
      failing: false,
      why: expect.stringContaining('the parameter Env'),
    },
    { check: 'STATEMENT_WITHOUT_EFFECT', verdict: 'REMARK', file: 'mistaken.yaml', line: 9, failing: false },
  ]);
  expect(findings.every((finding) => !('reasonCode' in finding))).toBe(true);
  expect(findings[1]).not.toHaveProperty('severity');
  expect(unread).toStrictEqual([{
    file: 'parent.yaml',
    line: 2,
    resource: 'Child',
    type: 'AWS::CloudFormation::Stack',
    failing: false,
    reason: expect.stringMatching(/^Not all that the template deploys can be seen: /),
  }]);
  expect([code, summary]).toEqual([0, expect.objectContaining({
    templates: 3, resources: 2, nonCompliant: 0, undecided: 1, compliant: 1, unreadFiles: 0,
  })]);
});

test('a resource counts once, by the worst that is found about it', async () => {
  const certain = policyYaml('"*"', { action: '[iot:Connect, iot:Publish]' });
  inDirectoryWith({ 'a.yaml': certain, 'b.yaml': certain });
  const { findings, summary } = await checkJson('a.yaml', 'b.yaml', LOGS);
  expect(findings.length).toBeGreaterThanOrEqual(2);
  expect(summary).toMatchObject({ resources: 2, nonCompliant: 2, undecided: 0, compliant: 0 });
});

test('no template, no finding', async () => {
  expect(await checkJson('typo.yaml')).toMatchObject({
    code: 2, findings: [], unread: [{ file: 'typo.yaml' }], summary: { templates: 0, resources: 0, exitCode: 2 },
  });
});

test('the help describes all that is in it', async () => {
  inDirectoryWith({ 'open.yaml': OPEN });
  const { code, error, ...document } = await checkJson('open.yaml', 'typo.yaml', LOGS);
  const [described] = /\nThe JSON document has\n(.*?)\n\n/s.exec(HELP)!;
  for (const key of [
    ...Object.keys(document), ...Object.keys(document.summary), ...Object.keys(document.findings[0]),
    ...Object.keys(document.findings[0].statements[0]), ...Object.keys(document.unread[0]),
  ]) expect(described).toMatch(new RegExp(`\\b${key}\\b`));
});
