/** Edits for each of so many characters are taken for a slip. */
const CHARACTERS_PER_EDIT = 4;

/** The word that somebody meant who wrote another one, as the end of a sentence; empty if none is near. */
export function didYouMean(text: string, words: readonly string[]): string {
  const [nearest] = words
    .map((word) => ({ word, edits: editsBetween(text, word) }))
    .filter(({ word, edits }) => edits <= Math.max(2, word.length / CHARACTERS_PER_EDIT))
    .sort((one, other) => one.edits - other.edits);
  return nearest === undefined ? '' : `; did you mean ${nearest.word}?`;
}

/** The number of characters to insert, delete or replace to make one word of another. */
function editsBetween(one: string, other: string): number {
  let edits = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, character] of Array.from(one).entries()) {
    const next = [row + 1];
    for (let column = 0; column < other.length; column++) {
      const replaced = edits[column] + (character === other[column] ? 0 : 1);
      next.push(Math.min(replaced, edits[column + 1] + 1, next[column] + 1));
    }
    edits = next;
  }
  return edits[other.length];
}
