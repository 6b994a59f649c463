import { Certificate } from './certificate';
import { CertificateFault } from './certificates';
import { hasRocaFingerprint } from './roca';

/**
 * The fault of a key that was made by a flawed library. Keys of CVE-2008-0166 (Debian's OpenSSL) cannot be told without
 * the list of all of them, which this library does not carry: the plugin says nothing about them.
 */
export function weakKey({ rsaModulus }: Certificate): CertificateFault | undefined {
  return rsaModulus !== undefined && hasRocaFingerprint(rsaModulus) ? {
    reasonCode: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361',
    why: 'The RSA key bears the fingerprint of the Infineon library whose keys can be factored (ROCA)',
    fix: 'make a new key pair outside of the flawed chip, or an elliptic curve key, and replace the certificate',
  } : undefined;
}
