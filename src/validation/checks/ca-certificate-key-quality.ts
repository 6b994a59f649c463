import { AuditCheck } from '../../checks/audit-check';
import { weakKey } from '../certificates/certificate-key-quality';
import { CA_CERTIFICATE, findInCertificates } from '../certificates/certificates';
import { CheckContext, Finding, TemplateCheck } from '../finding';

/**
 * `CA_CERTIFICATE_KEY_QUALITY_CHECK` rests on the vulnerability CVE-2017-15361 that its page names; the
 * other one, CVE-2008-0166, is not looked for. Certificates count that are active or being transferred.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-key-quality.html
 */
export const CA_CERTIFICATE_KEY_QUALITY: TemplateCheck = {
  check: AuditCheck.CA_CERTIFICATE_KEY_QUALITY,
  find(context: CheckContext): Finding[] {
    return findInCertificates(AuditCheck.CA_CERTIFICATE_KEY_QUALITY, CA_CERTIFICATE, context, weakKey);
  },
};
