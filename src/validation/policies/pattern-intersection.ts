import { isAtom, ONE, Pattern } from './pattern';
import { ANY, Step as StepOfPattern, stepsOf } from './pattern-steps';

/** Step for any number of characters within one level of a topic. */
const LEVEL = 1;

type Step = StepOfPattern | typeof LEVEL;

/**
 * True if any text matches both patterns. An atom matches itself, and a gap.
 *
 * It takes as many steps as the product of the patterns' lengths.
 */
export function intersects(one: Pattern, other: Pattern): boolean {
  return haveTextInCommon(stepsOf(one), stepsOf(other));
}

/**
 * True if an MQTT topic filter selects any topic that matches a pattern. In the filter, `+` stands for one level and
 * `#` for all that follow.
 */
export function selects(filter: Pattern, topics: Pattern): boolean {
  return haveTextInCommon(stepsOfFilter(filter), stepsOf(topics));
}

function stepsOfFilter(filter: Pattern): readonly Step[] {
  return stepsOf(filter).map((step) => step === '+' ? LEVEL : step === '#' ? ANY : step);
}

function haveTextInCommon(one: readonly Step[], other: readonly Step[]): boolean {
  if (differAtAnEnd(one, other)) return false;
  // reached[j]: the steps of `one` so far and the first j of `other` have a text in common.
  let reached = new Uint8Array(other.length + 1);
  let next = new Uint8Array(other.length + 1);
  reached[0] = 1;
  for (let j = 1; j <= other.length && reached[j - 1] && isRepeated(other[j - 1]); j++) reached[j] = 1;

  for (const step of one) {
    const repeated = isRepeated(step);
    next[0] = reached[0] && repeated ? 1 : 0;
    let isReached = next[0] === 1;
    for (let j = 1; j <= other.length; j++) {
      const opposite = other[j - 1];
      next[j] = repeated && (reached[j] || (next[j - 1] && takes(step, opposite)))
        || isRepeated(opposite) && (next[j - 1] || (reached[j] && takes(opposite, step)))
        || (reached[j - 1] && !repeated && !isRepeated(opposite) && same(step, opposite)) ? 1 : 0;
      isReached ||= next[j] === 1;
    }
    if (!isReached) return false;
    [reached, next] = [next, reached];
  }
  return reached[other.length] === 1;
}

/** Cheap pre-check for most patterns: the letters before the first or behind the last wildcard differ. */
function differAtAnEnd(one: readonly Step[], other: readonly Step[]): boolean {
  const shorter = Math.min(one.length, other.length);
  for (let index = 0; index < shorter && typeof one[index] === 'string' && typeof other[index] === 'string'; index++) {
    if (!same(one[index], other[index])) return true;
  }
  for (let index = 1; index <= shorter; index++) {
    const [last, otherLast] = [one[one.length - index], other[other.length - index]];
    if (typeof last !== 'string' || typeof otherLast !== 'string') return false;
    if (!same(last, otherLast)) return true;
  }
  return false;
}

function isRepeated(step: Step): boolean {
  return step === ANY || step === LEVEL;
}

function takes(repeated: Step, step: Step): boolean {
  return repeated === ANY || step !== '/';
}

function same(one: Step, other: Step): boolean {
  if (one === other) return true;
  if (one === ONE) return typeof other === 'string' && !isAtom(other);
  return other === ONE && typeof one === 'string' && !isAtom(one);
}
