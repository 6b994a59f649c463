import { CHECK_TABLE } from '../../checks/check-table';
import { DEVICE_CERTIFICATE, findInCertificates } from '../certificates/certificate-findings';
import { thresholdInDays } from '../certificates/certificate-thresholds';
import { TemplateCheck } from '../template-check';
import { Unknown } from '../templates/value';

const check = CHECK_TABLE.DEVICE_CERTIFICATE_AGE;
const DAY = 24 * 60 * 60 * 1000;

/**
 * `DEVICE_CERTIFICATE_AGE_CHECK` rests on: a device certificate "has been active for a number of days greater than or
 * equal to the number you specify".
 *
 * The template does not tell how long AWS IoT has known a certificate; here the days count from the beginning of its
 * validity. A certificate that AWS IoT signs at deployment is new.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
 */
export const DEVICE_CERTIFICATE_AGE: TemplateCheck = {
  check,
  find: (context) => findInCertificates(check, DEVICE_CERTIFICATE, context,
    ({ notBefore }, resource, resolver) => {
      const days = thresholdInDays(check, context, resource, resolver);
      if (days instanceof Unknown) return days;
      if (!notBefore || (context.now.getTime() - notBefore.getTime()) / DAY < days) return undefined;
      return {
        reasonCode: 'CERTIFICATE_PAST_AGE_THRESHOLD',
        why: `The certificate is valid since ${notBefore.toISOString().slice(0, 10)}, for ${days} days or more`,
        fix: 'replace it with a new certificate',
      };
    }),
};
