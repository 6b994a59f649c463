import { resolve } from 'path';
import { readText } from './file-text';
import { ParsedText, UnreadableText } from './parsed-text';
import { parseText } from './template-text';

/** Reads files, each once. */
export class FileTexts {
  private readonly byPath = new Map<string, ParsedText | UnreadableText>();

  /**
   * @param text the text, if it comes from no file
   * @throws UnreadableText
   */
  read(path: string, text?: string): ParsedText {
    const key = resolve(path);
    let read = this.byPath.get(key);
    if (!read) this.byPath.set(key, read = parsedOrWhyNot(() => text ?? readText(path)));
    if (read instanceof UnreadableText) throw read;
    return read;
  }
}

function parsedOrWhyNot(text: () => string): ParsedText | UnreadableText {
  try {
    return parseText(text());
  } catch (error) {
    if (error instanceof UnreadableText) return error;
    throw error;
  }
}
