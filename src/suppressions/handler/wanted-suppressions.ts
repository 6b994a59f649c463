import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { Content, canonical } from './suppression';
import { RequestFailure } from '../../function/runtime/request-failure';
import { isText, resourceName } from '../../function/runtime/resource-name';
import { quoted, shorten } from '../../private/printable';
import { SuppressionEntry, SuppressionsProperties, endOf } from '../protocol';

/** A suppression that a template names. */
export interface WantedSuppression {
  readonly check: string;
  readonly content: Content;

  /** Absent if it follows a policy. */
  readonly resource?: ResourceIdentifier;

  /** The policy whose default version it follows. */
  readonly policyName?: string;

  /** The digest of the policy's document, if the stack has it. */
  readonly follows?: string;

  /** A text that is the same for the same check and resource, as the template names it. */
  readonly entryKey: string;

  /** A name for people: the place in the template, the check and the resource. */
  readonly label: string;
}

const PRINTABLE_ASCII = /^[ -~]{1,1000}$/;

/** Members of a resource that are texts. */
const TEXTS = [
  'deviceCertificateId', 'caCertificateId', 'cognitoIdentityPoolId', 'clientId', 'account', 'roleAliasArn',
  'iamRoleArn', 'policyName',
];

/** The number of flaws that an answer has room for. */
const NAMED_FLAWS = 5;

/**
 * The suppressions of a template.
 *
 * @throws RequestFailure if an entry is wrong
 */
export function requireSuppressions(properties: Partial<SuppressionsProperties>): WantedSuppression[] {
  const { Suppressions: entries } = properties;
  // It may be empty: a region may have none of the checks.
  if (!Array.isArray(entries)) {
    throw new RequestFailure('the property Suppressions must be a list of suppressions; '
      + 'define the resource with AuditSuppressions');
  }
  const flaws = entries.flatMap((entry, index) => flawsOf(entry).map((flaw) => `${labelOf(entry, index)}: ${flaw}`));
  if (flaws.length > 0) {
    const more = flaws.length > NAMED_FLAWS ? `; and ${flaws.length - NAMED_FLAWS} more` : '';
    throw new RequestFailure(`nothing was changed because ${flaws.slice(0, NAMED_FLAWS).join('; ')}${more}`);
  }
  return entries.map(readEntry);
}

/** The suppressions of a template that may be wrong, without those that are. */
export function readableSuppressions({ Suppressions: entries }: Partial<SuppressionsProperties>): WantedSuppression[] {
  return Array.isArray(entries)
    ? entries.flatMap((entry, index) => flawsOf(entry).length === 0 ? readEntry(entry, index) : []) : [];
}

function readEntry(entry: SuppressionEntry, index: number): WantedSuppression {
  const { Check: check, Resource: { policyName, ...resource }, Description: description, Until, Follows } = entry;
  const until = endOf(Until);
  return {
    check,
    content: { description, ...until !== Infinity && { until } },
    ...policyName === undefined ? { resource } : { policyName },
    follows: Follows,
    entryKey: `${check} ${canonical(entry.Resource)}`,
    label: labelOf(entry, index),
  };
}

/** Flaws that the construct cannot have seen, because values were not known at synth, or that it did not make. */
function flawsOf(entry: Partial<SuppressionEntry> | undefined): string[] {
  const { Check, Resource, Description, Until } = entry ?? {};
  return [
    ...isText(Check) ? [] : ['Check must be the name of a check'],
    ...isResource(Resource) ? [] : ['Resource must name one resource'],
    ...isText(Description) && PRINTABLE_ASCII.test(Description) ? []
      : ['Description must be 1 to 1000 printable ASCII characters in one line'],
    ...isText(Until) && !Number.isNaN(endOf(Until)) ? []
      : [`Until must be a date, a time with its offset from UTC, or "forever", and is ${quoted(String(Until), 80)}`],
  ];
}

function isResource(resource: unknown): boolean {
  if (typeof resource !== 'object' || resource === null) {
    return false;
  }
  const members = Object.entries(resource);
  const [[name, value] = []] = members;
  return members.length === 1 && (TEXTS.includes(name!) ? isText(value)
    : name === 'policyVersionIdentifier' ? isText(value?.policyName) && isText(value?.policyVersionId)
      : name === 'issuerCertificateIdentifier' && Object.values(value ?? {}).some(isText));
}

function labelOf(entry: Partial<SuppressionEntry> | undefined, index: number): string {
  const { policyName, ...resource } = entry?.Resource ?? {};
  const name = isText(policyName) ? quoted(policyName, 66) : resourceName(resource);
  return `Suppressions[${index}] (${shorten(String(entry?.Check), 80)} of ${name})`;
}
