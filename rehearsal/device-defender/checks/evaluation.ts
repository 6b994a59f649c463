import type { Fleet, PlantedFinding } from '../fleet';
import {
  caCertificateExpiry, certificateAge, certificateExpiry, isInUse, revokedCaCertificates, revokedCertificates,
} from './certificates';
import { CheckFacts, CheckName, factsOf } from './check-catalog';
import { conflictingClientIds, sharedCertificates } from './connections';
import { permissivePolicies } from './permissive-policies';
import type { Evaluation, EvaluationContext, NonCompliance, Rule } from './rule';

/** Rules the stand-in evaluates itself. The other checks find only what a fleet plants. */
const RULES: Partial<Record<CheckName, Rule>> = {
  DEVICE_CERTIFICATE_SHARED_CHECK: sharedCertificates,
  CONFLICTING_CLIENT_IDS_CHECK: conflictingClientIds,
  IOT_POLICY_OVERLY_PERMISSIVE_CHECK: permissivePolicies,
  LOGGING_DISABLED_CHECK: loggingDisabled,
  DEVICE_CERTIFICATE_EXPIRING_CHECK: certificateExpiry,
  DEVICE_CERTIFICATE_AGE_CHECK: certificateAge,
  CA_CERTIFICATE_EXPIRING_CHECK: caCertificateExpiry,
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK: revokedCertificates,
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK: revokedCaCertificates,
};

export function evaluate(checkName: CheckName, context: EvaluationContext): Evaluation {
  const found = RULES[checkName]?.(context) ?? { totalResources: 0, nonCompliances: [] };
  const planted = plantedNonCompliances(context.fleet, checkName, factsOf(checkName));
  if (planted.length === 0) return found;
  // Copying is avoided where a fleet plants everything, which is how very long lists are made.
  return {
    totalResources: found.totalResources + planted.length,
    nonCompliances: found.nonCompliances.length === 0 ? planted : [...found.nonCompliances, ...planted],
  };
}

/** Level DISABLED counts as disabled logging: inferred, no log-level rule is documented. */
export function loggingDisabled({ fleet, accountId }: EvaluationContext): Evaluation {
  const { logging } = fleet;
  const enabled =
    logging?.roleArn !== undefined && logging.disableAllLogs !== true && logging.defaultLogLevel !== 'DISABLED';
  return {
    totalResources: 1,
    nonCompliances: enabled
      ? []
      : [
        {
          resourceIdentifier: { account: accountId }, reasonCode: 'LOGGING_DISABLED',
          reason: 'AWS IoT logs are not enabled in CloudWatch.',
        },
      ],
  };
}

/** The findings a fleet plants for a check, without those that mitigation has dealt with meanwhile. */
export function plantedNonCompliances(fleet: Fleet, checkName: string, facts: CheckFacts): readonly NonCompliance[] {
  return fleet.plantedFor(checkName).filter((finding) => stillStands(fleet, finding)).map((finding) => ({
    resourceIdentifier: finding.resourceIdentifier,
    reasonCode: finding.reasonCode ?? facts.reasonCodes[0],
    reason: 'The resource does not meet the rule of the check.',
    relatedResources: finding.relatedResources,
  }));
}

/** A certificate out of use and a policy version that is no longer the default are never reported. */
function stillStands(fleet: Fleet, { resourceIdentifier }: PlantedFinding): boolean {
  const { deviceCertificateId, caCertificateId, policyVersionIdentifier } = resourceIdentifier;
  const certificate =
    fleet.certificates.get(deviceCertificateId ?? '') ?? fleet.caCertificates.get(caCertificateId ?? '');
  if (certificate !== undefined) return isInUse(certificate);
  const policy = fleet.policies.get(policyVersionIdentifier?.policyName ?? '');
  return policy === undefined || policy.defaultVersionId === policyVersionIdentifier?.policyVersionId;
}
