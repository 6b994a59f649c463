import { AuditCheck } from '../../checks/audit-check';
import { THRESHOLD_CHECKS } from '../../checks/check-table';
import { expiring } from '../certificates/certificate-expiring';
import { thresholdInDays } from '../certificates/certificate-thresholds';
import { DEVICE_CERTIFICATE, findInCertificates } from '../certificates/certificates';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { Unknown } from '../templates/value';

/**
 * `DEVICE_CERTIFICATE_EXPIRING_CHECK` rests on: a device certificate expires "within the configured threshold period or
 * has expired", for certificates that are "ACTIVE or PENDING_TRANSFER".
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
 */
export const DEVICE_CERTIFICATE_EXPIRING: TemplateCheck = {
  check: AuditCheck.DEVICE_CERTIFICATE_EXPIRING,
  find(context: CheckContext, check: AuditCheck): Finding[] {
    return findInCertificates(check, DEVICE_CERTIFICATE, context, (certificate, resource, resolver) => {
      const days = thresholdInDays(check, THRESHOLD_CHECKS.DEVICE_CERTIFICATE_EXPIRING.threshold, resource, resolver);
      return days instanceof Unknown ? days : expiring(certificate, context.now, days);
    });
  },
};
