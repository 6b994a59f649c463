import { arbitraryTextOf, ONE, Pattern, patternOf, STAR, Token } from './pattern';
import { selects, selectSameTopic } from './pattern-intersection';
import { arnPattern, tokens } from './resource-pattern';

const ANSWERS = ['', '/accepted', '/rejected'];
const SHADOW_TOPICS = [
  ...['get', 'update', 'delete'].flatMap((action) => ANSWERS.map((answer) => `${action}${answer}`)), 'update/delta',
  'update/documents',
];

/** Topics that AWS IoT reserves for the shadows and jobs of a thing; `*` stands for a name. */
const TOPICS = [
  ...SHADOW_TOPICS.flatMap((topic) => [`shadow/${topic}`, `shadow/name/*/${topic}`]),
  ...['get', 'start-next', '*/get', '*/update'].flatMap((action) => ANSWERS.map((answer) => `jobs/${action}${answer}`)),
  'jobs/notify', 'jobs/notify-next',
];

/** Filters that select the reserved topics of many things. */
const FILTERS = ['*', '+'].flatMap((thing) =>
  [...TOPICS, '#', 'shadow/#', 'jobs/#'].map((topic) => `${thing}/${topic}`));

/** The beginning of the reserved topics of things. */
export const THINGS = '$aws/things/';

/** An arbitrary one of the resources that a pattern with `*` stands for. */
export function arbitrary(resource: string): Pattern {
  return arbitraryTextOf(arnPattern('iot', tokens(resource)));
}

export const TOPICS_OF_ANY_THING = TOPICS.map((topic) => arbitrary(`topic/${THINGS}*/${topic}`));
export const FILTERS_OF_ANY_THING = ['$aws/#', `${THINGS}#`, ...FILTERS.map((filter) => `${THINGS}${filter}`)].map((
  filter,
) => arbitrary(`topicfilter/${filter}`));

/**
 * Topics of a thing whose name no policy spells out. `+` is the name of a shadow or job, which a policy may spell out.
 */
const OF_A_THING = TOPICS.map((topic) => `${THINGS}\${any name}/${topic}`);
const WITH_ANY_NAMES = OF_A_THING.map((topic) => patternOf(tokens(topic.replaceAll('*', '${any name}'))));
const WITH_ALL_NAMES = OF_A_THING.map((topic) => patternOf(tokens(topic.replaceAll('*', '+'))));

const MOST_LEVELS = Math.max(...TOPICS.map((topic) => `${THINGS}*/${topic}`.split('/').length));

/** True if topics have more levels than any reserved topic. Wildcards can only add levels. */
function hasMoreLevels(topics: readonly Token[]): boolean {
  return topics.filter((token) => token === '/').length >= MOST_LEVELS;
}

/** True if any of the topics is one that AWS IoT reserves for the shadows and jobs of an arbitrary thing. */
export function areOfAnyThing(topics: readonly Token[]): boolean {
  if (hasMoreLevels(topics)) return false;
  return remember('topics', topics, () => {
    const wide = withoutLengths(topics);
    return candidatesFor(topics).some((reserved) => selects(reserved, wide));
  });
}

/**
 * True if a topic filter selects such a topic. A policy may write out its MQTT wildcards, or allow them by `*` or `?`.
 */
export function selectOfAnyThing(filter: readonly Token[]): boolean {
  // A wildcard at the beginning of a filter does not select topics that begin with `$`.
  if (filter[0] === '+' || filter[0] === '#' || hasMoreLevels(filter)) return false;
  return remember('filter', filter, () => {
    const wide = withoutLengths(filter.map((token, index) => isOneLevel(filter, index) ? '+' : token));
    return candidatesFor(filter).some((reserved) => selectSameTopic(wide, reserved));
  });
}

/** Results by topic: a policy is judged once for each outcome of its conditions, mostly with the same topics. */
const remembered = new Map<string, boolean>();
const MOST_REMEMBERED = 1_000;

function remember(kind: string, topics: readonly Token[], judge: () => boolean): boolean {
  const key = `${kind} ${JSON.stringify(topics)}`;
  let result = remembered.get(key);
  if (result === undefined) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, result = judge());
  }
  return result;
}

/** True if a level of a filter is `+`, or `?`, which allows `+`. */
export function isOneLevel(filter: readonly Token[], index: number): boolean {
  return (filter[index] === '+' || filter[index] === ONE)
    && (index === 0 || filter[index - 1] === '/') && (index === filter.length - 1 || filter[index + 1] === '/');
}

/** Names of shadows and jobs count as spelled out only behind `shadow/name/` or `jobs/`. */
function candidatesFor(topics: readonly Token[]): readonly Pattern[] {
  return /shadow\/name\/|jobs\//.test(topics.map((token) => token === STAR ? '*' : token).join(''))
    ? WITH_ALL_NAMES
    : WITH_ANY_NAMES;
}

/** Drops the least lengths of gaps: names are longer than those. */
function withoutLengths(topics: readonly Token[]): Pattern {
  const { blocks, gaps } = patternOf(topics);
  return { blocks, gaps: gaps.map(() => 0) };
}
