import {
  CONFLICTING, DAY, DEACTIVATE, EXPIRING, HOUR, KEY, MINUTE, MitigationEnvironment, PUBLISH, SHARED, certificates,
  outcomes, weakKey, wideRule,
} from './mitigation-environment';
import { Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

const log = captureLog();

const ROLE = 'arn:aws:iam::123456789012:role/AuditRole';
const BOTH = { checks: [KEY, SHARED], actions: [PUBLISH] };

let environment: MitigationEnvironment;

beforeEach(async () => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(10, 1),
    plantedFindings: [weakKey(1), weakKey(2), weakKey(1, SHARED), { checkName: CONFLICTING, resourceIdentifier: { clientId: 'a' } }],
  });
  await environment.createSchedule('daily', KEY, SHARED);
  await environment.createSchedule('weekly', KEY);
});

afterEach(() => environment.stop());

test('the same step makes the same plan', async () => {
  const taskId = await environment.audit(KEY, SHARED);
  const rules = [wideRule({ ...BOTH, exceptions: { things: ['thing-2'] } })];
  const first = await environment.plan(taskId, rules);

  expect(await environment.plan(taskId, rules)).toEqual(first);
  expect(first.requests).toHaveLength(2);
});

test('the checks of a plan stand worst first, whatever the order of rules', async () => {
  const taskId = await environment.audit(EXPIRING, CONFLICTING, KEY);
  const { checks, resources } = await environment.plan(taskId, [
    wideRule({ checks: [EXPIRING, CONFLICTING], actions: [PUBLISH] }), wideRule({ actions: [PUBLISH] }),
  ]);

  expect(checks.map(({ severity, checkName, rule }) => [severity, checkName, rule]))
    .toEqual([['CRITICAL', KEY, 1], ['HIGH', CONFLICTING, 0], ['MEDIUM', EXPIRING, 0]]);
  expect(resources.map(({ checkName }) => checkName)).toEqual([KEY, KEY, CONFLICTING, EXPIRING]);
});

test('one task deals with all whole checks, with the actions in order', async () => {
  const taskId = await environment.audit(KEY, CONFLICTING);
  const { requests } = await environment.plan(taskId, [
    wideRule({ actions: [PUBLISH, DEACTIVATE] }), wideRule({ checks: [CONFLICTING], actions: [PUBLISH] }),
  ]);

  expect(requests).toEqual([{
    TaskId: `Fleet-${taskId}-1`,
    ClientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
    Target: { AuditTaskId: taskId },
    AuditCheckToActionsMapping: { [KEY]: ['Publish', 'Deactivate'], [CONFLICTING]: ['Publish'] },
  }]);
});

test('a compliant check and one of no rule are not planned', async () => {
  const taskId = await environment.audit(KEY, CONFLICTING, 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK');
  const checks = [KEY, 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK'];

  expect(outcomes(await environment.plan(taskId, [wideRule({ checks })]))).toEqual({ [KEY]: Outcome.PLANNED });
});

test('a check that failed is left alone without a word', async () => {
  environment.iot.fleet.denyPermissions(ROLE, KEY);
  const taskId = await environment.audit(KEY, SHARED);

  expect(outcomes(await environment.plan(taskId, [wideRule(BOTH)]))).toEqual({ [SHARED]: Outcome.PLANNED });
});

test('an audit that is in progress is not skipped: the state machine asks again', async () => {
  environment.iot.timing.checkDurations = { [SHARED]: HOUR };
  const taskId = await environment.audit(KEY, SHARED);

  await expect(environment.plan(taskId, [wideRule(BOTH)])).rejects.toThrow(`audit ${taskId} is still in progress`);
});

test.each(['FAILED', 'CANCELED'])('an audit that is %s yields nothing', async (taskStatus) => {
  const taskId = await environment.audit(KEY, SHARED);
  environment.alter = (operation, answer) => operation === 'DescribeAuditTask' ? { ...answer, taskStatus } : answer;
  const plan = await environment.plan(taskId, [wideRule(BOTH)]);

  expect([plan.checks, plan.requests, plan.resources]).toEqual([[], [], []]);
});

test.each(['totalResourcesCount', 'nonCompliantResourcesCount'])('a check without %s is left alone', async (missing) => {
  const taskId = await environment.audit(KEY);
  environment.alter = (operation, answer) => operation !== 'DescribeAuditTask' ? answer : {
    ...answer, auditDetails: { [KEY]: { ...(answer as any).auditDetails[KEY], [missing]: undefined } },
  };
  const { plan, text } = await environment.run(taskId, [wideRule({ minimumResources: 100 })]);

  expect(plan.checks).toMatchObject([{ outcome: Outcome.UNKNOWN }]);
  expect(text).toContain('AWS does not tell how many resources the check '
    + `${missing === 'totalResourcesCount' ? 'looked at' : 'found non-compliant'}; nothing was touched`);
});

test('a check that the library does not know has the severity of its findings, and is counted', async () => {
  const taskId = await environment.audit(CONFLICTING, KEY);
  environment.alias = ['NEW_CHECK', CONFLICTING];
  const { checks } = await environment.plan(taskId, [
    wideRule({ checks: ['NEW_CHECK'], actions: [PUBLISH] }), wideRule({ actions: [PUBLISH] }),
  ]);

  expect(checks).toMatchObject([
    { checkName: KEY }, { checkName: 'NEW_CHECK', severity: 'HIGH', affectedResources: 1, outcome: Outcome.PLANNED },
  ]);
});

describe('an audit', () => {
  const rules = [wideRule({ ...BOTH })];

  test.each([
    [24 * HOUR - 3 * MINUTE, Outcome.PLANNED],
    [24 * HOUR, Outcome.OUTDATED],
    [89 * DAY, Outcome.OUTDATED],
  ])('that ended %i ms ago is %s', async (age, outcome) => {
    const taskId = await environment.audit(KEY);
    environment.time.pass(age);

    expect(outcomes(await environment.plan(taskId, rules))).toEqual({ [KEY]: outcome });
  });

  test('that AWS no longer keeps is outdated for every check of the rules', async () => {
    const taskId = await environment.audit(KEY);
    environment.time.pass(91 * DAY);
    const { plan, subject, text } = await environment.run(taskId, rules);

    expect(outcomes(plan)).toEqual({ [KEY]: Outcome.OUTDATED, [SHARED]: Outcome.OUTDATED });
    expect(plan).not.toHaveProperty('taskStartTime');
    expect(subject).toBe('Fleet: nothing was touched');
    expect(text).toContain(`CRITICAL ${KEY}: 0 resources; the audit is too old; nothing was touched`);
  });

  test('that a newer one replaces is superseded, as far as that one reports its checks', async () => {
    const taskId = await environment.audit(KEY, SHARED);
    await environment.audit(KEY);

    expect(outcomes(await environment.plan(taskId, rules)))
      .toEqual({ [KEY]: Outcome.SUPERSEDED, [SHARED]: Outcome.PLANNED });
  });

  test('is not superseded by one that ended before, is in progress, or whose check failed', async () => {
    await environment.audit(KEY);
    const taskId = await environment.audit(KEY);
    environment.iot.fleet.denyPermissions(ROLE, KEY);
    await environment.audit(KEY);
    environment.iot.fleet.restorePermissions(ROLE);
    environment.iot.timing.checkDurations = { [KEY]: HOUR };
    await environment.audit(KEY);

    expect(outcomes(await environment.plan(taskId, rules))).toEqual({ [KEY]: Outcome.PLANNED });
  });

  test('is superseded only by audits of the schedules that a rule is about', async () => {
    const limited = [wideRule({ ...BOTH, scheduledAudits: ['daily'] })];
    const taskId = environment.runSchedule('daily');
    await environment.audit(KEY);
    environment.runSchedule('weekly');
    expect(outcomes(await environment.plan(taskId, limited)))
      .toEqual({ [KEY]: Outcome.PLANNED, [SHARED]: Outcome.PLANNED });

    environment.runSchedule('daily');
    expect(outcomes(await environment.plan(taskId, limited)))
      .toEqual({ [KEY]: Outcome.SUPERSEDED, [SHARED]: Outcome.SUPERSEDED });
  });
});

describe('rules about schedules', () => {
  const rules = [
    wideRule({ scheduledAudits: ['daily'], mode: 'REPORT' }), wideRule({ scheduledAudits: ['weekly'], actions: [PUBLISH] }),
  ];

  test.each([['daily', Outcome.REPORTED, 0], ['weekly', Outcome.PLANNED, 1]])('apply to audits of %s', async (
    schedule, outcome, index,
  ) => {
    const plan = await environment.plan(environment.runSchedule(schedule), rules);

    expect(plan.scheduledAuditName).toBe(schedule);
    expect(plan.checks.filter(({ checkName }) => checkName === KEY)).toMatchObject([{ outcome, rule: index }]);
  });

  test('do not apply to audits on demand', async () => {
    expect((await environment.plan(await environment.audit(KEY), rules)).checks).toEqual([]);
  });
});

describe('two rules about one check', () => {
  const [ROCA, DEBIAN] = [
    'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166',
  ];

  test('share its findings by reason code', async () => {
    environment.iot.fleet.plant(weakKey(3, KEY, DEBIAN));
    const { plan } = await environment.run(await environment.audit(KEY), [
      wideRule({ reasonCodes: [ROCA], actions: [PUBLISH] }), wideRule({ reasonCodes: [DEBIAN] }),
    ]);

    expect(plan.checks).toMatchObject([
      { rule: 0, outcome: Outcome.APPLIED, affectedResources: 2, succeeded: 2, actions: ['Publish'] },
      { rule: 1, outcome: Outcome.APPLIED, affectedResources: 1, succeeded: 1, actions: ['Deactivate'] },
    ]);
    expect(environment.inactive()).toEqual([3]);
  });

  test('of which one has no finding leave it out', async () => {
    const { checks } = await environment.plan(await environment.audit(KEY), [
      wideRule({ reasonCodes: [DEBIAN] }), wideRule({ reasonCodes: [ROCA] }),
    ]);

    expect(checks).toMatchObject([{ rule: 1, outcome: Outcome.PLANNED }]);
  });

  test.each([
    ['no codes', undefined, [DEBIAN]], ['no codes after codes', [DEBIAN, ROCA], undefined],
    ['a code twice', [ROCA, DEBIAN], [ROCA]],
  ])('with %s: the first one counts', async (_what, reasonCodes, others) => {
    const { checks } = await environment.plan(await environment.audit(KEY), [
      wideRule({ reasonCodes, actions: [PUBLISH] }), wideRule({ reasonCodes: others }),
    ]);

    expect(checks.map(({ rule }) => rule)).toEqual([0]);
    expect(log.messages).toContain('an earlier rule is about these findings');
  });
});
