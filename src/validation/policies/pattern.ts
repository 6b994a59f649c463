import { Atom, partsOf, Value } from '../templates/value';

/**
 * One character of a pattern, or an atom: a text that is only known when a device uses the policy (a policy variable, a
 * pseudo parameter). An atom is written as more than two characters and equals only itself.
 */
export type Letter = string;

/** `?`: exactly one character of any kind. */
export const ONE: Letter = '';

/** True if a letter stands for a text of unknown length. */
export function isAtom(letter: Letter): boolean {
  return letter.length > 2;
}

/**
 * A pattern with the wildcards of policies, in a form that is the same for equal patterns: blocks of fixed length, with
 * gaps between them. Gap `i` takes any characters, at least `gaps[i]` of them. A `?` next to a gap belongs to the gap:
 * `a?*b` and `a*?b` are the blocks `a` and `b` with a gap of at least one.
 */
export class Pattern {
  constructor(readonly blocks: readonly (readonly Letter[])[], readonly gaps: readonly number[]) {}
}

/** A list that held something, so that it is of V8's kind for that, and so are its copies (ADR 38). */
const EMPTIED: unknown[] = [''];
EMPTIED.pop();

/**
 * An empty list for a pattern. Modules make many patterns for good, from which V8 would learn that a literal here makes
 * what lives long; it would then keep those of all policies until it collects the whole heap.
 */
const emptyList = <T>(): T[] => EMPTIED.slice() as T[];

/** Reading of a pattern with unknown parts. */
export enum Bound {
  /** Every text that the pattern may match. */
  MOST,

  /** Only texts that the pattern matches for certain. */
  LEAST,
}

/** A letter or wildcard of a pattern as it is written. */
export type Token = Letter | typeof STAR;

/** `*`: any number of any characters. */
export const STAR = null;

/** A policy variable. Longer names are none. */
const VARIABLE = /\$\{([^${}]{0,197})\}/y;

/** The default value in a policy variable, as in `${iot:ClientId, 'unknown'}`. IAM documents it, AWS IoT does not. */
const DEFAULT_VALUE = /\s*,[^}]*(?=\}$)/;

/** Tokenizes the text of an element of a policy. */
export function tokensOf(value: Value, bound: Bound): Token[] {
  const tokens = emptyList<Token>();
  for (const part of partsOf(value) ?? []) {
    if (typeof part === 'string') addTokens(part, bound, tokens);
    else tokens.push(part instanceof Atom ? `\${${part.key}}` : bound === Bound.MOST ? STAR : UNKNOWN);
  }
  return tokens;
}

/** Letter of an unknown part, which no other pattern spells out. No policy can write it. */
export const UNKNOWN: Letter = '${{what is not known}}';

/** Letter of a name of any length and any characters that no pattern spells out. No policy can write it. */
export const ANY_NAME: Letter = '${{any name}}';

/** A character that no pattern spells out. */
export const OTHER: Letter = '\uffff';

/** A letter is written behind the last one, which takes V8 less than half of what `push()` does. */
function addTokens(text: string, bound: Bound, tokens: Token[]): void {
  for (let index = 0; index < text.length;) {
    const character = text[index];
    const variable = character === '$' && text[index + 1] === '{' ? variableAt(index, text) : undefined;
    if (variable) {
      // ${*}, ${?} and ${$} are the characters themselves.
      const name = bound === Bound.MOST ? variable[0].replace(DEFAULT_VALUE, '') : variable[0];
      tokens[tokens.length] = /^[*?$]$/.test(variable[1]) ? variable[1] : name.toLowerCase();
      index += variable[0].length;
      continue;
    }
    tokens[tokens.length] = character === '*' ? STAR : character === '?' ? ONE : character;
    index++;
  }
}

function variableAt(index: number, text: string): RegExpExecArray | null {
  VARIABLE.lastIndex = index;
  return VARIABLE.exec(text);
}

/** Brings tokens into the form in which patterns can be compared. */
export function patternOf(tokens: readonly Token[]): Pattern {
  const blocks = emptyList<Letter[]>();
  const gaps = emptyList<number>();
  let start = 0;
  for (let star = tokens.indexOf(STAR); star !== -1; star = tokens.indexOf(STAR, start)) {
    // All wildcards in a row are one gap.
    let first = star;
    while (first > start && tokens[first - 1] === ONE) first--;
    let end = star + 1;
    let stars = 1;
    for (; tokens[end] === STAR || tokens[end] === ONE; end++) {
      if (tokens[end] === STAR) stars++;
    }
    blocks.push(tokens.slice(start, first) as Letter[]);
    gaps.push(end - first - stars);
    start = end;
  }
  blocks.push((start === 0 ? tokens : tokens.slice(start)) as Letter[]);
  return new Pattern(blocks, gaps);
}

/** The tokens of a pattern. */
export function tokensIn({ blocks, gaps }: Pattern): Token[] {
  return blocks.flatMap((block, index): Token[] =>
    index === 0 ? [...block] : [...Array<Token>(gaps[index - 1]).fill(ONE), STAR, ...block]);
}

/** True if a text holds a policy variable with a default value. */
export function hasDefaultValue(text: string): boolean {
  return text.includes(',') && /\$\{[^${},]*,[^${}]*\}/.test(text);
}

/** The pattern of a plain text. */
export function pattern(text: string): Pattern {
  return patternOf(tokensOf(text, Bound.LEAST));
}

/**
 * More characters than any pattern asks for. A gap of this size stands for an arbitrary text: a pattern that matches it
 * matches every text that is long enough.
 */
export const ARBITRARILY_MANY = 1e9;

/** An arbitrary one of the texts that a pattern stands for: its gaps become so long that only `*` covers them. */
export function arbitraryTextOf({ blocks, gaps }: Pattern): Pattern {
  return new Pattern(blocks, gaps.map(() => ARBITRARILY_MANY));
}
