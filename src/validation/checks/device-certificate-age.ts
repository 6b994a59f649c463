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
 * AWS IoT counts from the day on which the certificate became active in the account, which no template tells: an old
 * certificate may be registered today, and a stack may have registered it, or had it signed, years ago. So no
 * certificate is non-compliant for certain. One whose validity began fewer days ago is compliant.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
 */
export const DEVICE_CERTIFICATE_AGE: TemplateCheck = {
  check,
  find: (context) => findInCertificates(check, DEVICE_CERTIFICATE, context,
    ({ notBefore }, resource, resolver) => {
      const days = thresholdInDays(check, context, resource, resolver);
      if (days instanceof Unknown) return days;
      const validDays = notBefore && (context.now.getTime() - notBefore.getTime()) / DAY;
      if (validDays !== undefined && validDays < days) return undefined;
      return new Unknown('the day on which it became active in the account, which no template tells: '
        + `${origin(notBefore)}, it may have been active for ${days} days or more`);
    }),
};

function origin(notBefore: Date | undefined): string {
  return notBefore ? `valid since ${notBefore.toISOString().slice(0, 10)}` : 'signed when the stack was first deployed';
}
