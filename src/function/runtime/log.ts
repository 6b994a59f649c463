import { printableJson } from '../../private/printable';

/**
 * Writes one line of JSON to the function's log, with whatever is invisible in it escaped: devices choose some of the names.
 *
 * Callers name what they log; an event is never logged as a whole, because whoever knows its response URL can answer it.
 */
export function log(message: string, details: Record<string, unknown> = {}): void {
  process.stdout.write(`${printableJson(JSON.stringify({ message, ...details }))}\n`);
}
