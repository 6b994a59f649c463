import type { AuditFinding, MitigationActionParams } from '@aws-sdk/client-iot';
import { Fleet } from '../../device-defender/fleet';
import { applyAction } from '../../device-defender/mitigation-effects';
import { Publications } from '../../device-defender/notifications';

const ID = 'a'.repeat(64);
const LOGGING_ROLE = 'arn:aws:iam::123456789012:role/Logging';

function fleet(): Fleet {
  return new Fleet({
    certificates: [{ certificateId: ID, things: ['pump'] }],
    caCertificates: [{ certificateId: ID }],
    policies: [{ policyName: 'Broad', versions: [{ versionId: '4', document: {} }] }],
    thingGroups: [
      { thingGroupName: 'Quarantine' },
      ...Array.from({ length: 10 }, (_, index) => ({ thingGroupName: `dynamic-${index}`, dynamic: true })),
    ],
  }, Date.now());
}

function apply(to: Fleet, actionParams: MitigationActionParams, resourceIdentifier: object = {}): void {
  const finding: AuditFinding = { nonCompliantResource: { resourceIdentifier } };
  applyAction(to, new Publications(to), { name: 'Action', id: '1', roleArn: 'role', actionParams } as never, finding);
}

const ENABLE_LOGGING = { enableIoTLoggingParams: { roleArnForLogging: LOGGING_ROLE, logLevel: 'WARN' as const } };
const QUARANTINE = {
  addThingsToThingGroupParams: { thingGroupNames: ['Quarantine'], overrideDynamicGroups: true },
};

test.each<[MitigationActionParams, object, object[]]>([
  [
    { updateDeviceCertificateParams: { action: 'DEACTIVATE' } }, { deviceCertificateId: ID },
    [{ change: 'certificate status', certificateId: ID, before: 'ACTIVE', after: 'INACTIVE' }],
  ],
  [
    { updateCACertificateParams: { action: 'DEACTIVATE' } }, { caCertificateId: ID },
    [{ change: 'CA certificate status', certificateId: ID, before: 'ACTIVE', after: 'INACTIVE' }],
  ],
  [QUARANTINE, { deviceCertificateId: ID }, [{ change: 'thing groups', thingName: 'pump', joined: 'Quarantine' }]],
  [ENABLE_LOGGING, {}, [{ change: 'logging', before: 'disabled', after: 'WARN' }]],
])('%j is noted once, however often it is applied', (params, identifier, changes) => {
  const given = fleet();
  apply(given, params, identifier);
  apply(given, params, identifier);

  expect(given.changes).toEqual(changes);
});

test('a blanked policy is noted with its versions', () => {
  const given = fleet();
  apply(
    given, { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
    { policyVersionIdentifier: { policyName: 'Broad', policyVersionId: '4' } },
  );

  expect(given.changes).toEqual([
    { change: 'default version of a policy', policyName: 'Broad', before: '4', after: '5' },
  ]);
});

test('a thing that is in too many groups leaves a dynamic one', () => {
  const given = fleet();
  given.groupsOfThing.set('pump', new Set(Array.from({ length: 10 }, (_, index) => `dynamic-${index}`)));
  apply(given, QUARANTINE, { deviceCertificateId: ID });

  expect(given.changes).toEqual([
    { change: 'thing groups', thingName: 'pump', joined: 'Quarantine', left: 'dynamic-0' },
  ]);
});
