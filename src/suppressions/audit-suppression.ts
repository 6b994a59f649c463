import { Annotations, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SuppressedResource } from './suppressed-resource';
import { SuppressionExpiry } from './suppression-expiry';
import { AuditCheck } from '../checks/audit-check';
import { AuditResourceType } from '../checks/check-table';
import { invalidInput, invalidInputMessage } from '../private/invalid-input';
import { shorten } from '../private/printable';

/**
 * Findings that are accepted: what one check finds about one resource, why and until when.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateAuditSuppression.html
 */
export interface AuditSuppression {
  /**
   * The check, which the account's configuration must enable.
   */
  readonly check: AuditCheck;

  /**
   * The resource, of the kind that the check reports.
   */
  readonly resource: SuppressedResource;

  /**
   * The reason for accepting the findings, and who did: 1 to 1000 printable ASCII characters in one line.
   */
  readonly description: string;

  /**
   * The end of the suppression, after which the findings count again.
   */
  readonly expiry: SuppressionExpiry;
}

/** The factories for the kinds of resources, as advice. */
const FACTORIES: Record<AuditResourceType, string> = {
  DEVICE_CERTIFICATE: 'deviceCertificate() or deviceCertificateId()',
  CA_CERTIFICATE: 'caCertificate() or caCertificateId()',
  IOT_POLICY: 'policy(), policyName() or policyVersion()',
  COGNITO_IDENTITY_POOL: 'identityPool() or identityPoolId()',
  CLIENT_ID: 'clientId()',
  ACCOUNT_SETTINGS: 'account()',
  ROLE_ALIAS: 'roleAlias() or roleAliasName()',
  IAM_ROLE: 'iamRole()',
  ISSUER_CERTIFICATE: 'issuerCertificate()',
};

/** AWS's pattern is [\p{Graph}\x20]*, which means ASCII where it is read as Java does. */
const DESCRIPTION = /^[\x20-\x7e]{1,1000}$/;

export const DESCRIPTION_RULE = 'must be 1 to 1000 printable ASCII characters in one line';

/** True if AWS accepts the text as a description. One that only the deployment knows passes. */
export function isDescription(text: string): boolean {
  return Token.isUnresolved(text) || DESCRIPTION.test(text);
}

/**
 * Throws if AWS would refuse the suppression, wherever it is.
 *
 * @param property its place, such as `suppressions[3]`
 */
export function requireFaultless(
  scope: Construct, property: string, { check, description, resource }: AuditSuppression,
): void {
  if (resource._type !== check.resourceType && !Token.isUnresolved(check.resourceType)) {
    throw invalidInput(scope, {
      property: `${property}.resource`,
      rule: `must be of the type ${check.resourceType}, which ${check} reports`,
      given: resource._words,
      fix: `use SuppressedResource.${FACTORIES[check.resourceType]}`,
    });
  }
  if (!isDescription(description)) {
    throw invalidInput(scope, {
      property: `${property}.description`,
      rule: DESCRIPTION_RULE,
      given: `${shorten(JSON.stringify(description), 60)} (${description.length} characters)`,
      fix: 'say in short who accepts the finding and why',
    });
  }
}

const WEEK = 7 * 86_400_000;

/** Warns of a suppression that ends within a week. The clock decides about the warning, never about the template. */
export function warnIfExpiring(scope: Construct, { check, expiry, resource }: AuditSuppression): void {
  const left = expiry._end - Date.now();
  if (left > 0 && left <= WEEK) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:suppressionExpiresSoon',
      `the suppression of ${check} for ${resource._words} ends on ${expiry._until}, within a week, and then its `
      + 'findings count again; resolve them, or give a later expiry');
  }
}

/** The message about a suppression that has ended; none otherwise. */
export function expiredMessages(property: string, { check, expiry, resource }: AuditSuppression): string[] {
  return expiry._end > Date.now() ? [] : [invalidInputMessage(undefined, {
    property: `${property}.expiry`,
    rule: 'must be in the future',
    given: `${expiry._until} for ${check} and ${resource._words}`,
    fix: 'remove the suppression, or accept the finding anew with a later date',
  })];
}
