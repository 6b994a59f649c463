/**
 * Lists made of others, as `map()` and `flatMap()` make them, for what is done with every policy.
 *
 * V8 knows several kinds of lists, and compiles a function for those that it has met. The kind that `map()` makes
 * changes once its caller is compiled, so that all functions that read such lists are compiled again; `flatMap()` makes
 * another kind still (ADR 38). These make one kind.
 */

/** What becomes of each item of a list. */
export function mapped<Item, Result>(
  items: readonly Item[], change: (item: Item, index: number) => Result,
): Result[] {
  const results: Result[] = [];
  for (let index = 0; index < items.length; index++) results.push(change(items[index], index));
  return results;
}

/** The lists that become of the items of a list, one behind the other. */
export function joined<Item, Result>(
  items: readonly Item[], change: (item: Item, index: number) => readonly Result[],
): Result[] {
  const results: Result[] = [];
  for (let index = 0; index < items.length; index++) {
    for (const result of change(items[index], index)) results.push(result);
  }
  return results;
}
