import { shorten } from '../../private/printable';

/** Bytes of a text, far below what SNS takes: a state machine keeps it beside its other data. */
const LONGEST_TEXT = 30_000;

/** SNS takes subjects of less than 100 characters. */
export const LONGEST_SUBJECT = 99;

/** A title with lines below; nothing without lines. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, ...lines] : [];
}

/** Paragraphs of lines, cut where they are too long for a message. */
export function paragraphs(parts: readonly (readonly string[])[], longest = LONGEST_TEXT): string {
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n');
  if (Buffer.byteLength(text) <= longest) {
    return `${text}\n`;
  }
  const end = '\n[cut: the text is too long]\n';
  const room = longest - Buffer.byteLength(end);
  return `${Buffer.from(text).subarray(0, room).toString('utf8').replace(/\ufffd+$/, '')}${end}`;
}

/** Printable ASCII in one line, of at most so many characters. */
export function asciiLine(line: string, longest: number): string {
  return shorten(line, longest).replace(/[^\x20-\x7e]/g, '?');
}

/** A time of ISO 8601 for people. */
export function timeOf(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number with its thousands apart: 1,000. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
