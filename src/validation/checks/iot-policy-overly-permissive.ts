import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { declaredPolicies, judgeOnce } from '../fleet/iot-policies';
import { findingsOf } from '../judged-resource';
import { broadDataPlaneAccess } from '../policies/data-plane-access';
import { allOf, judge, Judgement } from '../policies/judgement';
import { Policy } from '../policies/policy-document';

/**
 * `IOT_POLICY_OVERLY_PERMISSIVE_CHECK` rests on: "a policy for a device should grant access to resources associated
 * with just that device and no or very few other devices", and on the page's examples for each action.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
 */
export const IOT_POLICY_OVERLY_PERMISSIVE: TemplateCheck = {
  check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
  find(context: CheckContext): Finding[] {
    return declaredPolicies(context).flatMap(({ resource, subject, path, read }) => findingsOf({
      check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
      resource,
      subject,
      path,
      fix: 'put ${iot:Connection.Thing.ThingName} in the place of the wildcard, and let clients connect only where iot:Connection.Thing.IsAttached is true',
      judge(resolver) {
        const policies = read(resolver);
        return policies && allOf(policies.map((policy) => judgeOnce(policy, broadAccess)));
      },
    }, context));
  },
};

function broadAccess(policy: Policy): Judgement {
  return judge(policy, broadDataPlaneAccess);
}
