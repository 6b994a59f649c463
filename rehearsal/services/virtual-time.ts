import { ManualClock } from '../device-defender/clock';

/**
 * A time that stands still while any invocation works, and jumps to the next moment when all of them sleep.
 *
 * So a test sees fourteen minutes of waiting in no time, in the order in which things would happen.
 */
export class VirtualTime {
  readonly clock = new ManualClock();
  private working = 0;
  private readonly sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();

  now(): number {
    return this.clock.now();
  }

  /** Runs work during which time stands still, except where it sleeps or waits for others. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.rest();
    }
  }

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.after(milliseconds, () => {
        this.working += 1;
        resolve();
      });
      this.rest();
    });
  }

  /** Within work, waits for what others bring about, which may take time. */
  async waitFor<T>(others: Promise<T>): Promise<T> {
    this.rest();
    try {
      return await others;
    } finally {
      this.working += 1;
    }
  }

  /** Calls back once when it is time, and returns how to call it off. */
  after(milliseconds: number, callback: () => void): () => void {
    const sleeper = { due: this.now() + milliseconds, wake: callback };
    this.sleepers.add(sleeper);
    return () => this.sleepers.delete(sleeper);
  }

  pass(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  /** Work has just ended: those that wait for it go on before time does. */
  private rest(): void {
    this.working -= 1;
    setImmediate(() => this.jump());
  }

  private jump(): void {
    if (this.working > 0 || this.sleepers.size === 0) return;
    const [next] = [...this.sleepers].sort((one, other) => one.due - other.due);
    this.sleepers.delete(next);
    this.clock.advance(Math.max(0, next.due - this.now()));
    next.wake();
    // The callback may not have begun any work.
    setImmediate(() => this.jump());
  }
}
