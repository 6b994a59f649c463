import {
  BLANK, CA, DEACTIVATE_CA, EXPIRING, ISSUER, KEY, MINUTE, MitigationEnvironment, POLICY, PUBLISH, broadPolicy,
  outcomes, rule, weakKey, wideRule,
} from './mitigation-environment';
import { FleetDescription } from '../../../rehearsal/device-defender/fleet';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { ExceptionSettings, Outcome } from '../../../src/mitigation/protocol';
import { captureLog } from '../../support/function-log';

captureLog();

const caId = (number: number) => certificateId(0xca00 + number);

/** Five certificates about to expire, each with a thing, in groups of two levels. */
const FLEET: FleetDescription = {
  certificates: [
    { certificateId: certificateId(1), notAfter: '+5d', things: ['a'] },
    { certificateId: certificateId(2), notAfter: '+5d', things: ['b'] },
    { certificateId: certificateId(3), notAfter: '+5d', things: ['c'] },
    { certificateId: certificateId(4), notAfter: '+5d', things: ['d', 'e'] },
    { certificateId: certificateId(5), notAfter: '+5d' },
  ],
  caCertificates: [
    { certificateId: caId(1), revokedByIssuer: true }, { certificateId: caId(2), revokedByIssuer: true },
  ],
  policies: ['Pumps', 'Valves', 'Repaired'].map((policyName) => ({
    policyName, versions: [{ versionId: '1', document: {} }, { versionId: '2', document: {} }],
  })),
  things: [
    { thingName: 'a' }, { thingName: 'b', thingGroupNames: ['hospital'] },
    { thingName: 'c', thingGroupNames: ['ward'] }, { thingName: 'd' }, { thingName: 'e', thingGroupNames: ['yard', 'ward'] },
  ],
  thingGroups: [
    { thingGroupName: 'hospital' }, { thingGroupName: 'floor', parentGroupName: 'hospital' },
    { thingGroupName: 'ward', parentGroupName: 'floor' }, { thingGroupName: 'yard' },
  ],
  plantedFindings: [broadPolicy('Pumps'), broadPolicy('Valves'), broadPolicy('Repaired')],
};

let environment: MitigationEnvironment;

beforeEach(async () => {
  environment = await MitigationEnvironment.start(FLEET);
});

afterEach(() => environment.stop());

test.each<[string, ExceptionSettings, number[]]>([
  ['by certificate', { deviceCertificates: [certificateId(2), certificateId(3)] }, [1, 4, 5]],
  ['by thing', { things: ['a', 'e'] }, [2, 3, 5]],
  ['by thing group', { thingGroups: ['ward'] }, [1, 2, 5]],
  ['by a group above', { thingGroups: ['hospital'] }, [1, 5]],
  ['by a group in the middle', { thingGroups: ['floor'] }, [1, 2, 5]],
  ['by all of them', { deviceCertificates: [certificateId(5)], things: ['a'], thingGroups: ['yard'] }, [2, 3]],
  ['of another kind only', { policies: ['Pumps'] }, [1, 2, 3, 4, 5]],
])('exceptions %s are never touched, and the others are', async (_what, exceptions, touched) => {
  const { plan, text } = await environment.run(
    await environment.audit(EXPIRING), [wideRule({ checks: [EXPIRING], exceptions })]);
  const excepted = 5 - touched.length;

  expect(environment.inactive()).toEqual(touched);
  expect(plan.checks).toMatchObject([{ outcome: Outcome.APPLIED, affectedResources: touched.length }]);
  expect(plan.checks[0].exceptedFindings).toBe(excepted || undefined);
  expect(text).toContain(`: ${touched.length} of 5 resources${
    excepted === 0 ? '' : ` (${excepted} finding${excepted === 1 ? '' : 's'} about exceptions left out)`}; Deactivate: `);
});

test('exceptions by CA certificate are never touched', async () => {
  await environment.run(await environment.audit(CA), [
    wideRule({ checks: [CA], actions: [DEACTIVATE_CA], exceptions: { caCertificates: [caId(1)] } }),
  ]);

  expect([...environment.iot.fleet.caCertificates.values()].map(({ status }) => status))
    .toEqual(['ACTIVE', 'INACTIVE']);
});

test('exceptions by policy are never touched, nor is a policy that was repaired meanwhile', async () => {
  const taskId = await environment.audit(POLICY);
  environment.iot.fleet.policies.get('Repaired')!.defaultVersionId = '2';
  const { plan, text } = await environment.run(taskId, [
    wideRule({ checks: [POLICY], actions: [BLANK], exceptions: { policies: ['Pumps'] } }),
  ]);

  expect([...environment.iot.fleet.policies.values()].map(({ defaultVersionId }) => defaultVersionId))
    .toEqual(['1', '3', '2']);
  expect(plan.checks).toMatchObject([{ affectedResources: 1, exceptedFindings: 1, repairedFindings: 1 }]);
  expect(text).toContain('1 of 6 resources (1 finding about exceptions left out, '
    + '1 finding about what was repaired meanwhile left out)');
});

test('a policy that was deleted meanwhile is left out', async () => {
  const taskId = await environment.audit(POLICY);
  environment.iot.fleet.policies.delete('Valves');
  const { plan } = await environment.run(taskId, [wideRule({ checks: [POLICY], actions: [BLANK] })]);

  expect(plan.checks)
    .toMatchObject([{ outcome: Outcome.APPLIED, affectedResources: 2, repairedFindings: 1, succeeded: 2 }]);
});

test('an imported action may replace policies, so that repaired ones are left out', async () => {
  const taskId = await environment.audit(POLICY);
  environment.iot.fleet.policies.get('Repaired')!.defaultVersionId = '2';
  const { checks } = await environment.plan(taskId, [wideRule({ checks: [POLICY], actions: [{ name: 'Blank' }] })]);

  expect(checks).toMatchObject([{ affectedResources: 2, repairedFindings: 1 }]);
});

test('a policy that cannot be looked up fails the step', async () => {
  const taskId = await environment.audit(POLICY);
  environment.iot.faults.add({ operation: 'GetPolicy', kind: 'accessDenied', times: Infinity });

  await expect(environment.plan(taskId, [wideRule({ checks: [POLICY], actions: [BLANK] })]))
    .rejects.toThrow('User is not authorized to perform: iot:GetPolicy');
});

test('a policy is not looked up to publish its findings', async () => {
  await environment.plan(await environment.audit(POLICY), [wideRule({ checks: [POLICY], actions: [PUBLISH] })]);

  expect(environment.calls().GetPolicy).toBeUndefined();
});

test('suppressed findings are never counted, named or touched', async () => {
  await environment.suppress(EXPIRING, { deviceCertificateId: certificateId(1) });
  const exceptions = { deviceCertificates: [certificateId(2)] };
  const taskId = await environment.audit(EXPIRING);
  const plan = await environment.plan(taskId, [wideRule({ checks: [EXPIRING], exceptions })]);

  expect(plan.checks).toMatchObject([{ nonCompliantResources: 4, affectedResources: 3, exceptedFindings: 1 }]);
  expect(plan.resources.map(({ resource }) => resource)).toEqual([3, 4, 5].map((number) => `"${certificateId(number)}"`));
  const { plan: ended } = await environment.run(taskId, [wideRule({ checks: [EXPIRING] })]);
  expect(ended.checks).toMatchObject([{ affectedResources: 4, succeeded: 4, skipped: 1 }]);
  expect(environment.inactive()).toEqual([2, 3, 4, 5]);
});

test.each(['APPLY', 'ASK', 'REPORT'])('people need not hear of a check whose resources are all exceptions, in mode %s', async (mode) => {
  const plan = await environment.plan(await environment.audit(EXPIRING), [
    rule({ checks: [EXPIRING], mode, exceptions: { deviceCertificates: [1, 2, 3, 4, 5].map(certificateId) } }),
  ]);

  expect(plan).toMatchObject({ checks: [], requests: [], resources: [] });
});

test('exceptions do not count towards the limit', async () => {
  const taskId = await environment.audit(EXPIRING);
  const limit = { checks: [EXPIRING], maximumResources: 3, maximumPercent: 100 };

  expect(outcomes(await environment.plan(taskId, [rule(limit)]))).toEqual({ [EXPIRING]: Outcome.OVER_LIMIT });
  expect(outcomes(await environment.plan(taskId, [rule({ ...limit, exceptions: { thingGroups: ['hospital'] } })])))
    .toEqual({ [EXPIRING]: Outcome.PLANNED });
});

test.each(['ListPrincipalThings', 'ListThingGroupsForThing', 'DescribeThingGroup'] as const)(
  'an exception that cannot be looked up (%s) fails the step', async (operation) => {
    const taskId = await environment.audit(EXPIRING);
    environment.iot.faults.add({ operation, kind: 'accessDenied', times: Infinity });

    await expect(environment.plan(taskId, [wideRule({ checks: [EXPIRING], exceptions: { thingGroups: ['hospital'] } })]))
      .rejects.toThrow(`User is not authorized to perform: iot:${operation}`);
  });

test('a certificate, a thing or a group that is gone is no exception', async () => {
  const taskId = await environment.audit(EXPIRING);
  const { fleet } = environment.iot;
  fleet.certificates.delete(certificateId(1));
  fleet.groupsOfThing.delete('b');
  fleet.thingGroups.delete('ward');
  const { checks } = await environment.plan(
    taskId, [wideRule({ checks: [EXPIRING], exceptions: { thingGroups: ['hospital'] } })]);

  expect(checks).toMatchObject([{ affectedResources: 5 }]);
});

test('a resource without a name may be an exception, so it is left out', async () => {
  environment.iot.fleet.plant({ checkName: KEY, resourceIdentifier: {} });
  environment.iot.fleet.plant(weakKey(1));
  const taskId = await environment.audit(KEY);

  expect((await environment.plan(taskId, [wideRule({ exceptions: { things: ['x'] } })])).checks)
    .toMatchObject([{ affectedResources: 1, exceptedFindings: 1 }]);
});

test('capital letters in the id of a certificate make no difference', async () => {
  environment.iot.fleet.plant(weakKey(0xabc));
  environment.iot.fleet.plant(weakKey(1));
  const exceptions = { deviceCertificates: [certificateId(0xabc).toUpperCase()] };

  expect((await environment.plan(await environment.audit(KEY), [wideRule({ exceptions })])).checks)
    .toMatchObject([{ affectedResources: 1, exceptedFindings: 1 }]);
});

test('a certificate that only its ARN names is known', async () => {
  const deviceCertificateArn = `arn:aws:iot:eu-west-1:123456789012:cert/${certificateId(3)}`;
  environment.iot.fleet.plant({ checkName: KEY, resourceIdentifier: { deviceCertificateArn } });
  environment.iot.fleet.plant(weakKey(1));
  const taskId = await environment.audit(KEY);

  const exceptions = { deviceCertificates: [certificateId(3)] };

  expect((await environment.plan(taskId, [wideRule({ exceptions })])).checks)
    .toMatchObject([{ affectedResources: 1, exceptedFindings: 1 }]);
});

test('many certificates in groups cost what the API allows, and end with a way out', async () => {
  for (let number = 1000; number < 2000; number++) {
    environment.iot.fleet.certificates.set(certificateId(number), {
      certificateId: certificateId(number), status: 'ACTIVE', notAfter: environment.time.now(), activatedAt: 0,
      revokedByCa: false, connections: [], things: ['b'],
    });
  }
  const taskId = await environment.audit(EXPIRING);
  const began = environment.time.now();
  environment.functionTime = 2 * MINUTE;

  await expect(environment.plan(taskId, [wideRule({ checks: [EXPIRING], exceptions: { thingGroups: ['hospital'] } })]))
    .rejects.toThrow('the findings are too many to be read in the time that the function has; suppress the accepted '
      + 'ones, name exceptions by certificate instead of by thing or thing group, or mitigate this audit by hand. '
      + 'Nothing was touched');
  expect(environment.time.now() - began).toBeLessThan(2 * MINUTE);
});

describe('a finding about an issuer certificate', () => {
  const related = (numbers: readonly number[]) => numbers.map((number) => ({
    resourceType: 'DEVICE_CERTIFICATE' as const, resourceIdentifier: { deviceCertificateId: certificateId(number) },
  }));
  const plant = (issuerId: string, numbers: readonly number[]) => environment.iot.fleet.plant({
    checkName: ISSUER, resourceIdentifier: { issuerCertificateIdentifier: { issuerId } },
    relatedResources: related(numbers),
  });
  const issuerRule = { checks: [ISSUER], maximumResources: 100, minimumResources: 100 };

  test('counts the device certificates behind it, each once', async () => {
    plant('A', [1, 2]);
    plant('B', [2, 3]);
    const { plan, text } = await environment.run(await environment.audit(ISSUER), [wideRule(issuerRule)]);

    expect(plan.checks).toMatchObject([{ affectedResources: 3, nonCompliantResources: 2, succeeded: 2 }]);
    expect(text).toContain(`${ISSUER}: 3 device certificates behind 2 of 2 issuers; Deactivate: 2 findings mitigated`);
    expect(environment.inactive()).toEqual([1, 2, 3]);
  });

  test('is left alone with all others if they are too many, and no more is read', async () => {
    plant('A', [1]);
    plant('B', Array.from({ length: 10_000 }, (_, number) => 100 + number));
    const { checks } = await environment.plan(
      await environment.audit(ISSUER), [rule({ ...issuerRule, maximumResources: 300, minimumResources: 300 })]);

    expect(checks).toMatchObject([{ outcome: Outcome.OVER_LIMIT, affectedResources: 301, isMinimum: true }]);
    expect(environment.calls().ListRelatedResourcesForAuditFinding).toBe(1 + 2);
  });

  test('is an exception if one of them is', async () => {
    plant('A', [1, 4]);
    plant('B', [2, 5]);
    const { plan } = await environment.run(
      await environment.audit(ISSUER), [wideRule({ ...issuerRule, exceptions: { thingGroups: ['ward'] } })]);

    expect(plan.checks).toMatchObject([{ affectedResources: 2, exceptedFindings: 1 }]);
    expect(environment.inactive()).toEqual([2, 5]);
  });

  test('without any counts as one', async () => {
    plant('A', []);

    expect((await environment.plan(await environment.audit(ISSUER), [wideRule(issuerRule)])).checks)
      .toMatchObject([{ affectedResources: 1, outcome: Outcome.PLANNED }]);
  });
});
