import { Certificate } from './certificate';
import { CertificateFault } from './certificates';

const DAY = 24 * 60 * 60 * 1000;

/** A certificate that expires within a number of days, or has expired. What AWS IoT signs at deployment is valid for decades. */
export function expiring({ notAfter }: Certificate, now: Date, days: number): CertificateFault | undefined {
  if (!notAfter) return undefined;
  const left = (notAfter.getTime() - now.getTime()) / DAY;
  const fix = 'register a certificate that is valid for longer, and let devices move to it before they sleep';
  const date = notAfter.toISOString().slice(0, 10);
  if (left <= 0) return { reasonCode: 'CERTIFICATE_PAST_EXPIRATION', why: `The certificate expired on ${date}`, fix };
  if (left <= days) return { reasonCode: 'CERTIFICATE_APPROACHING_EXPIRATION', why: `The certificate expires on ${date}, within ${days} days`, fix };
  return undefined;
}
