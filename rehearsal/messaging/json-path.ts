/** The steps of a JSON path: names, indexes, and `*` for each element. */
function stepsOf(path: string): string[] {
  if (path !== '$' && !/^\$([.[]|$)/.test(path)) throw new Error(`The rehearsal does not understand the path ${path}`);
  return [...path.slice(1).matchAll(/\.([^.[\]]+)|\[(\d+|\*)\]|\['([^']+)'\]/g)].map(
    ([, name, index, quoted]) => name ?? index ?? quoted,
  );
}

/** The value at a path as EventBridge understands it: dots and indexes. Undefined if there is none. */
export function valueAt(path: string, event: unknown): unknown {
  return stepsOf(path).reduce<unknown>((value, step) => {
    if (step === '*') return Object.values(value ?? {});
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  }, event);
}
