import { Offence } from './judgement';
import { arbitraryTextOf, Bound, Letter, ONE, Pattern, patternOf, STAR, Token } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects, selects } from './pattern-intersection';
import { CompiledStatement, Permissions } from './permissions';
import { arnPattern, arnTokens, resourceTokens, restsBehind } from './resource-pattern';
import { display, Value } from '../templates/value';

export const WILDCARDS_IN_DENY = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';
export const DENIED_FILTERS_ALLOWED = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

const SUBSCRIBE = 'iot:Subscribe';
const RECEIVE = 'iot:Receive';
const CONTEXT = { isAttached: true, mayBeDeniedByCircumstances: true };
const FILTER = arnTokens('iot', [...'topicfilter/']);

/** Topics of AWS IoT have at most eight levels. */
const MOST_LEVELS = 8;

/** The shortest reading of a resource is the likely one, and no policy that people write has more. */
const MOST_READINGS = 4;

/** A topic filter that a client may ask for: its letters, `+` and `#` among them, and gaps for any text. */
interface Filter {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/**
 * The statements that deny subscribing to topics which a client can receive all the same, since it may subscribe to a
 * filter with MQTT wildcards that selects them.
 *
 * To a policy, `+` and `#` are characters like any other: `Deny` of `building/control_room/*` does not stand in the way
 * of a subscription to `building/#`, which brings the messages of the control room unless `Receive` is denied.
 */
export function subscriptionBypasses(permissions: Permissions): Offence[] {
  const denying = permissions.denying(SUBSCRIBE, CONTEXT).filter(({ resources }) => !resources.not);
  if (denying.length === 0) return [];

  const isAllowed = new Map<string, boolean>();
  const allowed = ({ text, tokens }: Filter) => {
    let known = isAllowed.get(text);
    if (known === undefined) {
      const resource = arbitraryTextOf(arnPattern('iot', [...'topicfilter/', ...tokens]));
      known = permissions.grantOf({ action: SUBSCRIBE, resource, context: CONTEXT }) !== undefined;
      isAllowed.set(text, known);
    }
    return known;
  };
  let ofAllow: Filter[] | undefined;
  const filters = () => ofAllow ??= permissions.allowing(SUBSCRIBE).flatMap(filtersOfAllow).filter(allowed);
  return denying.flatMap((statement) => bypassesOf(statement, filters, allowed, permissions));
}

function bypassesOf(
  { resources, statement }: CompiledStatement, ofAllow: () => readonly Filter[], allowed: (filter: Filter) => boolean, permissions: Permissions,
): Offence[] {
  return resources.values.flatMap((value) => {
    for (const denied of filtersIn(value)) {
      // No topic has these characters; a Deny with them is a fault of its own.
      if (denied.includes('+') || denied.includes('#') || !isReceivable(denied, permissions)) continue;
      const topics = patternOf(denied);
      const bypass = [...ofAllow(), ...filtersOfDeny(denied).filter(allowed)].find((candidate) => reaches(candidate, denied, topics));
      if (!bypass) continue;
      return [{
        reasonCode: DENIED_FILTERS_ALLOWED,
        action: SUBSCRIBE,
        resource: display(value),
        statement,
        why: `denies ${SUBSCRIBE} on ${display(value)}, but allows a subscription to '${bypass.text}', which brings the same messages, and ${RECEIVE}`,
        doubt: statement.effect === undefined ? statement.unknowns.join(', ') : undefined,
      }];
    }
    return [];
  });
}

/** The topic filters that a resource stands for; more than one where a wildcard can stand for different parts of the ARN. */
function filtersIn(value: Value): Token[][] {
  return restsBehind(FILTER, resourceTokens(value, Bound.MOST)).slice(0, MOST_READINGS);
}

/** The widest filter with MQTT wildcards that an Allow speaks of. */
function filtersOfAllow({ resources }: CompiledStatement): Filter[] {
  if (resources.not) return [filter(['#'])];
  return resources.values.flatMap(filtersIn).flatMap((tokens) => {
    const widest = tokens.flatMap((token, index): Token[] => {
      if (token === ONE) return ['+'];
      if (token !== STAR) return [token];
      if (index < tokens.length - 1) return ['+'];
      return index === 0 || tokens[index - 1] === '/' ? ['#'] : ['/', '#'];
    });
    return widest.some((token) => token === '+' || token === '#') ? [filter(widest)] : [];
  });
}

/** Filters that are as close to what a Deny speaks of as they can be without being denied by it. */
function filtersOfDeny(denied: readonly Token[]): Filter[] {
  const levels: Token[][] = [[]];
  for (const token of denied) {
    if (token === '/') levels.push([]);
    else levels[levels.length - 1].push(token);
  }
  const first = levels.slice(0, MOST_LEVELS).map((level) => level.some((token) => token === STAR || token === ONE) ? ['+'] : level);
  return first.flatMap((_, index) => [
    filter([...first.slice(0, index).flatMap((level) => [...level, '/']), '#']),
    filter(first.flatMap((level, other) => [...other > 0 ? ['/'] : [], ...other === index ? ['+'] : level])),
  ]);
}

function filter(tokens: readonly Token[]): Filter {
  return { tokens, text: tokens.map((token) => token === STAR ? '*' : token).join('') };
}

/** Whether a filter selects any of the denied topics. A wildcard at its beginning leaves out topics that begin with `$`. */
function reaches({ tokens }: Filter, denied: readonly Token[], topics: Pattern): boolean {
  if (denied[0] === '$' && (tokens[0] === '#' || tokens[0] === '+')) return false;
  return selects(patternOf(tokens), topics);
}

/** Whether the policy lets a client receive messages of any of the topics. */
function isReceivable(denied: readonly Token[], permissions: Permissions): boolean {
  const asResource = arnPattern('iot', [...'topic/' as Iterable<Letter>, ...denied]);
  const denying = permissions.denying(RECEIVE, CONTEXT);
  return permissions.allowing(RECEIVE).some(({ resources }) => {
    const received = resources.not ? [asResource] : resources.patterns;
    return received.some((candidate) => !denying.some(({ resources: withheld }) => withheld.not
      ? !withheld.patterns.some((exception) => intersects(exception, asResource))
      : withheld.patterns.some((deniedPattern) => includes(deniedPattern, asResource) || includes(deniedPattern, candidate)))
      && intersects(candidate, asResource));
  });
}
