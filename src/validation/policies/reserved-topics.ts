import { arbitraryTextOf, ONE, Pattern, patternOf, STAR, Token } from './pattern';
import { selects, selectSameTopic } from './pattern-intersection';
import { arnPattern, tokens } from './resource-pattern';

const ANSWERS = ['', '/accepted', '/rejected'];
const SHADOW_TOPICS = [
  ...['get', 'update', 'delete'].flatMap((action) => ANSWERS.map((answer) => `${action}${answer}`)), 'update/delta', 'update/documents',
];

/** The topics of a thing that AWS IoT reserves for its shadows and jobs; `*` stands for a name. */
const TOPICS = [
  ...SHADOW_TOPICS.flatMap((topic) => [`shadow/${topic}`, `shadow/name/*/${topic}`]),
  ...['get', 'start-next', '*/get', '*/update'].flatMap((action) => ANSWERS.map((answer) => `jobs/${action}${answer}`)),
  'jobs/notify', 'jobs/notify-next',
];

/** Filters that select the reserved topics of many things. */
const FILTERS = ['*', '+'].flatMap((thing) => [...TOPICS, '#', 'shadow/#', 'jobs/#'].map((topic) => `${thing}/${topic}`));

/** What the reserved topics of things begin with. */
export const THINGS = '$aws/things/';

/** An arbitrary resource among those that a pattern with `*` stands for. */
export function arbitrary(resource: string): Pattern {
  return arbitraryTextOf(arnPattern('iot', tokens(resource)));
}

export const TOPICS_OF_ANY_THING = TOPICS.map((topic) => arbitrary(`topic/${THINGS}*/${topic}`));
export const FILTERS_OF_ANY_THING = ['$aws/#', `${THINGS}#`, ...FILTERS.map((filter) => `${THINGS}${filter}`)].map((filter) => arbitrary(`topicfilter/${filter}`));

/** Topics of a thing whose name no policy spells out; `+` stands for names that a policy may spell out, of a shadow or a job. */
const OF_A_THING = TOPICS.map((topic) => `${THINGS}\${any name}/${topic}`);
const WITH_ANY_NAMES = OF_A_THING.map((topic) => patternOf(tokens(topic.replaceAll('*', '${any name}'))));
const WITH_ALL_NAMES = OF_A_THING.map((topic) => patternOf(tokens(topic.replaceAll('*', '+'))));

const MOST_LEVELS = Math.max(...TOPICS.map((topic) => `${THINGS}*/${topic}`.split('/').length));

/** Whether a text has more levels than any reserved topic, which its wildcards can only add to. */
function hasMoreLevels(topics: readonly Token[]): boolean {
  return topics.filter((token) => token === '/').length >= MOST_LEVELS;
}

/** Whether topics are such as AWS IoT reserves for the shadows and jobs of things, of whichever thing. */
export function areOfAnyThing(topics: readonly Token[]): boolean {
  if (hasMoreLevels(topics)) return false;
  return remember('topics', topics, () => {
    const wide = withoutLengths(topics);
    return candidatesFor(topics).some((reserved) => selects(reserved, wide));
  });
}

/** Whether a topic filter selects such topics, with MQTT wildcards that a policy writes out or allows. */
export function selectOfAnyThing(filter: readonly Token[]): boolean {
  // A wildcard at the beginning of a filter leaves out topics that begin with `$`.
  if (filter[0] === '+' || filter[0] === '#' || hasMoreLevels(filter)) return false;
  return remember('filter', filter, () => {
    const wide = withoutLengths(filter.map((token, index) => isOneLevel(filter, index) ? '+' : token));
    return candidatesFor(filter).some((reserved) => selectSameTopic(wide, reserved));
  });
}

/** A policy is judged once for each outcome of its conditions, and most of its topics are the same in all of them. */
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

/** Whether a level of a filter is `+`, or `?`, which allows it. */
export function isOneLevel(filter: readonly Token[], index: number): boolean {
  return (filter[index] === '+' || filter[index] === ONE)
    && (index === 0 || filter[index - 1] === '/') && (index === filter.length - 1 || filter[index + 1] === '/');
}

/** The name of a shadow or job counts as spelled out only behind what says that it is one. */
function candidatesFor(topics: readonly Token[]): readonly Pattern[] {
  return /shadow\/name\/|jobs\//.test(topics.map((token) => token === STAR ? '*' : token).join('')) ? WITH_ALL_NAMES : WITH_ANY_NAMES;
}

/** Names are longer than the `?` beside a `*`. */
function withoutLengths(topics: readonly Token[]): Pattern {
  const { blocks, gaps } = patternOf(topics);
  return { blocks, gaps: gaps.map(() => 0) };
}
