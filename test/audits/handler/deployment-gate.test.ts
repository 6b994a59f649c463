import {
  CONFLICTING, GateRequest, KEY, NEW_ONLY, POLICY, REVOKED, STRICT, createSchedule, gated, named, runSchedule,
  suppress, verdictIn, verdictOn, weakKey,
} from './gate-requests';
import { LOGGING, MINUTE, SECOND, SHARED as SHARED_CHECK, create, meanwhile } from './on-demand-audit-requests';
import { CheckName } from '../../../rehearsal/device-defender/checks/check-catalog';
import { FleetDescription } from '../../../rehearsal/device-defender/fleet';
import { AUDIT_ROLE, certificateId, endAll } from '../../../rehearsal/test/support/running-stand-in';
import { digestOf } from '../../../src/audits/handler/audit-identity';
import { FunctionEnvironment } from '../../support/function-environment';
import { captureLog } from '../../support/function-log';

const SHARED = SHARED_CHECK as CheckName;
const log = captureLog();

const permissive = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };

/**
 * A fleet with two shared certificates, a client id in conflict, a permissive policy, three weak keys, a revoked
 * certificate and no logging.
 */
const FLEET: FleetDescription = {
  certificates: [
    ...[1, 2].map((number) => ({
      certificateId: certificateId(number),
      connections: ['a', 'b'].map((name) => ({ clientId: `${name}${number}`, from: '-5h', to: '-4h' })),
    })),
    { certificateId: certificateId(3), revokedByCa: true, connections: [{ clientId: 'twin', from: '-6h', to: '-5h' }] },
    { certificateId: certificateId(4), connections: [{ clientId: 'twin', from: '-5h', to: '-4h' }] },
  ],
  policies: [
    { policyName: 'Everything', versions: [{ versionId: '1', document: permissive }] },
    { policyName: 'Nothing', versions: [{ versionId: '1', document: { Statement: [] } }] },
  ],
  plantedFindings: [5, 6, 7].map((number) => weakKey(number)),
};

const SHARED_FOUND = `CRITICAL ${SHARED} 2 (${named(1)}, ${named(2)})`;
const POLICY_FOUND = `CRITICAL ${POLICY} 1 ("Everything" version 1)`;
const KEY_FOUND = `CRITICAL ${KEY} 3 (${named(5)}, ${named(6)}, ${named(7)})`;
const TWIN_FOUND = `HIGH ${CONFLICTING} 1 ("twin")`;
const REVOKED_FOUND = `MEDIUM ${REVOKED} 1 (${named(3)})`;
const LOGGING_FOUND = 'LOW LOGGING_DISABLED_CHECK 1 ("123456789012")';

describe('a deployment gate', () => {
  let environment: FunctionEnvironment;

  beforeEach(async () => {
    environment = await FunctionEnvironment.start({ fleet: FLEET });
    await environment.enableChecks(SHARED, POLICY, KEY, CONFLICTING, REVOKED, LOGGING);
  });

  afterEach(async () => {
    await environment.stop();
    await endAll();
  });

  test.each<[string, GateRequest, string]>([
    [
      'a shared certificate', { judged: [SHARED] },
      `1 check found 2 non-compliant resources (0 allowed for each check): ${SHARED_FOUND}`,
    ],
    [
      'a permissive policy', { judged: [POLICY] },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${POLICY_FOUND}`,
    ],
    [
      'client ids in conflict', { judged: [CONFLICTING] },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${TWIN_FOUND}`,
    ],
    [
      'weak keys', { judged: [KEY] },
      `1 check found 3 non-compliant resources (0 allowed for each check): ${KEY_FOUND}`,
    ],
    [
      'a revoked certificate', { judged: [REVOKED] },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${REVOKED_FOUND}`,
    ],
    [
      'logging that is off', { judged: [LOGGING as CheckName] },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${LOGGING_FOUND}`,
    ],
    ['several things, the worst first', { judged: [LOGGING as CheckName, REVOKED, POLICY, KEY] },
      `4 checks found 6 non-compliant resources (0 allowed for each check): ${KEY_FOUND}; ${POLICY_FOUND}; `
        + `${REVOKED_FOUND}; ${LOGGING_FOUND}`],
    ['a judged check, next to others that are not', { judged: [POLICY], reported: [SHARED, KEY] },
      `1 check found 1 non-compliant resource (0 allowed for each check): ${POLICY_FOUND}`],
    ['more than is allowed per check', { judged: [POLICY, KEY], gate: { ...STRICT, AllowedPerCheck: '2' } },
      `1 check found 3 non-compliant resources (2 allowed for each check): ${KEY_FOUND}`],
    ['more than is allowed in all',
      { judged: [POLICY, KEY], gate: { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '3' } },
      `2 checks found 4 non-compliant resources (3 allowed in all): ${KEY_FOUND}; ${POLICY_FOUND}`],
    ['everything without an earlier audit', { judged: [POLICY], gate: NEW_ONLY },
      `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 `
        + '("Everything" version 1; no earlier audit to compare with)'],
  ])('stops a deployment for %s', async (_what, request, expected) => {
    expect(await verdictOn(environment, gated(request))).toBe(expected);
  });

  test.each<[string, GateRequest]>([
    ['what is allowed per check', { judged: [POLICY, KEY], gate: { ...STRICT, AllowedPerCheck: '3' } }],
    [
      'what is allowed in all',
      { judged: [POLICY, KEY], gate: { ...STRICT, AllowedPerCheck: undefined, AllowedInAll: '4' } },
    ],
    [
      'findings of checks that it does not judge',
      { judged: [KEY], reported: [POLICY], gate: { ...STRICT, AllowedPerCheck: '3' } },
    ],
    [
      'everything without an earlier audit, if that is the choice',
      { judged: [POLICY, KEY], gate: { ...NEW_ONLY, CountWithoutEarlierAudit: 'false' } },
    ],
  ])('passes %s', async (_what, request) => {
    expect(await verdictOn(environment, gated(request))).toBe('passes');
  });

  test('passes a fleet that is compliant, with the counts in the attributes', async () => {
    environment.iot.fleet.policies.delete('Everything');
    const answer = await create(environment, gated({ judged: [POLICY], reported: [KEY] }));

    const [{ taskId }] = environment.iot.audits;
    const digest = digestOf(gated({ judged: [POLICY], reported: [KEY] }));
    const acceptedAt = Math.ceil(environment.time.now()).toString(36);
    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${digest}.${taskId}.${acceptedAt}`,
      Data: {
        TaskId: taskId, TaskStatus: 'COMPLETED', TotalChecksCount: 2, CompliantChecksCount: 1,
        NonCompliantChecksCount: 1, FailedChecksCount: 0,
        NonCompliance: `CRITICAL ${KEY} 3/3`, ChecksNotAudited: '',
      },
    });
    expect(environment.iot.requestsOf('ListAuditFindings')).toEqual([]);
  });

  test('names client ids so that none can hide anything, command a terminal or pass for the gate', async () => {
    const clientIds = ['a\u009b2J', '\u202egnihton dnuof', 'b"). The audit passes ("'];
    clientIds.forEach(
      (clientId) => environment.iot.fleet.plant({ checkName: CONFLICTING, resourceIdentifier: { clientId } }),
    );
    environment.iot.fleet.certificates.delete(certificateId(4));

    const verdict = await verdictOn(environment, gated({ judged: [CONFLICTING] }));
    expect(verdict).toBe(`1 check found 3 non-compliant resources (0 allowed for each check): HIGH ${CONFLICTING} 3 `
      + '("a\\u{9B}2J", "\\u{202E}gnihton dnuof", "b\\"). The audit passes (\\"")');
    const found = log.lines.filter((line) => line.includes('"finding"'));
    expect(found.map((line) => JSON.parse(line).resource.clientId)).toEqual(clientIds);
    expect(log.lines.join('')).not.toMatch(/[\u009b\u202e]/);
  });

  test('lists in the attributes the checks that the account does not enable', async () => {
    const properties = { ...gated({ judged: [POLICY, 'DEVICE_CERTIFICATE_AGE_CHECK'] }), EnabledChecksOnly: 'true' };
    environment.iot.fleet.policies.delete('Everything');

    expect((await create(environment, properties)).Data)
      .toMatchObject({ NonCompliance: '', ChecksNotAudited: 'LOW DEVICE_CERTIFICATE_AGE_CHECK' });
    expect(log.messages).toContain('the account does not enable these checks, which the gate would judge');
    const strict = { ...properties, Gate: { ...STRICT, FailOnDisabledCheck: 'true' } };
    expect(await verdictOn(environment, strict))
      .toBe('1 check could not be carried out: LOW DEVICE_CERTIFICATE_AGE_CHECK (NOT_ENABLED)');
  });

  test('fails a creation with the id that CloudFormation is to delete', async () => {
    const properties = gated({ judged: [POLICY] });
    const { PhysicalResourceId, Data } = await create(environment, properties);

    expect(PhysicalResourceId).toBe(`${digestOf(properties)}.${environment.iot.audits[0].taskId}`);
    expect(Data).toBeUndefined();
  });

  describe('with suppressed findings', () => {
    test('stops only for the others', async () => {
      await suppress(environment, KEY, { deviceCertificateId: certificateId(6) });
      await suppress(
        environment, POLICY, { policyVersionIdentifier: { policyName: 'Everything', policyVersionId: '1' } },
      );

      expect(await verdictOn(environment, gated({ judged: [POLICY, KEY] })))
        .toBe('1 check found 2 non-compliant resources (0 allowed for each check): '
        + `CRITICAL ${KEY} 2 (${named(5)}, ${named(7)})`);
      expect(log.lines.filter((line) => line.includes('"finding"')).join()).not.toContain(certificateId(6));
    });

    test('passes if there are no others', async () => {
      await suppress(environment, SHARED, { deviceCertificateId: certificateId(1) });
      await suppress(environment, SHARED, { deviceCertificateId: certificateId(2) });

      expect(await verdictOn(environment, gated({ judged: [SHARED] }))).toBe('passes');
    });

    test('stops for a new version of a policy', async () => {
      await suppress(
        environment, POLICY, { policyVersionIdentifier: { policyName: 'Everything', policyVersionId: '1' } },
      );
      const policy = environment.iot.fleet.policies.get('Everything')!;
      policy.versions.push({ versionId: '2', document: permissive });
      policy.defaultVersionId = '2';

      expect(await verdictOn(environment, gated({ judged: [POLICY] })))
        .toBe(
          `1 check found 1 non-compliant resource (0 allowed for each check): CRITICAL ${POLICY} 1 `
            + '("Everything" version 2)',
        );
    });

    test('without the suppressed and the known ones, only new ones remain', async () => {
      await createSchedule(environment, 'daily', KEY);
      runSchedule(environment, 'daily');
      environment.iot.fleet.plant(weakKey(8));
      environment.iot.fleet.plant(weakKey(9));
      await suppress(environment, KEY, { deviceCertificateId: certificateId(8) });

      expect(await verdictOn(environment, gated({ judged: [KEY], gate: NEW_ONLY })))
        .toBe(`1 check found 1 new non-compliant resource (0 allowed for each check): CRITICAL ${KEY} 1 (${named(9)})`);
    });
  });

  describe('with a check that cannot be carried out', () => {
    beforeEach(() => environment.iot.fleet.policies.delete('Everything'));

    const lenient = { ...STRICT, FailOnIncompleteCheck: 'false' };
    const WEAK = `1 check could not be carried out: CRITICAL ${POLICY}`;

    test.each([
      ['stops by default', STRICT, `${WEAK} (INSUFFICIENT_PERMISSIONS)`],
      ['passes if that is the choice', lenient, 'passes'],
    ])(
      'because a permission is missing %s', async (_what, gate, expected) => {
        environment.iot.fleet.denyPermissions(AUDIT_ROLE, POLICY);

        expect(await verdictOn(environment, gated({ judged: [POLICY], reported: [KEY], gate }))).toBe(expected);
      },
    );

    test.each([
      ['stops by default', STRICT, `${WEAK} (INSUFFICIENT_PERMISSIONS)`],
      ['passes if that is the choice', lenient, 'passes'],
    ])(
      'in an audit that cannot be carried out at all %s', async (_what, gate, expected) => {
        environment.iot.fleet.denyPermissions(AUDIT_ROLE, '*');

        expect(await verdictOn(environment, gated({ judged: [POLICY], reported: [KEY], gate }))).toBe(expected);
        expect(environment.iot.audits[0].status).toBe('FAILED');
      },
    );

    test('passes if the gate does not judge it', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, KEY);

      expect(await verdictOn(environment, gated({ judged: [POLICY], reported: [KEY] }))).toBe('passes');
    });

    test.each([
      ['stops by default', STRICT, `${WEAK} (CANCELED)`], ['passes if that is the choice', lenient, 'passes'],
    ])(
      'because the audit is canceled %s', async (_what, gate, expected) => {
        environment.iot.timing.auditDuration = 10 * MINUTE;
        environment.iot.timing.checkDurations = { [KEY]: SECOND };
        const [answer] = await Promise.all([
          create(environment, gated({ judged: [POLICY], reported: [KEY], gate })),
          meanwhile(environment, MINUTE, () => environment.cancelAudit(environment.iot.audits[0].taskId)),
        ]);

        expect(verdictIn(answer, environment.iot.audits[0].taskId)).toBe(expected);
        expect(environment.iot.audits[0].status).toBe('CANCELED');
      },
    );

    test('stops for findings of other checks as well', async () => {
      environment.iot.fleet.denyPermissions(AUDIT_ROLE, POLICY);

      expect(await verdictOn(environment, gated({ judged: [POLICY, KEY] }))).toBe(
        '1 check found 3 non-compliant resources (0 allowed for each check), and 1 check could not be carried out: '
        + `${KEY_FOUND}; CRITICAL ${POLICY} (INSUFFICIENT_PERMISSIONS)`);
    });
  });
});
