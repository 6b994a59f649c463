import { TemplateError, isObject } from '../cloudformation/template';

/**
 * A pattern as rules have it, and as filter policies of subscriptions have it for the attributes or the body of a
 * message.
 */
export type EventPattern = Readonly<Record<string, unknown>>;

/** The test of a value for an operator with its argument. */
type Operator = (argument: unknown, value: unknown) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  'prefix': (argument, value) => compareTexts(argument, value, (text, part) => text.startsWith(part)),
  'suffix': (argument, value) => compareTexts(argument, value, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (argument, value) => isText(value) && value.toLowerCase() === String(argument).toLowerCase(),
  'wildcard': (argument, value) => isText(value) && wildcard(String(argument)).test(value),
  'numeric': (argument, value) => typeof value === 'number' && isInRange(argument as readonly (string | number)[], value),
  'anything-but': (argument, value) => !isExcepted(argument, value),
};

/** Matches the presence of a member, not its value. */
const EXISTS = 'exists';
const OR = '$or';

/**
 * Refuses a pattern that EventBridge would refuse, or that the rehearsal cannot evaluate.
 *
 * @throws TemplateError
 */
export function requireKnownOperators(pattern: unknown, path = ''): void {
  if (!isObject(pattern)) throw invalid(`"${path}" must be an object or an array`);
  for (const [name, member] of Object.entries(pattern)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (name === OR && Array.isArray(member)) member.forEach((one) => requireKnownOperators(one, at));
    else if (Array.isArray(member)) member.forEach((one) => requireKnownOperator(one, at));
    else requireKnownOperators(member, at);
  }
}

function requireKnownOperator(wanted: unknown, path: string): void {
  if (Array.isArray(wanted)) throw invalid(`"${path}" has an array within an array`);
  if (!isObject(wanted)) return;
  const names = Object.keys(wanted);
  if (names.length !== 1) throw invalid(`"${path}" needs one operator at a time, not ${names.length}`);
  if (names[0] === EXISTS || Object.hasOwn(OPERATORS, names[0])) return;
  throw new TemplateError(`The rehearsal does not know the operator ${names[0]} of event patterns, at "${path}"`);
}

function invalid(reason: string): TemplateError {
  return new TemplateError(`Event pattern is not valid. Reason: ${reason}`);
}

/**
 * True if everything that a pattern asks for holds.
 *
 * A member that is an array matches by any of its elements. Of an array of objects one element must match all that the
 * pattern says about it. That `anything-but` needs one element, too, is unverified.
 */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === OR && Array.isArray(wanted)) return wanted.some((one) => matches(one as EventPattern, event));
    const member = isObject(event) ? event[name] : undefined;
    if (Array.isArray(wanted)) return wanted.some((one) => matchesLeaf(one, member));
    return [member].flat().some((one) => matches(wanted as EventPattern, one));
  });
}

function matchesLeaf(wanted: unknown, member: unknown): boolean {
  const values = ([member].flat() as unknown[]).filter((value) => value !== undefined && !isObject(value));
  if (!isObject(wanted)) return values.some((value) => value === wanted);
  const [[name, argument]] = Object.entries(wanted);
  // Only leaves exist: an object does not.
  if (name === EXISTS) return (values.length > 0) === argument;
  return values.some((value) => OPERATORS[name](argument, value));
}

function compareTexts(argument: unknown, value: unknown, compare: (text: string, part: string) => boolean): boolean {
  if (!isText(value)) return false;
  if (!isObject(argument)) return compare(value, String(argument));
  return compare(value.toLowerCase(), String(argument['equals-ignore-case']).toLowerCase());
}

/** The argument of `anything-but`: a value, several of them, or another operator with one argument or several. */
function isExcepted(argument: unknown, value: unknown): boolean {
  if (!isObject(argument)) return [argument].flat().includes(value);
  const [[name, several]] = Object.entries(argument);
  return [several].flat().some((one) => OPERATORS[name](one, value));
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
};

/** Comparisons and limits in turn: `[">=", 0, "<", 5]`. */
function isInRange(argument: readonly (string | number)[], value: number): boolean {
  const comparisons = argument.filter((_one, index) => index % 2 === 0);
  return comparisons.every((comparison, index) => COMPARISONS[comparison](value, Number(argument[index * 2 + 1])));
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
