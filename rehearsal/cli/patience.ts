/** Waits for one thing after the other, for a limited time in all. */
export class Patience {
  private left: number;

  /** @param longest milliseconds */
  constructor(readonly longest: number) {
    this.left = longest;
  }

  /** True once something has come to its end; false if that takes too long. */
  async waitFor(something: Promise<unknown>): Promise<boolean> {
    const start = Date.now();
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), this.left));
    const end = something.then(() => true);
    try {
      return await Promise.race([end, tooLong]);
    } finally {
      clearTimeout(timer);
      this.left = Math.max(0, this.left - (Date.now() - start));
    }
  }
}
