import {
  DAY, EXPIRING, HOUR, ISSUER, KEY, MitigationEnvironment, PUBLISH, SHARED, certificates, numbers,
  outcomes, rule, weakKey, wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

let environment: MitigationEnvironment;

afterEach(() => environment.stop());

/** Lets so many more certificates come close to their end. */
function letExpire(count: number): void {
  const { time, iot: { fleet } } = environment;
  const fresh = [...fleet.certificates.values()].filter(({ notAfter }) => notAfter > time.now() + 60 * DAY);
  for (const certificate of fresh.slice(0, count)) certificate.notAfter = time.now() + DAY;
}

test('a budget counts what was mitigated in its days, and is free again afterwards', async () => {
  environment = await MitigationEnvironment.start({ certificates: certificates(1000, 0) });
  const rules = [rule({ checks: [EXPIRING], budget: { resources: 8, days: 7 } })];
  const ended: unknown[] = [];
  for (const expiring of [3, 3, 3, 0, 0, 0, 0, 0, 3]) {
    letExpire(expiring);
    const { plan } = await environment.run(await environment.audit(EXPIRING), rules);
    ended.push(...plan.checks.map(
      ({ outcome, affectedResources, budget }) => [outcome, affectedResources, budget.used]));
    environment.time.pass(DAY);
  }

  expect(ended).toEqual([
    [Outcome.APPLIED, 3, 0], [Outcome.APPLIED, 3, 3],
    // Nobody repairs the other three, until the first ones are more than seven days ago.
    [Outcome.OVER_BUDGET, 3, 6], [Outcome.OVER_BUDGET, 3, 6], [Outcome.OVER_BUDGET, 3, 6], [Outcome.OVER_BUDGET, 3, 6],
    [Outcome.OVER_BUDGET, 3, 6], [Outcome.APPLIED, 3, 3], [Outcome.APPLIED, 3, 3],
  ]);
  expect(environment.inactive()).toHaveLength(12);
});

test('the report says how much of the budget is used, and what to do', async () => {
  environment = await MitigationEnvironment.start({ certificates: certificates(1000, 3) });
  const rules = [rule({ checks: [EXPIRING], budget: { resources: 4, days: 7 } })];
  await environment.run(await environment.audit(EXPIRING), rules);
  letExpire(2);
  const { text } = await environment.run(await environment.audit(EXPIRING), rules);

  expect(text).toContain(`MEDIUM ${EXPIRING}: 2 of 997 resources; `
    + 'the budget is 4 resources in 7 days, and 3 of it are used; nothing was touched');
  expect(text).toContain('* Over the budget: find out why so much had to be mitigated.');
});

test('the checks of a rule share its budget, the worst first', async () => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(10, 3), plantedFindings: numbers(3).map((number) => weakKey(100 + number)),
  });
  const taskId = await environment.audit(EXPIRING, KEY);
  const budget = { resources: 5, days: 7 };
  const plan = await environment.plan(taskId, [wideRule({ checks: [EXPIRING, KEY], budget })]);

  expect(outcomes(plan)).toEqual({ [KEY]: Outcome.PLANNED, [EXPIRING]: Outcome.OVER_BUDGET });
});

test.each(['REPORT', 'ASK'])('so they do in mode %s', async (mode) => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(10, 3), plantedFindings: numbers(3).map((number) => weakKey(100 + number)),
  });
  const taskId = await environment.audit(EXPIRING, KEY);
  const budget = { resources: 5, days: 7 };
  const { checks } = await environment.plan(taskId, [wideRule({ checks: [EXPIRING, KEY], budget, mode })]);

  expect(checks.map(({ outcome, obstacle }) => obstacle ?? outcome)).toEqual([
    mode === 'REPORT' ? Outcome.REPORTED : Outcome.ASKED, Outcome.OVER_BUDGET,
  ]);
});

test('each rule has a budget of its own', async () => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(10, 3), plantedFindings: numbers(3).map((number) => weakKey(100 + number)),
  });
  const taskId = await environment.audit(EXPIRING, KEY);
  const budget = { resources: 3, days: 7 };
  const plan = await environment.plan(
    taskId, [wideRule({ checks: [EXPIRING], budget }), wideRule({ checks: [KEY], budget })]);

  expect(outcomes(plan)).toEqual({ [KEY]: Outcome.PLANNED, [EXPIRING]: Outcome.PLANNED });
});

test('tasks in progress count, tasks of others and failed findings do not', async () => {
  environment = await MitigationEnvironment.start({
    certificates: [{ certificateId: certificateId(1) }],
    // AWS IoT has no certificate with the other numbers: mitigating them fails.
    plantedFindings: [weakKey(1), weakKey(2), weakKey(3), weakKey(1, SHARED)],
  });
  const rules = [wideRule({ checks: [KEY, SHARED], budget: { resources: 100, days: 7 } })];
  const { plan } = await environment.run(await environment.audit(KEY), rules);
  expect(plan.checks).toMatchObject([{ outcome: Outcome.FAILED, succeeded: 1, failed: 2 }]);
  const foreign = await environment.plan(await environment.audit(KEY), rules, { settings: { name: 'Other' } });
  await environment.start(foreign.requests);
  environment.iot.timing.mitigationDuration = 2 * DAY;
  const running = await environment.plan(await environment.audit(KEY), rules);
  await environment.start(running.requests);

  const { checks } = await environment.plan(await environment.audit(KEY), rules);
  expect(checks).toMatchObject([{ budget: { used: 1 + 2 } }]);
});

test('a task of which AWS tells no numbers yet counts with those of its audit', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: [weakKey(1), weakKey(2)] });
  const rules = [wideRule({ actions: [PUBLISH] })];
  environment.iot.timing.mitigationDuration = DAY;
  await environment.start((await environment.plan(await environment.audit(KEY), rules)).requests);
  environment.alter = (operation, answer) => operation === 'DescribeAuditMitigationActionsTask'
    ? { ...answer, taskStatistics: undefined } : answer;

  const { checks } = await environment.plan(await environment.audit(KEY), rules);
  expect(checks).toMatchObject([{ budget: { used: 2 } }]);
});

test('device certificates behind an issuer count, not its finding', async () => {
  const relatedResources = numbers(4).map((number) => ({
    resourceType: 'DEVICE_CERTIFICATE' as const, resourceIdentifier: { deviceCertificateId: certificateId(number) },
  }));
  environment = await MitigationEnvironment.start({
    certificates: certificates(4, 0),
    plantedFindings: [{
      checkName: ISSUER, resourceIdentifier: { issuerCertificateIdentifier: { issuerId: 'A' } }, relatedResources,
    }],
  });
  const rules = [wideRule({ checks: [ISSUER], minimumResources: 100, budget: { resources: 7, days: 7 } })];
  const first = await environment.run(await environment.audit(ISSUER), rules);
  expect(first.plan.checks).toMatchObject([{ outcome: Outcome.APPLIED, affectedResources: 4, budget: { used: 0 } }]);

  const second = await environment.run(await environment.audit(ISSUER), rules);
  expect(second.plan.checks)
    .toMatchObject([{ outcome: Outcome.OVER_BUDGET, affectedResources: 4, budget: { used: 4 } }]);
});

test.each([
  ['counts as one once AWS has deleted it', 'notFound', { outcome: Outcome.APPLIED, budget: { used: 1 } }],
  ['that cannot be read fails the step', 'accessDenied', undefined],
] as const)('a finding about an issuer that was mitigated %s', async (_what, kind, expected) => {
  environment = await MitigationEnvironment.start({
    plantedFindings: [{ checkName: ISSUER, resourceIdentifier: { issuerCertificateIdentifier: { issuerId: 'A' } } }],
  });
  const rules = [wideRule({ checks: [ISSUER], minimumResources: 100 })];
  await environment.run(await environment.audit(ISSUER), rules);
  const taskId = await environment.audit(ISSUER);
  let calls = 0;
  environment.iot.faults.add({
    operation: 'ListRelatedResourcesForAuditFinding', kind, times: Infinity, concerns: () => ++calls > 1,
  });

  if (expected) expect((await environment.run(taskId, rules)).plan.checks).toMatchObject([expected]);
  else await expect(environment.plan(taskId, rules)).rejects.toThrow('User is not authorized to perform');
});

test('a budget of more days than AWS keeps tasks counts those that it keeps', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: [weakKey(1)] });
  const rules = [wideRule({ actions: [PUBLISH], budget: { resources: 10, days: 365 } })];
  await environment.run(await environment.audit(KEY), rules);
  environment.time.pass(60 * DAY);

  const { checks } = await environment.plan(await environment.audit(KEY), rules);
  expect(checks).toMatchObject([{ outcome: Outcome.PLANNED, budget: { used: 1, days: 365 } }]);
  expect(environment.iot.requestsOf('ListAuditMitigationActionsTasks').at(-1)).toMatchObject({ outcome: 'ok' });
});

test('no former task is read if the limit is exceeded anyway', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: [weakKey(1), weakKey(2)] });
  await environment.plan(await environment.audit(KEY), [rule({ maximumResources: 1 })]);
  environment.time.pass(HOUR);

  expect(environment.calls().ListAuditMitigationActionsTasks).toBeUndefined();
});
