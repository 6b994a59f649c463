import { AuditCheck } from '../../checks/audit-check';
import { THRESHOLD_CHECKS } from '../../checks/check-table';
import { thresholdInDays } from '../certificates/certificate-thresholds';
import { DEVICE_CERTIFICATE, findInCertificates } from '../certificates/certificates';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { Unknown } from '../templates/value';

const DAY = 24 * 60 * 60 * 1000;

/**
 * `DEVICE_CERTIFICATE_AGE_CHECK` rests on: a device certificate "has been active for a number of days greater than or
 * equal to the number you specify".
 *
 * Since when AWS IoT knows a certificate is not in the template; here the days count from the beginning of its
 * validity. A certificate that AWS IoT signs at deployment is new.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
 */
export const DEVICE_CERTIFICATE_AGE: TemplateCheck = {
  check: AuditCheck.DEVICE_CERTIFICATE_AGE,
  find(context: CheckContext, check: AuditCheck): Finding[] {
    return findInCertificates(check, DEVICE_CERTIFICATE, context, ({ notBefore }, resource, resolver) => {
      const days = thresholdInDays(check, THRESHOLD_CHECKS.DEVICE_CERTIFICATE_AGE.threshold, resource, resolver);
      if (days instanceof Unknown || !notBefore) return days instanceof Unknown ? days : undefined;
      if ((context.now.getTime() - notBefore.getTime()) / DAY < days) return undefined;
      return {
        reasonCode: 'CERTIFICATE_PAST_AGE_THRESHOLD',
        why: `The certificate is valid since ${notBefore.toISOString().slice(0, 10)}, for ${days} days or more`,
        fix: 'replace it with a new certificate',
      };
    });
  },
};
