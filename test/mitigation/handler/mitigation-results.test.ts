import {
  DEACTIVATE, EXPIRING, KEY, MINUTE, MitigationEnvironment, PUBLISH, QUARANTINE, certificates, numbers, weakKey,
  wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

let environment: MitigationEnvironment;

afterEach(() => environment.stop());

/** Lets mitigation of single findings fail a number of times, with an error that the stand-in does not make itself. */
function fail(times: number, errorCode: string, ...failing: readonly number[]): void {
  const names = failing.map(certificateId);
  const lost = new Map(names.map((name) => [name, environment.iot.fleet.certificates.get(name)!]));
  for (const name of names) environment.iot.fleet.certificates.delete(name);
  let rounds = 0;
  environment.alter = (operation, answer) => {
    if (operation === 'DescribeAuditMitigationActionsTask' && ++rounds === times) {
      lost.forEach((certificate, name) => environment.iot.fleet.certificates.set(name, certificate));
    }
    return operation !== 'ListAuditMitigationActionsExecutions' ? answer
      : JSON.parse(JSON.stringify(answer).replaceAll('RESOURCE_NOT_FOUND', errorCode)) as object;
  };
}

describe('a task that fails for some findings', () => {
  beforeEach(async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 5) });
  });

  test('is reported with the names of those, and is not repeated', async () => {
    const taskId = await environment.audit(EXPIRING);
    environment.iot.fleet.certificates.delete(certificateId(2));
    environment.iot.fleet.certificates.delete(certificateId(4));
    const { plan, subject, text, detail } = await environment.run(taskId, [wideRule({ checks: [EXPIRING] })]);

    expect(plan)
      .toMatchObject({ round: 0, checks: [{ outcome: Outcome.FAILED, succeeded: 3, failed: 2, skipped: 0 }] });
    expect(subject).toBe('Fleet: 2 findings could not be mitigated, 3 findings mitigated');
    const failure = (number: number) => ({
      checkName: EXPIRING, resource: `"${certificateId(number)}"`,
      reason: 'Certificate is approaching its expiration. (CERTIFICATE_APPROACHING_EXPIRATION)',
      error: 'RESOURCE_NOT_FOUND: The device certificate does not exist.',
    });
    expect(detail.failures).toEqual([failure(2), failure(4)]);
    expect(text).toContain('Deactivate: 3 findings mitigated, 2 failed');
    expect(text).toContain(`\nCould not be mitigated:\n  "${certificateId(2)}": Certificate is approaching its expiration. `
      + `(CERTIFICATE_APPROACHING_EXPIRATION) [${EXPIRING}] - RESOURCE_NOT_FOUND: The device certificate does not exist.\n`);
    expect(text).toContain('* Failed: repair what the errors say');
  });

  test.each(['ThrottlingException', 'INTERNAL_ERROR', 'Timeout', 'ServiceUnavailable'])(
    'because of %s is repeated for those, and succeeds', async (errorCode) => {
      const taskId = await environment.audit(EXPIRING);
      fail(1, errorCode, 2, 4);
      const { plan, detail, text } = await environment.run(taskId, [wideRule({ checks: [EXPIRING] })]);

      expect(plan).toMatchObject({ round: 1, checks: [{ outcome: Outcome.APPLIED, succeeded: 5, failed: 0 }] });
      expect(detail.failures).toEqual([]);
      expect(text).toContain('Deactivate: 5 findings mitigated\n');
      expect(environment.inactive().sort()).toEqual([1, 2, 3, 4, 5]);
      expect(detail.mitigationTaskIds).toEqual([
        `Fleet-${taskId}-1`, expect.stringMatching(new RegExp(`^Fleet-${taskId}-1-[0-9a-f]{16}-r1$`)),
      ]);
      const retry = environment.iot.requestsOf('StartAuditMitigationActionsTask').at(-1)!;
      expect((retry.input as any).target.findingIds).toHaveLength(2);
    });

  test('again and again is repeated twice at most', async () => {
    const taskId = await environment.audit(EXPIRING);
    fail(Infinity, 'ThrottlingException', 2, 4);
    const { plan, detail } = await environment.run(taskId, [wideRule({ checks: [EXPIRING] })]);

    expect(plan).toMatchObject({ round: 2, checks: [{ outcome: Outcome.FAILED, succeeded: 3, failed: 2 }] });
    expect(detail.failures.map(({ error }) => error)).toEqual(Array.from(
      { length: 2 }, () => 'ThrottlingException: The device certificate does not exist.'));
    expect(environment.iot.requestsOf('StartAuditMitigationActionsTask')).toHaveLength(3);
  });

  test('names failures of all rounds', async () => {
    const taskId = await environment.audit(EXPIRING);
    fail(1, 'ThrottlingException', 2, 4);
    const { alter } = environment;
    let lookups = 0;
    environment.alter = (operation, answer) => operation === 'ListAuditMitigationActionsExecutions'
      && JSON.stringify(answer).includes('FAILED') && ++lookups === 1 ? answer : alter(operation, answer);
    const { plan, detail } = await environment.run(taskId, [wideRule({ checks: [EXPIRING] })]);

    expect(plan).toMatchObject({ round: 1, checks: [{ outcome: Outcome.FAILED, succeeded: 4, failed: 1 }] });
    expect(detail.failures).toMatchObject([{
      resource: `"${certificateId(2)}"`, error: 'RESOURCE_NOT_FOUND: The device certificate does not exist.',
    }]);
  });

  test('is repeated with the actions that are left', async () => {
    const taskId = await environment.audit(EXPIRING);
    fail(1, 'ThrottlingException', 2);
    const { plan } = await environment.run(taskId, [wideRule({ checks: [EXPIRING], actions: [PUBLISH, DEACTIVATE] })]);

    expect(plan).toMatchObject({ round: 1, checks: [{ outcome: Outcome.APPLIED, succeeded: 5, failed: 0 }] });
    expect(environment.iot.publishedFindings).toHaveLength(5);
    const retry = environment.iot.requestsOf('StartAuditMitigationActionsTask').at(-1)!;
    expect(retry.input.auditCheckToActionsMapping).toEqual({ [EXPIRING]: ['Deactivate'] });
  });

  test('by id keeps its findings apart from those of another rule', async () => {
    for (const number of [1, 2, 3]) environment.iot.fleet.plant(weakKey(number));
    environment.iot.fleet.plant(weakKey(4, KEY, 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166'));
    const rules = [
      wideRule({ reasonCodes: ['CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166'] }),
      wideRule({ reasonCodes: ['CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361'] }), wideRule({ checks: [EXPIRING], actions: [PUBLISH] }),
    ];
    const taskId = await environment.audit(KEY, EXPIRING);
    fail(2, 'ThrottlingException', 2, 4);
    const { plan } = await environment.run(taskId, rules);

    expect(plan.checks).toMatchObject([
      { rule: 0, checkName: KEY, outcome: Outcome.APPLIED, succeeded: 1, failed: 0 },
      { rule: 1, checkName: KEY, outcome: Outcome.APPLIED, succeeded: 3, failed: 0 },
      { rule: 2, checkName: EXPIRING, outcome: Outcome.APPLIED, succeeded: 5, failed: 0 },
    ]);
    expect(environment.inactive().sort()).toEqual([1, 2, 3, 4]);
  });

  test('names at most 20 failures, after at most 250 lookups', async () => {
    for (const number of numbers(300)) environment.iot.fleet.plant(weakKey(1000 + number, KEY));
    const { plan, detail } = await environment.run(
      await environment.audit(KEY), [wideRule({ checks: [KEY], actions: [PUBLISH, DEACTIVATE] })]);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.FAILED, failed: 300 }]);
    expect(detail.failures).toHaveLength(20);
    expect(environment.calls().ListAuditMitigationActionsExecutions).toBe(250);
  });

  test('names a finding by its id once AWS has deleted it', async () => {
    const taskId = await environment.audit(EXPIRING);
    environment.iot.fleet.certificates.delete(certificateId(2));
    const plan = await environment.plan(taskId, [
      wideRule({ checks: [EXPIRING], exceptions: { deviceCertificates: [certificateId(9)] } }),
    ]);
    await environment.start(plan.requests);
    environment.iot.faults.add({ operation: 'DescribeAuditFinding', kind: 'notFound' });
    const { detail } = await environment.report(plan);

    const findingIds = plan.requests.flatMap(({ Target }) => 'FindingIds' in Target ? Target.FindingIds : []);
    expect(detail.failures).toEqual([{
      checkName: EXPIRING, resource: `finding ${findingIds[1]}`, reason: 'no longer kept by AWS',
      error: 'RESOURCE_NOT_FOUND: The device certificate does not exist.',
    }]);
  });
});

test('a failure whose name cannot be read fails the step', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: [weakKey(1)] });
  const plan = await environment.plan(await environment.audit(KEY), [wideRule({ exceptions: { things: ['x'] } })]);
  await environment.start(plan.requests);
  environment.iot.faults.add({ operation: 'DescribeAuditFinding', kind: 'accessDenied', times: Infinity });

  await expect(environment.report(plan)).rejects.toThrow('User is not authorized to perform: iot:DescribeAuditFinding');
});

test('a canceled task is reported as such', async () => {
  environment = await MitigationEnvironment.start({ certificates: certificates(10, 5) });
  environment.iot.timing.mitigationStep = 2;
  environment.iot.timing.mitigationDuration = MINUTE;
  const plan = await environment.plan(await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING] })]);
  await environment.start(plan.requests);
  environment.iot.ask('CancelAuditMitigationActionsTask', { taskId: plan.requests[0].TaskId });
  const { plan: ended, text } = await environment.report(plan);

  expect(ended.checks).toMatchObject([{ outcome: Outcome.FAILED, succeeded: 2, canceled: 3 }]);
  expect(text).toContain('Deactivate: 2 findings mitigated, 3 canceled');
});

test('a repeated report step words the same', async () => {
  environment = await MitigationEnvironment.start({ certificates: certificates(10, 5) });
  const plan = await environment.plan(await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING] })]);
  await environment.start(plan.requests);
  const first = await environment.report(plan);

  expect(await environment.report(plan)).toEqual(first);
});

test('a task that nobody started fails the step', async () => {
  environment = await MitigationEnvironment.start({ certificates: certificates(10, 5) });
  const plan = await environment.plan(await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING] })]);

  await expect(environment.report(plan)).rejects.toThrow(`The mitigation task ${plan.requests[0].TaskId} does not exist.`);
});

test('quarantine moves the things of certificates', async () => {
  environment = await MitigationEnvironment.start({
    certificates: certificates(3, 2), thingGroups: [{ thingGroupName: 'quarantine' }],
  });
  const { plan } = await environment.run(
    await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING], actions: [QUARANTINE] })]);

  expect(plan.checks).toMatchObject([{ outcome: Outcome.APPLIED, succeeded: 2 }]);
  expect([1, 2, 3].map((number) => environment.iot.fleet.groupsOfThing.get(`thing-${number}`)!.has('quarantine')))
    .toEqual([true, true, false]);
});
