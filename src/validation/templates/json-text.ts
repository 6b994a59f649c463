import { isList, isObject, partsOf, Text, textOf, TextPart, Unknown, Value } from './value';

/** Characters that no text may hold. While JSON is read, they mark the parts that are not known. */
const OPEN = '\uFDD0';
const CLOSE = '\uFDD1';
const MARK = /\uFDD0(\d+)\uFDD1/;

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 60;

/** Writes parts as one text, with marks in the place of those that are not known, which go to `holes`. */
export function marked(parts: readonly TextPart[], holes: TextPart[]): string {
  return parts.map((part) => typeof part === 'string' ? part : `${OPEN}${holes.push(part) - 1}${CLOSE}`).join('');
}

/** True if a text has marks. */
export function isMarked(text: string): boolean {
  return text.includes(OPEN);
}

/** The parts of a text with marks. */
export function unmarked(text: string, holes: readonly TextPart[]): TextPart[] {
  return text.split(MARK).map((piece, index) => index % 2 === 0 ? piece : holes[Number(piece)]);
}

/** Number of characters from which on a text is not read. Services refuse much shorter documents. */
const LONGEST = 200_000;

/** JSON within a text that may have unknown parts. */
export const JSON_TEXT = {
  /** The value that the text holds, or the reason why that is not known. */
  read(value: Value): Value {
    const parts = partsOf(value);
    if (!parts) return value;
    if (parts.length === 1 && parts[0] instanceof Unknown) return parts[0];
    if (parts.some((part) => typeof part === 'string' && (part.includes(OPEN) || part.includes(CLOSE)))) {
      return new Unknown('a text with characters that are none');
    }
    const holes: TextPart[] = [];
    const text = marked(parts, holes);
    if (text.length > LONGEST) return new Unknown('a text that is too long for any policy');
    try {
      return filled(JSON.parse(text), holes, 0);
    } catch {
      return new Unknown(holes.length > 0
        ? 'a text that is JSON only once its open parts are known, if then'
        : 'a text that is not JSON');
    }
  },

  /** Writes a value as JSON text. */
  write(value: Value): Value {
    const parts: TextPart[] = [];
    written(value, parts, 0);
    return textOf(parts);
  },
};

function filled(json: unknown, holes: readonly TextPart[], depth: number): Value {
  if (depth > DEEPEST) return new Unknown(`more than ${DEEPEST} values inside each other`);
  if (typeof json === 'string') return isMarked(json) ? textOf(unmarked(json, holes)) : json;
  if (Array.isArray(json)) return json.map((item) => filled(item, holes, depth + 1));
  if (typeof json === 'object' && json !== null) {
    const object: Record<string, Value> = Object.create(null);
    for (const [key, item] of Object.entries(json)) {
      if (isMarked(key)) return new Unknown('an object with a key that is only known at deployment');
      object[key] = filled(item, holes, depth + 1);
    }
    return object;
  }
  return json as Value;
}

function written(value: Value, parts: TextPart[], depth: number): void {
  if (value instanceof Unknown || depth > DEEPEST) {
    parts.push(value instanceof Unknown ? value : new Unknown(`more than ${DEEPEST} values inside each other`));
  } else if (value instanceof Text) {
    const escaped = value.parts.map((part) => typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part);
    parts.push('"', ...escaped, '"');
  } else if (isList(value)) {
    parts.push('[');
    value.forEach((item, index) => { parts.push(index ? ',' : ''); written(item, parts, depth + 1); });
    parts.push(']');
  } else if (isObject(value)) {
    parts.push('{');
    Object.entries(value).forEach(([key, item], index) => {
      parts.push(`${index ? ',' : ''}${JSON.stringify(key)}:`);
      written(item, parts, depth + 1);
    });
    parts.push('}');
  } else {
    parts.push(JSON.stringify(value ?? null));
  }
}
