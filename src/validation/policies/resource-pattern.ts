import { Bound, Letter, ONE, Pattern, patternOf, STAR, Token, tokensOf } from './pattern';
import { Value } from '../templates/value';

const PARTITION: Letter = '${partition}';
const REGION: Letter = '${region}';
const ACCOUNT: Letter = '${account}';

/** Letters that replace the partition, region and account of an ARN: a policy acts only in its own. */
const HEADER: readonly (Letter | undefined)[] = [undefined, PARTITION, undefined, REGION, ACCOUNT];

/**
 * Tokenizes a resource of a policy, with letters in the place of the ARN's partition, region and account.
 *
 * A `*` there may stand for several parts of the ARN, as in `arn:aws:iot:eu-*`. The beginning of its own part is
 * dropped, and the text behind it stays. If that text may be the end of a part (`arn:aws:iot:*9012:client/*`), it stays
 * with `Bound.LEAST` only.
 */
export function resourceTokens(value: Value, bound: Bound): Token[] {
  const all = tokensOf(value, bound);
  const colons: number[] = [];
  let wildcard: number | undefined;
  for (let index = 0; index < all.length && colons.length < HEADER.length && all[index] !== '/'; index++) {
    if (all[index] === ':') colons.push(index);
    else if (all[index] === STAR) wildcard ??= index;
  }
  if (colons.length === HEADER.length) return withHeader(all, colons);
  if (wildcard === undefined) return all;

  const fields = colons.filter((colon) => colon < wildcard);
  const start = HEADER[fields.length] === undefined ? wildcard : (fields[fields.length - 1] ?? -1) + 1;
  const lastColon = colons[colons.length - 1];
  const rest = bound === Bound.MOST && lastColon > wildcard ? lastColon : wildcard + 1;
  return [...withHeader(all.slice(0, start), fields), STAR, ...all.slice(rest)];
}

/** Replaces the partition, region and account of an ARN, as far as it goes, by letters. */
function withHeader(all: Token[], colons: readonly number[]): Token[] {
  // The last one comes first, so that the others stay where they are.
  for (let field = colons.length - 1; field >= 0; field--) {
    const letter = HEADER[field];
    if (letter === undefined) continue;
    const start = colons[field - 1] + 1;
    // CDK writes pseudo parameters, which are one token each.
    if (colons[field] === start + 1) all[start] = letter;
    else all.splice(start, colons[field] - start, letter);
  }
  return all;
}

/** True if a `*` is followed by a text that may belong to the region and account of the ARN or to its resource. */
export function hidesItsParts(text: string): boolean {
  const wildcard = text.indexOf('*');
  const slash = text.indexOf('/');
  if (wildcard === -1 || (slash !== -1 && slash < wildcard)) return false;
  const header = slash === -1 ? text : text.slice(0, slash);
  return /[^*:?]/.test(header.slice(wildcard, Math.max(wildcard, header.lastIndexOf(':'))))
    && header.split(':').length <= HEADER.length;
}

/** The pattern of a resource of a policy. */
export function resourcePattern(value: Value, bound: Bound): Pattern {
  return patternOf(resourceTokens(value, bound));
}

/** The tokens of the ARN of a resource in the account and region of the policy. */
export function arnTokens(service: string, resource: readonly Token[]): Token[] {
  return ['a', 'r', 'n', ':', PARTITION, ':', ...service, ':', REGION, ':', ACCOUNT, ':', ...resource];
}

/** The pattern of the ARN of a resource in the account and region of the policy. */
export function arnPattern(service: string, resource: readonly Token[]): Pattern {
  return patternOf(arnTokens(service, resource));
}

/** Tokenizes a text with `*`, `?` and policy variables. */
export function tokens(text: string): Token[] {
  return tokensOf(text, Bound.LEAST);
}

/**
 * The rests of a pattern behind a text that it begins with, the shortest first. There are none if it does not begin
 * with the text, and several if its wildcards can stand for different parts of the text.
 */
export function restsBehind(text: readonly Token[], pattern: readonly Token[]): Token[][] {
  const differs = text.findIndex((letter, index) => letter !== pattern[index]);
  if (differs === -1) return [pattern.slice(text.length)];
  if (pattern[differs] !== STAR && pattern[differs] !== ONE) return [];

  let reached = new Set([0]);
  for (const letter of text) {
    const next = new Set<number>();
    for (let position of reached) {
      if (pattern[position] === STAR) next.add(position);
      while (pattern[position] === STAR) position++;
      if (pattern[position] === letter || (pattern[position] === ONE && letter?.length === 1)) next.add(position + 1);
    }
    reached = next;
  }
  return [...reached].sort((one, other) => other - one).map((position) => pattern.slice(position));
}
