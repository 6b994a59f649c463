/** Milliseconds that nobody minds waiting without a word. */
const QUIET = 1_000;

/** Milliseconds between two lines: more often nobody can read. */
const INTERVAL = 100;

const ERASE_LINE = '\r\u001b[2K';

/** The part of a stream that progress is shown on. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** One line on a terminal that says what is being done, if it takes long. Elsewhere nothing is written. */
export class Progress {
  private next: number;
  private isShown = false;

  /** @param now the time in milliseconds */
  constructor(private readonly stream: ProgressStream, private readonly now: () => number = () => performance.now()) {
    this.next = now() + QUIET;
  }

  /** Called often, with what is being done. */
  step(what: string): void {
    if (!this.stream.isTTY) return;
    const now = this.now();
    if (now < this.next) return;
    this.next = now + INTERVAL;
    this.isShown = true;
    this.stream.write(`${ERASE_LINE}${what} ...`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.isShown) this.stream.write(ERASE_LINE);
    this.isShown = false;
  }
}
