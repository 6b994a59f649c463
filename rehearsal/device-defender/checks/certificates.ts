import type { CertificateStatus } from '../fleet';
import type { Evaluation, EvaluationContext, NonCompliance } from './rule';

const DAY = 86_400_000;

/** Fixed by the service for CA certificates. */
const CA_EXPIRY_DAYS = 30;

/** The states in which the checks look at a certificate at all. */
export function isInUse({ status }: { readonly status: CertificateStatus }): boolean {
  return status === 'ACTIVE' || status === 'PENDING_TRANSFER';
}

export function certificateExpiry({ fleet, now, thresholdDays }: EvaluationContext): Evaluation {
  return expiry([...fleet.certificates.values()], 'deviceCertificateId', now, thresholdDays);
}

export function caCertificateExpiry({ fleet, now }: EvaluationContext): Evaluation {
  return expiry([...fleet.caCertificates.values()], 'caCertificateId', now, CA_EXPIRY_DAYS);
}

function expiry(
  certificates: readonly {
    readonly certificateId: string;
    readonly status: CertificateStatus;
    readonly notAfter: number;
  }[],
  key: 'deviceCertificateId' | 'caCertificateId', now: number, days: number,
): Evaluation {
  const inUse = certificates.filter(isInUse);
  const nonCompliances = inUse
    .filter(({ notAfter }) => notAfter <= now + days * DAY)
    .map(({ certificateId, notAfter }): NonCompliance => {
      const past = notAfter <= now;
      return {
        resourceIdentifier: { [key]: certificateId },
        reasonCode: past ? 'CERTIFICATE_PAST_EXPIRATION' : 'CERTIFICATE_APPROACHING_EXPIRATION',
        reason: past ? 'Certificate is past its expiration.' : 'Certificate is approaching its expiration.',
      };
    });
  return { totalResources: inUse.length, nonCompliances };
}

export function certificateAge({ fleet, now, thresholdDays }: EvaluationContext): Evaluation {
  const inUse = [...fleet.certificates.values()].filter(isInUse);
  return {
    totalResources: inUse.length,
    nonCompliances: inUse
      .filter(({ activatedAt }) => now - activatedAt >= thresholdDays * DAY)
      .map(({ certificateId }) => ({
        resourceIdentifier: { deviceCertificateId: certificateId }, reasonCode: 'CERTIFICATE_PAST_AGE_THRESHOLD',
        reason: 'Certificate has been active longer than the age threshold.',
      })),
  };
}

const reasonCode = 'CERTIFICATE_REVOKED_BY_ISSUER';
const reason = 'Certificate is revoked by its issuer but still active.';

export function revokedCertificates({ fleet }: EvaluationContext): Evaluation {
  const inUse = [...fleet.certificates.values()].filter(isInUse);
  return {
    totalResources: inUse.length,
    nonCompliances: inUse.filter(({ revokedByCa }) => revokedByCa).map(({ certificateId }) => ({
      resourceIdentifier: { deviceCertificateId: certificateId }, reasonCode, reason,
    })),
  };
}

export function revokedCaCertificates({ fleet }: EvaluationContext): Evaluation {
  const inUse = [...fleet.caCertificates.values()].filter(isInUse);
  return {
    totalResources: inUse.length,
    nonCompliances: inUse.filter(({ revokedByIssuer }) => revokedByIssuer).map(({ certificateId }) => ({
      resourceIdentifier: { caCertificateId: certificateId }, reasonCode, reason,
    })),
  };
}
