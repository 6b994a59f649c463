import { JOB_ACTIONS, SHADOW_ACTIONS } from './iot-actions';
import { Offence } from './judgement';
import { arbitraryTextOf, isAtom, Letter, ONE, Pattern, patternOf, STAR, Token, tokensIn } from './pattern';
import { includes } from './pattern-inclusion';
import { Grant, Permissions } from './permissions';
import {
  arbitrary, areOfAnyThing, FILTERS_OF_ANY_THING, isOneLevel, selectOfAnyThing, THINGS, TOPICS_OF_ANY_THING,
} from './reserved-topics';
import { arnTokens, restsBehind } from './resource-pattern';

export const BROAD_DATA_PLANE_ACCESS = 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';

/** Connecting needs the thing's own certificate; publishing does not: another client, or HTTP, will do. */
const STRANGER = { isAttached: false };
const CONNECTED = { isAttached: true };

const startOf = (resource: string) => arnTokens('iot', [...resource]) as Letter[];
const CLIENT = startOf('client/');
const THING = startOf('thing/');
const THINGS_TOPIC = startOf(`topic/${THINGS}`);
const FILTER = startOf('topicfilter/');
const THINGS_FILTER = startOf(`topicfilter/${THINGS}`);

const ANY_CLIENT = arbitrary('client/*');
const OWN_CLIENT_ID = arbitrary('client/${iot:ClientId}');
const ANY_THING = arbitrary('thing/*');
const ANY_TOPIC_OF_ANY_THING = arbitrary(`topic/${THINGS}*`);
const ANY_FILTER_OF_ANY_THING = arbitrary(`topicfilter/${THINGS}*`);

/** Filters for all topics except those that begin with `$`. AWS's pages show only filters for reserved topics. */
const FILTERS_OF_ALL_OTHERS = ['#', '+/#'].map((filter) => arbitrary(`topicfilter/${filter}`));

/** The requests that a resource of a policy allows, and the name in them. */
interface OwnRequests {
  readonly request: readonly Token[];
  readonly name: readonly Token[];

  /** A function, since it takes longer than the rest. */
  isBroad(): boolean;
}

/**
 * Finds actions of the data plane that a policy allows for an arbitrary device: one whose name the policy does not
 * spell out and cannot know.
 *
 * The examples on AWS's pages have this in common: `*` in the place of a client's or a thing's name is broad, and so is
 * `${iot:ClientId}` in the place of the client's name, since a client chooses its id. A policy variable, a named thing
 * and a prefix (`thing/MyThing*`) are not broad. The pages do not mention other wildcards in that place, or reserved
 * topics other than those of shadows and jobs. `Receive` is never broad.
 */
export function broadDataPlaneAccess(permissions: Permissions): Offence[] {
  return [
    ...connecting(permissions),
    ...publishing(permissions),
    ...subscribing(permissions),
    ...SHADOW_ACTIONS.flatMap((name) => accessToThings(permissions, `iot:${name}`)),
    ...JOB_ACTIONS.flatMap((name) => accessToThings(permissions, `iot:${name}`)),
    // The pages use a former prefix for the actions on jobs.
    ...JOB_ACTIONS.flatMap((name) => accessToThings(permissions, `iotjobsdata:${name}`))
      .map((offence) => ({ ...offence, doubt: offence.doubt ?? doubtOf(offence) })),
  ];
}

function connecting(permissions: Permissions): Offence[] {
  const action = 'iot:Connect';
  for (const resource of [ANY_CLIENT, OWN_CLIENT_ID]) {
    const grant = permissions.grantOf({ action, resource, context: STRANGER });
    if (grant) return [offenceOf(action, grant)];
  }
  const attached = permissions.grantOf({ action, resource: ANY_CLIENT, context: CONNECTED });
  return attached ? [{
    ...offenceOf(action, attached),
    doubt: 'AWS calls a wildcard for the client non-compliant and does not say whether iot:Connection.Thing.IsAttached '
      + 'makes up for it',
  }] : broadOrDoubtful(permissions, action, [], [], () => patternsAbout(permissions, action, CLIENT)
    .flatMap((pattern) => restsOf(pattern, CLIENT))
    .map((name) => ({ request: [...CLIENT, ...name], name, isBroad: () => false })));
}

function publishing(permissions: Permissions): Offence[] {
  const action = 'iot:Publish';
  const patterns = patternsAbout(permissions, action, THINGS_TOPIC);
  if (patterns.length === 0 && !hasExceptions(permissions, action)) return [];
  const doubtful = [ANY_TOPIC_OF_ANY_THING];
  return broadOrDoubtful(permissions, action, TOPICS_OF_ANY_THING, doubtful, () => patterns.flatMap((pattern) =>
    restsOf(pattern, THINGS_TOPIC).map((rest): OwnRequests => ({
      request: [...THINGS_TOPIC, ...rest],
      name: spellsOutReserved(pattern, THINGS_TOPIC) ? nameIn(rest) : [],
      isBroad: () => !covers(pattern, TOPICS_OF_ANY_THING) && areOfAnyThing([...THINGS, ...rest]),
    }))));
}

function subscribing(permissions: Permissions): Offence[] {
  const action = 'iot:Subscribe';
  const patterns = patternsAbout(permissions, action, THINGS_FILTER);
  if (patterns.length === 0 && !hasExceptions(permissions, action)) return [];
  const doubtful = [ANY_FILTER_OF_ANY_THING, ...FILTERS_OF_ALL_OTHERS];
  return broadOrDoubtful(permissions, action, FILTERS_OF_ANY_THING, doubtful, () => patterns.flatMap((pattern) =>
    restsOf(pattern, FILTER).flatMap(filtersForThings).map((filter): OwnRequests => ({
      request: [...FILTER, ...filter],
      name: spellsOutReserved(pattern, THINGS_FILTER) ? nameInFilter(filter) : [],
      isBroad: () => !covers(pattern, FILTERS_OF_ANY_THING) && selectOfAnyThing(filter),
    }))));
}

/** A filter with its wildcards spelled out as the topics of things, if they can stand for those. */
function filtersForThings(filter: readonly Token[]): (readonly Token[])[] {
  const rests = restsBehind([...THINGS], filter);
  return rests.length > 0 ? rests.map((rest) => [...THINGS, ...rest]) : [filter];
}

/** Finds access to things by their names, and to their named shadows (`thing/MyThing/MyShadow`). */
function accessToThings(permissions: Permissions, action: string): Offence[] {
  if (permissions.allowing(action).length === 0) return [];
  const hasShadows = action.endsWith('Shadow');
  return broadOrDoubtful(permissions, action, [ANY_THING], [], () => patternsAbout(permissions, action, THING)
    .flatMap((pattern) => restsOf(pattern, THING))
    .filter((rest) => hasShadows || !rest.includes('/'))
    .map((rest): OwnRequests => {
      const name = nameIn(rest);
      const isBroad = () => name.length < rest.length && namesOf(name) === Names.ALL;
      return { request: [...THING, ...rest], name, isBroad };
    }));
}

function broadOrDoubtful(
  permissions: Permissions, action: string, broad: readonly Pattern[], doubtful: readonly Pattern[],
  ownRequests: () => readonly OwnRequests[],
): Offence[] {
  const broadest = granted(permissions, action, broad);
  if (broadest) return [broadest];
  const own = ownRequests();
  const found = granted(permissions, action, requestsOf(own.filter((each) => each.isBroad())));
  if (found) return [found];
  const undocumented = own.filter(({ name }) => name.length > 0 && namesOf(name) !== Names.FEW);
  const doubted = granted(permissions, action, [...doubtful, ...requestsOf(undocumented)]);
  if (doubted) return [{ ...doubted, doubt: doubtOf(doubted) }];
  if (!coverMostLetters(own.map(({ name }) => name))) return [];
  const prefixes = granted(permissions, action, requestsOf(own));
  const doubt = `AWS calls a prefix compliant and does not say whether ${action} on names with most letters is`;
  return prefixes ? [{ ...prefixes, doubt }] : [];
}

/** The first of some requests that is granted to any device. */
function granted(permissions: Permissions, action: string, resources: readonly Pattern[]): Offence | undefined {
  for (const context of permissions.hasConditions ? [CONNECTED, STRANGER] : [CONNECTED]) {
    for (const resource of resources) {
      const grant = permissions.grantOf({ action, resource, context });
      if (grant) return offenceOf(action, grant);
    }
  }
  return undefined;
}

function offenceOf(action: string, { resource, statement }: Grant): Offence {
  return { reasonCode: BROAD_DATA_PLANE_ACCESS, action, resource, statement };
}

function doubtOf({ action, resource }: Offence): string {
  return `AWS does not say whether ${action} on ${resource} is broad`;
}

function requestsOf(own: readonly OwnRequests[]): Pattern[] {
  return own.map(({ request }) => arbitraryTextOf(patternOf(request)));
}

function covers(pattern: Pattern, requests: readonly Pattern[]): boolean {
  return requests.some((request) => includes(pattern, request));
}

function hasExceptions(permissions: Permissions, action: string): boolean {
  return permissions.allowing(action).some(({ resources }) => resources.not);
}

/**
 * Cheap pre-check, since most policies have no such patterns: those on which an action is allowed, and which may begin
 * with a text and go on with a wildcard, or with one letter and a wildcard. `+` and `#` count as wildcards, too.
 */
function patternsAbout(permissions: Permissions, action: string, start: readonly Letter[]): Pattern[] {
  return permissions.allowing(action).flatMap(({ resources }) =>
    resources.not ? [] : resources.patterns.filter((pattern) => mayBeginWith(start, pattern)));
}

function mayBeginWith(start: readonly Letter[], { blocks: [block], gaps }: Pattern): boolean {
  for (let index = 0; index < block.length && index <= start.length; index++) {
    const letter = block[index];
    if (letter === ONE || letter === start[index]) continue;
    const isLast = index === start.length && block.length === index + 1;
    return letter === '+' || letter === '#' || (isLast && gaps.length > 0);
  }
  return true;
}

/** The rests of a pattern behind the beginning of an ARN. A wildcard in that beginning does not reach into them. */
function restsOf(pattern: Pattern, start: readonly Letter[]): Token[][] {
  const rests = restsBehind(start, tokensIn(pattern));
  return pattern.blocks[0].length >= start.indexOf('/') ? rests : rests.filter((rest) => !nameIn(rest).includes(':'));
}

/** True if a pattern spells out that it is for reserved topics. */
function spellsOutReserved({ blocks: [block] }: Pattern, start: readonly Letter[]): boolean {
  return block.length > start.indexOf('$') && block[start.indexOf('$')] === '$';
}

function nameIn(rest: readonly Token[]): readonly Token[] {
  const end = rest.indexOf('/');
  return end === -1 ? rest : rest.slice(0, end);
}

/** The name of a thing in `$aws/things/NAME/...` or `$aws/+/NAME/...`, where `+` is any name. */
function nameInFilter(filter: readonly Token[]): readonly Token[] {
  const [rest = []] = restsBehind([...THINGS], filter).concat(restsBehind([...'$aws/+/'], filter));
  const name = nameIn(rest);
  return name.length === 1 && isOneLevel(name, 0) ? [STAR] : name;
}

/** Number of devices that a pattern in the place of a client's or a thing's name stands for. */
enum Names {
  /** A name, a policy variable, or names with a prefix, which AWS's pages call compliant. */
  FEW,

  /** All names, which they call non-compliant. */
  ALL,

  /** Other patterns, such as `????` or `*-gateway`, which the pages do not mention. */
  UNDOCUMENTED,
}

/** Prefixes of one letter from which on they stand together for most names. */
const MOST_LETTERS = 10;

function namesOf(name: readonly Token[]): Names {
  if (!name.some(isWildcard) || name.some((token) => token !== STAR && isAtom(token))) return Names.FEW;
  if (name.every(isWildcard)) return name.includes(STAR) ? Names.ALL : Names.UNDOCUMENTED;
  return isWildcard(name[0]) ? Names.UNDOCUMENTED : Names.FEW;
}

/** True if names are prefixes of one letter, for so many letters that few names have another. */
function coverMostLetters(names: readonly (readonly Token[])[]): boolean {
  const prefixes = names.filter((name) => name.length > 1 && !isWildcard(name[0]) && isWildcard(name[1]));
  return new Set(prefixes.map(([letter]) => letter)).size >= MOST_LETTERS;
}

function isWildcard(token: Token): boolean {
  return token === STAR || token === ONE;
}
