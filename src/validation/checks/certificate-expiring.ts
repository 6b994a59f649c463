import { CHECK_TABLE } from '../../checks/check-table';
import { Certificate } from '../certificates/certificate';
import {
  CA_CERTIFICATE, CertificateFault, DEVICE_CERTIFICATE, findInCertificates,
} from '../certificates/certificate-findings';
import { thresholdInDays } from '../certificates/certificate-thresholds';
import { TemplateCheck } from '../template-check';
import { Unknown } from '../templates/value';

const DAY = 24 * 60 * 60 * 1000;

/** AWS offers no other threshold for CA certificates. */
const DAYS_OF_CA = 30;

/**
 * `CA_CERTIFICATE_EXPIRING_CHECK` rests on: "A CA certificate is expiring within 30 days or has expired", for
 * certificates that are "ACTIVE or PENDING_TRANSFER".
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-approaching-expiration.html
 */
export const CA_CERTIFICATE_EXPIRING: TemplateCheck = {
  check: CHECK_TABLE.CA_CERTIFICATE_EXPIRING,
  find: (context) => findInCertificates(CHECK_TABLE.CA_CERTIFICATE_EXPIRING, CA_CERTIFICATE, context,
    (certificate) => expiring(certificate, context.now, DAYS_OF_CA)),
};

/**
 * `DEVICE_CERTIFICATE_EXPIRING_CHECK` rests on: a device certificate expires "within the configured threshold period or
 * has expired", for certificates that are "ACTIVE or PENDING_TRANSFER".
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
 */
export const DEVICE_CERTIFICATE_EXPIRING: TemplateCheck = {
  check: CHECK_TABLE.DEVICE_CERTIFICATE_EXPIRING,
  find: (context) => findInCertificates(CHECK_TABLE.DEVICE_CERTIFICATE_EXPIRING, DEVICE_CERTIFICATE, context,
    (certificate, resource, resolver) => {
      const days = thresholdInDays(CHECK_TABLE.DEVICE_CERTIFICATE_EXPIRING, context, resource, resolver);
      return days instanceof Unknown ? days : expiring(certificate, context.now, days);
    }),
};

/** Certificates that AWS IoT signs at deployment have no date here: they are valid for decades. */
function expiring({ notAfter }: Certificate, now: Date, days: number): CertificateFault | undefined {
  if (!notAfter) return undefined;
  const left = (notAfter.getTime() - now.getTime()) / DAY;
  const fix = 'register a certificate that is valid for longer, and let devices move to it before they sleep';
  const date = notAfter.toISOString().slice(0, 10);
  if (left <= 0) return { reasonCode: 'CERTIFICATE_PAST_EXPIRATION', why: `The certificate expired on ${date}`, fix };
  return left > days ? undefined : {
    reasonCode: 'CERTIFICATE_APPROACHING_EXPIRATION',
    why: `The certificate expires on ${date}, within ${days} days`,
    fix,
  };
}
