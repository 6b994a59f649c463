/**
 * Joins as many entries as fit into a number of bytes, and says how many do not.
 */
export function joinWithin(entries: readonly string[], bytes: number): string {
  for (let shown = entries.length; shown > 0; shown--) {
    const rest = entries.length - shown;
    const text = [...entries.slice(0, shown), ...rest > 0 ? [`and ${rest} more`] : []].join('; ');
    if (Buffer.byteLength(text) <= bytes) {
      return text;
    }
  }
  return entries.length === 0 ? '' : entries.length === 1 ? '1 check' : `${entries.length} checks`;
}
