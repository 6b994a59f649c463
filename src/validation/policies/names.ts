import { isAtom, ONE, STAR, Token } from './pattern';

/** How many devices a pattern stands for that a policy has in the place of the name of a client or thing. */
export enum Names {
  /** A name, a policy variable, or names with a prefix, which AWS's pages call compliant. */
  FEW,

  /** All names, which they call non-compliant. */
  ALL,

  /** What the pages say nothing about, such as `????` or `*-gateway`. */
  UNDOCUMENTED,
}

/** More prefixes of one letter than these are together the most part of all names. */
const MOST_LETTERS = 10;

export function namesOf(name: readonly Token[]): Names {
  if (!name.some(isWildcard) || name.some((token) => token !== STAR && isAtom(token))) return Names.FEW;
  if (name.every(isWildcard)) return name.includes(STAR) ? Names.ALL : Names.UNDOCUMENTED;
  return isWildcard(name[0]) ? Names.UNDOCUMENTED : Names.FEW;
}

/** Whether patterns of names are prefixes of one letter for so many letters that few names have another. */
export function coverMostLetters(names: readonly (readonly Token[])[]): boolean {
  const letters = new Set(names.filter((name) => name.length > 1 && !isWildcard(name[0]) && isWildcard(name[1])).map(([letter]) => letter));
  return letters.size >= MOST_LETTERS;
}

function isWildcard(token: Token): boolean {
  return token === STAR || token === ONE;
}
