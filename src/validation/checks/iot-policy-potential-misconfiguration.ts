import { CHECK_TABLE } from '../../checks/check-table';
import { declaredPolicies } from '../fleet/iot-policies';
import { allOf, judge, Judgement, Offence } from '../policies/judgement';
import { arbitraryTextOf, Bound, Letter, ONE, Pattern, patternOf, STAR, Token, UNKNOWN } from '../policies/pattern';
import { includes } from '../policies/pattern-inclusion';
import { intersects, selects } from '../policies/pattern-intersection';
import { CompiledStatement, Permissions } from '../policies/permissions';
import { Policy, Statement } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { arnPattern, arnTokens, resourceTokens, restsBehind } from '../policies/resource-pattern';
import { TemplateCheck } from '../template-check';
import { display, partsOf, TextPart, Unknown, Value } from '../templates/value';

/**
 * `IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK` rests on: the check "inspects for MQTT wildcard characters (`+` or `#`)
 * in deny statements", and on the example in which "devices can send requests to subscribe to `building/#`" although
 * `building/control_room/*` is denied. AWS says to expect false positives.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
 */
export const IOT_POLICY_POTENTIAL_MISCONFIGURATION: TemplateCheck = {
  check: CHECK_TABLE.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  find: (context) => declaredPolicies(context).flatMap(({ resource, subject, path, judgeEach }) => findingsOf({
    resource,
    subject,
    path,
    check: CHECK_TABLE.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
    fix: 'deny with the wildcards of policies (* and ?), and deny iot:Receive on the same topics',
    judge: (resolver) => judgeEach(resolver, misconfigurations),
  }, context.outcomes)),
};

function misconfigurations({ statements, unknowns }: Policy): Judgement {
  const denying = statements.filter(({ effect }) => effect !== 'Allow');
  if (unknowns.length === 0 && denying.length === 0) return { offences: [], doubts: [] };
  return allOf([
    ...denying.map(wildcardsInDeny),
    judge({ statements, unknowns }, subscriptionBypasses, ({ open, circumstances }) => [...open, ...circumstances]),
  ]);
}

const WILDCARDS_IN_DENY = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';

/** Finds the MQTT wildcards of a statement that denies. */
function wildcardsInDeny(statement: Statement): Judgement {
  const resources = (statement.resources ?? statement.notResources ?? []).filter(mayHoldWildcards)
    .map((value) => ({ value, tokens: resourceTokens(value, Bound.LEAST) }));
  const withWildcards = resources.filter(({ tokens }) => tokens.includes('+') || tokens.includes('#'));
  const isDeny = statement.effect === 'Deny';
  // An unknown part may hold a wildcard, or may be what makes the statement a Deny.
  const isOpen = resources.some(({ tokens }) => tokens.includes(UNKNOWN)) || (!isDeny && withWildcards.length > 0);
  return {
    offences: isDeny ? withWildcards.map(({ value }) => ({
      reasonCode: WILDCARDS_IN_DENY,
      action: 'Deny',
      resource: display(value),
      statement,
      why: `denies ${display(value)}, in which + and # are ordinary characters and select no other topics`,
    })) : [],
    doubts: isOpen ? statement.unknowns : [],
  };
}

/** Cheap test before a resource is tokenized: most resources hold no MQTT wildcard. */
function mayHoldWildcards(value: Value): boolean {
  return partsOf(value)?.some(mayHoldWildcard) ?? false;
}

function mayHoldWildcard(part: TextPart): boolean {
  return typeof part === 'string' ? /[+#]/.test(part) : part instanceof Unknown;
}

const DENIED_FILTERS_ALLOWED = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

const SUBSCRIBE = 'iot:Subscribe';
const RECEIVE = 'iot:Receive';
const CONTEXT = { isAttached: true, mayBeDeniedByCircumstances: true };
const FILTER = arnTokens('iot', [...'topicfilter/']);

/** AWS IoT's limit for the levels of a topic. */
const MOST_LEVELS = 8;

/** Readings of a resource to look at, the shortest and likeliest first. Policies that people write have no more. */
const MOST_READINGS = 4;

/** A topic filter that a client may ask for: letters, `+`, `#`, and gaps for any text. */
interface Filter {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/**
 * Finds statements that deny a subscription in vain: another filter, with MQTT wildcards, brings the same topics.
 *
 * To a policy, `+` and `#` are ordinary characters. A `Deny` of `building/control_room/*` does not stop a subscription
 * to `building/#`, which brings the messages of the control room unless `Receive` is denied.
 */
function subscriptionBypasses(permissions: Permissions): Offence[] {
  const denying = permissions.denying(SUBSCRIBE, CONTEXT).filter(({ resources }) => !resources.not);
  if (denying.length === 0) return [];

  const known = new Map<string, boolean>();
  const isAllowed = ({ text, tokens }: Filter) => {
    if (!known.has(text)) {
      const resource = arbitraryTextOf(arnPattern('iot', [...'topicfilter/', ...tokens]));
      known.set(text, permissions.grantOf({ action: SUBSCRIBE, resource, context: CONTEXT }) !== undefined);
    }
    return known.get(text)!;
  };
  let ofAllow: Filter[] | undefined;
  const filters = () => ofAllow ??= permissions.allowing(SUBSCRIBE).flatMap(filtersOfAllow).filter(isAllowed);
  return denying.flatMap((statement) => bypassesOf(statement, filters, isAllowed, permissions));
}

function bypassesOf(
  { resources, statement }: CompiledStatement, ofAllow: () => readonly Filter[], isAllowed: (filter: Filter) => boolean,
  permissions: Permissions,
): Offence[] {
  return resources.values.flatMap((value) => {
    for (const denied of filtersIn(value)) {
      // No topic has these characters; wildcardsInDeny() reports a Deny with them.
      if (denied.includes('+') || denied.includes('#') || !isReceivable(denied, permissions)) continue;
      const topics = patternOf(denied);
      const candidates = [...ofAllow(), ...filtersOfDeny(denied).filter(isAllowed)];
      const bypass = candidates.find((candidate) => reaches(candidate, denied, topics));
      if (!bypass) continue;
      return [{
        reasonCode: DENIED_FILTERS_ALLOWED,
        action: SUBSCRIBE,
        resource: display(value),
        statement,
        why: `denies ${SUBSCRIBE} on ${display(value)}, but allows a subscription to '${bypass.text}', which brings `
          + `the same messages, and ${RECEIVE}`,
        doubt: statement.effect === undefined ? statement.unknowns.join(', ') : undefined,
      }];
    }
    return [];
  });
}

/** The topic filters that a resource stands for: several if a wildcard can stand for different parts of the ARN. */
function filtersIn(value: Value): Token[][] {
  return restsBehind(FILTER, resourceTokens(value, Bound.MOST)).slice(0, MOST_READINGS);
}

/** The widest filters with MQTT wildcards that an Allow lets a client ask for. */
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

/** Filters that select the topics of a Deny, as narrowly as possible, and that the Deny itself does not cover. */
function filtersOfDeny(denied: readonly Token[]): Filter[] {
  const levels: Token[][] = [[]];
  for (const token of denied) {
    if (token === '/') levels.push([]);
    else levels[levels.length - 1].push(token);
  }
  const first = levels.slice(0, MOST_LEVELS).map((level) => level.some((token) => token === STAR || token === ONE)
    ? ['+']
    : level);
  return first.flatMap((_, index) => [
    filter([...first.slice(0, index).flatMap((level) => [...level, '/']), '#']),
    filter(first.flatMap((level, other) => [...other > 0 ? ['/'] : [], ...other === index ? ['+'] : level])),
  ]);
}

function filter(tokens: readonly Token[]): Filter {
  return { tokens, text: tokens.map((token) => token === STAR ? '*' : token).join('') };
}

/**
 * True if a filter selects any denied topic. A wildcard at its beginning does not select topics that begin with `$`.
 */
function reaches({ tokens }: Filter, denied: readonly Token[], topics: Pattern): boolean {
  if (denied[0] === '$' && (tokens[0] === '#' || tokens[0] === '+')) return false;
  return selects(patternOf(tokens), topics);
}

/** True if the policy lets a client receive messages of any of the topics. */
function isReceivable(denied: readonly Token[], permissions: Permissions): boolean {
  const asResource = arnPattern('iot', [...'topic/' as Iterable<Letter>, ...denied]);
  const denying = permissions.denying(RECEIVE, CONTEXT);
  return permissions.allowing(RECEIVE).some(({ resources }) => {
    const received = resources.not ? [asResource] : resources.patterns;
    return received.some((candidate) => !denying.some(({ resources: withheld }) => withheld.not
      ? !withheld.patterns.some((exception) => intersects(exception, asResource))
      : withheld.patterns.some((deniedPattern) =>
        includes(deniedPattern, asResource) || includes(deniedPattern, candidate)))
      && intersects(candidate, asResource));
  });
}
