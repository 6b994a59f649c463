import { arbitraryTextOf, Bound, Pattern, pattern, patternOf, STAR, tokensOf } from './pattern';
import { includes } from './pattern-inclusion';
import { mapped } from '../lists';
import { isObject, listOf, partsOf, Unknown, Value } from '../templates/value';

/** Result of a condition: it holds, it does not, or that depends on values that are not known. */
export enum Holds {
  YES,
  NO,
  DEPENDS,
}

/** Facts about the request that a condition is tested for. */
export interface RequestContext {
  /** True if the client's certificate is attached to the thing that the client connects as. */
  readonly isAttached: boolean;

  /**
   * True if a `Deny` under circumstances (an address, a time, an encrypted connection) may take effect. Otherwise the
   * request is made in other circumstances, which any device may choose.
   */
  readonly mayBeDeniedByCircumstances?: boolean;
}

const IS_ATTACHED = 'iot:connection.thing.isattached';

/** Keys that tell devices apart. Other keys do not say which device acts. */
const DEVICE_KEYS = new RegExp(`^(${[
  'iot:clientid', 'iot:certificate\\..+', 'iot:connection\\.thing\\..+', 'credentials-iot:.+',
  'cognito-identity[a-z0-9.-]*:sub', 'aws:userid', 'aws:username', 'aws:principaltag/.+',
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
 * Tests the condition of a statement for a request: every operator and every key must hold for one of its values.
 *
 * @param effect a condition that does not tell devices apart does not narrow an Allow, and a Deny cannot rely on it
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

function keyHolds(
  operator: string, key: string, expected: Value, effect: 'Allow' | 'Deny', context: RequestContext,
): Holds {
  if (key === IS_ATTACHED) return attachmentHolds(operator, expected, context.isAttached);
  if (DEVICE_KEYS.test(key)) return effect === 'Allow' && isAlwaysLike(operator, expected) ? Holds.YES : Holds.DEPENDS;
  if (effect === 'Allow') return Holds.YES;
  return context.mayBeDeniedByCircumstances ? Holds.DEPENDS : Holds.NO;
}

/** AWS documents that the key has the values true and false. `Null` asks if it is missing, which AWS leaves open. */
function attachmentHolds(operator: string, expected: Value, isAttached: boolean): Holds {
  const name = operator.replace(/^for(any|all)values?:/, '').replace(/ifexists$/, '');
  const texts = mapped(listOf(expected), textIn);
  if (name === 'null') {
    const [text] = texts;
    if (texts.length !== 1 || text === undefined) return Holds.DEPENDS;
    if (text.toLowerCase() !== 'true') return Holds.YES;
    return isAttached ? Holds.NO : Holds.DEPENDS;
  }
  if (!Object.hasOwn(OPERATORS, name)) return Holds.DEPENDS;

  const { compare, negated = false } = OPERATORS[name];
  const known = texts.filter((text): text is string => text !== undefined && !text.includes('${'));
  if (known.some((text) => compare(text, String(isAttached)))) return yesOrNo(!negated);
  return known.length < texts.length ? Holds.DEPENDS : yesOrNo(negated);
}

function yesOrNo(holds: boolean): Holds {
  return holds ? Holds.YES : Holds.NO;
}

/** True if a comparison with wildcards lets every value pass. */
function isAlwaysLike(operator: string, expected: Value): boolean {
  return /^(for(any|all)values?:)?(string|arn)like(ifexists)?$/.test(operator)
    && listOf(expected).some((value) => like(textIn(value) ?? '', ANYTHING));
}

/** A text that is known completely. */
function textIn(value: Value): string | undefined {
  const parts = partsOf(value);
  return parts?.length === 1 && typeof parts[0] === 'string' ? parts[0] : undefined;
}

/** Reasons why a condition cannot be decided, for people. */
export interface OpenKeys {
  readonly aboutDevices: readonly string[];
  readonly aboutCircumstances: readonly string[];
}

const NONE: OpenKeys = { aboutDevices: [], aboutCircumstances: [] };
const CONTEXTS: readonly RequestContext[] = [
  { isAttached: true, mayBeDeniedByCircumstances: true },
  { isAttached: false, mayBeDeniedByCircumstances: true },
];

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
      const holds = mapped(CONTEXTS, (context) => keyHolds(operator.toLowerCase(), key, expected, effect, context));
      if (!holds.includes(Holds.DEPENDS)) continue;
      const reasons = key === IS_ATTACHED || DEVICE_KEYS.test(key) ? aboutDevices : aboutCircumstances;
      reasons.push(`a condition on ${written}`);
    }
  }
  return { aboutDevices, aboutCircumstances };
}

function whyUnreadable(value: Value): string {
  return value instanceof Unknown ? value.reason : 'a condition that is not written as IAM expects';
}
