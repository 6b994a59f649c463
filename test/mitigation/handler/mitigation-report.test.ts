import {
  CONFLICTING, DEACTIVATE, EXPIRING, KEY, MitigationEnvironment, POLICY, PUBLISH, broadPolicy, certificates,
  numbers, outcomes, rule, weakKey, wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { Outcome, PlannedCheck } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

const log = captureLog();

let environment: MitigationEnvironment;

afterEach(() => environment.stop());

/** The metrics that the function has written last, without what makes them metrics. */
function metrics(): unknown {
  const { message, _aws, ...values } = JSON.parse(log.lines.at(-1)!) as Record<string, unknown>;
  return values;
}

describe('the report', () => {
  test('is a text that a person reads in a message', async () => {
    environment = await MitigationEnvironment.start({
      certificates: certificates(1000, 500), plantedFindings: [weakKey(1), weakKey(2, KEY)],
    });
    await environment.createSchedule('daily', EXPIRING, KEY);
    const taskId = environment.runSchedule('daily');
    const { text, subject } = await environment.run(taskId, [rule({ checks: [EXPIRING] }), wideRule()]);

    expect(subject).toBe('Fleet: 2 findings mitigated, 500 resources left alone');
    const [, , , , , , , , ...resources] = text.split('\n');
    expect(text.split('\n').slice(0, 8)).toEqual([
      'Fleet: 2 findings mitigated, 500 resources left alone.',
      '',
      `Audit ${taskId} of the schedule daily, started 2026-01-15 12:00 UTC`,
      `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${taskId}`,
      '',
      `CRITICAL ${KEY}: 2 of 2 resources; Deactivate: 2 findings mitigated`,
      `MEDIUM ${EXPIRING}: 500 of 1,000 resources; at most 10 allowed (10, or 5 % = 50); nothing was touched`,
      '',
    ]);
    expect(resources.slice(0, 3)).toEqual([
      'Resources, the worst first:',
      `  "${certificateId(1)}": The resource does not meet the rule of the check. `
        + `(CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361) [${KEY}]`,
      `  "${certificateId(2)}": The resource does not meet the rule of the check. `
        + `(CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361) [${KEY}]`,
    ]);
    expect(resources.slice(-4)).toEqual([
      '',
      'What to do:',
      '* Over the limit: look at the findings in the console. If they are right, raise the limit and let a new audit '
        + 'run, or mitigate by hand there; if they are not, suppress them.',
      '',
    ]);
    expect(metrics()).toEqual({
      AutomaticMitigation: 'Fleet', MitigatedResources: 2, FailedResources: 0, ResourcesLeftAlone: 500,
    });
  });

  test('of a rule that only reports says what would be done, and touches nothing', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 3) });
    const { plan, text, subject, isAsking, detail } = await environment.run(
      await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING], mode: 'REPORT', actions: [PUBLISH, DEACTIVATE] })]);

    expect([isAsking, plan.formerTasks, outcomes(plan)]).toEqual([false, [], { [EXPIRING]: Outcome.REPORTED }]);
    expect(subject).toBe('Fleet: 3 resources only reported; nothing was touched');
    expect(text).toContain('3 of 10 resources; the rule only reports: it would apply Publish, then Deactivate\n');
    expect(text).toContain('* Reported: change the mode of the rule once its reports are what you expect.');
    expect(environment.inactive()).toEqual([]);
    expect(detail.checks[0]).not.toHaveProperty('obstacle');
    expect(metrics()).toEqual({
      AutomaticMitigation: 'Fleet', MitigatedResources: 0, FailedResources: 0, ResourcesLeftAlone: 0,
    });
  });

  test('of a rule that only reports says what would keep it from acting', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 3) });
    const { plan, text } = await environment.run(
      await environment.audit(EXPIRING), [rule({ checks: [EXPIRING], mode: 'REPORT' })]);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.REPORTED, obstacle: Outcome.OVER_LIMIT }]);
    expect(text).toContain('3 of 10 resources; the rule only reports: at most 0 allowed (10, or 5 % = 0); '
      + 'it would touch nothing');
  });

  test.each(['off', 'On', ''])('of a stopped mitigation (the switch is %j) says so', async (value) => {
    environment = await MitigationEnvironment.start({
      certificates: certificates(10, 3), plantedFindings: [weakKey(1), weakKey(2), broadPolicy('Pumps')],
    });
    const taskId = await environment.audit(EXPIRING, KEY, POLICY);
    const { plan, text, subject, isAsking } = await environment.run(taskId, [
      wideRule({ checks: [EXPIRING] }), wideRule({ mode: 'ASK' }),
      wideRule({ checks: [POLICY], actions: [PUBLISH], mode: 'REPORT' }),
    ], { switch: [{ Value: value }] });

    expect([isAsking, outcomes(plan)]).toEqual([false, {
      [KEY]: Outcome.STOPPED, [EXPIRING]: Outcome.STOPPED, [POLICY]: Outcome.REPORTED,
    }]);
    expect(subject).toBe('Fleet: 5 resources left alone, 1 resource only reported; nothing was touched');
    expect(text).toContain(`MEDIUM ${EXPIRING}: 3 of 10 resources; the stop switch is set; nothing was touched`);
    expect(text).toContain('* Stopped: delete the parameter of the stop switch, and let a new audit run.');
    expect(environment.inactive()).toEqual([]);
  });

  test('says why the least number of resources is allowed', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 3) });
    const { text } = await environment.run(
      await environment.audit(EXPIRING), [rule({ checks: [EXPIRING], minimumResources: 2 })]);

    expect(text).toContain('at most 2 allowed (10, or 5 % = 0 but at least 2); nothing was touched');
  });

  test('is the detail of an event', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 1) });
    await environment.createSchedule('daily', EXPIRING);
    const auditTaskId = environment.runSchedule('daily');
    const { detail } = await environment.run(auditTaskId, [wideRule({ checks: [EXPIRING] })]);

    expect(detail).toEqual({
      version: '1',
      auditTaskId,
      scheduledAuditName: 'daily',
      answer: 'NOT_ASKED',
      checks: [{
        rule: 0, checkName: EXPIRING, severity: 'MEDIUM', mode: 'APPLY', outcome: 'APPLIED', actions: ['Deactivate'],
        totalResources: 10, nonCompliantResources: 1, affectedResources: 1,
        limit: { maximumResources: 1_000_000, maximumPercent: 100, minimumResources: 0 }, allowedResources: 10,
        budget: { used: 0, resources: 1_000_000, days: 7 },
        succeeded: 1, failed: 0, skipped: 0, canceled: 0,
      }],
      resources: [{
        checkName: EXPIRING, resource: `"${certificateId(1)}"`,
        reason: 'Certificate is approaching its expiration. (CERTIFICATE_APPROACHING_EXPIRATION)',
      }],
      failures: [],
      mitigationTaskIds: [`Fleet-${auditTaskId}-1`],
    });
  });

  test('has metrics in the format that CloudWatch reads from logs', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 1) });
    await environment.run(await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING] })]);

    expect(JSON.parse(log.lines.at(-1)!)).toMatchObject({
      _aws: {
        Timestamp: environment.time.now(),
        CloudWatchMetrics: [{
          Namespace: 'CdkIotFleetAudit',
          Dimensions: [['AutomaticMitigation']],
          Metrics: ['MitigatedResources', 'FailedResources', 'ResourcesLeftAlone'].map((Name) => ({ Name, Unit: 'Count' })),
        }],
      },
    });
  });
});

test('names that devices choose can neither hide nor add anything', async () => {
  const clientId = 'pump\u202e"\nSubject: all is well\u0000\u{1f600}';
  environment = await MitigationEnvironment.start({
    plantedFindings: [{ checkName: CONFLICTING, resourceIdentifier: { clientId } }],
  });
  const { text, detail, question, subject } = await environment.run(
    await environment.audit(CONFLICTING), [wideRule({ checks: [CONFLICTING], actions: [PUBLISH], mode: 'ASK' })]);
  const name = '"pump\\u{202E}\\"\\u{A}Subject: all is well\\u{0}\u{1f600}"';

  expect(detail.resources[0].resource).toBe(name);
  expect(text).toContain(`\n  ${name}: `);
  expect(question!.before).toContain(`\n  ${name}: `);
  for (const message of [subject, question!.subject]) expect(message).toMatch(/^[\x20-\x7e]{1,99}$/);
});

test('messages are short enough for SNS however many checks, rules and long names there are', async () => {
  environment = await MitigationEnvironment.start();
  const check = (number: number, outcome: Outcome): PlannedCheck => ({
    rule: number, checkName: `${'X'.repeat(150)}${number}`, severity: 'CRITICAL', mode: 'ASK', outcome,
    actions: numbers(5).map((action) => `${'A'.repeat(127)}${action}`), affectedResources: 1e9, totalResources: 1e9,
    limit: { maximumResources: 1e9, maximumPercent: 100, minimumResources: 0 }, allowedResources: 1e9,
    budget: { used: 1e9, resources: 1e9, days: 90 },
  });
  const all = Object.values(Outcome).filter((outcome) => outcome !== Outcome.PLANNED);
  const named = { checkName: 'X'.repeat(150), resource: `"${'\u{1f600}'.repeat(15)}"`, reason: 'R'.repeat(200) };
  const { text, subject, question } = await environment.report({
    settingsName: 'N'.repeat(40), title: 'N'.repeat(300), switchName: '/switch', auditTaskId: 'a'.repeat(40), answer: 'NOT_ASKED', approvalHours: 12,
    checks: numbers(100).map((number) => check(number, number < 50 ? Outcome.ASKED : all[number % all.length])),
    resources: numbers(20).map(() => named), requests: [], formerTasks: [], round: 0,
  } as never);

  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(30_000);
  const { before, between, after, subject: title } = question!;
  expect(Buffer.byteLength(before + between + after)).toBeLessThanOrEqual(30_000);
  expect(before).toContain('If nobody answers, nothing is touched.');
  expect(before).toMatch(/To approve:\n {2}aws stepfunctions send-task-success --region eu-west-1 --task-token $/);
  for (const message of [subject, title]) expect(message).toMatch(/^N{42}\.\.\.: [\x20-\x7e]{1,52}$/);
});
