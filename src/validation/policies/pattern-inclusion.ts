import { isAtom, Letter, ONE, Pattern } from './pattern';

/** A gap of a pattern in its list of letters. */
const GAP = undefined;

/**
 * True if every text that matches `inner` also matches `outer`.
 *
 * The test is exact, since texts have more characters than the patterns spell out. It goes from left to right and never
 * turns back, for this reason: a gap of `inner` may hold any number of characters that `outer` does not spell out. So
 * no block of `outer` can begin, end or lie in such a gap, or reach across it; each lies within one block of `inner`.
 * The leftmost place leaves the most room to the blocks that follow. The gaps of `outer` must be long enough for the
 * shortest texts of `inner`. An atom has an unknown length and counts as empty.
 *
 * It takes at most as many steps as the product of the patterns' lengths.
 */
export function includes(outer: Pattern, inner: Pattern): boolean {
  const lastBlock = outer.blocks.length - 1;
  if (lastBlock === 0) {
    return inner.gaps.length === 0 && inner.blocks[0].length === outer.blocks[0].length
      && covers(outer.blocks[0], inner.blocks[0], 0);
  }

  const first = outer.blocks[0];
  if (first.length > inner.blocks[0].length || !covers(first, inner.blocks[0], 0)) return false;

  const tail = outer.blocks[lastBlock];
  const end = inner.blocks[inner.blocks.length - 1];
  if (tail.length > end.length || !covers(tail, end, end.length - tail.length)) return false;
  // Shortcut for most patterns, which have one `*`.
  if (lastBlock === 1 && outer.gaps[0] === 0) return inner.gaps.length > 0 || first.length + tail.length <= end.length;

  const { letters, lengths } = laidOut(inner);
  const tailStart = letters.length - tail.length;
  let position = first.length;
  for (let block = 1; block < lastBlock; block++) {
    const start = startAfter(lengths, position, outer.gaps[block - 1]);
    const found = leftmost(outer.blocks[block], letters, start, tailStart);
    if (found === undefined) return false;
    position = found + outer.blocks[block].length;
  }
  return position <= tailStart && lengths[tailStart] - lengths[position] >= outer.gaps[lastBlock - 1];
}

/** The letters and gaps of a pattern in a row, and the least number of characters before each. */
function laidOut({ blocks, gaps }: Pattern): { letters: (Letter | undefined)[]; lengths: number[] } {
  const letters: (Letter | undefined)[] = [];
  const lengths: number[] = [0];
  blocks.forEach((block, index) => {
    if (index > 0) {
      letters.push(GAP);
      lengths.push(lengths[lengths.length - 1] + gaps[index - 1]);
    }
    for (const letter of block) {
      letters.push(letter);
      lengths.push(lengths[lengths.length - 1] + (isAtom(letter) ? 0 : 1));
    }
  });
  return { letters, lengths };
}

function startAfter(lengths: readonly number[], position: number, gap: number): number {
  let start = position;
  while (start < lengths.length && lengths[start] - lengths[position] < gap) start++;
  return start;
}

function leftmost(
  block: readonly Letter[], letters: readonly (Letter | undefined)[], start: number, end: number,
): number | undefined {
  for (let position = start; position + block.length <= end; position++) {
    if (covers(block, letters, position)) return position;
  }
  return undefined;
}

function covers(block: readonly Letter[], letters: readonly (Letter | undefined)[], start: number): boolean {
  for (let index = 0; index < block.length; index++) {
    const letter = letters[start + index];
    if (letter !== block[index] && (letter === GAP || block[index] !== ONE || isAtom(letter))) return false;
  }
  return true;
}
