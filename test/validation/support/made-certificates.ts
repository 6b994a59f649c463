import { createPublicKey, KeyObject } from 'crypto';

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? [content.length]
    : content.length < 0x100
      ? [0x81, content.length]
      : [0x82, Math.floor(content.length / 0x100), content.length % 0x100];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const SERIAL_NUMBER = Buffer.from('020101', 'hex');
const SHA256_WITH_RSA = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), Buffer.from('0500', 'hex'));
const NAME = sequence(der(0x31, sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('pump-1')))));
const SIGNATURE = der(0x03, Buffer.alloc(65));

const time = (date: Date) => der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d{3}/g, '')));
const pem = (label: string, content: Buffer) =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

/** An RSA key with a given modulus, whose factors are not needed. */
export function rsaKey(modulus: bigint): KeyObject {
  return createPublicKey({
    format: 'jwk', key: {
      kty: 'RSA', e: 'AQAB', n: Buffer.from(modulus.toString(16).padStart(256, '0'), 'hex').toString('base64url'),
    },
  });
}

/** The differences between certificates and requests. Their signatures are not valid. */
export interface MadeCertificate {
  readonly key: KeyObject;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });

export function certificate(
  { key, notBefore = new Date('2026-01-01'), notAfter = new Date('2036-01-01') }: MadeCertificate,
): string {
  const body = sequence(SERIAL_NUMBER, SHA256_WITH_RSA, NAME, sequence(time(notBefore), time(notAfter)), NAME,
    spki(key));
  return pem('CERTIFICATE', sequence(body, SHA256_WITH_RSA, SIGNATURE));
}

export function certificateRequest({ key }: MadeCertificate): string {
  return pem('CERTIFICATE REQUEST',
    sequence(sequence(Buffer.from('020100', 'hex'), NAME, spki(key), der(0xa0)), SHA256_WITH_RSA, SIGNATURE));
}

/** The product of the first 39 primes, from which the flawed library makes primes of 512 bits. */
const M = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
  107, 109, 113, 127, 131,
  137, 139, 149, 151, 157, 163, 167].reduce((product, prime) => product * BigInt(prime), 1n);

function power(base: bigint, exponent: number): bigint {
  let result = 1n;
  for (let count = 0; count < exponent; count++) result = result * base % M;
  return result;
}

/** A modulus of the form that the flawed library makes; its factors need not be prime for the fingerprint. */
export const ROCA_MODULUS = ((3n ** 183n) * M + power(65537n, 1234)) * ((5n ** 126n) * M + power(65537n, 777));

/** A modulus like those of other libraries. */
export const SOUND_MODULUS = (2n ** 1023n) + 1_000_003n * 7919n ** 70n;
