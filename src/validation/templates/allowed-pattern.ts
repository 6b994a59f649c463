import { SPECIAL_CHARACTERS } from './value';

/** What a regular expression tells of the texts that match it. */
export interface MatchingTexts {
  /** The special characters that they may hold. */
  readonly specials: string;

  readonly mayBeEmpty: boolean;
}

/** Longer patterns, and deeper ones, are not looked at. */
const LONGEST = 1_000;
const DEEPEST = 20;

/** Classes of characters without special ones. `\S`, `\W` and `\D` hold all of those. */
const PLAIN_CLASSES = /^\\(?:[wdsh]|p\{(?:Is)?(?:Alnum|Alpha|Digit|Lower|Upper|XDigit|Alphabetic|L|Lu|Ll|N|Nd)\})/;
const INVERSE_CLASSES = /^\\[WDSH]/;

/** A character by its number, such as `\x2a`. */
const NUMBERED = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/;
const CONTROL_CHARACTER = /^\\[tnrfae]/;
const BOUNDARY = /^(?:[\^$]|\\[bBAzZ])/;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})[+?]?/;
const GROUP = /^\((?!\?)|^\(\?(?:<[a-zA-Z][a-zA-Z0-9]*>|[imsu]*:)/;
const LOOKAROUND = /^\(\?<?[=!]/;
const FLAGS = /^\(\?[imsu]+\)/;

/**
 * Reads the `AllowedPattern` of a parameter, which must match the whole value.
 *
 * @returns `undefined` for a pattern that this does not understand. The syntax is Java's.
 */
export function textsMatching(pattern: string): MatchingTexts | undefined {
  if (pattern.length > LONGEST) return undefined;
  const reading = new Reading(pattern);
  const texts = reading.alternatives(0);
  return texts && reading.isAtEnd ? texts : undefined;
}

/** Reads a regular expression from left to right. What it does not understand is `undefined`. */
class Reading {
  private position = 0;

  constructor(private readonly pattern: string) {}

  get isAtEnd(): boolean {
    return this.position === this.pattern.length;
  }

  /** What stands on both sides of `|`, to the end of the group. */
  alternatives(depth: number): MatchingTexts | undefined {
    let texts: MatchingTexts | undefined;
    do {
      const sequence = this.sequence(depth);
      if (!sequence) return undefined;
      texts = texts ? either(texts, sequence) : sequence;
    } while (this.skip('|'));
    return texts;
  }

  private sequence(depth: number): MatchingTexts | undefined {
    let texts: MatchingTexts = { specials: '', mayBeEmpty: true };
    while (!this.isAtEnd && !this.isNext('|') && !this.isNext(')')) {
      const piece = this.piece(depth);
      if (!piece) return undefined;
      const quantifier = this.take(QUANTIFIER);
      const mayBeLeftOut = quantifier !== undefined && (/^[*?]/.test(quantifier[0]) || Number(quantifier[1]) === 0);
      texts = {
        specials: union(texts.specials, piece.specials),
        mayBeEmpty: texts.mayBeEmpty && (piece.mayBeEmpty || mayBeLeftOut),
      };
    }
    return texts;
  }

  private piece(depth: number): MatchingTexts | undefined {
    const nothing = { specials: '', mayBeEmpty: true };
    if (this.take(BOUNDARY) ?? this.take(FLAGS)) return nothing;
    if (this.take(LOOKAROUND)) return this.group(depth) && nothing;
    if (this.take(GROUP)) return this.group(depth);
    const specials = this.skip('[') ? this.characterClass() : this.character('.');
    return specials === undefined ? undefined : { specials, mayBeEmpty: false };
  }

  private group(depth: number): MatchingTexts | undefined {
    const texts = depth < DEEPEST ? this.alternatives(depth + 1) : undefined;
    return this.skip(')') ? texts : undefined;
  }

  /** The special characters of a class, behind its bracket. Classes within classes are not understood. */
  private characterClass(): string | undefined {
    const isNegated = this.skip('^');
    let specials = '';
    for (let isFirst = true; isFirst || !this.isNext(']'); isFirst = false) {
      const range = this.range();
      if (range === undefined) return undefined;
      specials = union(specials, range);
    }
    this.skip(']');
    return isNegated ? [...SPECIAL_CHARACTERS].filter((character) => !specials.includes(character)).join('') : specials;
  }

  private range(): string | undefined {
    if (this.isAtEnd || this.isNext('[') || this.isNext(']') || this.isNext('&&')) return undefined;
    const start = this.position;
    const first = this.character();
    const from = this.literal(start);
    const isRange = from !== undefined && this.isNext('-') && !this.isNext('-]') && !this.isNext('-[');
    if (first === undefined || !isRange) return first;
    this.skip('-');
    const next = this.position;
    if (this.isAtEnd || this.character() === undefined) return undefined;
    const to = this.literal(next);
    if (to === undefined || to < from) return undefined;
    return [...SPECIAL_CHARACTERS].filter((character) => character >= from && character <= to).join('');
  }

  /**
   * The special characters that one character of the pattern stands for.
   *
   * @param anything the character that stands for all, which it does not do in classes
   */
  private character(anything?: string): string | undefined {
    if (this.take(PLAIN_CLASSES)) return '';
    if (this.take(INVERSE_CLASSES)) return SPECIAL_CHARACTERS;
    if (this.take(CONTROL_CHARACTER)) return '';
    const numbered = this.take(NUMBERED);
    if (numbered) return specialIn(String.fromCharCode(parseInt(numbered[1] ?? numbered[2], 16)));
    if (this.skip('\\')) {
      // Java refuses escaped letters that have no meaning, and a number refers to a group.
      return this.isAtEnd || /[a-zA-Z0-9]/.test(this.pattern[this.position]) ? undefined : this.single();
    }
    if (anything !== undefined && this.skip(anything)) return SPECIAL_CHARACTERS;
    const isLiteral = anything === undefined || !/[*+?{}()[\]|]/.test(this.pattern[this.position]);
    return isLiteral ? this.single() : undefined;
  }

  private single(): string {
    return specialIn(this.pattern[this.position++]);
  }

  /** The one character that was read since a position; `undefined` if it stands for several. */
  private literal(start: number): string | undefined {
    const text = this.pattern.slice(start, this.position);
    const numbered = NUMBERED.exec(text);
    if (numbered) return String.fromCharCode(parseInt(numbered[1] ?? numbered[2], 16));
    if (text.length === 1) return text;
    return text.length === 2 && !/^\\[a-zA-Z]/.test(text) ? text[1] : undefined;
  }

  private isNext(text: string): boolean {
    return this.pattern.startsWith(text, this.position);
  }

  private skip(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.position += text.length;
    return true;
  }

  private take(expression: RegExp): RegExpExecArray | undefined {
    const found = expression.exec(this.pattern.slice(this.position));
    if (found) this.position += found[0].length;
    return found ?? undefined;
  }
}

function either(one: MatchingTexts, other: MatchingTexts): MatchingTexts {
  return { specials: union(one.specials, other.specials), mayBeEmpty: one.mayBeEmpty || other.mayBeEmpty };
}

function union(one: string, other: string): string {
  return [...SPECIAL_CHARACTERS].filter((character) => one.includes(character) || other.includes(character)).join('');
}

function specialIn(character: string): string {
  return SPECIAL_CHARACTERS.includes(character) ? character : '';
}
