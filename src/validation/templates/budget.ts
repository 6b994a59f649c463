/** Units that one value of a template may cost: more than any needs, with all that is read on the way to it. */
const MOST_PER_VALUE = 60_000;

/** Units that all templates together may cost, and what each resource adds. They take seconds. */
const MOST_IN_ALL = 40_000_000;
const MOST_PER_RESOURCE = 20_000;

/** Characters that cost as much as one value. */
const CHARACTERS_PER_UNIT = 16;

/**
 * Bounds the work of reading templates, whatever they hold. Only hostile templates reach its limits.
 *
 * A unit is a value, a piece of a text, or 16 characters. What is read on the way to a value, such as an export of
 * another stack, is work of its own, since its result is remembered.
 */
export class Budget {
  /** Units spent so far. */
  spent = 0;

  private left = MOST_PER_VALUE;
  private readonly most: number;

  constructor(resources: number) {
    this.most = MOST_IN_ALL + resources * MOST_PER_RESOURCE;
  }

  /** True if the current piece of work may go on. */
  get isLeft(): boolean {
    return this.left > 0 && this.spent <= this.most;
  }

  /** The pieces that the current piece of work may still make. */
  get pieces(): number {
    return Math.max(0, this.left);
  }

  /** Spends units and those for so many characters; false if there are not enough. */
  spend(units: number, characters = 0): boolean {
    const cost = units + Math.trunc(characters / CHARACTERS_PER_UNIT);
    this.left -= cost;
    this.spent += cost;
    return this.isLeft;
  }

  /** Does a piece of work with what one value may cost. */
  separately<T>(work: () => T): T {
    const before = this.left;
    this.left = MOST_PER_VALUE;
    try {
      return work();
    } finally {
      this.left = before;
    }
  }
}
