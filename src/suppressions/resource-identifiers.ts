import { Token } from 'aws-cdk-lib';
import { invalidInput } from '../private/invalid-input';

/** A rule for a text that AWS IoT takes. */
interface TextRule {
  readonly property: string;
  readonly pattern: RegExp;
  readonly rule: string;
  readonly fix: string;
}

/** Throws unless the text follows the rule. A token passes. */
export function requirePattern(factory: string, text: string, { property, pattern, rule, fix }: TextRule): void {
  if (!Token.isUnresolved(text) && !pattern.test(text)) {
    throw invalidInput(factory, { property, rule, given: `'${text}'`, fix });
  }
}

/** The id of a certificate in lower case, as findings have it: the digest of its content. */
export function certificateIdOf(factory: string, certificateId: string): string {
  requirePattern(factory, certificateId, {
    property: 'certificateId',
    pattern: /^[0-9a-f]{64}$/i,
    rule: 'must be 64 hexadecimal digits',
    fix: 'give the id of the certificate, which is the end of its ARN',
  });
  return Token.isUnresolved(certificateId) ? certificateId : certificateId.toLowerCase();
}

export function requirePolicyName(factory: string, policyName: string): void {
  requirePattern(factory, policyName, {
    property: 'policyName',
    pattern: /^[\w+=,.@-]{1,128}$/,
    rule: 'must be 1 to 128 letters, digits and characters of _+=,.@-',
    fix: 'give the name of the policy, not its ARN',
  });
}

export function requirePolicyVersion(factory: string, versionId: string): void {
  requirePattern(factory, versionId, {
    property: 'versionId',
    pattern: /^\d+$/,
    rule: 'must be the number of a version',
    fix: 'give a number such as 3, or use SuppressedResource.policyName() for the default version',
  });
}

export function requireRoleAlias(factory: string, roleAlias: string): void {
  requirePattern(factory, roleAlias, {
    property: 'roleAlias',
    pattern: /^[\w=,@-]{1,128}$/,
    rule: 'must be 1 to 128 letters, digits and characters of _=,@-',
    fix: 'give the name of the role alias, not its ARN',
  });
}

export function requireIdentityPoolId(factory: string, identityPoolId: string): void {
  requirePattern(factory, identityPoolId, {
    property: 'identityPoolId',
    pattern: /^[\w-]+:[0-9a-f-]+$/,
    rule: 'must be a region, a colon and a UUID',
    fix: 'give the id of the identity pool, not its name or ARN',
  });
}

export function requireText(factory: string, property: string, text: string): void {
  requirePattern(factory, text, { property, pattern: /./s, rule: 'must not be empty', fix: 'give it' });
}
