import { isAtom, Letter, ONE, OTHER, Pattern, patternOf, STAR, Token, tokensIn, UNKNOWN } from './pattern';

/** Values of policy variables, and of other names that are not known, by their letter. */
export type TopicValues = ReadonlyMap<Letter, readonly Letter[]>;

/**
 * The values of names in patterns that may make a difference: those with which two patterns have a level in common.
 * Where a policy has `admin/door-*`, they are `admin` and `door-x`, among others, for the name in `${iot:ClientId}/*`,
 * and `min` for the name in `ad${iot:ClientId}/*`. With any other value, a name is different from all that is spelled
 * out.
 *
 * @returns every combination of values, those of one name first; names without a value are in none
 */
export function* valuesThatMatter(patterns: readonly Pattern[]): Generator<TopicValues> {
  const texts = patterns.map(tokensIn);
  if (!texts.some((tokens) => tokens.some(isName))) return;
  const levels = levelsIn(texts);
  const values = new Map<Letter, Map<string, readonly Letter[]>>();
  for (const tokens of texts) {
    for (const [index, name] of tokens.entries()) {
      if (!isName(name)) continue;
      const ofName = values.get(name) ?? new Map<string, readonly Letter[]>();
      values.set(name, ofName);
      const before = [...ownLevel(tokens.slice(0, index).reverse())].reverse();
      const after = ownLevel(tokens.slice(index + 1));
      for (const level of levels) {
        const value = between(before, level, after);
        if (value) ofName.set(value.join(''), value);
      }
    }
  }
  yield* combinations([...values].map(([name, ofName]) => [name, [...ofName.values()]]));
}

/** Puts values in the place of names. */
export function withValues(pattern: Pattern, values: TopicValues): Pattern {
  const valueOf = (token: Token): readonly Token[] => (token !== STAR && values.get(token)) || [token];
  return patternOf(tokensIn(pattern).flatMap(valueOf));
}

/** Letters to take for `?`. */
const LETTERS = [...'xyzabcdefghijklmnopqrstuvw0123456789'];

function letterBeside(spelledOut: readonly Token[]): Letter {
  return LETTERS.find((letter) => !spelledOut.includes(letter)) ?? OTHER;
}

function isName(token: Token): token is Letter {
  return token !== STAR && isAtom(token) && token !== UNKNOWN;
}

function isSpelledOut(token: Token): token is Letter {
  return token !== STAR && token !== ONE && !isAtom(token);
}

/**
 * The levels of patterns, with a letter that no pattern spells out in the place of wildcards, which may stand for a
 * slash as well: for `a*` and `*b`, these are `a`, `ax`, `b`, `xb`, `ab` and `axb`. Several levels in a
 * row count where they are spelled out.
 */
function levelsIn(texts: readonly (readonly Token[])[]): readonly (readonly Letter[])[] {
  const other = letterBeside(texts.flat());
  const found = new Map<string, readonly Letter[]>();
  const add = (level: readonly Letter[]) => found.set(level.join(''), level);
  const beginnings: Token[][] = [];
  const endings: Token[][] = [];
  for (const tokens of texts) {
    const levels = split(tokens, (token) => token === '/');
    for (const [index, level] of levels.entries()) {
      const pieces = split(level, isWildcard);
      if (pieces.length > 1) {
        beginnings.push(pieces[0]);
        endings.push(pieces[pieces.length - 1]);
      }
      for (const piece of [level, ...pieces]) {
        if (piece.length > 0 && !piece.some(isName)) add(withLetters(piece, other));
      }
      for (let end = index + 1; end <= levels.length; end++) {
        const run = levels.slice(index, end);
        if (!run.every((each) => each.every(isSpelledOut))) break;
        if (end > index + 1) add(run.flatMap((each) => ['/', ...each as Letter[]]).slice(1));
      }
    }
  }
  for (const beginning of beginnings) {
    for (const ending of endings) {
      if ([...beginning, ...ending].some(isName)) continue;
      add([...beginning, other, ...ending] as Letter[]);
      if (beginning.length + ending.length > 0) add([...beginning, ...ending] as Letter[]);
    }
  }
  return [...found.values()];
}

function split(tokens: readonly Token[], isSeparator: (token: Token) => boolean): Token[][] {
  const pieces: Token[][] = [[]];
  for (const token of tokens) {
    if (isSeparator(token)) pieces.push([]);
    else pieces[pieces.length - 1].push(token);
  }
  return pieces;
}

function isWildcard(token: Token): boolean {
  return token === STAR || token === ONE;
}

function withLetters(tokens: readonly Token[], other: Letter): Letter[] {
  return tokens.map((token) => isWildcard(token) ? other : token as Letter);
}

/** The letters of a level that stand next to a name, up to a wildcard. */
function ownLevel(tokens: readonly Token[]): readonly Letter[] {
  const end = tokens.findIndex((token) => token === '/' || !isSpelledOut(token));
  return (end === -1 ? tokens : tokens.slice(0, end)) as Letter[];
}

function between(before: readonly Letter[], levels: readonly Letter[], after: readonly Letter[]): Letter[] | undefined {
  const end = levels.length - after.length;
  return end > before.length && before.every((letter, index) => letter === levels[index])
    && after.every((letter, index) => letter === levels[end + index])
    ? levels.slice(before.length, end)
    : undefined;
}

function* combinations(all: readonly (readonly [Letter, readonly (readonly Letter[])[]])[]): Generator<TopicValues> {
  for (const [index, [name, values]] of all.entries()) {
    for (const value of values) {
      yield new Map([[name, value]]);
      for (const others of combinations(all.slice(index + 1))) yield new Map([[name, value], ...others]);
    }
  }
}
