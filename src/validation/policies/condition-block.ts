import { arbitraryTextOf, Bound, Pattern, pattern, patternOf, STAR, tokensOf } from './pattern';
import { includes } from './pattern-inclusion';
import { isObject, listOf, partsOf, Unknown, Value } from '../templates/value';

/** Whether a condition holds: it does, it does not, or it depends on what is not known. */
export enum Holds {
  YES,
  NO,
  DEPENDS,
}

/** What is known about the request that a condition is held against. */
export interface RequestContext {
  /** Whether the client's certificate is attached to the thing that the client connects as. */
  readonly isAttached: boolean;

  /**
   * Whether a `Deny` that asks for circumstances (an address, a time, an encrypted connection) may take effect. If not,
   * the request is one under circumstances in which it does not, since they say nothing about which device acts.
   */
  readonly mayBeDeniedByCircumstances?: boolean;
}

const IS_ATTACHED = 'iot:connection.thing.isattached';

/** Keys that tell devices apart. What else a condition may ask says nothing about which device acts. */
const DEVICE_KEYS = new RegExp(`^(${[
  'iot:clientid', 'iot:certificate\\..+', 'iot:connection\\.thing\\..+', 'credentials-iot:.+', 'cognito-identity[a-z0-9.-]*:sub',
  'aws:userid', 'aws:username', 'aws:principaltag/.+',
].join('|')})$`);

type Comparison = (expected: string, actual: string) => boolean;

const OPERATORS: Readonly<Record<string, { readonly compare: Comparison; readonly negated?: boolean }>> = {
  bool: { compare: (expected, actual) => expected.toLowerCase() === actual },
  stringequals: { compare: (expected, actual) => expected === actual },
  stringequalsignorecase: { compare: (expected, actual) => expected.toLowerCase() === actual },
  stringlike: { compare: (expected, actual) => like(expected, pattern(actual)) },
  stringnotequals: { compare: (expected, actual) => expected === actual, negated: true },
  stringnotequalsignorecase: { compare: (expected, actual) => expected.toLowerCase() === actual, negated: true },
  stringnotlike: { compare: (expected, actual) => like(expected, pattern(actual)), negated: true },
};

const ANYTHING = arbitraryTextOf(patternOf([STAR]));

function like(expected: string, actual: Pattern): boolean {
  return includes(patternOf(tokensOf(expected, Bound.LEAST)), actual);
}

/**
 * Whether a statement's condition holds for a request: every operator, every key, one of the values of each.
 *
 * @param effect what the statement does: a condition that says nothing about the device does not narrow an Allow, and
 * cannot be relied upon in a Deny
 */
export function conditionHolds(condition: Value, effect: 'Allow' | 'Deny', context: RequestContext): Holds {
  if (condition === undefined || condition === null) return Holds.YES;
  if (!isObject(condition)) return Holds.DEPENDS;
  let result = Holds.YES;
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isObject(keys)) {
      result = Holds.DEPENDS;
      continue;
    }
    for (const [key, expected] of Object.entries(keys)) {
      const holds = keyHolds(operator.toLowerCase(), key.toLowerCase(), expected, effect, context);
      if (holds === Holds.NO) return Holds.NO;
      if (holds === Holds.DEPENDS) result = Holds.DEPENDS;
    }
  }
  return result;
}

function keyHolds(operator: string, key: string, expected: Value, effect: 'Allow' | 'Deny', context: RequestContext): Holds {
  if (key === IS_ATTACHED) return attachmentHolds(operator, expected, effect, context);
  if (DEVICE_KEYS.test(key)) return effect === 'Allow' && isAlwaysLike(operator, expected) ? Holds.YES : Holds.DEPENDS;
  if (effect === 'Allow') return Holds.YES;
  return context.mayBeDeniedByCircumstances ? Holds.DEPENDS : Holds.NO;
}

/**
 * Documented is that the key is true for an attached certificate, not whether it is false or missing for others. So a
 * Deny is only relied upon if it holds in both cases, and what an Allow requires has to rule out both.
 */
function attachmentHolds(operator: string, expected: Value, effect: 'Allow' | 'Deny', { isAttached }: RequestContext): Holds {
  const given = comparisonHolds(operator, expected, String(isAttached));
  if (isAttached || given === Holds.DEPENDS || given === (effect === 'Allow' ? Holds.YES : Holds.NO)) return given;
  return comparisonHolds(operator, expected, undefined) === given ? given : Holds.DEPENDS;
}

/** Whether a comparison holds for a key that has a value, or has none. */
function comparisonHolds(operator: string, expected: Value, actual: string | undefined): Holds {
  const name = operator.replace(/^for(any|all)values?:/, '').replace(/ifexists$/, '');
  const texts = listOf(expected).map(textIn);
  if (name === 'null') {
    const [text] = texts;
    return texts.length === 1 && text !== undefined ? yesOrNo((text.toLowerCase() === 'true') === (actual === undefined)) : Holds.DEPENDS;
  }
  if (!Object.hasOwn(OPERATORS, name)) return Holds.DEPENDS;

  const { compare, negated = false } = OPERATORS[name];
  if (actual === undefined) return yesOrNo(/^forall|ifexists$/.test(operator) || (negated && !operator.startsWith('forany')));
  const known = texts.filter((text): text is string => text !== undefined && !text.includes('${'));
  if (known.some((text) => compare(text, actual))) return yesOrNo(!negated);
  return known.length < texts.length ? Holds.DEPENDS : yesOrNo(negated);
}

function yesOrNo(holds: boolean): Holds {
  return holds ? Holds.YES : Holds.NO;
}

/** Whether a comparison with wildcards lets everything pass. */
function isAlwaysLike(operator: string, expected: Value): boolean {
  return /^(for(any|all)values?:)?(string|arn)like(ifexists)?$/.test(operator)
    && listOf(expected).some((value) => like(textIn(value) ?? '', ANYTHING));
}

/** A value that is a text all of which is known. */
function textIn(value: Value): string | undefined {
  const parts = partsOf(value);
  return parts?.length === 1 && typeof parts[0] === 'string' ? parts[0] : undefined;
}

/** What keeps a condition from being decided, for people. */
export interface OpenKeys {
  readonly aboutDevices: readonly string[];
  readonly aboutCircumstances: readonly string[];
}

const NONE: OpenKeys = { aboutDevices: [], aboutCircumstances: [] };
const CONTEXTS: readonly RequestContext[] = [true, false].map((isAttached) => ({ isAttached, mayBeDeniedByCircumstances: true }));

export function openKeysOf(condition: Value, effect: 'Allow' | 'Deny'): OpenKeys {
  if (condition === undefined || condition === null) return NONE;
  if (!isObject(condition)) return { ...NONE, aboutDevices: [whyUnreadable(condition)] };
  const aboutDevices: string[] = [];
  const aboutCircumstances: string[] = [];
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isObject(keys)) {
      aboutDevices.push(whyUnreadable(keys));
      continue;
    }
    for (const [written, expected] of Object.entries(keys)) {
      const key = written.toLowerCase();
      if (!CONTEXTS.some((context) => keyHolds(operator.toLowerCase(), key, expected, effect, context) === Holds.DEPENDS)) continue;
      (key === IS_ATTACHED || DEVICE_KEYS.test(key) ? aboutDevices : aboutCircumstances).push(`a condition on ${written}`);
    }
  }
  return { aboutDevices, aboutCircumstances };
}

function whyUnreadable(value: Value): string {
  return value instanceof Unknown ? value.reason : 'a condition that is not written as IAM expects';
}
