import { CHECK_TABLE } from '../../checks/check-table';
import { declaredPolicies } from '../fleet/iot-policies';
import { adviceForDevices, withAdvice } from '../policies/advice';
import { broadDataPlaneAccess, undocumentedAccess } from '../policies/data-plane-access';
import { judge, Judgement } from '../policies/judgement';
import { Policy } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { TemplateCheck } from '../template-check';

/**
 * `IOT_POLICY_OVERLY_PERMISSIVE_CHECK` rests on: "a policy for a device should grant access to resources associated
 * with just that device and no or very few other devices", and on the page's examples for each action.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
 */
export const IOT_POLICY_OVERLY_PERMISSIVE: TemplateCheck = {
  check: CHECK_TABLE.IOT_POLICY_OVERLY_PERMISSIVE,
  find: (context) => declaredPolicies(context).flatMap(({ resource, subject, path, judgeEach }) => findingsOf({
    resource,
    subject,
    path,
    check: CHECK_TABLE.IOT_POLICY_OVERLY_PERMISSIVE,
    fix: 'allow a device what it needs for its own thing only',
    judge: (resolver) => judgeEach(resolver, broadAccess),
  }, context.outcomes)),
};

function broadAccess(policy: Policy): Judgement {
  return judge(policy, (permissions) => withAdvice(
    [...broadDataPlaneAccess(permissions), ...undocumentedAccess(permissions)],
    (offence) => adviceForDevices(policy, offence),
  ));
}
