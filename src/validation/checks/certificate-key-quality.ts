import { CHECK_TABLE } from '../../checks/check-table';
import { Certificate } from '../certificates/certificate';
import {
  CA_CERTIFICATE, CertificateFault, DEVICE_CERTIFICATE, findInCertificates,
} from '../certificates/certificate-findings';
import { TemplateCheck } from '../template-check';

/**
 * `CA_CERTIFICATE_KEY_QUALITY_CHECK` rests on the vulnerability CVE-2017-15361 that its page names. It looks at
 * certificates that are active or being transferred.
 *
 * The page also names CVE-2008-0166 (Debian's OpenSSL), which is not looked for: its keys can only be told by a list of
 * them all, which this library does not carry.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-key-quality.html
 */
export const CA_CERTIFICATE_KEY_QUALITY: TemplateCheck = {
  check: CHECK_TABLE.CA_CERTIFICATE_KEY_QUALITY,
  find: (context) => findInCertificates(CHECK_TABLE.CA_CERTIFICATE_KEY_QUALITY, CA_CERTIFICATE, context, weakKey),
};

/**
 * `DEVICE_CERTIFICATE_KEY_QUALITY_CHECK` is the same check for device certificates.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-key-quality.html
 */
export const DEVICE_CERTIFICATE_KEY_QUALITY: TemplateCheck = {
  check: CHECK_TABLE.DEVICE_CERTIFICATE_KEY_QUALITY,
  find: (context) => findInCertificates(
    CHECK_TABLE.DEVICE_CERTIFICATE_KEY_QUALITY, DEVICE_CERTIFICATE, context, weakKey,
  ),
};

function weakKey({ rsaModulus }: Certificate): CertificateFault | undefined {
  return rsaModulus !== undefined && hasRocaFingerprint(rsaModulus) ? {
    reasonCode: 'CERTIFICATE_KEY_VULNERABILITY_CVE-2017-15361',
    why: 'The RSA key bears the fingerprint of the Infineon library whose keys can be factored (ROCA)',
    fix: 'make a new key pair outside of the flawed chip, or an elliptic curve key, and replace the certificate',
  } : undefined;
}

/** Small primes. A flawed key leaves a power of 65537 as the remainder of each; other keys hardly ever do. */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const GENERATOR = 65537;

const POWERS: readonly (readonly [bigint, ReadonlySet<number>])[] = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = power * GENERATOR % prime) powers.add(power);
  return [BigInt(prime), powers];
});

/**
 * True if an RSA key bears the fingerprint of the Infineon library 1.02.013 ("ROCA", CVE-2017-15361). Primes of that
 * library have the form `k * M + (65537 ** a mod M)`; `M` is a product of small primes.
 *
 * @see https://nvd.nist.gov/vuln/detail/CVE-2017-15361
 */
export function hasRocaFingerprint(modulus: bigint): boolean {
  return POWERS.every(([prime, powers]) => powers.has(Number(modulus % prime)));
}
