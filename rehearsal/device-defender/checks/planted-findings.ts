import type { Fleet, PlantedFinding } from '../fleet';
import { isInUse } from './certificate-validity';
import type { CheckFacts } from './check-catalog';
import type { NonCompliance } from './evaluation';

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
  const certificate = fleet.certificates.get(deviceCertificateId ?? '') ?? fleet.caCertificates.get(caCertificateId ?? '');
  if (certificate !== undefined) return isInUse(certificate);
  const policy = fleet.policies.get(policyVersionIdentifier?.policyName ?? '');
  return policy === undefined || policy.defaultVersionId === policyVersionIdentifier?.policyVersionId;
}
