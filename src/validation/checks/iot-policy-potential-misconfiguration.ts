import { CHECK_TABLE } from '../../checks/check-table';
import { mapped } from '../lists';
import { allOf, Judgement, Offence } from '../policies/judgement';
import { Bound, UNKNOWN } from '../policies/pattern';
import { Policy, Statement } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { resourceTokens } from '../policies/resource-pattern';
import { DeniedInVain, RECEIVE, SUBSCRIBE } from '../policies/topic-access';
import { denialsInVain, openPartsOf } from '../policies/topic-denials';
import { PolicyCheck } from '../template-check';
import { display, partsOf, some, TextPart, Unknown, Value } from '../templates/value';

/**
 * `IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK` rests on: the check "inspects for MQTT wildcard characters (`+` or `#`)
 * in deny statements", and on the example in which "devices can send requests to subscribe to `building/#`" although
 * `building/control_room/*` is denied. AWS says to expect false positives.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
 */
export const IOT_POLICY_POTENTIAL_MISCONFIGURATION: PolicyCheck = {
  check: CHECK_TABLE.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  findIn: ({ resource, subject, path, judgeEach }, { outcomes }) => findingsOf({
    resource,
    subject,
    path,
    check: CHECK_TABLE.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
    fix: 'deny with the wildcards of policies (* and ?), and deny iot:Receive on the same topics',
    judge: (resolver) => judgeEach(resolver, misconfigurations),
  }, outcomes),
};

function misconfigurations({ statements, unknowns }: Policy): Judgement {
  const denying = statements.filter(({ effect }) => effect !== 'Allow');
  if (unknowns.length === 0 && denying.length === 0) return { offences: [], doubts: [] };
  return allOf([
    ...mapped(denying, wildcardsInDeny),
    subscriptionBypasses({ statements, unknowns }),
  ]);
}

const WILDCARDS_IN_DENY = 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT';

/** Finds the MQTT wildcards of a statement that denies. */
function wildcardsInDeny(statement: Statement): Judgement {
  const resources = mapped((statement.resources ?? statement.notResources ?? []).filter(mayHoldWildcards),
    (value) => ({ value, tokens: resourceTokens(value, Bound.LEAST) }));
  const withWildcards = mapped(resources.filter(({ tokens }) => tokens.includes('+') || tokens.includes('#')),
    ({ value }) => display(value));
  const isDeny = statement.effect === 'Deny';
  // An unknown part may hold a wildcard, or may be what makes the statement a Deny.
  const isOpen = resources.some(({ value, tokens }) =>
    tokens.includes(UNKNOWN) && partsOf(value)?.some(mayTurnOutAsWildcard)) || (!isDeny && withWildcards.length > 0);
  return {
    offences: isDeny ? mapped(withWildcards, (resource) => ({
      reasonCode: WILDCARDS_IN_DENY,
      action: 'Deny',
      resource,
      statement,
      why: `denies ${resource}, in which + and # are ordinary characters and select no other topics`,
      fix: `${placeOf(statement)}, write ${some(withWildcards.map(withStars))}, since * stands for any text, and deny `
        + `${RECEIVE} on the same topics`,
    })) : [],
    doubts: isOpen ? statement.unknowns : [],
  };
}

/** Cheap test before a resource is tokenized: most resources hold no MQTT wildcard. */
function mayHoldWildcards(value: Value): boolean {
  return partsOf(value)?.some((part) => mayTurnOutAsWildcard(part) || (typeof part === 'string' && /[+#]/.test(part)))
    ?? false;
}

function mayTurnOutAsWildcard(part: TextPart): boolean {
  return part instanceof Unknown && /[+#]/.test(part.specials);
}

function withStars(resource: string): string {
  return resource.replaceAll(/[+#]/g, '*');
}

const DENIED_FILTERS_ALLOWED = 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS';

/** Finds statements that deny a subscription in vain: another filter, with MQTT wildcards, brings the same topics. */
function subscriptionBypasses(policy: Policy): Judgement {
  const { certain, doubts } = denialsInVain(policy);
  return {
    offences: mapped(certain, (each) => offenceOf(each, certain)),
    // Statements that are not known may do anything together with those that are.
    doubts: policy.unknowns.length === 0 ? doubts : [...policy.unknowns, ...openPartsOf(policy), ...doubts],
  };
}

function offenceOf(found: DeniedInVain, all: readonly DeniedInVain[]): Offence {
  const { statement, resource, bypass: { filter, topic } } = found;
  const written = resource ?? `all but ${some((statement.notResources ?? []).map(display))}`;
  const denied = all.filter((other) => other.statement === statement).flatMap((other) => other.resource ?? [])
    .map(toReceive);
  return {
    reasonCode: DENIED_FILTERS_ALLOWED,
    action: SUBSCRIBE,
    resource: written,
    statement,
    why: `denies ${SUBSCRIBE} on ${written}, but allows a subscription to '${filter}', which brings messages of `
      + `'${topic}', and allows ${RECEIVE} on them`,
    fix: `${placeOf(statement)}, deny ${RECEIVE} as well, on ${denied.length > 0 ? some(denied) : 'the same topics'}`,
  };
}

/** The topics that a topic filter of a policy stands for, as a resource of `iot:Receive`. */
function toReceive(resource: string): string {
  return resource.replace(/(?<=:)topicfilter\//, 'topic/');
}

/** The place of a statement in its policy, for people. */
function placeOf({ path }: Statement): string {
  const position = path[path.length - 1];
  return /^\d+$/.test(position) ? `in statement ${position}` : 'in the statement with this Deny';
}
