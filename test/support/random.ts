/** Random numbers that are the same in every run (a linear congruential generator). */
export class SeededRandom {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed) + 0x9e3779b9n;
  }

  /** A number from 0 to less than 1. */
  next(): number {
    this.state = BigInt.asUintN(64, this.state * 6364136223846793005n + 1442695040888963407n);
    return Number(this.state / 2n ** 33n) / 2 ** 31;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  list<T>(longest: number, make: () => T): T[] {
    return Array.from({ length: this.below(longest + 1) }, make);
  }
}
