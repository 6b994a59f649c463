import { TextLines } from './text-lines';
import { SourceLines } from '../templates/template';

/**
 * Finds the lines on which the values of a JSON text begin. The text must be JSON.
 */
export class JsonLines implements SourceLines {
  private readonly lines: TextLines;
  private position = 0;

  /** The children of values by the start of the value. Most lookups go through the same few objects. */
  private readonly childrenByStart = new Map<number, ReadonlyMap<string, Child>>();

  constructor(private readonly text: string) {
    this.lines = new TextLines(text);
  }

  lineOf(path: readonly string[]): number {
    let place: Child = { start: 0, value: 0 };
    for (const key of path) {
      const child = this.childrenOf(place.value).get(key);
      if (!child) break;
      place = child;
    }
    return this.lines.lineAt(place.start);
  }

  private childrenOf(start: number): ReadonlyMap<string, Child> {
    let children = this.childrenByStart.get(start);
    if (!children) this.childrenByStart.set(start, children = this.readChildren(start));
    return children;
  }

  private readChildren(start: number): Map<string, Child> {
    const children = new Map<string, Child>();
    this.position = start;
    this.skipSpace();
    const isList = this.text[this.position] === '[';
    if (!isList && this.text[this.position] !== '{') return children;
    this.position++;
    for (let index = 0; ; index++) {
      const begin = this.skipSpace();
      if (begin >= this.text.length || this.text[begin] === ']' || this.text[begin] === '}') return children;
      let name = String(index);
      let value = begin;
      if (!isList) {
        name = JSON.parse(this.text.slice(begin, this.skipString()));
        this.skipSpace();
        this.position++; // the colon
        value = this.position;
      }
      children.set(name, { start: begin, value });
      this.skipValue();
      if (this.text[this.skipSpace()] === ',') this.position++;
    }
  }

  private skipSpace(): number {
    while (this.position < this.text.length && ' \t\r\n\uFEFF'.includes(this.text[this.position])) this.position++;
    return this.position;
  }

  private skipString(): number {
    for (this.position++; this.position < this.text.length && this.text[this.position] !== '"'; this.position++) {
      if (this.text[this.position] === '\\') this.position++;
    }
    return ++this.position;
  }

  private skipValue(): void {
    this.skipSpace();
    let depth = 0;
    do {
      const character = this.text[this.position];
      if (character === '"') {
        this.skipString();
      } else if ('{[}]'.includes(character)) {
        depth += character === '{' || character === '[' ? 1 : -1;
        this.position++;
      } else if (depth > 0) {
        this.position++;
      } else {
        while (this.position < this.text.length && !',]} \t\r\n'.includes(this.text[this.position])) this.position++;
      }
    } while (depth > 0 && this.position < this.text.length);
  }
}

interface Child {
  /** The start of the child, with its key. */
  readonly start: number;

  /** The start of its value. */
  readonly value: number;
}
