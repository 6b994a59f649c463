import { display, isKnown, Unknown, Value } from '../templates/value';

/** The statuses that a type of certificate may have; true for those of certificates that audits look at. */
export type CertificateStatuses = Readonly<Record<string, boolean>>;

export const DEVICE_CERTIFICATE_STATUSES: CertificateStatuses = {
  ACTIVE: true,
  PENDING_TRANSFER: true,
  INACTIVE: false,
  REVOKED: false,
  PENDING_ACTIVATION: false,
  REGISTER_INACTIVE: false,
};

export const CA_CERTIFICATE_STATUSES: CertificateStatuses = { ACTIVE: true, INACTIVE: false };

/** True if audits look at certificates with a status; an unknown if it is not known, or none that AWS IoT has. */
export function isAudited(status: Value, statuses: CertificateStatuses): boolean | Unknown {
  if (isWrong(status, statuses)) return new Unknown(`the status '${display(status)}', which AWS IoT does not have`);
  return typeof status === 'string' ? statuses[status] : new Unknown('the status of the certificate');
}

/** True if a status is known, and is none that AWS IoT has. It writes them in capitals. */
export function isWrong(status: Value, statuses: CertificateStatuses): boolean {
  return status !== undefined && isKnown(status) && !(typeof status === 'string' && Object.hasOwn(statuses, status));
}
