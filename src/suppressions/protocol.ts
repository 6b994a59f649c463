/**
 * The contract between the construct `AuditSuppressions` and its handler.
 */

/** The type of the custom resource. */
export const SUPPRESSIONS_TYPE = 'Custom::IotAuditSuppressions';

/**
 * The suppressed resource, in the API's spelling of a `ResourceIdentifier`. It has exactly one member.
 *
 * Only `policyName` is not the API's: it stands for the policy's default version at the time of a deployment.
 */
export interface SuppressedResourceIdentifier {
  readonly deviceCertificateId?: string;
  readonly caCertificateId?: string;
  readonly cognitoIdentityPoolId?: string;
  readonly clientId?: string;
  readonly account?: string;
  readonly roleAliasArn?: string;
  readonly iamRoleArn?: string;
  readonly issuerCertificateIdentifier?: {
    readonly issuerCertificateSubject?: string;
    readonly issuerId?: string;
    readonly issuerCertificateSerialNumber?: string;
  };
  readonly policyVersionIdentifier?: { readonly policyName: string; readonly policyVersionId: string };
  readonly policyName?: string;
}

/** One suppression, as a reviewer of the change set reads it. */
export interface SuppressionEntry {
  /** The check's name in the API. */
  readonly Check: string;

  readonly Resource: SuppressedResourceIdentifier;
  readonly Description: string;

  /** A date, `2027-03-31`, a time, `2027-03-31T12:00:00Z`, or `forever`: see `endOf()`. */
  readonly Until: string;

  /**
   * The digest of the document of a policy in the same stack. A changed document makes CloudFormation ask for an
   * update, which suppresses the new default version. Not part of the suppression.
   */
  readonly Follows?: string;
}

/** The properties of the custom resource. CloudFormation turns every scalar into a string. */
export interface SuppressionsProperties {
  /** The configuration that the stack defines: a reference, so that the suppressions come after it. */
  readonly Configuration?: string;

  /** At least one, none twice. The order means nothing. */
  readonly Suppressions: SuppressionEntry[];

  /** A text whose change asks for an update, which looks up the default versions of policies. */
  readonly Trigger?: string;
}

/** The attributes of the custom resource. */
export enum SuppressionsAttribute {
  COUNT = 'SuppressionsCount',

  /** The names of those that somebody had made with another content, cut where there are many. */
  TAKEN_OVER = 'TakenOver',
}

/** The word for a suppression without an end. */
export const FOREVER = 'forever';

const DATE = /^\d{4}-\d\d-\d\d$/;
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;

/**
 * The end of a suppression in milliseconds since 1970: the last second in UTC of a date, or the time itself.
 *
 * @returns infinity for `forever`; NaN for anything that is neither a date nor a time with its offset from UTC
 */
export function endOf(until: string): number {
  if (until === FOREVER) return Infinity;
  const date = DATE.test(until) ? until : TIME.exec(until)?.[1];
  // JavaScript takes February 30 for a day in March.
  if (date === undefined || !isDate(date)) return NaN;
  return Date.parse(date === until ? `${date}T23:59:59Z` : until);
}

function isDate(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
