import { CfnThing, CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { MitigationLab, fleetOf, idOf } from './mitigation-lab';
import { GrantedPermission, unusedPermissions } from '../../rehearsal/iam/permission-usage';
import { stopAccounts } from '../../rehearsal/test/support/running-account';
import { AuditCheck, Mitigation, MitigationException, MitigationMode } from '../../src';
import { captureLog } from '../support/function-log';

const [POLICIES, ISSUERS] = [
  AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, AuditCheck.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES,
];
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };
const WIDE = { mode: MitigationMode.APPLY, maximumPercent: 100 };

/** What Step Functions needs for its log and for traces, and what encrypted topics need: no stand-in asks for it. */
const NOT_REHEARSED = /^(kms|logs|xray):/;

/** True for what is permitted for the sake of what follows an audit, and for nothing that a deployment needs. */
function isOwn({ roleName, policyName, action }: GrantedPermission): boolean {
  const isOwnPolicy = roleName.includes('AutomaticMitigation') || policyName !== 'Permissions';
  return isOwnPolicy && !NOT_REHEARSED.test(action);
}

/** The machine's policy has another name than those of the function. */
function kindOf({ policyName, action }: GrantedPermission): string {
  return `${policyName.replace(/[0-9a-f]{8}$/, '')} ${action}`;
}

captureLog();
afterEach(stopAccounts);

test('rules of every kind need each permission of the function and of the state machine, and no other', async () => {
  const lab = await MitigationLab.deploy({
    fleet: {
      ...fleetOf(3, 2),
      thingGroups: [{ thingGroupName: 'hospital' }, { thingGroupName: 'garden' }],
      things: [{ thingName: 'copy-1', thingGroupNames: ['garden'] }],
      policies: [{ policyName: 'everything', versions: [{ versionId: '1', document: EVERYTHING }] }],
      plantedFindings: [0, 77].map((index) => ({
        checkName: ISSUERS.checkName,
        resourceIdentifier: { issuerCertificateIdentifier: { issuerCertificateSubject: `issuer ${index}` } },
        relatedResources: [{
          resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: idOf(index) },
        }],
      })),
    },
    checks: [POLICIES, ISSUERS],
    rule: ({ stack }) => ({
      exceptions: [
        MitigationException.thingGroup(CfnThingGroup.fromThingGroupName(stack, 'Hospital', 'hospital')),
        MitigationException.thing(CfnThing.fromThingName(stack, 'Pump', 'nowhere')),
      ],
      maximumPercent: 100,
    }),
    more: ({ audit, action }) => {
      audit.mitigateAutomatically({
        ...WIDE, checks: [POLICIES], actions: [action('Blank', Mitigation.replaceDefaultPolicyVersionOfAnyPolicy())],
      });
      audit.mitigateAutomatically({
        ...WIDE, checks: [ISSUERS], actions: [action('DeactivateAll', Mitigation.updateDeviceCertificate())],
      });
    },
  });
  lab.answer = lab.approve;

  const end = await lab.mitigated();

  expect(end.outcomes).toEqual([
    [
      'shared ASKED', `${POLICIES.checkName} APPLIED`, `${ISSUERS.checkName} FAILED`, 'logging APPLIED',
    ],
    ['shared APPLIED'],
  ]);
  const { denials, usage } = lab.account.permissions;
  expect(denials).toEqual([]);
  const own = usage.all.filter(isOwn);
  expect(new Set(own.map(kindOf)).size).toBe(26);
  expect(unusedPermissions(own, kindOf)).toEqual([]);
});
