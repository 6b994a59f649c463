/** Where a resource stands: the template that declares it and its logical id there. */
export interface ResourceReference {
  readonly templateId: string;
  readonly logicalId: string;
}

/**
 * A text that is the same wherever it appears, whose characters are only known at deployment: a pseudo parameter,
 * the name or an attribute of a resource. It holds no wildcard.
 */
export class Atom {
  constructor(readonly key: string, readonly resource?: ResourceReference, readonly attribute?: string) {}
}

/**
 * What a template does not tell. It may turn out to be anything, a wildcard included.
 *
 * Two unknowns with the same identity turn out the same. Without an identity, one is the same as itself only: the
 * reason does not tell the first of a list from the second.
 */
export class Unknown {
  constructor(readonly reason: string, readonly identity?: string) {}
}

/** A text of which not every part is known. */
export class Text {
  constructor(readonly parts: readonly TextPart[]) {}
}

export type TextPart = string | Atom | Unknown;

/** What a template says once its intrinsic functions have been carried out. `undefined` is `AWS::NoValue`. */
export type Value = undefined | null | boolean | number | string | Text | Unknown | readonly Value[] | ValueObject;

export interface ValueObject {
  readonly [key: string]: Value;
}

/** No text of a template comes near; what would become longer has been built to become long. */
const LONGEST_TEXT = 500_000;
const MOST_PARTS = 1_000;

export function isObject(value: Value): value is ValueObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    && !(value instanceof Text) && !(value instanceof Unknown);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The parts of a value that stands where a text is expected; `undefined` if it is none. */
export function partsOf(value: Value): readonly TextPart[] | undefined {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (value instanceof Text) return value.parts;
  if (value instanceof Unknown) return [value];
  return undefined;
}

/** Parts as one text, as simple as it can be. */
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

/** A text for people: what is not known in angle brackets. */
export function display(value: Value): string {
  const parts = partsOf(value);
  if (!parts) return Array.isArray(value) ? 'a list' : value === undefined || value === null ? 'nothing' : 'an object';
  return parts.map((part) => typeof part === 'string' ? part : part instanceof Atom ? `<${part.key}>` : '<unknown>').join('');
}

/** The only part of a text that is an atom and nothing else. */
export function soleAtom(value: Value): Atom | undefined {
  return value instanceof Text && value.parts.length === 1 && value.parts[0] instanceof Atom ? value.parts[0] : undefined;
}

/** Why a value is not known, once for each reason. */
export function reasonsIn(value: Value, reasons: Set<string> = new Set()): Set<string> {
  if (value instanceof Unknown) reasons.add(value.reason);
  else if (value instanceof Text) value.parts.forEach((part) => { if (part instanceof Unknown) reasons.add(part.reason); });
  else if (isList(value)) value.forEach((item) => reasonsIn(item, reasons));
  else if (isObject(value)) Object.values(value).forEach((item) => reasonsIn(item, reasons));
  return reasons;
}

/** A value as the list that a policy's elements may be written as. */
export function listOf(value: Value): readonly Value[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

/** Where the items of lists that lost some to `AWS::NoValue` stood. */
const formerPositions = new WeakMap<readonly Value[], readonly number[]>();

/** A list without the items that are `AWS::NoValue`. */
export function withoutNoValue(items: readonly Value[]): readonly Value[] {
  if (!items.includes(undefined)) return items;
  const kept = [...items.keys()].filter((index) => items[index] !== undefined);
  const list = kept.map((index) => items[index]);
  formerPositions.set(list, kept);
  return list;
}

/** Where the template has an item of a list. */
export function positionOf(list: readonly Value[], index: number): number {
  return formerPositions.get(list)?.[index] ?? index;
}

/** An entry of a value that is an object; what is not known has entries that are not known. */
export function entryOf(value: Value, ...path: readonly string[]): Value {
  let current = value;
  for (const key of path) {
    if (!isObject(current)) return current instanceof Unknown ? current : undefined;
    current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

const occurrences = new WeakMap<Unknown, string>();
let occurrenceCount = 0;

/** What an unknown has in common with those that turn out the same, and with no others. */
function identityOf(unknown: Unknown): string {
  if (unknown.identity !== undefined) return unknown.identity;
  let own = occurrences.get(unknown);
  if (own === undefined) occurrences.set(unknown, own = `occurrence ${++occurrenceCount}`);
  return own;
}

/** A value as a text that no other value has. */
export function canonical(value: Value): string {
  const parts = partsOf(value);
  if (parts) {
    return JSON.stringify(parts.map((part) => typeof part === 'string' ? part
      : part instanceof Unknown ? { unknown: identityOf(part) } : { atom: part.key }));
  }
  if (isList(value)) return `[${value.map(canonical).join()}]`;
  if (isObject(value)) return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`;
  return String(value);
}

/** Whether all that is not known of a text can be told from other unknowns, wherever it is read. */
export function isIdentified(value: Value): boolean {
  return partsOf(value)?.every((part) => !(part instanceof Unknown) || part.identity !== undefined) ?? isKnown(value);
}

/** Whether a value is known to its last character. */
export function isKnown(value: Value): boolean {
  if (value instanceof Unknown || value instanceof Text) return false;
  if (isList(value)) return value.every(isKnown);
  return isObject(value) ? Object.values(value).every(isKnown) : true;
}
