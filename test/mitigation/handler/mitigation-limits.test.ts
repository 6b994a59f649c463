import {
  BLANK, EXPIRING, KEY, MISCONFIGURED, MitigationEnvironment, POLICY, broadPolicy, certificates, numbers, outcomes,
  rule, weakKey, wideRule,
} from './mitigation-environment';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { allowedResources } from '../../../src/mitigation/handler/mitigation-limits';
import { Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

test.each([
  ['the number', { maximumResources: 10, maximumPercent: 5, minimumResources: 0 }, 1000, 10],
  ['the share', { maximumResources: 10, maximumPercent: 5, minimumResources: 0 }, 100, 5],
  ['the share, rounded down', { maximumResources: 10, maximumPercent: 5, minimumResources: 0 }, 39, 1],
  ['nothing of a small fleet', { maximumResources: 10, maximumPercent: 5, minimumResources: 0 }, 19, 0],
  ['at least some of a small fleet', { maximumResources: 10, maximumPercent: 5, minimumResources: 3 }, 19, 3],
  ['the number, however many at least', { maximumResources: 2, maximumPercent: 5, minimumResources: 3 }, 1000, 2],
  ['nothing of nothing', { maximumResources: 10, maximumPercent: 100, minimumResources: 0 }, 0, 0],
  ['at least some of nothing', { maximumResources: 10, maximumPercent: 100, minimumResources: 1 }, 0, 1],
  ['a share that no binary fraction is', { maximumResources: 100, maximumPercent: 0.7, minimumResources: 0 }, 1000, 7],
  ['everything', { maximumResources: 1000, maximumPercent: 100, minimumResources: 0 }, 1000, 1000],
])('a limit allows %s', (_what, limit, total, allowed) => {
  expect(allowedResources(limit, total)).toBe(allowed);
});

describe('a rule', () => {
  let environment: MitigationEnvironment;

  afterEach(() => environment.stop());

  test('touches none of 500 certificates of 1,000 if 10 are allowed', async () => {
    environment = await MitigationEnvironment.start({ certificates: certificates(1000, 500) });
    const taskId = await environment.audit(EXPIRING);
    const plan = await environment.plan(taskId, [rule({ checks: [EXPIRING] })]);

    expect(plan.requests).toEqual([]);
    const { subject, text } = await environment.report(plan);
    expect(subject).toBe('Fleet: 500 resources left alone; nothing was touched');
    expect(text.split('\n')).toContain(`MEDIUM ${EXPIRING}: 500 of 1,000 resources; at most 10 allowed `
      + '(10, or 5 % = 50); nothing was touched');
    expect(environment.inactive()).toEqual([]);
  });

  test.each([
    [1, Outcome.OVER_LIMIT, []],
    [2, Outcome.OVER_LIMIT, []],
    [3, Outcome.APPLIED, [1, 2, 3]],
  ])('that allows 5 percent, but at least %i, ends with %s for 3 of 10 devices', async (
    minimumResources, outcome, inactive,
  ) => {
    environment = await MitigationEnvironment.start({ certificates: certificates(10, 3) });
    const taskId = await environment.audit(EXPIRING);
    const { plan } = await environment.run(taskId, [rule({ checks: [EXPIRING], minimumResources })]);

    expect(outcomes(plan)).toEqual({ [EXPIRING]: outcome });
    expect(environment.inactive()).toEqual(inactive);
  });

  test('limits each check by itself, and applies the others', async () => {
    environment = await MitigationEnvironment.start({
      certificates: certificates(100, 50), plantedFindings: numbers(5).map((number) => weakKey(1000 + number, KEY)),
    });
    const taskId = await environment.audit(EXPIRING, KEY);
    const plan = await environment.plan(taskId, [rule({ checks: [EXPIRING, KEY], maximumPercent: 100 })]);

    expect(outcomes(plan)).toEqual({ [KEY]: Outcome.PLANNED, [EXPIRING]: Outcome.OVER_LIMIT });
    expect(plan.requests).toMatchObject([{ AuditCheckToActionsMapping: { [KEY]: ['Deactivate'] } }]);
  });

  test('counts resources, not findings', async () => {
    const codes = ['CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361', 'CERTIFICATE_KEY_VULNERABILITY_CVE-2008-0166'];
    environment = await MitigationEnvironment.start({
      plantedFindings: numbers(3).flatMap((number) => codes.map((code) => weakKey(number, KEY, code))),
    });
    const taskId = await environment.audit(KEY);
    const plan = await environment.plan(
      taskId, [rule({ reasonCodes: codes, maximumResources: 3, maximumPercent: 100 })]);

    expect(plan.checks).toMatchObject([{ outcome: Outcome.PLANNED, affectedResources: 3, batches: 1 }]);
    expect(plan.requests).toHaveLength(1);
    expect(plan.resources).toHaveLength(3);
  });

  test('never touches more than one plan can name', async () => {
    environment = await MitigationEnvironment.start({
      plantedFindings: numbers(2501).map((number) => weakKey(number)),
    });
    const taskId = await environment.audit(KEY);
    const { text, plan } = await environment.run(
      taskId, [wideRule({ exceptions: { deviceCertificates: [certificateId(9999)] } })]);

    expect(outcomes(plan)).toEqual({ [KEY]: Outcome.OVER_LIMIT });
    expect(text).toContain('at least 2,501 of 2,501 resources; more findings than one plan can name; nothing was touched');
  });

  test('replaces the default version of a policy once, whatever number of checks and rules reports it', async () => {
    environment = await MitigationEnvironment.start({
      policies: [{ policyName: 'Broad', versions: [{ versionId: '1', document: {} }] }],
      plantedFindings: [
        broadPolicy('Broad'), broadPolicy('Broad', MISCONFIGURED),
        {
          ...broadPolicy('Broad', MISCONFIGURED),
          reasonCode: 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS',
        },
      ],
    });
    const checks = [MISCONFIGURED, POLICY];
    const taskId = await environment.audit(POLICY, MISCONFIGURED);
    const { plan } = await environment.run(taskId, [wideRule({ checks, actions: [BLANK] })]);

    expect(plan.checks).toMatchObject([
      { checkName: POLICY, outcome: Outcome.APPLIED, succeeded: 1 },
      { checkName: checks[0], outcome: Outcome.NOTHING_LEFT, repairedFindings: 2 },
    ]);
    expect(environment.iot.fleet.policies.get('Broad')!.versions).toHaveLength(2);
  });
});
