import { createHash } from 'node:crypto';
import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { quoted } from '../../private/printable';

/** How many bytes of a name say which it is: a certificate's id, in quotes. */
const LONGEST_NAME = 66;

/** Members of an identifier that say alone which resource it is. */
const TELLING = [
  'deviceCertificateId', 'caCertificateId', 'cognitoIdentityPoolId', 'clientId', 'account', 'iamRoleArn', 'roleAliasArn', 'deviceCertificateArn',
] as const satisfies readonly (keyof ResourceIdentifier)[];

/** 128 bits, as a text of 16 bytes: nobody finds a name with the digest of another one. */
const DIGEST_BYTES = 16;

/**
 * A text that stands for a resource, the same whatever the order in which AWS names its parts, in little memory.
 *
 * @returns undefined if nobody can tell which resource it is, because AWS says nothing or something that this SDK does not know
 */
export function resourceDigest(identifier: ResourceIdentifier = {}): string | undefined {
  if (!isIdentified(identifier)) {
    return undefined;
  }
  const { deviceCertificateArn, ...others } = identifier;
  // The ARN came later than the id, and says the same.
  const key = JSON.stringify(partsOf(isText(identifier.deviceCertificateId) ? others : identifier));
  return createHash('sha256').update(key).digest().toString('latin1', 0, DIGEST_BYTES);
}

function isIdentified(identifier: ResourceIdentifier): boolean {
  const { policyVersionIdentifier: policy, issuerCertificateIdentifier: issuer } = identifier;
  if (policy) {
    return isText(policy.policyName) && isText(policy.policyVersionId);
  }
  return TELLING.some((member) => isText(identifier[member]))
    || [issuer?.issuerId, issuer?.issuerCertificateSubject, issuer?.issuerCertificateSerialNumber].some(isText);
}

/** The members that say something, in a fixed order. */
function partsOf(value: object): [string, unknown][] {
  return Object.entries(value).map(([name, part]): [string, unknown] => [name, part !== null && typeof part === 'object' ? partsOf(part) : part])
    .filter(([, part]) => part !== undefined && part !== null && part !== '' && !(Array.isArray(part) && part.length === 0))
    .sort(([one], [other]) => one < other ? -1 : 1);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** How a person would name a resource: names that people or devices choose are quoted. */
export function resourceName(identifier: ResourceIdentifier = {}): string {
  const { policyVersionIdentifier: policy, issuerCertificateIdentifier: issuer, ...plain } = identifier;
  if (isText(policy?.policyName)) {
    const { policyName, policyVersionId: version = 'unknown' } = policy;
    return `${quoted(policyName, LONGEST_NAME)} version ${/^\w+$/.test(version) ? version : quoted(version, LONGEST_NAME)}`;
  }
  const name = issuer ? [issuer.issuerCertificateSubject, issuer.issuerId, issuer.issuerCertificateSerialNumber].find(isText)
    // Of an ARN, only the end tells one resource from another.
    : Object.values(plain).find(isText)?.replace(/^arn:[^/]*\//, '');
  return name === undefined ? 'unknown' : quoted(name, LONGEST_NAME);
}
