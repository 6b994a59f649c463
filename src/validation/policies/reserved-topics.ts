import {
  ANYONE, DeviceResources, devices, FURTHER_LEVELS, LEVEL, NAMED_AS_CLIENT, resources, SOMEONE, startOf,
} from './device-resources';
import { Pattern } from './pattern';
import { arnPattern, tokens } from './resource-pattern';
import { allOf, oneOf, Part, Place, sequence, spelledOut, word } from './texts';

const ANSWERS = ['', '/accepted', '/rejected'];
const SHADOW_TOPICS = [
  ...['get', 'update', 'delete'].flatMap((action) => ANSWERS.map((answer) => `${action}${answer}`)), 'update/delta',
  'update/documents',
];

/** Topics that AWS IoT reserves for the shadows and jobs of a thing; `*` stands for the name of a shadow or job. */
const TOPICS = [
  ...SHADOW_TOPICS.flatMap((topic) => [`shadow/${topic}`, `shadow/name/*/${topic}`]),
  ...['get', 'start-next', '*/get', '*/update'].flatMap((action) => ANSWERS.map((answer) => `jobs/${action}${answer}`)),
  'jobs/notify', 'jobs/notify-next',
];

/** The levels of topics as a tree. */
class Level {
  private readonly below = new Map<string, Level>();
  private isEnd = false;

  /** The level at the end of a path, which is added if it is missing. */
  at(path: string): Level {
    let level: Level = this;
    for (const name of path.split('/')) {
      const below: Level = level.below.get(name) ?? new Level();
      level.below.set(name, below);
      level = below;
    }
    return level;
  }

  add(topic: string): void {
    this.at(topic).isEnd = true;
  }

  /** What follows the level in topics. */
  topics(): Part {
    return oneOf(...this.end(), ...[...this.below].map(([name, level]) =>
      sequence(word('/'), named(name), level.topics())));
  }

  /** What follows it in filters that select the topics: a level may be `+`, and the last one `#`. */
  filters(): Part {
    return oneOf(...this.end(), word('/#'), ...[...this.below].map(([name, level]) =>
      sequence(word('/'), oneOf(named(name), word('+')), level.filters())));
  }

  private end(): Part[] {
    return this.isEnd ? [word('')] : [];
  }
}

function named(level: string): Part {
  return level === '*' ? ANYONE : word(level);
}

const LEVELS = new Level();
TOPICS.forEach((topic) => LEVELS.add(topic));

/** Topics below a thing. A pattern can name a shadow or job if it spells out that one follows. */
const TOPICS_BELOW = oneOf(LEVELS.topics(), ...['shadow/name/', 'jobs/'].map((start) =>
  sequence(spelledOut(`/${start}`), LEVEL, LEVELS.at(`${start}*`).topics())));
const FILTERS_BELOW = oneOf(LEVELS.filters(), ...['shadow/name/', '+/name/', 'shadow/+/', '+/+/'].map((start) =>
  sequence(spelledOut(`/${start}`), LEVEL, LEVELS.at('shadow/name/*').filters())), ...['jobs/', '+/'].map((start) =>
  sequence(spelledOut(`/${start}`), LEVEL, LEVELS.at('jobs/*').filters())));

/** Reserved topics of shadows and jobs, to publish to. */
export const TOPICS_OF_THINGS = devices('topic/$aws/things/', TOPICS_BELOW);

const THINGS_OR_ANY = oneOf(word('things/'), word('+/'));

const FILTERS_BELOW_ANY = devices('topicfilter/$aws/+/', FILTERS_BELOW);
const FILTERS_BELOW_THINGS = devices('topicfilter/$aws/things/', FILTERS_BELOW);

/** The filters that select them. */
export const FILTERS_OF_THINGS: DeviceResources = {
  ...FILTERS_BELOW_THINGS,
  ofAnyone: resources(word('topicfilter/$aws/'), oneOf(
    word('#'), sequence(THINGS_OR_ANY, oneOf(word('#'), sequence(oneOf(ANYONE, word('+')), FILTERS_BELOW))),
  )),
  ofSomeone: allOf(FILTERS_BELOW_THINGS.ofSomeone, FILTERS_BELOW_ANY.ofSomeone),
};

/** Filters for all topics except those that begin with `$`. AWS's pages show only filters for reserved topics. */
export const FILTERS_OF_ALL_OTHERS = resources(word('topicfilter/'), oneOf(word('#'), word('+/#')));

/**
 * The beginnings, up to the name of a device, of reserved topics other than those of shadows and jobs: those that AWS's
 * guide lists, and those that AWS may yet reserve.
 */
const otherTopics = (level: Part) => sequence(word('$aws/'), oneOf(
  sequence(LEVEL, word('/')),
  ...['commands/things/', 'commands/clients/', 'events/thing/', 'events/job/', 'events/jobExecution/'].map((start) =>
    word(start)),
  ...['events/presence/', 'events/subscriptions/', 'sitewise/asset-models/'].map((start) =>
    sequence(word(start), level, word('/'))),
  sequence(word('sitewise/asset-models/'), level, word('/assets/')),
));

const OTHER_TOPICS = otherTopics(LEVEL);

/** The same for filters, which may have `+` in the place of a level. */
const OTHER_FILTERS = otherTopics(oneOf(LEVEL, word('+')));

/** Reserved topics that do not: for rules (basic ingest) and for claiming a certificate. */
export const NOT_OF_DEVICES: readonly Pattern[] = ['rules', 'certificates', 'provisioning-templates']
  .flatMap((family) => ['topic', 'topicfilter'].map((type) => arnPattern('iot', tokens(`${type}/$aws/${family}/*`))));

/** Reserved topics other than those of shadows and jobs. */
export interface OtherTopics {
  /** Those of any device, for patterns that cover them all. */
  readonly ofAnyone: Place;

  /** Those of any or some devices, for patterns that spell out that they are about reserved topics. */
  readonly ofSomeone: Place;

  /** Those of devices that are named as the client. */
  readonly ofClients: Place;
}

export const OTHER_TOPICS_OF_DEVICES: OtherTopics = {
  ofAnyone: resources(word('topic/'), OTHER_TOPICS, ANYONE),
  ofSomeone: resources(word('topic/'), OTHER_TOPICS, SOMEONE, FURTHER_LEVELS),
  ofClients: resources(word('topic/'), OTHER_TOPICS, NAMED_AS_CLIENT, FURTHER_LEVELS),
};

export const OTHER_FILTERS_OF_DEVICES: OtherTopics = {
  ofAnyone: resources(word('topicfilter/'), OTHER_FILTERS, ANYONE),
  ofSomeone: resources(word('topicfilter/'), oneOf(
    sequence(OTHER_FILTERS, oneOf(word('#'), sequence(oneOf(SOMEONE, word('+')), FURTHER_LEVELS))),
    sequence(word('$aws/+/'), oneOf(SOMEONE, word('+')), FURTHER_LEVELS),
  )),
  ofClients: resources(word('topicfilter/'), oneOf(OTHER_FILTERS, word('$aws/+/')), NAMED_AS_CLIENT, FURTHER_LEVELS),
};

/** True for patterns that spell out that they are about reserved topics. */
export function spellsOutReserved({ blocks: [block] }: Pattern): boolean {
  return RESERVED.some((start) => block.length >= start.length && block[start.length - 1] === '$');
}

const RESERVED = [startOf('topic/$'), startOf('topicfilter/$')];
