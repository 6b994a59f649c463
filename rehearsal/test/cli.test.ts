import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { AUDITING, CONFIGURATION, assemblyOf, removeAssemblies } from './support/assemblies';
import { ANSWERING, customResource, inlineFunction, role } from './support/running-account';
import { loadExample } from '../../test/support/example-apps';
import { rehearseCommand } from '../cli/command';
import { parseOptions } from '../cli/options';
import { rehearse } from '../cli/rehearse';
import type { RehearsalReport } from '../cli/report';
import { synthesize } from '../cli/synthesis';

const ROOT = join(__dirname, '..', '..');

afterEach(removeAssemblies);

async function run(
  directory: string,
  ...args: string[]
): Promise<{ succeeded: boolean; lines: string[]; errors: string[] }> {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await rehearseCommand(['--app', directory, ...args], {
    out: (line) => lines.push(line.trimEnd()), error: (line) => errors.push(line.trimEnd()),
  });
  return { succeeded: code === 0, lines, errors };
}

/** The lines from the one that is given up to the summary, without repeated blanks. */
function linesFrom(lines: readonly string[], first: string): string[] {
  return lines.slice(lines.indexOf(first), lines.indexOf('Summary')).map((line) => line.trim().replace(/ {2,}/g, ' '));
}

function summaryOf(lines: readonly string[]): string[] {
  return lines.slice(lines.indexOf('Summary') + 1).map((line) => line.trim());
}

/** The lines before the summary that contain one of some texts, without repeated blanks. */
function linesWith(lines: readonly string[], ...texts: string[]): string[] {
  return lines
    .slice(0, lines.indexOf('Summary'))
    .filter((line) => texts.some((text) => line.includes(text)))
    .map((line) => line.trim().replace(/ {2,}/g, ' '));
}

test('the main example deploys, and its audit finds the three problems of the sample fleet', async () => {
  const { succeeded, lines: all } = await run(loadExample('audit-your-iot-fleet').synth().directory);
  const lines = all.slice(0, all.indexOf('What followed the audit'));

  expect(succeeded).toBe(true);
  expect(lines[0]).toContain('This is a stand-in for AWS IoT Device Defender audit');
  expect(lines).toContain('AuditYourIotFleet CREATE_COMPLETE');
  expect(linesWith(lines, 'Audit ')).toEqual([
    expect.stringMatching(/^Audit \w+ \(on demand\) COMPLETED: 3 of 17 checks non-compliant$/),
  ]);
  expect(linesWith(lines, 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW')).toEqual([
    expect.stringMatching(
      /^CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK deviceCertificateId [0-9a-f]{64}: Certificate is used by multiple devices at the same time\.$/,
    ),
    expect.stringMatching(/^CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK policy ValvePolicy, version 1: /),
    'LOW LOGGING_DISABLED_CHECK account 123456789012: AWS IoT logs are not enabled in CloudWatch.',
  ]);
  expect(linesWith(lines, ': audit ')).toEqual([
    expect.stringMatching(/^to FleetAudit\w*NotificationTopic\w*: audit \w+ COMPLETED, 3 of 17 checks non-compliant$/),
  ]);
});

test('what a function says to turn the terminal round is written as numbers', async () => {
  const code = `${ANSWERING}
    exports.handler = (event) => answer(event, { Status: 'FAILED', Reason: 'as \\u202edesired\\u009b31m' });`;
  const { lines } = await run(assemblyOf({ Resources: { Function: inlineFunction(code), Thing: customResource() } }));

  expect(linesWith(lines, 'Message returned')).toEqual(
    Array(2).fill(expect.stringContaining('Message returned: as \\u{202E}desired\\u{9B}31m')),
  );
});

test('every resource has a line, and what it printed only if asked for', async () => {
  const quiet = await run(assemblyOf(AUDITING));
  const verbose = await run(assemblyOf(AUDITING), '--verbose');

  expect(
    quiet.lines
      .slice(quiet.lines.indexOf('Fleet CREATE_IN_PROGRESS'), quiet.lines.indexOf('Fleet CREATE_COMPLETE') + 1)
      .map((line) => line.replace(/ {2,}/g, ' ')),
  ).toEqual([
    'Fleet CREATE_IN_PROGRESS', ' create done Audit/Configuration AWS::IoT::AccountAuditConfiguration',
    ' create done Function AWS::Lambda::Function', ' create done Audit Custom::Thing', 'Fleet CREATE_COMPLETE',
  ]);
  expect(linesWith(quiet.lines, 'handling')).toEqual([]);
  expect(linesWith(verbose.lines, 'handling', 'create_in_progress Audit')).toEqual([
    'create_in_progress Audit', expect.stringMatching(/: handling Create$/),
  ]);
});

test('a deployment that would fail says why, with what the function printed, and that nothing is left', async () => {
  const { succeeded, lines } = await run(
    assemblyOf({
      ...AUDITING,
      Resources: { ...AUDITING.Resources, Configuration: { ...CONFIGURATION, DeletionPolicy: 'Delete' } },
    }),
    '--fault', 'StartOnDemandAuditTask:limitExceeded', '--delete',
  );

  expect(succeeded).toBe(false);
  expect(linesWith(lines, 'FAILED', 'handling Create', 'ROLLBACK_COMPLETE')).toEqual([
    'create FAILED Audit Custom::Thing: Received response status [FAILED] from custom resource. Message returned: LimitExceededException',
    expect.stringMatching(/^Fleet-Function-\w+: handling Create$/),
    'Fleet ROLLBACK_COMPLETE',
  ]);
  expect(linesWith(lines, 'No audit ran.', 'No notification went out.', 'no audit configuration')).toHaveLength(3);
});

test('a fault of the surrounding services reaches the function', async () => {
  const { succeeded, lines } = await run(assemblyOf(AUDITING), '--fault', 'PutAnswer:dropConnection:always');

  expect(succeeded).toBe(false);
  expect(linesWith(lines, 'create FAILED')).toEqual([
    expect.stringContaining('CloudFormation did not receive a response from your Custom Resource'),
  ]);
});

test('an update starts from the previous assembly, which is deployed quietly', async () => {
  const { succeeded, lines } = await run(
    assemblyOf({ Resources: { Kept: role('2'), New: role() } }), '--previous',
    assemblyOf({ Resources: { Kept: role('1'), Gone: role() } }),
  );

  expect(succeeded).toBe(true);
  expect(linesFrom(lines, 'Fleet is deployed as it was before.')).toEqual([
    'Fleet is deployed as it was before.', 'Fleet UPDATE_IN_PROGRESS', 'update done Kept AWS::IAM::Role',
    'create done New AWS::IAM::Role', 'Fleet UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'delete done Gone AWS::IAM::Role',
    'Fleet UPDATE_COMPLETE', '', 'No audit ran.', 'No notification went out.', '',
  ]);
});

test('a previous assembly that fails ends the rehearsal', async () => {
  const { Properties: { AuditCheckConfigurations: _checks, ...properties } = {} } = CONFIGURATION;
  const { succeeded, lines } = await run(
    assemblyOf(AUDITING), '--previous',
    assemblyOf({ Resources: { Configuration: { ...CONFIGURATION, Properties: properties } } }),
  );

  expect(succeeded).toBe(false);
  expect(lines).toContain('The previous deployment fails:');
  expect(linesWith(lines, 'Fleet CREATE_COMPLETE')).toEqual([]);
});

test('deleting shows what stays', async () => {
  const { succeeded, lines } = await run(assemblyOf(AUDITING), '--delete');

  expect(succeeded).toBe(true);
  expect(linesFrom(lines, 'What stays')).toEqual([
    'What stays', 'retained Audit/Configuration AWS::IoT::AccountAuditConfiguration 123456789012',
    "the account's audit configuration, with 3 checks enabled", 'scheduled audits: none', 'mitigation actions: none',
    'logging of AWS IoT: disabled', '',
  ]);
});

test('a template that the rehearsal cannot deploy fails with the reason', async () => {
  const { succeeded, lines } = await run(assemblyOf({ Resources: { Nested: { Type: 'AWS::CloudFormation::Stack' } } }));

  expect(succeeded).toBe(false);
  expect(lines).toContain('Fleet cannot be deployed: The rehearsal does not deploy nested stacks, such as Nested');
});

test('a stack is deployed to the account and region that it is bound for', async () => {
  const { lines } = await run(
    assemblyOf({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }, 'aws://111111111111/us-gov-west-1'),
  );

  expect(lines).toContain('Account 111111111111, region us-gov-west-1');
});

test('the summary says how each stack ended, what audits found and that it is a model', async () => {
  const { lines } = await run(assemblyOf(AUDITING), '--delete');

  expect(summaryOf(lines)).toEqual([
    'deploy Fleet: CREATE_COMPLETE, 3 created',
    'delete Fleet: DELETE_COMPLETE, 2 deleted, 1 retained',
    'audits: 1, findings: 2 CRITICAL, 1 LOW, notifications: 1',
    'The rehearsal succeeded. It ran on a model built from documents: AWS may answer differently.',
  ]);
});

test('the summary says what failed and why', async () => {
  const { lines } = await run(assemblyOf(AUDITING), '--fault', 'StartOnDemandAuditTask:limitExceeded');

  expect(summaryOf(lines)).toEqual([
    'deploy Fleet: ROLLBACK_COMPLETE, 2 created, 2 deleted, 1 retained',
    'create failed: Audit (Custom::Thing): Received response status [FAILED] from custom resource. Message returned: LimitExceededException',
    'audits: 0, findings: none, notifications: 0',
    'The rehearsal failed: the deployment would fail, as far as the model knows AWS.',
  ]);
});

test('as JSON, the report is all that the output has, and says that it is a model', async () => {
  const { lines, errors, succeeded } = await run(assemblyOf(AUDITING), '--format', 'json', '--delete');
  const report = JSON.parse(lines.join('\n')) as RehearsalReport;

  expect(succeeded).toBe(true);
  expect(errors).toEqual(expect.arrayContaining(['Fleet CREATE_COMPLETE', 'What stays']));
  expect(report).toEqual({
    disclaimer: expect.stringContaining('a model built from public documentation'),
    outcome: 'succeeded',
    stacks: [
      {
        stackName: 'Fleet', account: '123456789012', region: 'eu-west-1', operation: 'deploy',
        status: 'CREATE_COMPLETE', resources: { created: 3, updated: 0, deleted: 0, retained: 0 }, failures: [],
        notRehearsed: [],
      },
      expect.objectContaining({ operation: 'delete', status: 'DELETE_COMPLETE' }),
    ],
    audits: [
      {
        account: '123456789012', region: 'eu-west-1', taskId: expect.any(String), kind: 'on demand',
        status: 'COMPLETED', totalChecks: 3, nonCompliantChecks: 3, bySeverity: { CRITICAL: 2, LOW: 1 },
        findings: expect.any(Array), failedChecks: [],
      },
    ],
    notifications: [
      {
        account: '123456789012', region: 'eu-west-1', targetArn: 'arn:aws:sns:eu-west-1:123456789012:audits',
        target: 'audits',
        text: expect.stringMatching(/^audit \w+ COMPLETED, 3 of 3 checks non-compliant$/),
      },
    ],
    afterAudit: [
      {
        account: '123456789012', region: 'eu-west-1', steps: [], executions: [], fleetChanges: [],
        messagesLeft: { inQueues: 0, inDeadLetterQueues: 0 },
      },
    ],
    remains: [
      expect.objectContaining({
        resources: [
          {
            resource: 'Audit/Configuration', type: 'AWS::IoT::AccountAuditConfiguration', reason: 'retained',
            physicalId: '123456789012',
          },
        ],
      }),
    ],
  });
  expect(report.audits[0].findings).toHaveLength(3);
});

test('as JSON, failures are told too, in plain ASCII', async () => {
  const code = `${ANSWERING} exports.handler = (event) => answer(event, { Status: 'FAILED', Reason: 'as \\u202edesired' });`;
  const { lines, succeeded } = await run(
    assemblyOf({ Resources: { Function: inlineFunction(code), Thing: customResource() } }), '--format', 'json',
  );

  expect(succeeded).toBe(false);
  expect(lines.join('\n')).toMatch(/^[\n\x20-\x7e]*$/);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    outcome: 'failed',
    stacks: [
      {
        status: 'ROLLBACK_FAILED',
        failures: ['create', 'delete'].map((action) => ({
          action, resource: 'Thing', type: 'Custom::Thing', reason: expect.stringContaining('as \u202edesired'),
        })),
      },
    ],
  });
});

test('an app that cannot be synthesized is a report, too', async () => {
  const lines: string[] = [];

  expect(
    await rehearseCommand(['--app', 'exit 3', '--format', 'json'], {
      out: (line) => lines.push(line), error: () => undefined,
    }),
  ).toBe(1);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    outcome: 'failed', reason: 'Synthesis failed: exit 3: it ended with exit code 3', stacks: [],
  });
});

test.each([
  [
    'a runtime other than Node.js', inlineFunction('', { Runtime: 'python3.13' }),
    'The rehearsal runs Node.js functions only, not python3.13',
  ],
  [
    'an image', inlineFunction('', { Code: { ImageUri: 'image' } }),
    'The rehearsal runs code from directories only, not from archives or images',
  ],
  [
    'a module of the SDK', inlineFunction("require('@aws-sdk/client-dynamodb')"),
    'The rehearsal has no module @aws-sdk/client-dynamodb, which the function needs',
  ],
  [
    'a module of the SDK, although the function makes an error of its own of it',
    inlineFunction(`${ANSWERING} exports.handler = (event) => {
      try { require('@aws-sdk/client-dynamodb') } catch { return answer(event, { Status: 'FAILED', Reason: 'no module' }) }
    }`),
    'The rehearsal has no module @aws-sdk/client-dynamodb, which the function needs',
  ],
  [
    'another service',
    inlineFunction(`const { LambdaClient, ListFunctionsCommand } = require('@aws-sdk/client-lambda');
      exports.handler = async () => new LambdaClient({ maxAttempts: 1 }).send(new ListFunctionsCommand({}));`),
    'The rehearsal has no stand-in for GET /2015-03-31/functions of lambda, which the function calls',
  ],
  [
    'another operation of AWS IoT',
    inlineFunction(`const { IoTClient, ListThingsCommand } = require('@aws-sdk/client-iot');
      exports.handler = async () => new IoTClient({ maxAttempts: 1 }).send(new ListThingsCommand({}));`),
    'The rehearsal has no stand-in for GET /things of iot, which the function calls',
  ],
])(
  'a custom resource whose function needs %s is taken for done, and said to be not rehearsed',
  async (_what, fn, reason) => {
    const { succeeded, lines } = await run(
      assemblyOf({
        Resources: { Function: fn, Thing: customResource(), After: role({ 'Fn::GetAtt': ['Thing', 'Value'] }) },
      }),
      '--delete',
    );

    expect(succeeded).toBe(true);
    expect(linesWith(lines, 'not rehearsed')).toEqual([`create done Thing Custom::Thing: not rehearsed: ${reason}`]);
    expect(summaryOf(lines).slice(0, 3)).toEqual([
      'deploy Fleet: CREATE_COMPLETE, 3 created', `not rehearsed: Thing (Custom::Thing): ${reason}`,
      'delete Fleet: DELETE_COMPLETE, 3 deleted',
    ]);
  },
);

test('a step that takes long is mentioned', async () => {
  const lines: string[] = [];
  const code = `${ANSWERING} exports.handler = async (event) => { await new Promise((resolve) => setTimeout(resolve, 600)); await answer(event, {}); };`;
  const directory = assemblyOf({ Resources: { Function: inlineFunction(code), Thing: customResource() } });
  await rehearse(directory, parseOptions([]), (line) => lines.push(line), { longStep: 200 });

  expect(lines.map((line) => line.trim().replace(/ {2,}/g, ' '))).toContainEqual(
    expect.stringMatching(/^create \.\.\. Thing: at work for \d s$/),
  );
});

test('a command is synthesized with the context and the output directory that the CDK CLI would give it', () => {
  const script = `const { writeFileSync } = require('node:fs'); const { CDK_OUTDIR, CDK_DEFAULT_REGION, CDK_CONTEXT_JSON } = process.env;
    writeFileSync(CDK_OUTDIR + '/manifest.json', JSON.stringify({ CDK_DEFAULT_REGION, context: JSON.parse(CDK_CONTEXT_JSON) }));`;
  const { directory, remove } = synthesize(`node -e "${script.replace(/"/g, '\\"').replace(/\n */g, ' ')}"`, {
    account: '123456789012', region: 'eu-west-1',
  });

  // eslint-disable-next-line @typescript-eslint/no-require-imports
  expect(require(join(directory, 'manifest.json'))).toMatchObject({
    CDK_DEFAULT_REGION: 'eu-west-1', context: { 'aws:cdk:enable-path-metadata': true },
  });
  remove();
  expect(() => synthesize('exit 3', { account: '123456789012', region: 'eu-west-1' })).toThrow(
    'Synthesis failed: exit 3: it ended with exit code 3',
  );
  expect(() => synthesize(__dirname, { account: '123456789012', region: 'eu-west-1' })).toThrow(
    `--app: the directory ${__dirname} holds no cloud assembly`,
  );
  expect(() => synthesize('true', { account: '123456789012', region: 'eu-west-1' })).toThrow(
    'Synthesis failed: true: it wrote no cloud assembly',
  );
});

describe('the command', () => {
  async function command(...args: string[]): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(ROOT, 'assets', 'commands', 'cdk-iot-fleet-audit.js'), 'rehearse', ...args],
        { cwd: ROOT },
        (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
      );
    });
  }

  test('ends with 0, 1 or 2', async () => {
    const directory = assemblyOf(AUDITING);
    const [fine, failing, mistaken, unsynthesizable, help] = await Promise.all([
      command('--app', directory), command('--app', directory, '--fault', 'StartOnDemandAuditTask:accessDenied'),
      command('--falt', 'x'), command('--app', 'exit 1'), command('--help'),
    ]);

    expect(fine).toMatchObject({ code: 0, output: expect.stringContaining('Fleet CREATE_COMPLETE') });
    expect(failing).toMatchObject({ code: 1, output: expect.stringContaining('Fleet ROLLBACK_COMPLETE') });
    expect(mistaken).toMatchObject({
      code: 2, output: expect.stringMatching(/Unknown option '--falt'.*Try --help\./s),
    });
    expect(unsynthesizable).toMatchObject({ code: 1, output: expect.stringContaining('Synthesis failed') });
    expect(help).toMatchObject({ code: 0, output: expect.stringContaining('npx cdk-iot-fleet-audit rehearse') });
  }, 30_000);
});
