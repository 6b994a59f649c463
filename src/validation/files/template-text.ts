import { JsonLines } from './json-lines';
import { DEEPEST, ParsedText, tooDeep, UnreadableText } from './parsed-text';
import { TextLines } from './text-lines';
import { readYaml } from './yaml-text';
import { Json, JsonObject } from '../templates/template';

/**
 * Reads a text in JSON or YAML. What it holds tells which of them it is.
 *
 * @throws UnreadableText
 */
export function parseText(written: string): ParsedText {
  const text = written.replace(/^\uFEFF/, '');
  const json = parseJson(text);
  if (json === undefined) return parseYaml(text);
  if (goesDeeper(json, DEEPEST)) throw tooDeep(new TextLines(text).lineAt(startOfDepth(text)));
  return { json, lines: () => new JsonLines(text), isFollowed: false };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** True if more than so many lists and objects are inside each other. Reading the values is quicker than the text. */
function goesDeeper(json: Json, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(json)) return json.some((item) => goesDeeper(item, levels - 1));
  for (const key in json) if (goesDeeper((json as JsonObject)[key], levels - 1)) return true;
  return false;
}

/** The position at which JSON has too many values inside each other. */
function startOfDepth(text: string): number {
  let depth = 0;
  for (let position = 0; ; position++) {
    switch (text.charCodeAt(position)) {
      case QUOTE:
        position = endOfString(text, position);
        break;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (++depth > DEEPEST) return position;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
        break;
    }
  }
}

const [QUOTE, BACKSLASH, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = Buffer.from('"\\{}[]');

/** The position of the quote that ends a string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
}

function parseYaml(text: string): ParsedText {
  try {
    if (text.includes('\0')) throw new UnreadableText('it is no text in UTF-8');
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    throw new UnreadableText(error.reason, error.line, /\bResources\b/.test(text));
  }
}
