import type { Finding } from '../../src/validation/finding';
import { type Json, type Resource, isJsonObject } from '../../src/validation/templates/template';

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 12;

/** A value that a finding is about, as the template writes it; undefined if there is none at that place. */
export function valueAt({ resource }: Finding, location: readonly string[]): Json | undefined {
  const [section, ...path] = location;
  if (!resource || section !== 'Properties' || path.length === 0) return undefined;
  return within(resource, path);
}

function within({ properties }: Resource, path: readonly string[]): Json | undefined {
  let value: Json | undefined = properties;
  for (const key of path) {
    const isThere: boolean = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    value = isThere ? (value as Record<string, Json>)[key] : undefined;
  }
  return value;
}

/** A value in one line of JSON, cut where it is too long for a reader. A text is shown without quotes. */
export function excerpt(value: Json, longest: number): string {
  const text = typeof value === 'string' ? value.slice(0, longest + 1) : inline(value, longest, 0);
  const characters = Array.from(text);
  return characters.length > longest ? `${characters.slice(0, longest).join('')} ...` : text;
}

/** JSON as people write it in one line. Beyond the longest text, the rest is left out. */
function inline(value: Json, longest: number, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > DEEPEST) return '...';
  const isObject = isJsonObject(value);
  const items: string[] = [];
  let length = 0;
  for (const [key, item] of Object.entries(value)) {
    if (length > longest) break;
    const text = inline(item, longest, depth + 1);
    items.push(isObject ? `${JSON.stringify(key)}: ${text}` : text);
    length += items[items.length - 1].length + 2;
  }
  if (items.length === 0) return isObject ? '{}' : '[]';
  return isObject ? `{ ${items.join(', ')} }` : `[${items.join(', ')}]`;
}
