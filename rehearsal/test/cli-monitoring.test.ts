import { App, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Story, tell } from './support/story';
import { AuditCheck, AuditSchedule, FleetAudit, LogLevel, Mitigation } from '../../src';
import { loadExample } from '../../test/support/example-apps';
import { captureLog } from '../../test/support/function-log';

beforeAll(() => {
  // As the CLI sets it: constructs are known by their paths.
  process.env.CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:enable-path-metadata': true });
});

captureLog();

afterAll(() => {
  delete process.env.CDK_CONTEXT_JSON;
});

function auditOf(): { readonly audit: FleetAudit; readonly synth: () => string } {
  const app = new App();
  const audit = new FleetAudit(new Stack(app, 'Fleet', { env: { account: '123456789012', region: 'eu-west-1' } }), 'Audit', {
    schedules: [AuditSchedule.daily()],
  });
  return { audit, synth: () => app.synth().directory };
}

/** Alarms with their states and actions, without what they say. */
function alarmsOf({ sections: { Alarms: lines } }: Story): readonly string[] {
  return lines.filter((line) => line !== '' && !line.startsWith('    |'));
}

describe('the example with alarms, notices and an archive', () => {
  let story: Story;

  beforeAll(async () => {
    const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    story = await tell(loadExample('keep-the-findings').synth().directory).finally(() => write.mockRestore());
  });

  test('audits once more as scheduled, since alarms watch that', () => {
    expect(story.report.audits.map(({ kind, status, totalChecks }) => [kind, status, totalChecks]))
      .toEqual([['on demand', 'COMPLETED', 17], ['scheduled', 'COMPLETED', 17]]);
    expect(story.report.notifications).toHaveLength(2);
  });

  test('tells people of each audit, in both forms', () => {
    const steps = story.report.afterAudit[0].steps.map((step) => 'topic' in step ? `${step.step} ${step.topic}` : step.step);
    const notices = ['notice Chat', 'notice FleetOwners'];

    expect(steps.filter((step) => step === 'event')).toHaveLength(2);
    expect(steps.filter((step) => step !== 'event').sort()).toEqual([...notices, ...notices].sort());
    expect(steps[0]).toBe('event');
    expect(story.sections['What followed the audit']).toContain(
      '    rule FleetAudit/FindingsArchive/Rule to FleetAudit/AuditEvents/Queue: delivered');
  });

  test('lists the alarms, those that went off first and with what they say', () => {
    const monitored = '  FleetAudit/Monitoring/WeeklyMonAudit';

    expect(alarmsOf(story)).toEqual([
      `${monitored}/CriticalFindings: ALARM (2; alarm if >= 1)`,
      '    to FleetAudit/NotificationTopic: published',
      `${monitored}/LowFindings: ALARM (1; alarm if >= 1)`,
      '    to FleetAudit/NotificationTopic: published',
      '  FleetAudit/AuditEvents/DeadLetterAlarm: OK (0; alarm if >= 1)',
      `${monitored}/HighFindings: OK (0; alarm if >= 1)`,
      `${monitored}/MediumFindings: OK (0; alarm if >= 1)`,
      `${monitored}/Overdue: INSUFFICIENT_DATA (no data; alarm if >= 9)`,
      '  Rules on a schedule are not carried out: what they would measure, such as the age of an audit, has no data.',
    ]);
    expect(story.sections.Alarms[1]).toMatch(/^ {4}\| CRITICAL findings of the scheduled audit \S+: its last run found /);
    expect(story.sections.Alarms[1].length).toBe('    | '.length + 160);
    expect(story.summary).toContain('alarms: 2 of 6 went off');
  });

  test('lists the files of each audit, and nothing is left over', () => {
    const { messagesLeft, storedObjects } = story.report.afterAudit[0];
    const files = storedObjects!.map(({ key, lines }) =>
      `${key.replace(/[0-9a-f]{32}/, '<audit>').replace(/day=[\d-]+/, '<day>')} ${lines}`);
    const audit = '123456789012.eu-west-1.<audit>';
    const ofOne = [
      `checks/<day>/${audit}.json.gz 17`, `findings/<day>/${audit}.DEVICE_CERTIFICATE_SHARED_CHECK.json.gz 1`,
      `findings/<day>/${audit}.IOT_POLICY_OVERLY_PERMISSIVE_CHECK.json.gz 1`,
      `findings/<day>/${audit}.LOGGING_DISABLED_CHECK.json.gz 1`,
    ];

    expect(files.sort()).toEqual([...ofOne, ...ofOne].sort());
    expect(story.sections['What was stored'][0]).toBe('  in FleetAudit/FindingsArchive/Bucket');
    // The messages of the alarms came to the queue of the audits, too.
    expect(messagesLeft).toEqual({ inQueues: 0, inDeadLetterQueues: 0 });
  });

  test('has the alarms in its report, with their whole texts', () => {
    const [{ alarms = [] }] = story.report.afterAudit;

    expect(alarms.find(({ alarm }) => alarm.endsWith('/LowFindings'))).toEqual({
      alarm: 'FleetAudit/Monitoring/WeeklyMonAudit/LowFindings', alarmName: expect.stringMatching(/^KeepTheFindings-/),
      description: expect.stringMatching(/^LOW findings .* the next run without findings ends the alarm\. https:\S+$/),
      isEvaluated: true, state: 'ALARM', reason: '1; alarm if >= 1',
      actions: [{
        arn: expect.stringMatching(/^arn:aws:sns:/), target: 'FleetAudit/NotificationTopic', outcome: 'published',
      }],
    });
  });
});

test('an execution that fails sets off its alarm', async () => {
  const { audit, synth } = auditOf();
  const enableLogging = audit.addMitigationAction('EnableLogging', {
    mitigation: Mitigation.enableIotLogging({ logLevel: LogLevel.ERROR }),
  });
  audit.mitigateAutomatically({
    checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging],
  });
  audit.monitor();
  const story = await tell(synth(), ['--fault', 'Publish:accessDenied:always']);

  expect(alarmsOf(story)).toContain('  Audit/AutomaticMitigation/FailedExecutionsAlarm: ALARM (1; alarm if >= 1)');
});

test('what an alarm cannot be evaluated on is said', async () => {
  const { audit, synth } = auditOf();
  new Alarm(audit, 'Errors', {
    metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Errors' }), threshold: 1, evaluationPeriods: 1,
  });
  const story = await tell(synth());

  expect(alarmsOf(story)).toEqual([
    '  Audit/Errors: not evaluated, since nothing measures Errors of AWS/Lambda in the rehearsal',
  ]);
  expect(story.summary).toContain('alarms: 0 of 1 went off, 1 alarm not evaluated');
  // No alarm watches the scheduled audit, so it does not run.
  expect(story.report.audits.map(({ kind }) => kind)).toEqual(['on demand']);
});

test('without alarms nothing is said of them', async () => {
  const story = await tell(auditOf().synth());

  expect(story.sections).not.toHaveProperty('Alarms');
  expect(story.report.afterAudit[0]).not.toHaveProperty('alarms');
  expect(story.summary.join('\n')).not.toContain('alarm');
});
