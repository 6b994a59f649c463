import { ANY_NAME, isAtom, Letter, ONE, OTHER, Pattern } from './pattern';
import { ANY, Step, stepsOf } from './pattern-steps';
import { isWord, Kind, Place } from './texts';
import { mapped } from '../lists';

/** What patterns leave of a set of texts. */
export interface Sieve {
  /** A pattern that a text must match. */
  readonly allowed: Pattern;

  /** Patterns that it must not match. */
  readonly denied: readonly Pattern[];

  /** Lists of patterns: it must match one of each. */
  readonly within: readonly (readonly Pattern[])[];
}

/** Limits how long searches take together. Only patterns that are made to be intricate reach it. */
export class Effort {
  private left = 50_000;

  /** @returns false if there is none left */
  spend(amount: number): boolean {
    this.left -= amount;
    return this.left >= 0;
  }
}

/**
 * True if a text of a set passes a sieve; `undefined` if that takes too much effort to tell.
 *
 * The search goes through the set letter by letter and notes how far each pattern matches (as automata do). It gives up
 * a way once no text on it can pass any more, and does not go on from where it has been before. At a place where any
 * letter may follow, the letters that the patterns ask for next are tried, and one that none of them spells out.
 */
export function passes(texts: Place, { allowed, denied, within }: Sieve, effort: Effort): boolean | undefined {
  const start: State = {
    allowed: begin(allowed, 0),
    denied: mapped(denied, begin),
    within: mapped(within, (patterns) => mapped(patterns, begin)),
  };
  const seen = new Map<Place, Set<string>>();
  const open: [Place, State][] = [];
  const visit = (place: Place, state: State | undefined) => {
    if (!state) return;
    if (place.ways.length > 1 || place.ways.some(({ over }) => !isWord(over))) {
      let keys = seen.get(place);
      if (!keys) seen.set(place, keys = new Set());
      const key = keyOf(state);
      if (keys.has(key)) return;
      keys.add(key);
    }
    open.push([place, state]);
  };

  visit(texts, start);
  for (let next = open.pop(); next; next = open.pop()) {
    const [place, state] = next;
    if (place.isEnd && isPassed(state)) return true;
    for (const { over, to, isSpelledOut } of place.ways) {
      for (const letters of isWord(over) ? [over] : lettersOf(over, state)) {
        if (!effort.spend(letters.length + state.denied.length)) return undefined;
        if (isSpelledOut) spelling(state, letters).forEach((each) => visit(to, follow(each, letters)));
        else visit(to, follow(state, letters));
      }
    }
  }
  return false;
}

/** Letters that are compared before the search. */
const MOST_COMPARED = 200;

/** Cheap pre-check, which most patterns do not pass: false if no text of a set begins as a pattern does. */
export function mayBegin(texts: Place, pattern: Pattern, from = 0): boolean {
  const block = pattern.blocks[0];
  const hasGap = pattern.gaps.length > 0;
  if (from === block.length) return hasGap || texts.isEnd;
  if (from > MOST_COMPARED) return true;
  for (const { over, to } of texts.ways) {
    if (!isWord(over)) {
      if (isOf(over, block[from]) && mayBegin(to, pattern, from + 1)) return true;
      continue;
    }
    // Most ARNs begin alike: the last letter of a word tells sooner than the first that a pattern is another.
    const last = over.length - 1;
    if (from + last < block.length && !takes(block[from + last], over[last])) continue;
    let compared = 0;
    while (compared < over.length && from + compared < block.length && takes(block[from + compared], over[compared])) {
      compared++;
    }
    if (compared === over.length) {
      if (mayBegin(to, pattern, from + compared)) return true;
    } else if (hasGap && from + compared === block.length) {
      return true;
    }
  }
  return false;
}

function isOf({ except, atoms }: Kind, step: Letter): boolean {
  return isAtom(step) ? atoms : step === ONE || !except.includes(step);
}

/** How far a pattern matches a text: the steps that may come next. */
interface Match {
  readonly id: number;
  readonly steps: readonly Step[];
  readonly at: readonly number[];
}

/** How far all patterns match a text. Those that cannot match any more are left out. */
interface State {
  readonly allowed: Match;
  readonly denied: readonly Match[];
  readonly within: readonly (readonly Match[])[];
}

function keyOf({ allowed, denied, within }: State): string {
  let key = allowed.at.join();
  for (const match of denied) key += `;${match.id}:${match.at.join()}`;
  for (const matches of within) key += `/${matches.map(({ id, at }) => `${id}:${at.join()}`).join(';')}`;
  return key;
}

function begin(pattern: Pattern, id: number): Match {
  const steps = stepsOf(pattern);
  return { id, steps, at: arrive(steps, [0]) };
}

function isPassed({ allowed, denied, within }: State): boolean {
  return isMatched(allowed) && !denied.some(isMatched) && within.every((matches) => matches.some(isMatched));
}

function isMatched({ steps, at }: Match): boolean {
  return at[at.length - 1] === steps.length;
}

/** True if the pattern matches whatever follows. */
function matchesAll({ steps, at }: Match): boolean {
  return at[0] === steps.length - 1 && steps[at[0]] === ANY;
}

/** The state behind further letters; `undefined` if no text can pass any more. */
function follow(state: State, letters: readonly Letter[]): State | undefined {
  const allowed = further(state.allowed, letters);
  if (!allowed) return undefined;
  const denied = allFurther(state.denied, letters);
  if (denied.some(matchesAll)) return undefined;
  const within = mapped(state.within, (matches) => allFurther(matches, letters));
  return within.some((matches) => matches.length === 0) ? undefined : { allowed, denied, within };
}

/** How far those that match further letters have come. */
function allFurther(matches: readonly Match[], letters: readonly Letter[]): Match[] {
  const reached: Match[] = [];
  for (const match of matches) {
    const next = further(match, letters);
    if (next) reached.push(next);
  }
  return reached;
}

/** The states from which one of the patterns that allow goes on by spelling out some letters. */
function spelling(state: State, letters: readonly Letter[]): State[] {
  const spells = ({ id, steps, at }: Match): Match[] => {
    const places = at.filter((position) =>
      letters.every((letter, index) => spellsOut(steps, position + index, letter)));
    return places.length > 0 ? [{ id, steps, at: places }] : [];
  };
  return [
    ...spells(state.allowed).map((allowed) => ({ ...state, allowed })),
    ...state.within.flatMap((matches, index) => {
      const spelled = matches.flatMap(spells);
      const within = state.within.map((others, other) => other === index ? spelled : others);
      return spelled.length > 0 ? [{ ...state, within }] : [];
    }),
  ];
}

/** True if a step is for a letter. A `?` beside a `*` is part of what the `*` covers. */
function spellsOut(steps: readonly Step[], position: number, letter: Letter): boolean {
  if (steps[position] !== ONE) return steps[position] === letter;
  let end = position;
  while (steps[end] === ONE) end++;
  return steps[end] !== ANY && !isAtom(letter);
}

function further({ id, steps, at }: Match, letters: readonly Letter[]): Match | undefined {
  let reached = at;
  for (let index = 0; index < letters.length;) {
    let [position] = reached;
    // Shortcut for most letters: there is one place to be, before a letter.
    const first = index;
    if (reached.length === 1) {
      while (index < letters.length && letters[index] !== ANY_NAME && steps[position] !== ANY) {
        if (position === steps.length || !takes(steps[position], letters[index])) return undefined;
        position++;
        index++;
      }
    }
    if (index === first) reached = behind(letters[index++], steps, reached);
    else reached = arrive(steps, [position]);
    if (reached.length === 0) return undefined;
  }
  return { id, steps, at: reached };
}

function behind(letter: Letter, steps: readonly Step[], at: readonly number[]): readonly number[] {
  const reached: number[] = [];
  for (const position of at) {
    if (steps[position] === ANY) {reached.push(position);} else if (letter === ANY_NAME) {
      // A name of any length fills a gap of any least length.
      let end = position;
      while (steps[end] === ONE) end++;
      if (steps[end] === ANY) reached.push(end);
    } else if (position < steps.length && takes(steps[position], letter)) {reached.push(position + 1);}
  }
  return arrive(steps, reached);
}

/** Adds the steps behind gaps, which may be empty. The last gap makes all steps before it superfluous. */
function arrive(steps: readonly Step[], at: readonly number[]): readonly number[] {
  // Shortcut for most places: none is before a gap.
  if (!at.some((position) => steps[position] === ANY)) return at;
  let gap = -1;
  const reached = new Set<number>();
  for (let position of at) {
    reached.add(position);
    for (; steps[position] === ANY; position++) {
      gap = Math.max(gap, position);
      reached.add(position + 1);
    }
  }
  return [...reached].filter((position) => position >= gap).sort((one, other) => one - other);
}

function takes(step: Step, letter: Letter): boolean {
  return step === letter || (step === ONE && !isAtom(letter));
}

/** The letters of a kind that make a difference: one that is spelled out nowhere, and those that come next. */
function lettersOf(kind: Kind, { allowed, denied, within }: State): Iterable<readonly Letter[]> {
  const letters = new Set<Letter>();
  for (const { steps, at } of [allowed, ...denied, ...within.flat()]) {
    for (const position of at) {
      const step = steps[position];
      if (typeof step !== 'string' || step === ONE) continue;
      if (isOf(kind, step)) letters.add(step);
    }
  }
  // The search takes the last one first.
  return [...letters, OTHER].map((letter) => [letter]);
}
