import { App, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AUDITING, assemblyOf, removeAssemblies } from './support/assemblies';
import { Story, tell } from './support/story';
import { AuditCheck, FleetAudit, Mitigation, MitigationMode, NoticeFormat } from '../../src';
import { loadExample } from '../../test/support/example-apps';
import { captureLog } from '../../test/support/function-log';
import { afterAuditLines } from '../cli/after-audit-text';

const SHARED = 'c9af477d19b132dbcda4ebbaa61c923d29ef65c44636b929da54acd23f4e40eb';

let example: string;
let approved: Story;

beforeAll(async () => {
  // As the CLI sets it: constructs are known by their paths.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:enable-path-metadata': true });
  example = loadExample('audit-your-iot-fleet').synth().directory;
  approved = await tell(example, []);
});

captureLog();
afterEach(removeAssemblies);

afterAll(() => {
  delete process.env.CDK_CONTEXT_JSON;
});

/** The steps without the texts that they quote. */
function headsOf({ sections }: Story): readonly string[] {
  return sections['What followed the audit'].filter((line) => line !== '' && !line.startsWith('    |'));
}

const TITLE = 'AuditYourIotFleet';
const UP_TO_THE_ANSWER = [
  '  event "IoT Device Defender Audit Completed"',
  '    audit <audit> (on demand) COMPLETED, highest severity CRITICAL',
  '    non-compliant: DEVICE_CERTIFICATE_SHARED_CHECK 1 of 4 resources, '
  + 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK 1 of 3 resources, LOGGING_DISABLED_CHECK 1 of 1 resource',
  '    rule FleetAudit/AutomaticMitigation/Rule to FleetAudit/AuditEvents/Queue: delivered',
  '  mitigation of LOGGING_DISABLED_CHECK with EnableLogging: 1 finding mitigated',
  `  report to FleetAudit/NotificationTopic: ${TITLE}: 1 finding mitigated, 1 resource waiting for approval, `
  + '1 resource only reported',
  '  event "IoT Device Defender Mitigation Completed"',
  '    DEVICE_CERTIFICATE_SHARED_CHECK: 1 resource waiting for approval',
  '    IOT_POLICY_OVERLY_PERMISSIVE_CHECK: 1 resource only reported',
  '    LOGGING_DISABLED_CHECK: 1 finding mitigated',
  `  question to FleetAudit/AutomaticMitigation/ApprovalTopic: ${TITLE}: approve mitigation of 1 resource?`,
];

test('the story of the main example runs from the event to the next audit', () => {
  const { sections, summary } = approved;

  expect(headsOf(approved)).toEqual([
    ...UP_TO_THE_ANSWER,
    '  answer: yes (--answer approve)',
    '  mitigation of DEVICE_CERTIFICATE_SHARED_CHECK with QuarantineThings, then DeactivateCertificate: 1 finding mitigated',
    `  report to FleetAudit/NotificationTopic: ${TITLE}: 1 finding mitigated`,
    '  event "IoT Device Defender Mitigation Completed"',
    '    DEVICE_CERTIFICATE_SHARED_CHECK: 1 finding mitigated',
  ]);
  expect(sections['What changed in the fleet']).toEqual([
    '  logging of AWS IoT: disabled before, ERROR now',
    '  thing valve-1: joined the thing group Quarantine',
    '  thing valve-2: joined the thing group Quarantine',
    `  certificate ${SHARED}: ACTIVE before, INACTIVE now`,
    '',
  ]);
  expect(sections['The next audit']).toEqual([
    'Audit <audit> (on demand) COMPLETED: 2 of 17 checks non-compliant',
    `  CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK deviceCertificateId ${SHARED} (inactive by now): `
    + 'Certificate is used by multiple devices at the same time.',
    expect.stringMatching(/^ {2}CRITICAL IOT_POLICY_OVERLY_PERMISSIVE_CHECK policy ValvePolicy, version 1: .{157}\.\.\.$/),
    '  3 of 17 checks non-compliant before, 2 now',
    '  DEVICE_CERTIFICATE_SHARED_CHECK looks back a month: it finds what happened before a certificate was deactivated.',
    '  Whether AWS still lists a certificate that is inactive by now is unverified.',
    '',
  ]);
  expect(summary).toContain(
    'mitigation: 2 findings mitigated, 4 changes in the fleet, next audit: 3 of 17 checks non-compliant before, 2 now',
  );
});

test('texts are told as people get them, without their tokens and without long reasons', () => {
  const { sections: { 'What followed the audit': lines } } = approved;
  const quoted = lines.filter((line) => line.startsWith('    |'));

  expect(quoted).toContain(
    "    | aws stepfunctions send-task-success --region eu-west-1 --task-token <token> --task-output '{}'",
  );
  expect(quoted).toContainEqual(expect.stringMatching(/^ {4}\| "ValvePolicy" version 1: Policy allows .*\.\.\.$/));
  expect(quoted.filter((line) => line.includes(TITLE))).toEqual([]);
});

test('everything that is asked for is told', () => {
  const { report: { afterAudit: [followed] } } = approved;
  const token = /--task-token (\S+)/.exec(followed.steps.map((step) => 'text' in step ? step.text : '').join())![1];
  const lines = afterAuditLines(followed, true);

  expect(lines.filter((line) => line.includes(token))).toHaveLength(2);
  expect(lines).toContainEqual(expect.stringMatching(/iot:UpdateJobExecution\]\.$/));
});

test('a no leaves alone what was asked about, also if state machines have to try again', async () => {
  const story = await tell(example, [
    '--answer', 'decline', '--fault', 'Publish:throttle', '--fault', 'StartAuditMitigationActionsTask:throttle:2',
  ]);

  expect(headsOf(story)).toEqual([
    ...UP_TO_THE_ANSWER,
    '  answer: no (--answer decline)',
    `  report to FleetAudit/NotificationTopic: ${TITLE}: 1 resource left alone; nothing was touched`,
    '  event "IoT Device Defender Mitigation Completed"',
    '    DEVICE_CERTIFICATE_SHARED_CHECK: 1 resource left alone: declined',
    '  FleetAudit/AutomaticMitigation/StateMachine tried Start again, 2 times, after Iot.ThrottlingException',
    '  FleetAudit/AutomaticMitigation/StateMachine tried PublishReport again, 1 time, after SNS.ThrottledException',
  ]);
  expect(story.report.afterAudit[0].executions).toMatchObject([{ status: 'SUCCEEDED' }]);
  expect(story.sections['What changed in the fleet']).toEqual(['  logging of AWS IoT: disabled before, ERROR now', '']);
  expect(story.sections['The next audit'].join('\n')).not.toContain('inactive');
});

test('without an answer the state machine waits', async () => {
  const story = await tell(example, ['--answer', 'none']);

  expect(headsOf(story)).toEqual([
    ...UP_TO_THE_ANSWER,
    '  answer: nobody answers (--answer none)',
    '  FleetAudit/AutomaticMitigation/StateMachine still waits for an answer',
  ]);
  expect(story.summary).toContain(
    'mitigation: 1 finding mitigated, 1 change in the fleet, '
    + 'next audit: 3 of 17 checks non-compliant before, 2 now, 1 question without an answer',
  );
});

test('where rules only report, nothing changed', async () => {
  const app = new App();
  const audit = new FleetAudit(new Stack(app, 'Fleet'), 'Audit');
  const blank = audit.addMitigationAction('Blank', {
    mitigation: Mitigation.replaceDefaultPolicyVersion([CfnPolicy.fromPolicyName(audit, 'Policy', 'ValvePolicy')]),
    mitigationActionName: 'Blank',
  });
  audit.mitigateAutomatically({
    checks: [AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE], actions: [blank], mode: MitigationMode.REPORT,
  });
  const story = await tell(app.synth().directory, []);

  expect(headsOf(story).slice(-2)).toEqual([
    '  event "IoT Device Defender Mitigation Completed"',
    '    IOT_POLICY_OVERLY_PERMISSIVE_CHECK: 1 resource only reported',
  ]);
  expect(story.sections['What changed in the fleet']).toEqual(['  nothing changed', '']);
  expect(story.sections).not.toHaveProperty('The next audit');
  expect(story.summary).toContain('mitigation: 0 findings mitigated, 0 changes in the fleet');
});

test('notices are told as people see them', async () => {
  const app = new App();
  const audit = new FleetAudit(new Stack(app, 'Fleet'), 'Audit');
  audit.notifyPeople({ topic: new Topic(audit, 'Mails') });
  audit.notifyPeople({ topic: new Topic(audit, 'Chat'), format: NoticeFormat.CHAT });
  const story = await tell(app.synth().directory, []);

  const lines = story.sections['What followed the audit'];
  const summary = 'Fleet: 3 non-compliant resources, CRITICAL at worst';
  expect(lines.filter((line) => line.startsWith('  notice')).sort())
    .toEqual([`  notice to Audit/Chat: ${summary}`, `  notice to Audit/Mails: ${summary}`]);
  const quoted = lines.filter((line) => line.startsWith('    |'));
  expect(quoted).toContain(`    | CRITICAL "${SHARED}": Certificate is used by multiple devices at the same time. `
    + '[DEVICE_CERTIFICATE_...');
  expect(quoted).toContain('    | CRITICAL 2, HIGH 0, MEDIUM 0, LOW 1');
  expect(quoted.join()).not.toContain('client-markdown');
  expect(story.report.afterAudit[0].messagesLeft).toEqual({ inQueues: 0, inDeadLetterQueues: 0 });
  if (process.env.PRINT_STORY) process.stderr.write(`${lines.join('\n')}\n`);
});

test('where nothing follows, nothing is told', async () => {
  const { sections, summary } = await tell(assemblyOf(AUDITING), []);

  expect(sections).toEqual({});
  expect(summary.join('\n')).not.toContain('mitigation');
});

test('the report has each step, what changed, and the next audit', () => {
  const { report: { audits, afterAudit: [followed] } } = approved;

  expect(followed).toEqual({
    account: '123456789012', region: 'eu-west-1', steps: expect.any(Array),
    executions: [{
      stateMachine: 'FleetAudit/AutomaticMitigation/StateMachine', name: audits[0].taskId, status: 'SUCCEEDED',
      state: 'Done', isAsking: false, retries: [],
    }],
    alarms: [
      expect.objectContaining({ alarm: 'FleetAudit/AuditEvents/DeadLetterAlarm', state: 'OK' }),
      expect.objectContaining({ alarm: 'FleetAudit/AutomaticMitigation/FailedExecutionsAlarm', state: 'OK' }),
    ],
    messagesLeft: { inQueues: 0, inDeadLetterQueues: 0 },
    fleetChanges: [
      { change: 'logging', before: 'disabled', after: 'ERROR' },
      { change: 'thing groups', thingName: 'valve-1', joined: 'Quarantine' },
      { change: 'thing groups', thingName: 'valve-2', joined: 'Quarantine' },
      { change: 'certificate status', certificateId: SHARED, before: 'ACTIVE', after: 'INACTIVE' },
    ],
    nextAudit: expect.objectContaining({
      nonCompliantChecks: 2, inactiveCertificates: [SHARED],
      before: { taskId: audits[0].taskId, nonCompliantChecks: 3, totalChecks: 17 },
    }),
  });
  expect(followed.steps.map(({ step }) => step)).toEqual([
    'event', 'mitigation task', 'report', 'event', 'question', 'answer', 'mitigation task', 'report', 'event',
  ]);
  expect(followed.steps[1]).toEqual({
    step: 'mitigation task', time: expect.stringMatching(/^\d{4}-.*Z$/), status: 'COMPLETED',
    taskId: expect.stringContaining(audits[0].taskId), auditTaskId: audits[0].taskId,
    checks: [{
      checkName: 'LOGGING_DISABLED_CHECK', actions: ['EnableLogging'], succeeded: 1, failed: 0, skipped: 0, canceled: 0,
    }],
  });
});

test('the files of an archive are listed, written with no more than the policies of the function allow', async () => {
  const stack = new Stack(new App(), 'Fleet', { env: { account: '123456789012', region: 'eu-west-1' } });
  new FleetAudit(stack, 'FleetAudit').archiveFindings();

  const { report, sections } = await tell((stack.node.root as App).synth().directory, []);

  const { storedObjects } = report.afterAudit[0];
  const day = new Date().toISOString().slice(0, 'yyyy-MM-dd'.length);
  expect(storedObjects?.map(({ key, lines }) => `${key.replace(/[0-9a-f]{32}/, '<audit>')} ${lines}`.replace(day, '<day>')))
    .toEqual([
      'checks/day=<day>/123456789012.eu-west-1.<audit>.json.gz 17',
      'findings/day=<day>/123456789012.eu-west-1.<audit>.DEVICE_CERTIFICATE_SHARED_CHECK.json.gz 1',
      'findings/day=<day>/123456789012.eu-west-1.<audit>.IOT_POLICY_OVERLY_PERMISSIVE_CHECK.json.gz 1',
      'findings/day=<day>/123456789012.eu-west-1.<audit>.LOGGING_DISABLED_CHECK.json.gz 1',
    ]);
  expect(sections['What was stored'].slice(0, 2)).toEqual([
    '  in FleetAudit/FindingsArchive/Bucket',
    expect.stringMatching(/^ {4}checks\/day=.*\/123456789012\.eu-west-1\.<audit>\.json\.gz: 17 lines, \d+ bytes$/),
  ]);
  expect(report.afterAudit[0].messagesLeft).toEqual({ inQueues: 0, inDeadLetterQueues: 0 });
});

test('a state machine that takes too long is not waited for', async () => {
  const story = await tell(
    example, ['--fault', 'StartAuditMitigationActionsTask:limitExceeded:always'], { longestWait: 3000 },
  );

  expect(headsOf(story).slice(-3)).toEqual([
    expect.stringMatching(/StateMachine tried Start again, \d+ times, after Iot\.LimitExceededException$/),
    '  FleetAudit/AutomaticMitigation/StateMachine still runs, at Start',
    '  The rehearsal has waited for 3 s and goes on: something has not come to its end.',
  ]);
  expect(story.report.afterAudit[0].stoppedWaitingAfter).toBe(3000);
  expect(story.sections['What changed in the fleet']).toEqual(['  nothing changed', '']);
});

test('a message that the function cannot handle is told', async () => {
  const story = await tell(example, ['--fault', 'PutEvents:accessDenied:always'], {
    // Only a process can be ended while it tries again.
    longestWait: 2000, inProcess: undefined,
  });

  expect(headsOf(story)).toEqual([
    '  The rehearsal has waited for 2 s and goes on: something has not come to its end.',
    '  messages left in a queue, which AWS would try again later: 1',
  ]);
  expect(story.summary).toContain('mitigation: 0 findings mitigated, 0 changes in the fleet, 1 message not handled');
});
