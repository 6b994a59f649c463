import { Letter } from './pattern';

/** A set of texts, as a place to begin at and the ways on from there: a text is in the set if a way ends with it. */
export interface Place {
  readonly ways: readonly Way[];

  /** True if a text may end here. */
  readonly isEnd: boolean;
}

export interface Way {
  /** The letters on the way, or one letter of some kind. */
  readonly over: readonly Letter[] | Kind;
  readonly to: Place;

  /** True if a pattern must spell out these letters, and not cover them by `*`. */
  readonly isSpelledOut?: boolean;
}

/** A kind of letters. */
export interface Kind {
  /** Characters that are not among them. */
  readonly except: string;

  /** True if policy variables are among them. */
  readonly atoms: boolean;
}

/** True if a way is over given letters, and not over one of a kind. */
export function isWord(over: Way['over']): over is readonly Letter[] {
  return Array.isArray(over);
}

/** A part of texts: puts itself before the place where the next part begins. */
export type Part = (next: Place) => Place;

const END: Place = { ways: [], isEnd: true };

/** The texts that consist of some parts. */
export function texts(...parts: readonly Part[]): Place {
  return sequence(...parts)(END);
}

/** The texts of several sets. */
export function allOf(...sets: readonly Place[]): Place {
  return { ways: sets.flatMap(({ ways }) => ways), isEnd: sets.some(({ isEnd }) => isEnd) };
}

export function sequence(...parts: readonly Part[]): Part {
  return (next) => parts.reduceRight((place, part) => part(place), next);
}

/** Letters as they are: `*` and `?` are no wildcards here. Words in a row become one. */
export function word(letters: Iterable<Letter>): Part {
  const over = [...letters];
  return (next) => {
    if (over.length === 0) return next;
    const following = soleWord(next);
    const way = following ? { over: [...over, ...following.over], to: following.to } : { over, to: next };
    return { ways: [way], isEnd: false };
  };
}

/** The way on from a place where nothing but a word follows. */
function soleWord({ ways: [way, ...others], isEnd }: Place): { over: readonly Letter[]; to: Place } | undefined {
  if (!way || others.length > 0 || isEnd || way.isSpelledOut) return undefined;
  const { over, to } = way;
  return isWord(over) ? { over, to } : undefined;
}

/** Letters that a pattern must spell out. */
export function spelledOut(letters: Iterable<Letter>): Part {
  const over = [...letters];
  return (next) => ({ ways: [{ over, to: next, isSpelledOut: true }], isEnd: false });
}

export function oneOf(...parts: readonly Part[]): Part {
  return (next) => allOf(...parts.map((part) => part(next)));
}

export function optional(...parts: readonly Part[]): Part {
  return oneOf(word(''), sequence(...parts));
}

/** Any number of letters of a kind, none included. */
export function many(kind: Kind): Part {
  return (next) => {
    const ways: Way[] = [];
    const place = { ways, isEnd: next.isEnd };
    ways.push({ over: kind, to: place }, ...next.ways);
    return place;
  };
}

/** One letter of a kind, and any number of others. */
export function some(kind: Kind): Part {
  return (next) => ({ ways: [{ over: kind, to: many(kind)(next) }], isEnd: false });
}
