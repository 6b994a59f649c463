import { createPublicKey, KeyObject, X509Certificate } from 'crypto';
import { display, Text, Unknown, Value } from '../templates/value';

/** Facts about a certificate that a template tells. */
export interface Certificate {
  /** Absent for a certificate that AWS IoT signs at deployment. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;

  /** The modulus of an RSA key; absent for keys of other kinds. */
  readonly rsaModulus?: bigint;
}

const CERTIFICATE_REQUEST =
  /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END (?:NEW )?CERTIFICATE REQUEST-----/;

/** A longer text is neither a certificate nor a request. */
const LONGEST = 65_536;

/** @returns the facts in a certificate in PEM, or why they are not known */
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

/** @returns the facts in a certificate signing request in PEM, or why they are not known */
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

function read(pem: Value, kind: string, parse: (text: string) => Certificate): Certificate | Unknown {
  if (pem instanceof Unknown) return pem;
  if (pem instanceof Text) return pem.parts.find((part) => part instanceof Unknown) ?? new Unknown(display(pem));
  if (typeof pem !== 'string' || pem.length > LONGEST) return new Unknown(`a text that is not ${kind} in PEM`);
  try {
    return parse(pem);
  } catch {
    return new Unknown(`a text that is not ${kind} in PEM`);
  }
}

function modulusOf(key: KeyObject): bigint | undefined {
  if (key.asymmetricKeyType !== 'rsa') return undefined;
  const { n } = key.export({ format: 'jwk' });
  return n === undefined ? undefined : BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);
}

/** One element of DER. */
interface DerElement {
  readonly tag: number;
  readonly content: Buffer;

  /** The element with tag and length. */
  readonly encoded: Buffer;
}

const SEQUENCE = 0x30;

/** Reads the elements that follow each other in DER. Throws if they are malformed. */
function derElements(der: Buffer): DerElement[] {
  const elements: DerElement[] = [];
  for (let offset = 0; offset < der.length;) {
    const { tag, start, end } = derHeader(der, offset);
    elements.push({ tag, content: der.subarray(start, end), encoded: der.subarray(offset, end) });
    offset = end;
  }
  return elements;
}

function derHeader(der: Buffer, offset: number): { tag: number; start: number; end: number } {
  const tag = der[offset];
  const first = der[offset + 1];
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (first === undefined || lengthBytes > 4 || first === 0x80) throw new Error('malformed length');
  const start = offset + 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : der.readUIntBE(offset + 2, lengthBytes);
  if (start + length > der.length) throw new Error('truncated');
  return { tag, start, end: start + length };
}
