/** The time of the stand-in, so that a test can let months pass at once. */
export interface Clock {
  now(): number;
  /** Calls back once after the delay and returns how to call it off. A delay beyond any timer never ends. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Longest delay a Node timer accepts; a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, callback) => {
    if (milliseconds > LONGEST_TIMER) return () => undefined;
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  private time: number;
  private sequence = 0;
  private readonly pending = new Map<number, { readonly due: number; readonly callback: () => void }>();

  constructor(start: string | number = '2026-01-15T12:00:00Z') {
    this.time = typeof start === 'number' ? start : Date.parse(start);
  }

  now(): number {
    return this.time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const id = this.sequence++;
    this.pending.set(id, { due: this.time + Math.max(0, milliseconds), callback });
    return () => this.pending.delete(id);
  }

  /** Moves time on, calling back whatever falls due on the way, in order and at its own time. */
  advance(milliseconds: number): void {
    const target = this.time + milliseconds;
    for (;;) {
      let next: [number, { due: number; callback: () => void }] | undefined;
      for (const entry of this.pending) {
        if (entry[1].due <= target && (next === undefined || entry[1].due < next[1].due)) next = entry;
      }
      if (next === undefined) break;
      this.pending.delete(next[0]);
      this.time = Math.max(this.time, next[1].due);
      next[1].callback();
    }
    this.time = target;
  }
}
