import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { isTaskId } from '../../function/runtime/task-id';

/** The findings that people want to see: those that count, those that are suppressed, or both. */
export type Shown = 'open' | 'suppressed' | 'all';

export interface Filter {
  readonly shown: Shown;

  /** The only check whose findings are shown; absent for all. */
  readonly check?: string;
}

/** The beginning of a page that is not the first. */
export interface PagePosition {
  /** The audits whose findings are paged through, even if newer ones have ended meanwhile. */
  readonly audits: readonly string[];

  /** The check whose findings come next. */
  readonly check: string;

  /** The place within the findings of the check; absent for its beginning. */
  readonly token?: string;

  /** The number of findings on the pages before. */
  readonly before: number;
}

export interface FindingsRequest {
  readonly view: 'findings';
  readonly filter: Filter;
  readonly from?: PagePosition;
}

export interface HistoryRequest {
  readonly view: 'history';
  readonly check: string;
  readonly resource: ResourceIdentifier;
}

export type WidgetRequest = FindingsRequest | HistoryRequest | { readonly view: 'documentation' };

/** What a dashboard says beside what it wants to see. */
export interface WidgetSurroundings {
  readonly isDark: boolean;

  /** The names of the scheduled audits that the widget is about. */
  readonly audits: readonly string[];
}

/** A call of this function that its own widget has not made. */
export class MisunderstoodRequest extends Error {
  constructor() {
    super('the call of the widget is not understood');
    this.name = 'MisunderstoodRequest';
  }
}

/** AWS allows five schedules. */
const MOST_SCHEDULES = 5;

/** Audits of one page: no more than there are checks. */
const MOST_AUDITS = 40;

const NAME = /^[\w:-]{1,128}$/;
const TOKEN = /^[!-~]{1,8192}$/;
const LONGEST_VALUE = 2_048;

const TEXTS: readonly string[] = [
  'deviceCertificateId', 'caCertificateId', 'cognitoIdentityPoolId', 'clientId', 'account', 'iamRoleArn',
  'roleAliasArn', 'deviceCertificateArn',
] satisfies readonly (keyof ResourceIdentifier)[];

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  policyVersionIdentifier: ['policyName', 'policyVersionId'],
  issuerCertificateIdentifier: ['issuerCertificateSubject', 'issuerId', 'issuerCertificateSerialNumber'],
};

/**
 * Understands what a widget wants to see. Whoever may look at the dashboard can call the function with anything.
 *
 * @throws MisunderstoodRequest
 */
export function requestOf(event: unknown): WidgetRequest {
  const { describe, findings, history } = membersOf(event);
  if (describe === true) {
    return { view: 'documentation' };
  }
  if (history !== undefined) {
    const { check, resource } = membersOf(history);
    requireUnderstood(isCheckName(check) && isIdentifier(resource));
    return { view: 'history', check, resource };
  }
  const { shown = 'open', check, from } = membersOf(findings);
  requireUnderstood(shown === 'open' || shown === 'suppressed' || shown === 'all');
  requireUnderstood(check === undefined || isCheckName(check));
  return { view: 'findings', filter: { shown, check }, from: from === undefined ? undefined : positionOf(from) };
}

/** Reads what a dashboard says of itself. What is not as AWS documents it is left out. */
export function surroundingsOf(event: unknown): WidgetSurroundings {
  const { audits: given, widgetContext } = membersOf(event);
  const { params, theme } = membersOf(widgetContext);
  const { audits = given } = membersOf(params);
  return {
    isDark: theme === 'dark',
    audits: Array.isArray(audits) ? audits.filter(isName).slice(0, MOST_SCHEDULES) : [],
  };
}

function positionOf(from: unknown): PagePosition {
  const { audits, before, check, token } = membersOf(from);
  requireUnderstood(Array.isArray(audits) && audits.every(isTaskId));
  requireUnderstood(audits.length > 0 && audits.length <= MOST_AUDITS);
  requireUnderstood(isCheckName(check) && Number.isSafeInteger(before) && (before as number) >= 0);
  requireUnderstood(token === undefined || isToken(token));
  return { audits, check, token, before: before as number };
}

/** True for what this function takes back as the name of a check. */
export function isCheckName(value: unknown): value is string {
  return isName(value);
}

/** True for what this function takes back as the place within a list. */
export function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value);
}

/** True for what this function takes back as a resource: one member at least, and no other than AWS documents. */
export function isIdentifier(value: unknown): value is ResourceIdentifier {
  const members = Object.entries(membersOf(value));
  return members.length > 0 && members.every(([name, part]) => TEXTS.includes(name) ? isValue(part)
    : Object.hasOwn(GROUPS, name) && isGroup(part, GROUPS[name]));
}

function isGroup(value: unknown, names: readonly string[]): boolean {
  const members = Object.entries(membersOf(value));
  return members.length > 0 && members.every(([name, part]) => names.includes(name) && isValue(part));
}

function isValue(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_VALUE;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

function requireUnderstood(isUnderstood: boolean): asserts isUnderstood {
  if (!isUnderstood) {
    throw new MisunderstoodRequest();
  }
}

/** The members of an object; none of anything else. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
}
