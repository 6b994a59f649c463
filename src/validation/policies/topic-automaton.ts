import { isAtom, Letter, ONE, Pattern, STAR, Token, UNKNOWN } from './pattern';

/** Any one character that no pattern spells out. */
export const OTHER: Letter = '..';

/** The work that may still be done for a policy, in steps that take some nanoseconds each. */
export class Budget {
  constructor(private left: number) {}

  /** @throws BudgetExceeded if there is none left */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new BudgetExceeded();
  }
}

/** Thrown if sets are too intricate to be compared in the time that a policy is worth. */
export class BudgetExceeded extends Error {}

/** Ends a pattern in the list of tokens. */
const END = undefined;

interface State {
  /** Places in the list of tokens that a text so far leads to, in ascending order. */
  readonly places: readonly number[];
  readonly accepts: boolean;
}

const NEVER: State = { places: [], accepts: false };
const ALWAYS: State = { places: [], accepts: true };

/**
 * Reads texts letter by letter, and tells if they match any of some patterns.
 *
 * A state is the set of places in the patterns that a text so far leads to. States are made as texts reach them. Behind
 * a `*`, places before it no longer matter: whatever they could lead to, the `*` takes as well. So a state has few
 * places, and there are few states.
 */
export class TopicAutomaton {
  /** State of texts that no pattern matches, whatever follows. */
  static readonly NEVER = 0;

  /** State of texts that a pattern matches, whatever follows. */
  static readonly ALWAYS = 1;

  private readonly tokens: (Token | typeof END)[] = [];

  /** The number of its pattern, for each token. */
  private readonly patternAt: number[] = [];
  private readonly states: State[] = [NEVER, ALWAYS];
  private readonly known = new Map<string, number>();

  /** The same for states of one place, which most are. */
  private readonly knownOfOne: number[] = [];

  /** The state of the empty text. */
  readonly start: number;

  constructor(patterns: readonly Pattern[], private readonly budget: Budget) {
    this.start = this.stateOf(patterns.map((pattern, number) => this.add(pattern, number)));
  }

  next(state: number, letter: Letter): number {
    if (state <= TopicAutomaton.ALWAYS) return state;
    const after: number[] = [];
    const { places } = this.states[state];
    this.budget.spend(places.length);
    for (const place of places) {
      const token = this.tokens[place];
      if (token === STAR) after.push(place);
      else if (token !== END && (token === letter || (token === ONE && !isAtom(letter)))) after.push(place + 1);
    }
    return this.stateOf(after);
  }

  accepts(state: number): boolean {
    return this.states[state].accepts;
  }

  /** The letters that lead from a state elsewhere than `OTHER` does. */
  lettersAt(state: number): Letter[] {
    return this.states[state].places.map((place) => this.tokens[place])
      .filter((token): token is Letter => token !== END && token !== STAR && token !== ONE && token !== UNKNOWN);
  }

  spells(letter: Letter): boolean {
    return this.tokens.includes(letter);
  }

  /** Adds a pattern to the list of tokens, and returns its place. */
  private add({ blocks, gaps }: Pattern, number: number): number {
    const start = this.tokens.length;
    for (const [index, block] of blocks.entries()) {
      if (index > 0) {
        for (let ones = gaps[index - 1]; ones > 0; ones--) this.tokens.push(ONE);
        this.tokens.push(STAR);
      }
      for (const letter of block) this.tokens.push(letter);
    }
    this.tokens.push(END);
    while (this.patternAt.length < this.tokens.length) this.patternAt.push(number);
    return start;
  }

  private stateOf(places: readonly number[]): number {
    if (places.length === 0) return TopicAutomaton.NEVER;
    if (places.length === 1 && this.tokens[places[0]] !== STAR) {
      return this.knownOfOne[places[0]] ??= this.states.push(this.stateAt(places)) - 1;
    }
    const kept = this.withoutNeedless(places);
    if (!kept) return TopicAutomaton.ALWAYS;
    const key = kept.join();
    let state = this.known.get(key);
    if (state === undefined) this.known.set(key, state = this.states.push(this.stateAt(kept)) - 1);
    return state;
  }

  private stateAt(places: readonly number[]): State {
    return { places, accepts: places.some((place) => this.tokens[place] === END) };
  }

  /** The places and those behind a `*`, without those before it; `undefined` if all texts match that go on there. */
  private withoutNeedless(places: readonly number[]): readonly number[] | undefined {
    if (places.every((place) => this.tokens[place] !== STAR)) return places;
    const all = new Set<number>();
    for (let place of places) {
      all.add(place);
      while (this.tokens[place] === STAR) all.add(++place);
    }
    const kept: number[] = [];
    let starOf: number | undefined;
    for (const place of [...all].sort((one, other) => other - one)) {
      if (this.patternAt[place] === starOf) continue;
      if (this.tokens[place] === STAR) {
        if (this.tokens[place + 1] === END) return undefined;
        starOf = this.patternAt[place];
      }
      kept.unshift(place);
    }
    return kept;
  }
}
