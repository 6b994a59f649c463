import { requirePattern } from './resource-identifiers';
import { invalidInput } from '../private/invalid-input';

/**
 * The certificate of an intermediate certificate authority, by what identifies it in findings. At least one of the
 * three.
 */
export interface SuppressedIssuerCertificate {
  /**
   * The subject of the certificate: at most 1000 printable ASCII characters.
   *
   * @default - any
   */
  readonly subject?: string;

  /**
   * The id of the issuer: at most 64 hexadecimal digits.
   *
   * @default - any
   */
  readonly issuerId?: string;

  /**
   * The serial number of the certificate: at most 20 hexadecimal digits and colons.
   *
   * @default - any
   */
  readonly serialNumber?: string;
}

/** Throws unless the certificate is identified, in the words that AWS IoT accepts. */
export function requireIssuerCertificate(
  factory: string, { issuerId, serialNumber, subject }: SuppressedIssuerCertificate,
): void {
  if (subject === undefined && issuerId === undefined && serialNumber === undefined) {
    throw invalidInput(factory, {
      property: 'certificate',
      rule: 'must have a subject, an issuerId or a serialNumber',
      given: 'none',
      fix: 'give those that findings show',
    });
  }
  const fix = 'copy it from a finding of the check';
  requirePattern(factory, subject ?? ' ', {
    property: 'subject', pattern: /^[\x20-\x7e]{1,1000}$/, rule: 'must be 1 to 1000 printable ASCII characters', fix,
  });
  requirePattern(factory, issuerId ?? '0', {
    property: 'issuerId', pattern: /^(?=.{1,64}$)(0x)?[a-fA-F0-9]+$/, rule: 'must be 1 to 64 hexadecimal digits', fix,
  });
  requirePattern(factory, serialNumber ?? '0', {
    property: 'serialNumber', pattern: /^[a-fA-F0-9:]{1,20}$/, rule: 'must be 1 to 20 hexadecimal digits and colons', fix,
  });
}
