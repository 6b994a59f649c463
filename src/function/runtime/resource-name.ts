import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { quoted } from '../../private/printable';

/** Bytes of a name that identify a resource: those of a certificate's id, in quotes. */
const LONGEST_NAME = 66;

/** A name for people. Names that people or devices choose are quoted. */
export function resourceName(identifier: ResourceIdentifier = {}): string {
  const { policyVersionIdentifier: policy, issuerCertificateIdentifier: issuer, ...plain } = identifier;
  if (isText(policy?.policyName)) {
    const { policyName, policyVersionId = 'unknown' } = policy;
    const version = /^\w+$/.test(policyVersionId) ? policyVersionId : quoted(policyVersionId, LONGEST_NAME);
    return `${quoted(policyName, LONGEST_NAME)} version ${version}`;
  }
  const name = issuer
    ? [issuer.issuerCertificateSubject, issuer.issuerId, issuer.issuerCertificateSerialNumber].find(isText)
    // Only the end of an ARN differs from resource to resource.
    : Object.values(plain).find(isText)?.replace(/^arn:[^/]*\//, '');
  return name === undefined ? 'unknown' : quoted(name, LONGEST_NAME);
}

/** True for a text that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
