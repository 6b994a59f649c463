import type { RelatedResource, ResourceIdentifier } from '@aws-sdk/client-iot';
import type { Fleet } from '../fleet';
import { certificateAge, certificateExpiry, caCertificateExpiry } from './certificate-validity';
import { CheckName, factsOf } from './check-catalog';
import { conflictingClientIds, sharedCertificates } from './connections';
import { loggingDisabled } from './logging';
import { permissivePolicies } from './permissive-policies';
import { plantedNonCompliances } from './planted-findings';
import { revokedCaCertificates, revokedCertificates } from './revocation';

/** One resource that breaks the rule of a check. */
export interface NonCompliance {
  readonly resourceIdentifier: ResourceIdentifier;
  readonly reasonCode: string;
  readonly reason: string;
  readonly additionalInfo?: Record<string, string>;
  readonly relatedResources?: RelatedResource[];
}

export interface Evaluation {
  /** Resources the rule looked at. Which ones the service counts is undocumented: here, those a finding could be about. */
  readonly totalResources: number;
  readonly nonCompliances: readonly NonCompliance[];
}

export interface EvaluationContext {
  readonly fleet: Fleet;
  readonly accountId: string;
  /** When the audit started. */
  readonly now: number;
  /** The period whose connections count. */
  readonly window: { readonly from: number; readonly to: number };
  /** The configured threshold of the check, in days. */
  readonly thresholdDays: number;
}

type Rule = (context: EvaluationContext) => Evaluation;

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
