import { Letter, ONE, Pattern } from './pattern';

/** Step for any number of characters. */
export const ANY = 0;

export type Step = Letter | typeof ANY;

/** Characters of a gap that are counted one by one. No name is so long that more make a difference. */
const MOST_COUNTED = 64;

/** The steps in which a pattern matches texts. */
export function stepsOf({ blocks, gaps }: Pattern): readonly Step[] {
  const steps: Step[] = [];
  blocks.forEach((block, index) => {
    if (index > 0) {
      for (let ones = Math.min(gaps[index - 1], MOST_COUNTED); ones > 0; ones--) steps.push(ONE);
      steps.push(ANY);
    }
    for (const letter of block) steps.push(letter);
  });
  return steps;
}
