import { CHECK_TABLE } from '../../checks/check-table';
import { adviceForDevices, withAdvice } from '../policies/advice';
import { broadDataPlaneAccess, undocumentedAccess } from '../policies/data-plane-access';
import { judge, Judgement } from '../policies/judgement';
import { Policy } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { PolicyCheck } from '../template-check';

/**
 * `IOT_POLICY_OVERLY_PERMISSIVE_CHECK` rests on: "a policy for a device should grant access to resources associated
 * with just that device and no or very few other devices", and on the page's examples for each action.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
 */
export const IOT_POLICY_OVERLY_PERMISSIVE: PolicyCheck = {
  check: CHECK_TABLE.IOT_POLICY_OVERLY_PERMISSIVE,
  findIn: ({ resource, subject, path, judgeEach }, { outcomes }) => findingsOf({
    resource,
    subject,
    path,
    check: CHECK_TABLE.IOT_POLICY_OVERLY_PERMISSIVE,
    fix: 'allow a device what it needs for its own thing only',
    judge: (resolver) => judgeEach(resolver, broadAccess),
  }, outcomes),
};

function broadAccess(policy: Policy): Judgement {
  return judge(policy, (permissions) => withAdvice(
    [...broadDataPlaneAccess(permissions), ...undocumentedAccess(permissions)],
    (offence) => adviceForDevices(policy, offence),
  ));
}
