import { Clock, systemClock } from '../device-defender/clock';
import type { VirtualTime } from '../services/virtual-time';

/** The time in which executions wait. */
export interface MachineTime {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after so many milliseconds of the machine, and returns how to call it off. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Runs work during which no time passes, where time is virtual. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The virtual time if there is one; else a test's clock; else the real time, shortened.
 *
 * @param scale real time for each unit of a machine's time, where it is real: 0.01 makes 30 seconds 0.3
 */
export function machineTime(
  time: VirtualTime | undefined, clock: Clock | undefined, scale: number,
): MachineTime {
  if (time !== undefined) return time;
  const during = async <T>(work: () => Promise<T>) => work();
  if (clock !== undefined) {
    return { now: () => clock.now(), after: (milliseconds, callback) => clock.after(milliseconds, callback), during };
  }
  return {
    now: () => systemClock.now(),
    after: (milliseconds, callback) => systemClock.after(milliseconds * scale, callback),
    during,
  };
}

/** The end of an execution has cut off what it waited for. */
export class ExecutionIsOver extends Error {
  /** For the interpreter: nothing goes on after it. */
  readonly isCatchable = false;
  readonly isRetryable = false;
}

/** The span in which an execution runs: whatever it waits for ends with it. */
export class Life {
  private over = false;
  private readonly onEnd = new Set<() => void>();

  get isOver(): boolean {
    return this.over;
  }

  end(): void {
    this.over = true;
    for (const end of [...this.onEnd]) end();
  }

  /**
   * Waits for something that settles later.
   *
   * @param begin begins to wait and returns how to call it off
   * @throws ExecutionIsOver if the execution ends before
   */
  async wait<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
  ): Promise<T> {
    if (this.over) throw new ExecutionIsOver();
    return new Promise<T>((resolve, reject) => {
      let callOff: () => void = () => undefined;
      const done = () => {
        this.onEnd.delete(end);
        callOff();
      };
      const end = () => {
        done();
        reject(new ExecutionIsOver());
      };
      this.onEnd.add(end);
      callOff = begin(
        (value) => {
          done();
          resolve(value);
        },
        (error) => {
          done();
          reject(error as Error);
        },
      );
    });
  }
}
