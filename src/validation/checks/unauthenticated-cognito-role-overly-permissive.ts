import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { findInRoleAttachments, poolRole } from '../fleet/cognito-role-attachments';
import { nonThingAccess, thingManaging, thingReading } from '../policies/administrative-access';
import { broadDataPlaneAccess } from '../policies/data-plane-access';

const ADMIN = 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS';

/**
 * `UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK` rests on: devices "should not be given permission" to manage
 * things, to read what is administered about them, "even though it is granted for one thing only", or to manage what is
 * no thing; and on "a broad set of devices" for MQTT, shadows and jobs.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
 */
export const UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: TemplateCheck = {
  check: AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  find(context: CheckContext): Finding[] {
    return findInRoleAttachments({
      check: AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
      subject: 'The role of guests',
      fix: 'allow guests no more than publishing and subscribing to topics of their own, or no guests at all',
      roles: (attachment, resolver) => poolRole(attachment, resolver, 'unauthenticated'),
      find: (permissions) => [
        ...thingManaging(permissions, ADMIN), ...thingReading(permissions, ADMIN), ...nonThingAccess(permissions, ADMIN),
        ...broadDataPlaneAccess(permissions),
      ],
    }, context);
  },
};
