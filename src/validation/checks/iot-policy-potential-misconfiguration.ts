import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { declaredPolicies, judgeOnce } from '../fleet/iot-policies';
import { findingsOf } from '../judged-resource';
import { allOf, judge, Judgement } from '../policies/judgement';
import { Bound, UNKNOWN } from '../policies/pattern';
import { Policy, Statement } from '../policies/policy-document';
import { resourceTokens } from '../policies/resource-pattern';
import { subscriptionBypasses, WILDCARDS_IN_DENY } from '../policies/subscription-bypass';
import { display, partsOf, Unknown, Value } from '../templates/value';

/**
 * `IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK` rests on: the check "inspects for MQTT wildcard characters (`+` or `#`)
 * in deny statements", and on the example in which "devices can send requests to subscribe to `building/#`" although
 * `building/control_room/*` is denied. AWS says to expect false positives.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
 */
export const IOT_POLICY_POTENTIAL_MISCONFIGURATION: TemplateCheck = {
  check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  find(context: CheckContext): Finding[] {
    return declaredPolicies(context).flatMap(({ resource, subject, path, read }) => findingsOf({
      check: AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
      resource,
      subject,
      path,
      fix: 'deny with the wildcards of policies (* and ?), and deny iot:Receive on the same topics',
      judge(resolver) {
        const policies = read(resolver);
        return policies && allOf(policies.map((policy) => judgeOnce(policy, misconfigurations)));
      },
    }, context));
  },
};

function misconfigurations(policy: Policy): Judgement {
  if (policy.unknowns.length === 0 && policy.statements.every(({ effect }) => effect === 'Allow')) return { offences: [], doubts: [] };
  return allOf([
    ...policy.statements.filter(({ effect }) => effect !== 'Allow').map(wildcardsInDeny),
    judge(policy, subscriptionBypasses, ({ open, circumstances }) => [...open, ...circumstances]),
  ]);
}

function wildcardsInDeny(statement: Statement): Judgement {
  const resources = (statement.resources ?? statement.notResources ?? []).filter(mayHoldWildcards)
    .map((value) => ({ value, tokens: resourceTokens(value, Bound.LEAST) }));
  const withWildcards = resources.filter(({ tokens }) => tokens.includes('+') || tokens.includes('#'));
  const isDeny = statement.effect === 'Deny';
  return {
    offences: isDeny ? withWildcards.map(({ value }) => ({
      reasonCode: WILDCARDS_IN_DENY,
      action: 'Deny',
      resource: display(value),
      statement,
      why: `denies ${display(value)}, in which + and # are ordinary characters and select no other topics`,
    })) : [],
    // What is not known may hold a wildcard, or may be what makes the statement a Deny.
    doubts: resources.some(({ tokens }) => tokens.includes(UNKNOWN)) || (!isDeny && withWildcards.length > 0) ? statement.unknowns : [],
  };
}

/** Most resources do not, which spares them to be read. */
function mayHoldWildcards(value: Value): boolean {
  return partsOf(value)?.some((part) => typeof part === 'string' ? /[+#]/.test(part) : part instanceof Unknown) ?? false;
}
