import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { findInRoleAttachments, mappedRoles, poolRole } from '../fleet/cognito-role-attachments';
import { broadThingReading, nonThingAccess, thingManaging } from '../policies/administrative-access';
import { broadDataPlaneAccess } from '../policies/data-plane-access';

/**
 * `AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK` rests on: "any role that grants permission to perform these
 * actions on even a single resource" (managing things and what is no thing), and on "a broad set of devices" for reading
 * what is administered about things and for MQTT, shadows and jobs.
 *
 * The page says that broad access to the data plane is non-compliant, but lists no reason code for it; the code here is
 * the one of the other checks. Of the groups of user pools, whose roles a token may name, only those in templates are
 * looked at.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-auth-cognito-role-permissive.html
 */
export const AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: TemplateCheck = {
  check: AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  find(context: CheckContext): Finding[] {
    return findInRoleAttachments({
      check: AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
      subject: 'The role of authenticated identities',
      fix: 'allow an identity what it needs for its own things only, and manage AWS IoT through another identity pool',
      roles: (attachment, resolver) => [...poolRole(attachment, resolver, 'authenticated'), ...mappedRoles(attachment, resolver)],
      find: (permissions) => [
        ...thingManaging(permissions), ...nonThingAccess(permissions), ...broadThingReading(permissions), ...broadDataPlaneAccess(permissions),
      ],
    }, context);
  },
};
