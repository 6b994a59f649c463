/** The time, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;

  sleep(milliseconds: number): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
