import {
  HOUR, KEY, MINUTE, MitigationEnvironment, PUBLISH, numbers, outcomes, rule, weakKey, wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { MitigationPlan, Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

const MANY = 200_000;
const RARE = 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166';

/** Bytes of a state of a state machine. */
const LARGEST_STATE = 256 * 1024;

let environment: MitigationEnvironment;

afterEach(() => environment.stop());

/** Calls of a plan, and the minutes that it takes. */
async function measured(taskId: string, rules: Parameters<MitigationEnvironment['plan']>[1]) {
  const { time, iot } = environment;
  const [began, since] = [time.now(), iot.requests.length];
  const plan = await environment.plan(taskId, rules);
  return { plan, calls: environment.calls(since), minutes: (time.now() - began) / MINUTE };
}

describe('200,000 findings', () => {
  beforeEach(async () => {
    environment = await MitigationEnvironment.start({
      plantedFindings: numbers(MANY).map((number) => weakKey(number, KEY, number % 2000 === 0 ? RARE : undefined)),
    });
  });

  test('cost one page if the whole check is dealt with', async () => {
    const { plan, calls } = await measured(await environment.audit(KEY), [rule({ maximumResources: 10_000 })]);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.OVER_LIMIT, affectedResources: MANY }]);
    expect(calls).toEqual({ DescribeAuditTask: 1, ListAuditTasks: 1, ListAuditFindings: 1 });
  });

  test('are read no further than the limit reaches', async () => {
    const exceptions = { deviceCertificates: [certificateId(1)] };
    const { plan, calls } = await measured(
      await environment.audit(KEY), [wideRule({ maximumResources: 2500, exceptions })]);

    expect(plan.checks).toMatchObject([
      { outcome: Outcome.OVER_LIMIT, affectedResources: 2501, isMinimum: true, exceptedFindings: 1 },
    ]);
    expect(calls).toEqual({ DescribeAuditTask: 1, ListAuditTasks: 1, ListAuditFindings: 11 });
  });

  test('are read to the end for a few of them, in time', async () => {
    const { plan, calls, minutes } = await measured(await environment.audit(KEY), [rule({
      reasonCodes: [RARE], maximumResources: 100,
    })]);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.PLANNED, affectedResources: 100 }]);
    expect(calls).toEqual({
      DescribeAuditTask: 1, ListAuditTasks: 1, ListAuditFindings: MANY / 250, ListAuditMitigationActionsTasks: 1,
    });
    expect(minutes).toBeLessThan(2);
  });
});

test('2,500 findings by id fit into the states of the machine, before and after the report', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: numbers(2501).map((number) => weakKey(number)) });
  const taskId = await environment.audit(KEY);
  const plan = await environment.plan(taskId, [wideRule({
    actions: [PUBLISH], exceptions: { deviceCertificates: [certificateId(1)] },
  })]);
  expect(plan.requests).toHaveLength(100);
  expect(Buffer.byteLength(JSON.stringify(plan))).toBeLessThanOrEqual(200_000);
  await environment.start(plan.requests);
  const outcome = await environment.report(plan);

  expect(outcomes(outcome.plan)).toEqual({ [KEY]: Outcome.APPLIED });
  expect(outcome.plan.checks).toMatchObject([{ succeeded: 2500 }]);
  expect(stateBytes(plan, outcome)).toBeLessThan(LARGEST_STATE);
});

test('the longest names make no state too large: such a plan names fewer findings', async () => {
  environment = await MitigationEnvironment.start({ plantedFindings: numbers(2500).map((number) => weakKey(number)) });
  const taskId = await environment.audit(KEY);
  const actions = numbers(5).map((number) => ({ name: `${'A'.repeat(127)}${number}`, type: 'PUBLISH_FINDING_TO_SNS' }));
  const settings = { name: 'N'.repeat(40) };
  const exceptions = { deviceCertificates: [certificateId(9999)] };
  const planFor = (maximumResources: number) => environment.plan(
    taskId, [wideRule({ actions, maximumResources, exceptions })], { settings });
  expect(outcomes(await planFor(2500))).toEqual({ [KEY]: Outcome.OVER_LIMIT });

  for (const number of numbers(800)) await environment.suppress(KEY, { deviceCertificateId: certificateId(number) });
  const fewer = await environment.audit(KEY);
  const plan = await environment.plan(fewer, [wideRule({ actions, exceptions })], { settings });
  expect(outcomes(plan)).toEqual({ [KEY]: Outcome.PLANNED });
  expect(Buffer.byteLength(JSON.stringify(plan))).toBeLessThanOrEqual(200_000);
  expect(Buffer.byteLength(JSON.stringify(plan))).toBeGreaterThan(100_000);
});

test('what is planned for several checks shares the room for findings by id', async () => {
  environment = await MitigationEnvironment.start({
    plantedFindings: numbers(1500).flatMap((number) => [weakKey(number), weakKey(number, 'DEVICE_CERTIFICATE_SHARED_CHECK')]),
  });
  const taskId = await environment.audit(KEY, 'DEVICE_CERTIFICATE_SHARED_CHECK');
  const rules = [wideRule({
    checks: [KEY, 'DEVICE_CERTIFICATE_SHARED_CHECK'], actions: [PUBLISH],
    exceptions: { deviceCertificates: [certificateId(9999)] },
  })];
  const plan = await environment.plan(taskId, rules);

  expect(outcomes(plan)).toEqual({ [KEY]: Outcome.PLANNED, DEVICE_CERTIFICATE_SHARED_CHECK: Outcome.OVER_LIMIT });
  environment.time.pass(HOUR);
  expect(outcomes(await environment.plan(taskId, rules, { switch: [{ Value: 'report-only' }] }))).toEqual({
    [KEY]: Outcome.STOPPED, DEVICE_CERTIFICATE_SHARED_CHECK: Outcome.STOPPED,
  });
});

/** The state after the report, which holds the plan as well. */
function stateBytes(plan: MitigationPlan, outcome: object): number {
  return Buffer.byteLength(JSON.stringify({
    taskId: plan.auditTaskId, answer: { given: 'NOT_ASKED' }, switch: { parameters: [] }, plan, outcome,
  }));
}
