import { createPublicKey, KeyObject, X509Certificate } from 'crypto';
import { derElements, SEQUENCE } from './der';
import { display, Text, Unknown, Value } from '../templates/value';

/** What a template tells about a certificate. */
export interface Certificate {
  /** Absent for a certificate that AWS IoT signs at deployment. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;

  /** The modulus of an RSA key; absent for keys of other kinds. */
  readonly rsaModulus?: bigint;
}

const CERTIFICATE_REQUEST = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END (?:NEW )?CERTIFICATE REQUEST-----/;

/** More than any certificate or request has. */
const LONGEST = 65_536;

/** @returns what a certificate in PEM says, or why it says nothing */
export function readCertificate(pem: Value): Certificate | Unknown {
  return read(pem, 'a certificate', (text) => {
    const certificate = new X509Certificate(text);
    return {
      notBefore: new Date(certificate.validFrom),
      notAfter: new Date(certificate.validTo),
      rsaModulus: modulusOf(certificate.publicKey),
    };
  });
}

/** @returns what a certificate signing request in PEM says of the certificate to come, or why it says nothing */
export function readCertificateRequest(pem: Value): Certificate | Unknown {
  return read(pem, 'a certificate signing request', (text) => {
    const der = Buffer.from(CERTIFICATE_REQUEST.exec(text)![1], 'base64');
    // CertificationRequest { CertificationRequestInfo { version, subject, subjectPKInfo, attributes }, ... }
    const info = derElements(derElements(derElements(der)[0].content)[0].content);
    const key = info[2];
    if (key.tag !== SEQUENCE) throw new Error('no public key');
    return { rsaModulus: modulusOf(createPublicKey({ key: key.encoded, format: 'der', type: 'spki' })) };
  });
}

function read(pem: Value, what: string, parse: (text: string) => Certificate): Certificate | Unknown {
  if (pem instanceof Unknown) return pem;
  if (pem instanceof Text) return pem.parts.find((part) => part instanceof Unknown) ?? new Unknown(display(pem));
  if (typeof pem !== 'string' || pem.length > LONGEST) return new Unknown(`a text that is not ${what} in PEM`);
  try {
    return parse(pem);
  } catch {
    return new Unknown(`a text that is not ${what} in PEM`);
  }
}

function modulusOf(key: KeyObject): bigint | undefined {
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const { n } = key.export({ format: 'jwk' });
  return n === undefined ? undefined : BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
}
