import { Letter } from './pattern';
import { Budget, BudgetExceeded, OTHER } from './topic-automaton';
import { TopicSet } from './topic-sets';

/** A subscription that brings messages of a topic that another subscription is denied. */
export interface Bypass {
  readonly filter: string;
  readonly topic: string;
}

/** The topics and filters of a policy that are to be compared. */
export interface Subscriptions {
  /** Topics that the policy denies a subscription to. */
  readonly denied: TopicSet;

  /** Filters that it lets clients subscribe to. */
  readonly filters: TopicSet;

  /** Topics of which it lets clients receive messages. */
  readonly receivable: TopicSet;
}

/** Levels of the topics that AWS IoT lets clients use, and of those that it reserves for itself. */
const MOST_LEVELS = 8;
const MOST_LEVELS_OF_RESERVED = 9;

/**
 * The beginning of reserved topics. No filter that begins with a wildcard selects them. There are no other topics that
 * begin with `$`: what is behind `$share/` are names of shared subscriptions.
 */
const RESERVED = ['$', 'a', 'w', 's', '/'];

/** Letters to write for any other. */
const LETTERS_FOR_OTHER = [...'xyzabcdefghijklmnopqrstuvw0123456789'];

/** Part of a filter that a topic has been compared with last. */
enum Mode {
  /** The beginning of a level. */
  LEVEL,

  /** A level that is spelled out. */
  LETTERS,

  /** `+`. */
  ONE_LEVEL,

  /** `#`. */
  ALL_LEVELS,
}

/** A beginning of a filter, and a beginning of a topic that it selects. */
interface Step {
  readonly mode: Mode;
  readonly filter: number;
  readonly denied: number;
  readonly receivable: number;
  readonly hasWildcard: boolean;

  /** True if the topic, or its last level, has no letter yet. */
  readonly topicIsEmpty: boolean;
  readonly levelIsEmpty: boolean;

  /** The letter that the step adds to the filter and to the topic, if any. */
  readonly ofFilter: Letter;
  readonly ofTopic: Letter;
  readonly before?: Step;
}

/**
 * Finds a filter with wildcards that clients may subscribe to, and a topic that it selects, that is denied, and that is
 * receivable. There is none if the result is `undefined`.
 *
 * Filters select topics by the rules of MQTT, with the exception that AWS IoT makes: `a/#` does not select `a`.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt-differences
 * @throws BudgetExceeded
 */
export function findBypass(sets: Subscriptions, budget: Budget): Bypass | undefined {
  const { denied, filters, receivable } = sets;
  const start: Step = {
    mode: Mode.LEVEL, filter: filters.start, denied: denied.start, receivable: receivable.start, hasWildcard: false,
    topicIsEmpty: true, levelIsEmpty: true, ofFilter: '', ofTopic: '',
  };
  return new Search(sets, budget).run(start, 0, MOST_LEVELS) ?? new Search(sets, budget).run({
    ...start,
    filter: behind(RESERVED, filters),
    denied: behind(RESERVED, denied),
    receivable: behind(RESERVED, receivable),
    topicIsEmpty: false,
    ofFilter: RESERVED.join(''),
    ofTopic: RESERVED.join(''),
  }, 1, MOST_LEVELS_OF_RESERVED);
}

function behind(letters: readonly Letter[], set: TopicSet): number {
  return letters.reduce((state, letter) => set.next(state, letter), set.start);
}

/** Steps yet to be taken. Those that leave levels empty come second. */
type Queues = readonly [usual: Step[], unusual: Step[]];

/**
 * Spells out filter and topic side by side: letter by letter where they are the same, and the topic alone behind `+`
 * and `#`. It takes topics of few levels first, since fewer levels never lead to less; among those, topics without
 * empty levels, and short ones.
 */
class Search {
  /** What has been gone on from. It leads to nothing that has not been found. */
  private readonly visited = new Set<number>();

  constructor(private readonly sets: Subscriptions, private readonly budget: Budget) {}

  /** @param slashes the number of slashes in the topic so far */
  run(start: Step, slashes: number, mostLevels: number): Bypass | undefined {
    if ([start.denied, start.filter, start.receivable].includes(TopicSet.NEVER)) return undefined;
    let queues: Queues = [[start], []];
    for (let level = slashes + 1; level <= mostLevels; level++) {
      const next: Queues | undefined = level < mostLevels ? [[], []] : undefined;
      const [usual, unusual] = queues;
      // The queues grow while they are worked off.
      for (const step of usual) {
        if (this.isBypass(step)) {
          if (!step.levelIsEmpty) return this.bypassOf(step);
          unusual.push(step);
        }
        this.goOn(step, usual, next?.[step.levelIsEmpty ? 1 : 0]);
      }
      for (const step of unusual) {
        if (this.isBypass(step)) return this.bypassOf(step);
        this.goOn(step, unusual, next?.[1]);
      }
      if (!next) break;
      queues = next;
    }
    return undefined;
  }

  private isBypass(step: Step): boolean {
    const { denied, filters, receivable } = this.sets;
    return step.hasWildcard && !step.topicIsEmpty
      && denied.includes(step.denied) && receivable.includes(step.receivable)
      && (step.mode === Mode.ALL_LEVELS || filters.includes(step.filter));
  }

  private goOn(step: Step, queue: Step[], queueBehindSlash: Step[] | undefined): void {
    const key = keyOf(step);
    if (this.visited.has(key)) return;
    this.visited.add(key);

    for (const letter of this.lettersAfter(step)) this.pushLetter(queue, step, letter);
    if (step.mode === Mode.LEVEL) {
      const { filters } = this.sets;
      if (filters.includes(filters.next(step.filter, '#'))) {
        queue.push(withWildcard(step, Mode.ALL_LEVELS, '#', TopicSet.NEVER));
      }
      const withOne = filters.next(step.filter, '+');
      if (withOne !== TopicSet.NEVER) queue.push(withWildcard(step, Mode.ONE_LEVEL, '+', withOne));
    }
    if (queueBehindSlash) this.pushLetter(queueBehindSlash, step, '/');
  }

  /** The letters to go on with. Of all those that no pattern spells out, there is one. */
  private lettersAfter({ mode, filter, denied, receivable, topicIsEmpty }: Step): readonly Letter[] {
    const states: [TopicSet, number][] = [[this.sets.denied, denied], [this.sets.receivable, receivable]];
    if (mode === Mode.LEVEL || mode === Mode.LETTERS) states.push([this.sets.filters, filter]);
    const strict = states.find(([set, state]) => set.next(state, OTHER) === TopicSet.NEVER);
    const letters = strict ? strict[0].lettersAt(strict[1])
      : [OTHER, ...new Set(states.flatMap(([set, state]) => set.lettersAt(state)))];
    return letters.filter((letter) => letter !== '/' && letter !== '+' && letter !== '#'
      && !(topicIsEmpty && letter === RESERVED[0]));
  }

  private pushLetter(queue: Step[], step: Step, letter: Letter): void {
    const { sets } = this;
    this.budget.spend(MADE_STEP);
    const denied = sets.denied.next(step.denied, letter);
    if (denied === TopicSet.NEVER) return;
    const receivable = sets.receivable.next(step.receivable, letter);
    if (receivable === TopicSet.NEVER) return;
    const isSlash = letter === '/';
    const isInFilter = step.mode !== Mode.ALL_LEVELS && (isSlash || step.mode !== Mode.ONE_LEVEL);
    const filter = isInFilter ? sets.filters.next(step.filter, letter) : step.filter;
    if (isInFilter && filter === TopicSet.NEVER) return;
    queue.push({
      mode: !isInFilter ? step.mode : isSlash ? Mode.LEVEL : Mode.LETTERS,
      filter,
      denied,
      receivable,
      hasWildcard: step.hasWildcard,
      topicIsEmpty: false,
      levelIsEmpty: isSlash,
      ofFilter: isInFilter ? letter : '',
      ofTopic: letter,
      before: step,
    });
  }

  private bypassOf(end: Step): Bypass {
    const other = LETTERS_FOR_OTHER.find((letter) => !Object.values(this.sets).some((set) => set.spells(letter)));
    const written = (letter: Letter) => letter === OTHER ? other ?? '\u2026' : letter;
    let filter = '';
    let topic = '';
    for (let step: Step | undefined = end; step; step = step.before) {
      filter = written(step.ofFilter) + filter;
      topic = written(step.ofTopic) + topic;
    }
    return { filter, topic };
  }
}

function withWildcard(step: Step, mode: Mode, wildcard: Letter, filter: number): Step {
  return { ...step, mode, filter, hasWildcard: true, ofFilter: wildcard, ofTopic: '', before: step };
}

/** The budget that a step takes by itself. */
const MADE_STEP = 10;

/** States of a set that have a number in a key. */
const MOST_STATES = 2 ** 15;

/** Numbers what may follow a step. */
function keyOf({ mode, filter, denied, receivable, hasWildcard, topicIsEmpty }: Step): number {
  if (Math.max(filter, denied, receivable) >= MOST_STATES) throw new BudgetExceeded();
  const flags = mode * 4 + (hasWildcard ? 2 : 0) + (topicIsEmpty ? 1 : 0);
  return ((flags * MOST_STATES + filter) * MOST_STATES + denied) * MOST_STATES + receivable;
}
