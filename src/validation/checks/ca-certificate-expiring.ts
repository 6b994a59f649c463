import { AuditCheck } from '../../checks/audit-check';
import { expiring } from '../certificates/certificate-expiring';
import { CA_CERTIFICATE, findInCertificates } from '../certificates/certificates';
import { CheckContext, Finding, TemplateCheck } from '../finding';

/** AWS offers no other threshold. */
const DAYS = 30;

/**
 * `CA_CERTIFICATE_EXPIRING_CHECK` rests on: "A CA certificate is expiring within 30 days or has expired", for
 * certificates that are "ACTIVE or PENDING_TRANSFER".
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-approaching-expiration.html
 */
export const CA_CERTIFICATE_EXPIRING: TemplateCheck = {
  check: AuditCheck.CA_CERTIFICATE_EXPIRING,
  find(context: CheckContext): Finding[] {
    return findInCertificates(AuditCheck.CA_CERTIFICATE_EXPIRING, CA_CERTIFICATE, context,
      (certificate) => expiring(certificate, context.now, DAYS));
  },
};
