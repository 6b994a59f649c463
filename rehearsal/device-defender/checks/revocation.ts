import { isInUse } from './certificate-validity';
import type { Evaluation, EvaluationContext } from './evaluation';

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
