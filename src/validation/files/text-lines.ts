/** The lines of a text, by the position of a character. */
export class TextLines {
  /** The end of each line. */
  private readonly ends: number[] = [];

  constructor(text: string) {
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) this.ends.push(end);
  }

  /** The line (from 1) of a character. */
  lineAt(position: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.ends[middle] < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}
