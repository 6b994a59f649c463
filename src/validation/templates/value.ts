/** Refers to a resource by the template that declares it, and its logical id there. */
export interface ResourceReference {
  readonly templateId: string;
  readonly logicalId: string;
}

/**
 * A text whose characters are only known at deployment: a pseudo parameter, or the name or an attribute of a resource.
 * It is the same wherever it appears, and holds no wildcard.
 */
export class Atom {
  constructor(readonly key: string, readonly resource?: ResourceReference, readonly attribute?: string) {}
}

/** The characters that mean something in policies, topic filters or JSON. A text without them is a mere name. */
export const SPECIAL_CHARACTERS = '*?+#$"\\';

/** What is known of an unknown. */
export interface Bounds {
  /**
   * The special characters that it may hold. If these are not all of them, it also has at least one character.
   *
   * @default - all of them
   */
  readonly specials?: string;

  /** The values one of which it is, such as both sides of `Fn::If`. */
  readonly alternatives?: readonly Value[];
}

/**
 * A value that a template does not tell. It may turn out to be any text, a wildcard included, unless its bounds say
 * otherwise.
 *
 * Two unknowns with the same identity turn out the same. An unknown without one is the same as itself only, since two
 * items of a list have the same reason.
 */
export class Unknown {
  readonly specials: string;
  readonly alternatives?: readonly Value[];

  constructor(readonly reason: string, readonly identity?: string, bounds: Bounds = {}) {
    this.specials = bounds.specials ?? SPECIAL_CHARACTERS;
    this.alternatives = bounds.alternatives;
  }
}

/** A text with parts that are not known. */
export class Text {
  private written?: string;

  constructor(readonly parts: readonly TextPart[]) {}

  /** The text for people, with unknown parts in angle brackets. */
  get display(): string {
    return this.written ??= this.parts.map(displayPart).join('');
  }
}

export type TextPart = string | Atom | Unknown;

/** A value of a template whose intrinsic functions have been carried out. `undefined` is `AWS::NoValue`. */
export type Value = undefined | null | boolean | number | string | Text | Unknown | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [key: string]: Value;
}

/** Limits of a text, which only hostile templates reach. */
const LONGEST_TEXT = 500_000;
const MOST_PARTS = 1_000;

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    && !(value instanceof Text) && !(value instanceof Unknown);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The parts of a text; `undefined` if the value cannot be used as a text. */
export function partsOf(value: Value): readonly TextPart[] | undefined {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (value instanceof Text) return value.parts;
  if (value instanceof Unknown) return [value];
  return undefined;
}

/** True if a value can be used as a text. */
export function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof Text || partsOf(value) !== undefined;
}

/** Joins parts to a text, in its simplest form. */
export function textOf(parts: readonly TextPart[]): string | Text | Unknown {
  const joined: TextPart[] = [];
  let length = 0;
  for (const part of parts) {
    length += typeof part === 'string' ? part.length : 1;
    const last = joined[joined.length - 1];
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  if (length > LONGEST_TEXT || joined.length > MOST_PARTS) return new Unknown('a text that is too long for any policy');
  if (joined.length === 0) return '';
  if (joined.length === 1 && typeof joined[0] === 'string') return joined[0];
  if (joined.length === 1 && joined[0] instanceof Unknown) return joined[0];
  return new Text(joined);
}

/** Writes a text for people, with unknown parts in angle brackets. */
export function display(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Text) return value.display;
  const parts = partsOf(value);
  if (!parts) return Array.isArray(value) ? 'a list' : value === undefined || value === null ? 'nothing' : 'an object';
  return parts.map(displayPart).join('');
}

function displayPart(part: TextPart): string {
  if (typeof part === 'string') return part;
  return part instanceof Atom ? `<${part.key}>` : '<unknown>';
}

/** Number of texts that a message names. */
const NAMED = 6;

/** Lists texts for people: the first ones, and the number of the others. */
export function some(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return more > 0 ? `${texts.slice(0, NAMED).join(', ')} and ${more} more` : texts.join(', ');
}

/** The atom that a text consists of, if it consists of one alone. */
export function soleAtom(value: Value): Atom | undefined {
  return value instanceof Text && value.parts.length === 1 && value.parts[0] instanceof Atom
    ? value.parts[0]
    : undefined;
}

/** The reasons why a value is not known, each once. */
export function reasonsIn(value: Value, reasons: Set<string> = new Set()): Set<string> {
  if (value instanceof Unknown) {
    reasons.add(value.reason);
  } else if (value instanceof Text) {
    for (const part of value.parts) if (part instanceof Unknown) reasons.add(part.reason);
  } else if (isList(value)) {
    for (const item of value) reasonsIn(item, reasons);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) reasonsIn(value[key], reasons);
  }
  return reasons;
}

/** A value as a list: policies may write a list of one item without brackets. */
export function listOf(value: Value): readonly Value[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

/** Former positions of the items of lists that lost others to `AWS::NoValue`. */
const formerPositions = new WeakMap<readonly Value[], readonly number[]>();

/** Leaves out the items of a list that are `AWS::NoValue`. */
export function withoutNoValue(items: readonly Value[]): readonly Value[] {
  if (!items.includes(undefined)) return items;
  const kept = [...items.keys()].filter((index) => items[index] !== undefined);
  const list = kept.map((index) => items[index]);
  formerPositions.set(list, kept);
  return list;
}

/** The position of an item in the template's own list. */
export function positionOf(list: readonly Value[], index: number): number {
  return formerPositions.get(list)?.[index] ?? index;
}

/** Lists that stand for any order and number of their items. */
const setsOfItems = new WeakSet<readonly Value[]>();

/** A list of which only the items are known, not their order and number. */
export function setOf(items: readonly Value[]): readonly Value[] {
  setsOfItems.add(items);
  return items;
}

/** True if the order and number of the items of a list are not known. */
export function isSet(list: readonly Value[]): boolean {
  return setsOfItems.has(list);
}

/** An entry of an object. Entries of an unknown are unknown. */
export function entryOf(value: Value, ...path: readonly string[]): Value {
  let current = value;
  for (const [index, key] of path.entries()) {
    if (current instanceof Unknown) return entryOfEach(current, path.slice(index));
    if (!isObject(current)) return undefined;
    current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

function entryOfEach(unknown: Unknown, path: readonly string[]): Unknown {
  if (!unknown.alternatives) return unknown;
  const alternatives = unknown.alternatives.flatMap(listOf).map((alternative) => entryOf(alternative, ...path));
  return new Unknown(unknown.reason, undefined, { alternatives });
}

/** An unknown that is one of some values. If they are texts, they bound it. */
export function oneOf(alternatives: readonly Value[], reason: string, identity?: string): Unknown {
  const texts = alternatives.map((value) => typeof value === 'number' ? String(value) : value);
  const areTexts = texts.every((text) => typeof text === 'string' && text !== '');
  const specials = areTexts
    ? [...SPECIAL_CHARACTERS].filter((character) => texts.some((text) => String(text).includes(character))).join('')
    : undefined;
  return new Unknown(reason, identity, { specials, alternatives });
}

const occurrences = new WeakMap<Unknown, string>();
let occurrenceCount = 0;

/** A text that unknowns share if they turn out the same, and only then. */
function identityOf(unknown: Unknown): string {
  if (unknown.identity !== undefined) return unknown.identity;
  let own = occurrences.get(unknown);
  if (own === undefined) occurrences.set(unknown, own = `occurrence ${++occurrenceCount}`);
  return own;
}

/** A text that equal values share, and only they. */
export function canonical(value: Value): string {
  const parts = partsOf(value);
  if (parts) {
    return JSON.stringify(parts.map((part) => typeof part === 'string' ? part
      : part instanceof Unknown ? { unknown: identityOf(part) } : { atom: part.key }));
  }
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  if (isObject(value)) {
    return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
  }
  return String(value);
}

/** True if every unknown part of a text has an identity. */
export function isIdentified(value: Value): boolean {
  return partsOf(value)?.every((part) => !(part instanceof Unknown) || part.identity !== undefined) ?? isKnown(value);
}

/** True if a value is known to its last character. */
export function isKnown(value: Value): boolean {
  if (value instanceof Unknown || value instanceof Text) return false;
  if (isList(value)) return value.every(isKnown);
  return isObject(value) ? Object.values(value).every(isKnown) : true;
}

/** Number of characters of a value, as JSON without its punctuation; of alternatives, the shortest counts. */
export function lengthOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Text) return value.parts.reduce((sum, part) => sum + lengthOfPart(part), 0);
  if (value instanceof Unknown && value.alternatives) return Math.min(...value.alternatives.map(lengthOf));
  let sum = 0;
  if (Array.isArray(value)) for (const item of value) sum += lengthOf(item);
  else if (isObject(value)) for (const key of Object.keys(value)) sum += key.length + lengthOf(value[key]);
  else for (const part of partsOf(value) ?? []) sum += lengthOfPart(part);
  return sum;
}

function lengthOfPart(part: TextPart): number {
  return typeof part === 'string' ? part.length : 1;
}
