import { ManualClock } from './device-defender/clock';
import { Clock } from '../../src/private/custom-resource/clock.lambda-shared';

/**
 * A time that stands still while any invocation works, and jumps to the next moment when all of them sleep.
 *
 * So a test sees fourteen minutes of waiting in no time, in the order in which things would happen.
 */
export class VirtualTime implements Clock {
  readonly clock = new ManualClock();
  private working = 0;
  private readonly sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();

  now(): number {
    return this.clock.now();
  }

  /** Runs work during which time stands still, except where it sleeps. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.working += 1;
    try {
      return await work();
    } finally {
      this.working -= 1;
      this.jump();
    }
  }

  async sleep(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.sleepers.add({ due: this.now() + milliseconds, wake: resolve });
      this.working -= 1;
      this.jump();
    });
  }

  pass(milliseconds: number): void {
    this.clock.advance(milliseconds);
  }

  private jump(): void {
    if (this.working > 0 || this.sleepers.size === 0) return;
    const [next] = [...this.sleepers].sort((one, other) => one.due - other.due);
    this.sleepers.delete(next);
    this.working += 1;
    this.clock.advance(Math.max(0, next.due - this.now()));
    next.wake();
  }
}
