/** The part of an output stream that decides how a report looks. */
export interface ReportStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Wider lines are hard to read. */
const WIDEST = 120;

const CODES = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32, cyan: 36 } as const;

export type Colour = keyof typeof CODES;

/** How texts look on a terminal. Elsewhere there are neither colours nor line breaks. */
export class Look {
  /** @param width the characters of a line; undefined if lines are not broken */
  constructor(private readonly hasColours: boolean, private readonly width?: number) {}

  paint(text: string, ...colours: readonly Colour[]): string {
    if (!this.hasColours || text === '') return text;
    return `${colours.map((colour) => `\u001b[${CODES[colour]}m`).join('')}${text}\u001b[0m`;
  }

  /** A text in lines, the first one after some text, all others below its end. */
  wrapped(before: string, text: string): string[] {
    const room = this.width === undefined ? Infinity : Math.max(this.width - before.length, 20);
    const lines: string[] = [];
    for (const word of text.split(' ')) {
      const last = lines.at(-1);
      if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines.map((line, index) => `${index === 0 ? before : ' '.repeat(before.length)}${line}`);
  }
}

/**
 * The look for a stream: colours on a terminal, unless `NO_COLOR` or `FORCE_COLOR` says otherwise, and lines as wide as
 * it is.
 *
 * @see https://no-color.org
 */
export function lookOf({ isTTY = false, columns = 80 }: ReportStream, env: NodeJS.ProcessEnv): Look {
  return new Look(isColoured(isTTY, env), isTTY ? Math.min(columns, WIDEST) : undefined);
}

function isColoured(isTerminal: boolean, { FORCE_COLOR, NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return isTerminal && !NO_COLOR && TERM !== 'dumb';
}
