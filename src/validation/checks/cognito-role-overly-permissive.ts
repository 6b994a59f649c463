import { CHECK_TABLE, CheckRow } from '../../checks/check-table';
import { Finding } from '../finding';
import { mappedRoles, NamedRole, poolRole } from '../fleet/identity-pool-roles';
import { doubtAboutIdentities, IdentityKind, isForIdentities } from '../fleet/identity-pool-trust';
import { policyOfRole } from '../fleet/role-policies';
import { IDENTITY_POOLS } from '../fleet/role-trust';
import { judgeUnassigned, unassignedRoles } from '../fleet/unassigned-roles';
import { broadThingReading, nonThingAccess, thingManaging, thingReading } from '../policies/administrative-access';
import { adviceForIdentities, withAdvice } from '../policies/advice';
import { broadDataPlaneAccess } from '../policies/data-plane-access';
import { allOf, judge, Offence } from '../policies/judgement';
import { Permissions } from '../policies/permissions';
import { Policy } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { CheckContext, TemplateCheck } from '../template-check';
import { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';

/**
 * `AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK` rests on: "any role that grants permission to perform these
 * actions on even a single resource" (to manage things, and all that is not a thing), and on "a broad set of devices"
 * for reading administrative data of things and for MQTT, shadows and jobs.
 *
 * The page says that broad access to the data plane is non-compliant, but lists no reason code for it; the code here is
 * the one of the other checks. A token may name the role of a group of a user pool. Only the groups in templates are
 * looked at.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-auth-cognito-role-permissive.html
 */
export const AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: TemplateCheck = {
  check: CHECK_TABLE.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  find: (context) => findInIdentityPools({
    check: CHECK_TABLE.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    kind: 'authenticated',
    subject: 'The role of authenticated identities',
    fix: 'allow an identity what it needs for its own things only, and manage AWS IoT through another identity pool',
    roles: (attachment, resolver) =>
      [...poolRole(attachment, resolver, 'authenticated'), ...mappedRoles(attachment, resolver)],
    find: (permissions) => [
      ...thingManaging(permissions), ...nonThingAccess(permissions), ...broadThingReading(permissions),
      ...broadDataPlaneAccess(permissions),
    ],
  }, context),
};

const ADMIN = 'ALLOWS_ACCESS_TO_IOT_ADMIN_ACTIONS';

/**
 * `UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK` rests on: devices "should not be given permission" to manage
 * things, to read administrative data of things, "even though it is granted for one thing only", or to manage anything
 * else; and on "a broad set of devices" for MQTT, shadows and jobs.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
 */
export const UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: TemplateCheck = {
  check: CHECK_TABLE.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  find: (context) => findInIdentityPools({
    check: CHECK_TABLE.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    kind: 'unauthenticated',
    subject: 'The role of guests',
    fix: 'allow guests no more than publishing and subscribing to topics of their own, or no guests at all',
    roles: (attachment, resolver) => poolRole(attachment, resolver, 'unauthenticated'),
    find: (permissions) => [
      ...thingManaging(permissions, ADMIN), ...thingReading(permissions, ADMIN), ...nonThingAccess(permissions, ADMIN),
      ...broadDataPlaneAccess(permissions),
    ],
  }, context),
};

/** The differences between the two checks. */
interface CognitoCheck {
  readonly check: CheckRow;
  readonly kind: IdentityKind;
  readonly subject: string;
  readonly fix: string;
  roles(attachment: Resource, resolver: Resolver): NamedRole[];
  find(permissions: Permissions): Offence[];
}

const ROLE_ATTACHMENT = 'AWS::Cognito::IdentityPoolRoleAttachment';

/**
 * Judges the roles of identity pools. AWS looks at pools that were used to connect to the message broker within 31
 * days, which no template tells; here every pool counts whose role may do anything with AWS IoT, and every role that
 * trusts identity pools, since it may be given to one elsewhere.
 */
function findInIdentityPools({ roles, find, kind, ...words }: CognitoCheck, context: CheckContext): Finding[] {
  const judgePolicy = (policy: Policy) =>
    judge(policy, (permissions) => withAdvice(find(permissions), adviceForIdentities));
  return [
    ...context.fleet.resourcesOfType(ROLE_ATTACHMENT).flatMap((resource) => findingsOf({
      ...words,
      resource,
      path: ['Roles'],
      judge(resolver) {
        const judgements = roles(resource, resolver).map(({ arn, path, declaredIn = resource.template }) =>
          judgePolicy(policyOfRole(resolver, arn, declaredIn, path)));
        return judgements.length === 0 ? undefined : allOf(judgements);
      },
    }, context.outcomes)),
    ...rolesWithoutPool(context).flatMap((resource) => findingsOf({
      ...words,
      resource,
      subject: `${words.subject}, which no template gives to an identity pool,`,
      path: ['AssumeRolePolicyDocument'],
      judge: (resolver) => judgeUnassigned(IDENTITY_POOLS, resource, resolver, judgePolicy, {
        isMeant: (trust) => isForIdentities(kind, trust), doubtOf: (trust) => doubtAboutIdentities(kind, trust),
      }),
    }, context.outcomes)),
  ];
}

/** The roles that a custom resource, a script or a person gives to identity pools. */
function rolesWithoutPool(context: CheckContext): Resource[] {
  return unassignedRoles(IDENTITY_POOLS, context, ROLE_ATTACHMENT, (attachment, resolver) => [
    ...poolRole(attachment, resolver, 'authenticated'), ...poolRole(attachment, resolver, 'unauthenticated'),
    ...mappedRoles(attachment, resolver),
  ].map(({ arn, declaredIn = attachment.template }) => ({ arn, template: declaredIn })));
}
