import { printableJson, shorten } from '../../private/printable';

/** The longest text of an error, in bytes: AWS's longest ones would leave no room for the way out. */
const LONGEST_ERROR = 400;

/**
 * Writes one line of JSON to the function's log. Invisible characters are escaped: devices choose some of the names.
 *
 * Callers name what they log. An event is never logged as a whole, because anybody who knows its response URL can
 * answer it.
 *
 * @param details are logged as they are, except that an `error` is described
 */
export function log(message: string, details: Record<string, unknown> = {}): void {
  const { error } = details;
  const described = typeof error === 'object' ? { error: describeError(error) } : {};
  process.stdout.write(`${printableJson(JSON.stringify({ message, ...details, ...described }))}\n`);
}

/** The name of an error and its message, cut where it is too long. */
export function describeError(thrown: unknown): string {
  const { name, message } = asError(thrown);
  return shorten(`${name}: ${message}`, LONGEST_ERROR);
}

/** The error that was thrown: JavaScript can throw anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
