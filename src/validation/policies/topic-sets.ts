import { Letter, Pattern, patternOf, tokensIn } from './pattern';
import { Element } from './policy-element';
import { restsBehind } from './resource-pattern';
import { Budget, TopicAutomaton } from './topic-automaton';
import { joined, mapped } from '../lists';

/** An element of a statement as it is about topics, or topic filters: those listed, or, with `not`, all others. */
export interface TopicElement {
  readonly not: boolean;
  readonly topics: readonly Pattern[];
}

/** An element as a statement writes it. */
export interface WrittenTopicElement extends TopicElement {
  /** The topics of each resource: several patterns if a wildcard can stand for different parts of what is before it. */
  readonly ofResources: readonly (readonly Pattern[])[];
}

/**
 * Reads an element as it is about topics, or topic filters.
 *
 * @param prefix what stands before a topic in a resource
 */
export function topicElement(prefix: readonly Letter[], { not, patterns }: Element): WrittenTopicElement {
  const ofResources = mapped(patterns, (pattern) => topicsIn(prefix, pattern));
  return { not, topics: joined(ofResources, (topics) => topics), ofResources };
}

function topicsIn(prefix: readonly Letter[], pattern: Pattern): Pattern[] {
  const first = pattern.blocks[0];
  let differs = 0;
  while (differs < prefix.length && prefix[differs] === first[differs]) differs++;
  if (differs === prefix.length) {
    return [new Pattern([first.slice(prefix.length), ...pattern.blocks.slice(1)], pattern.gaps)];
  }
  // Most resources are spelled out, and are about something else.
  if (first[differs]) return [];
  return restsBehind(prefix, tokensIn(pattern)).map(patternOf);
}

/** A condition on texts: they match any of some patterns, or, with `not`, none of them. */
interface Part {
  readonly automaton: TopicAutomaton;
  readonly not: boolean;
  readonly isException: boolean;
}

/**
 * The topics, or topic filters, that some elements of statements name and others do not. It reads them letter by
 * letter.
 */
export class TopicSet {
  /** State of texts that are not in the set, whatever follows. */
  static readonly NEVER = 0;

  readonly start: number;
  private readonly parts: readonly Part[];

  /** States of the parts' automata, for each state of the set. */
  private readonly states: (readonly number[])[] = [[]];
  private readonly letters: (readonly Letter[] | undefined)[] = [];
  private readonly known = new Map<number | string, number>();

  /** @param named the topics in the set, unless they are exceptions */
  constructor(
    named: readonly TopicElement[], exceptions: readonly TopicElement[], private readonly budget: Budget,
  ) {
    this.parts = [...partsOf(named, false, budget), ...partsOf(exceptions, true, budget)];
    this.start = this.stateOf(this.parts.map(({ automaton }) => automaton.start));
  }

  next(state: number, letter: Letter): number {
    if (state === TopicSet.NEVER) return state;
    this.budget.spend(this.parts.length);
    return this.stateOf(this.states[state].map((each, index) => this.parts[index].automaton.next(each, letter)));
  }

  includes(state: number): boolean {
    if (state === TopicSet.NEVER) return false;
    let isNamed = false;
    for (let index = 0; index < this.parts.length; index++) {
      const { automaton, not, isException } = this.parts[index];
      if (automaton.accepts(this.states[state][index]) === not) continue;
      if (isException) return false;
      isNamed = true;
    }
    return isNamed;
  }

  /** The letters that lead from a state elsewhere than `OTHER` does. */
  lettersAt(state: number): readonly Letter[] {
    return this.letters[state] ??= [...new Set(this.states[state]
      .flatMap((each, index) => this.parts[index].automaton.lettersAt(each)))];
  }

  spells(letter: Letter): boolean {
    return this.parts.some(({ automaton }) => automaton.spells(letter));
  }

  private stateOf(states: number[]): number {
    let isNamed = false;
    let mayBeNamed = false;
    for (let index = 0; index < this.parts.length; index++) {
      const { not, isException } = this.parts[index];
      const isDecided = states[index] <= TopicAutomaton.ALWAYS;
      const matches = (states[index] === TopicAutomaton.ALWAYS) !== not;
      if (isException) {
        if (isDecided && matches) return TopicSet.NEVER;
      } else {
        isNamed ||= isDecided && matches;
        mayBeNamed ||= !isDecided || matches;
      }
    }
    if (!mayBeNamed) return TopicSet.NEVER;
    // Once all that follows is named, it makes no difference by what.
    for (let index = 0; isNamed && index < this.parts.length; index++) {
      const { not, isException } = this.parts[index];
      if (!isException) states[index] = not ? TopicAutomaton.NEVER : TopicAutomaton.ALWAYS;
    }
    const key = states.length === 1 ? states[0] : states.join();
    let found = this.known.get(key);
    if (found === undefined) this.known.set(key, found = this.states.push(states) - 1);
    return found;
  }
}

/** One part for all listed patterns, and one for each `NotResource`. */
function partsOf(elements: readonly TopicElement[], isException: boolean, budget: Budget): Part[] {
  const listed = elements.flatMap(({ not, topics }) => not ? [] : topics);
  return [
    ...listed.length > 0 ? [{ automaton: new TopicAutomaton(listed, budget), not: false, isException }] : [],
    ...elements.filter(({ not }) => not)
      .map(({ topics }) => ({ automaton: new TopicAutomaton(topics, budget), not: true, isException })),
  ];
}
