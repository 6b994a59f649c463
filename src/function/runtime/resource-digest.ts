import { createHash } from 'node:crypto';
import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { isText } from './resource-name';

/** Members of an identifier that suffice to identify a resource. */
const IDENTIFYING = [
  'deviceCertificateId', 'caCertificateId', 'cognitoIdentityPoolId', 'clientId', 'account', 'iamRoleArn',
  'roleAliasArn', 'deviceCertificateArn',
] as const satisfies readonly (keyof ResourceIdentifier)[];

/** 128 bits, as a text of 16 bytes: enough that nobody can make up a name with the digest of another. */
const DIGEST_BYTES = 16;

/**
 * A short text that identifies a resource, independent of the order in which AWS lists the parts of its identifier.
 *
 * @returns undefined if the identifier is empty, or has only members that this library does not know
 */
export function resourceDigest(identifier: ResourceIdentifier = {}): string | undefined {
  if (!isIdentified(identifier)) {
    return undefined;
  }
  const { deviceCertificateArn, ...others } = identifier;
  // The ARN of a certificate contains its id. AWS added it later, so older findings lack it.
  const key = JSON.stringify(partsOf(isText(identifier.deviceCertificateId) ? others : identifier));
  return createHash('sha256').update(key).digest().toString('latin1', 0, DIGEST_BYTES);
}

function isIdentified(identifier: ResourceIdentifier): boolean {
  const { policyVersionIdentifier: policy, issuerCertificateIdentifier: issuer } = identifier;
  if (policy) {
    return isText(policy.policyName) && isText(policy.policyVersionId);
  }
  return IDENTIFYING.some((member) => isText(identifier[member]))
    || [issuer?.issuerId, issuer?.issuerCertificateSubject, issuer?.issuerCertificateSerialNumber].some(isText);
}

/** The members that are not empty, in a fixed order. */
function partsOf(value: object): [string, unknown][] {
  const parts: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const part: unknown = isObject(member) ? partsOf(member) : member;
    if (!isEmpty(part)) parts.push([name, part]);
  }
  return parts.sort(byName);
}

function isObject(part: unknown): part is object {
  return part !== null && typeof part === 'object';
}

function isEmpty(part: unknown): boolean {
  return part === undefined || part === null || part === '' || (Array.isArray(part) && part.length === 0);
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
