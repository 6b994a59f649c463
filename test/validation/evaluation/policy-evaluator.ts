/**
 * Judges AWS IoT policies by trying: asks for each of many concrete requests if a policy allows it, by AWS's rules of
 * evaluation, and tells from the answers how far the policy reaches. Written from AWS's pages only, to be compared with
 * the checks. It knows no conditions and no policy variables.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html
 */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
}

export enum Reach {
  /** Only devices that the policy names, or whose names begin as it says. */
  NAMED = 'named',

  /** Some devices that it does not name: AWS's pages do not say whether that is broad. */
  SOME = 'some',

  /** Any device. */
  ANY = 'any',
}

/** The letters that policies may spell out in names. */
export const LETTERS = ['a', 'b'];

export const ARN = 'arn:aws:iot:eu-west-1:123456789012:';

/** How far a policy reaches, over all actions of devices. */
export function reachOf(statements: readonly Statement[]): Reach {
  const reaches = REQUESTS.flatMap(({ actions, head, ofAny, ofSome }) => actions.map((action) => {
    const applying = statements.filter((statement) => isAbout(statement, action));
    if (!applying.some((statement) => mayAllow(statement, head))) return Reach.NAMED;
    if (ofAny.some((asked) => isAllowed(applying, asked))) return Reach.ANY;
    return ofSome.some((asked) => isAllowed(applying, asked)) ? Reach.SOME : Reach.NAMED;
  }));
  return [Reach.ANY, Reach.SOME].find((reach) => reaches.includes(reach)) ?? Reach.NAMED;
}

/** Shortcut: false if a statement allows no resource that begins with a text. */
function mayAllow({ Effect, Resource }: Statement, head: string): boolean {
  if (Effect === 'Deny') return false;
  return Resource === undefined || Resource.some((pattern) => {
    const [literal] = pattern.split(/[*?]/);
    return literal.startsWith(head) || head.startsWith(literal);
  });
}

/** A resource that a device asks for. */
interface Request {
  readonly resource: string;

  /**
   * The place from `start` to `end` that a policy must spell out, for resources that are asked for only because it
   * speaks of them: a shadow or job of any thing.
   */
  readonly start: number;
  readonly end: number;
}

function isAllowed(statements: readonly Statement[], asked: Request): boolean {
  return statements.some((statement) => statement.Effect === 'Allow' && covers(statement, asked.resource))
    && !statements.some((statement) => statement.Effect === 'Deny' && covers(statement, asked.resource))
    && (asked.end === 0 || statements.some((statement) => speaksOf(statement, asked)));
}

function covers({ Resource = [], NotResource }: Statement, resource: string): boolean {
  return (NotResource ?? Resource).some((pattern) => matches(pattern, resource)) === (NotResource === undefined);
}

/** True if a statement spells out what it allows, or what it leaves to be allowed. */
function speaksOf({ Effect, Resource = [], NotResource = [] }: Statement, asked: Request): boolean {
  return (Effect === 'Allow' ? Resource : NotResource).some((pattern) => spells(pattern, asked));
}

function isAbout({ Action = [], NotAction }: Statement, action: string): boolean {
  const listed = (NotAction ?? Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return listed === (NotAction === undefined);
}

/** True if a pattern with `*` and `?` matches a whole text. */
function matches(pattern: string, text: string): boolean {
  let expression = EXPRESSIONS.get(pattern);
  if (!expression) {
    const source = pattern.replace(/[\\^$.|+()[\]{}/-]/g, '\\$&').replace(/\*+/g, '[^]*').replace(/\?/g, '[^]');
    EXPRESSIONS.set(pattern, expression = new RegExp(`^${source}$`));
  }
  return expression.test(text);
}

const EXPRESSIONS = new Map<string, RegExp>();

/**
 * True if a pattern matches and writes out the place of a request, where `?` is one letter, unless it is beside a `*`,
 * which may be meant for any of them.
 */
function spells(pattern: string, { resource, start, end }: Request): boolean {
  const place = resource.slice(start, end);
  const written = pattern.replace(/[*?]*[*][*?]*/g, (wildcards) => '*'.repeat(wildcards.length));
  for (let at = 0; at + place.length <= pattern.length; at++) {
    if ([...place].every((letter, index) => [letter, '?'].includes(written[at + index]))
      && matches(pattern.slice(0, at), resource.slice(0, start))
      && matches(pattern.slice(at + place.length), resource.slice(end))) return true;
  }
  return false;
}

/** A letter of names that no policy spells out. */
const OTHER = 'z';

/** The name of any device: longer than what policies spell out, with none of their letters. */
const ANY_NAME = OTHER.repeat(40);

/** All texts of some letters, up to a length. */
function texts(letters: readonly string[], longest: number): string[] {
  const all = [''];
  for (const text of all) {
    if (text.length < longest) letters.forEach((letter) => all.push(text + letter));
  }
  return all;
}

/** Names that a policy narrows down, though it does not say how they begin. */
const SOME_NAMES = texts([...LETTERS, OTHER], 2).map((text) => OTHER + text);

/** Names of shadows and jobs that policies may spell out, some of them by what they spell out of topics. */
const SPELLED_NAMES = [...texts([...LETTERS, OTHER], 2).filter((text) => text !== ''), 'jobs', 'shadow', 'namezbz'];

const ANSWERS = ['', '/accepted', '/rejected'];
const withAnswers = (...topics: string[]) => topics.flatMap((topic) => ANSWERS.map((answer) => topic + answer));
const SHADOW_TOPICS = [...withAnswers('get', 'update', 'delete'), 'update/delta', 'update/documents'];
const JOB_TOPICS = [...withAnswers('get', 'start-next'), 'notify', 'notify-next'];
const TOPICS_OF_A_JOB = withAnswers('get', 'update');

/** A text, and the place in it that a policy must spell out. */
type Marked = readonly [before: string, place: string, after: string];

/** Reserved topics of a thing, behind its name. */
const TOPICS: readonly Marked[] = [
  ...SHADOW_TOPICS.map((topic): Marked => ['', '', `/shadow/${topic}`]),
  ...JOB_TOPICS.map((topic): Marked => ['', '', `/jobs/${topic}`]),
  ...SHADOW_TOPICS.flatMap((topic) => namedBehind('/shadow/name/', `/${topic}`)),
  ...TOPICS_OF_A_JOB.flatMap((topic) => namedBehind('/jobs/', `/${topic}`)),
];

function namedBehind(place: string, after: string): Marked[] {
  return [['', '', `${place}${ANY_NAME}${after}`],
    ...SPELLED_NAMES.map((name): Marked => ['', place, `${name}${after}`])];
}

/** Filters that select a topic: any level but the first may be `+`, and the last ones, or none, `#`. */
function filtersFor(topic: string): string[] {
  const [first, ...levels] = topic.split('/');
  let filters = [[first]];
  const all = new Set<string>();
  for (const level of levels) {
    filters.forEach((filter) => all.add([...filter, '#'].join('/')));
    filters = filters.flatMap((filter) => [[...filter, level], [...filter, '+']]);
  }
  for (const filter of filters) {
    all.add(filter.join('/'));
    all.add([...filter, '#'].join('/'));
  }
  return [...all];
}

function request(before: string, place = '', after = ''): Request {
  const start = ARN.length + before.length;
  return { resource: ARN + before + place + after, start: place ? start : 0, end: place ? start + place.length : 0 };
}

function topicsOf(name: string): Request[] {
  return TOPICS.map(([before, place, after]) => request(`topic/$aws/things/${name}${before}`, place, after));
}

/** Topics enough for filters, of which each has hundreds. */
const FILTERED_TOPICS = TOPICS.filter(([, , after]) => !/delete|start-next|documents|update\/(acc|rej)/.test(after));
const FEW_TOPICS = FILTERED_TOPICS.filter(([, place, after]) => place === '' && /update$/.test(after));

/** The filters that select any topic of a device, or of all devices. */
function filtersOf(name: string): Request[] {
  const all = new Map<string, Request>();
  for (const [before, place, after] of name === ANY_NAME ? FILTERED_TOPICS : FEW_TOPICS) {
    for (const filter of filtersFor(`$aws/things/${name}${before}${place}${after}`)) {
      const levels = filter.split('/');
      if (levels[2] !== undefined && ![name, '+', '#'].includes(levels[2])) continue;
      // The levels that lead to the name of a shadow or job, which the filter may have given up.
      const leading = place.split('/').length;
      const isNamed = place !== '' && SPELLED_NAMES.includes(levels[1 + leading]);
      const head = `topicfilter/${levels.slice(0, 3).join('/')}`;
      all.set(filter, isNamed
        ? request(head, `/${levels.slice(3, 1 + leading).join('/')}/`, levels.slice(1 + leading).join('/'))
        : request(`topicfilter/${filter}`));
    }
  }
  return [...all.values()];
}

function thingsOf(name: string): Request[] {
  return [request(`thing/${name}`)];
}

function shadowsOf(name: string): Request[] {
  return [...thingsOf(name), ...namedBehind('/', '').map(([before, place, after]) =>
    request(`thing/${name}${before}`, place, after))];
}

interface Requests {
  readonly actions: readonly string[];

  /** How all resources begin. */
  readonly head: string;
  readonly ofAny: readonly Request[];
  readonly ofSome: readonly Request[];
}

function requests(
  head: string, actions: readonly string[], requestsOf: (name: string) => Request[],
): Requests {
  const ofAny = requestsOf(ANY_NAME);
  const known = new Set(ofAny.map(({ resource }) => resource));
  const ofSome = SOME_NAMES.flatMap(requestsOf).filter(({ resource }) => !known.has(resource));
  return { actions, head: ARN + head, ofAny, ofSome };
}

/** What the page calls broad. Messages that are received do not count. */
const REQUESTS: readonly Requests[] = [
  requests('client/', ['iot:Connect'], (name) => [request(`client/${name}`)]),
  requests('topic/$aws/', ['iot:Publish'], topicsOf),
  requests('topicfilter/$aws/', ['iot:Subscribe'], filtersOf),
  requests('thing/', ['iot:GetThingShadow', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow'], shadowsOf),
  requests('thing/', ['iot:DescribeJobExecution', 'iot:GetPendingJobExecutions', 'iot:StartNextPendingJobExecution',
    'iot:UpdateJobExecution'], thingsOf),
];
