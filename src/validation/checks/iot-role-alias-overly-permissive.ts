import { CHECK_TABLE } from '../../checks/check-table';
import { policyOfRole } from '../fleet/role-policies';
import { CREDENTIALS_PROVIDER } from '../fleet/role-trust';
import { judgeUnassigned, unassignedRoles } from '../fleet/unassigned-roles';
import { anywhere, broadThingReading, nonThingAccess, thingManaging } from '../policies/administrative-access';
import { adviceForRoleAlias, withAdvice } from '../policies/advice';
import { broadDataPlaneAccess } from '../policies/data-plane-access';
import { judge, Judgement, Offence } from '../policies/judgement';
import { arbitraryTextOf, pattern, patternOf, STAR } from '../policies/pattern';
import { includes } from '../policies/pattern-inclusion';
import { intersects } from '../policies/pattern-intersection';
import { Permissions } from '../policies/permissions';
import { Policy } from '../policies/policy-document';
import { findingsOf } from '../policies/policy-findings';
import { arnPattern } from '../policies/resource-pattern';
import { CheckContext, TemplateCheck } from '../template-check';
import { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';
import { partsOf, Value } from '../templates/value';

const ROLE_ALIAS = 'AWS::IoT::RoleAlias';

/**
 * `IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK` rests on the page's three conditions: "administrative permissions to any
 * services used in the past year", "broad access to thing metadata actions, access to restricted AWS IoT actions, or
 * broad access to AWS IoT data plane actions", and "access to security auditing services".
 *
 * A role that trusts the credentials provider of AWS IoT is judged without an alias, too: the alias is made elsewhere.
 * A permissions boundary and session policies are not taken into account, since the page does not mention them.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html
 */
export const IOT_ROLE_ALIAS_OVERLY_PERMISSIVE: TemplateCheck = {
  check: CHECK_TABLE.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  find: (context) => [
    ...context.fleet.resourcesOfType(ROLE_ALIAS).flatMap((alias) => findingsOf({
      ...WORDS,
      resource: alias,
      subject: 'The role behind the alias',
      path: ['RoleArn'],
      judge(resolver) {
        const policy = policyOfRole(resolver, arnIn(alias, resolver), alias.template, ['RoleArn']);
        return judgePolicy(policy, context);
      },
    }, context.outcomes)),
    ...rolesWithoutAlias(context).flatMap((role) => findingsOf({
      ...WORDS,
      resource: role,
      subject: 'The role, which trusts the credentials provider of AWS IoT, and whose alias no template declares,',
      path: ['AssumeRolePolicyDocument'],
      judge: (resolver) =>
        judgeUnassigned(CREDENTIALS_PROVIDER, role, resolver, (policy) => judgePolicy(policy, context)),
    }, context.outcomes)),
  ],
};

const WORDS = {
  check: CHECK_TABLE.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  fix: 'allow the actions that devices perform one by one, on resources narrowed with ${credentials-iot:ThingName}',
};

function arnIn({ template, properties }: Resource, resolver: Resolver): Value {
  return resolver.resolve(template, properties.RoleArn);
}

/** The roles whose aliases are made elsewhere: by a custom resource, an installer on the device, or a person. */
function rolesWithoutAlias(context: CheckContext): Resource[] {
  return unassignedRoles(CREDENTIALS_PROVIDER, context, ROLE_ALIAS, (alias, resolver) =>
    [{ arn: arnIn(alias, resolver), template: alias.template }]);
}

function judgePolicy(policy: Policy, { facts }: CheckContext): Judgement {
  return judge(policy, (permissions) => withAdvice([
    ...broadServiceAccess(policy, permissions, facts.usedServices),
    ...securityAuditingAccess(policy, permissions),
    ...broadThingReading(permissions),
    ...nonThingAccess(permissions),
    ...thingManaging(permissions),
    ...broadDataPlaneAccess(permissions),
  ], adviceForRoleAlias));
}

const BROAD_ACCESS_TO_SERVICES = 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';
const SECURITY_AUDITING = 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES';

/** The services that the page names, and the prefix of the second version of Amazon Inspector. */
const SECURITY_AUDITING_SERVICES = ['iam', 'cloudtrail', 'guardduty', 'inspector', 'inspector2', 'trustedadvisor'];

const CONTEXT = { isAttached: true };
const ANYTHING = arbitraryTextOf(patternOf([STAR]));

/**
 * Finds services with all of their actions allowed (`dynamodb:*`). Devices are taken to use every service that the
 * policy allows, unless the services that they use are known.
 */
function broadServiceAccess(
  policy: Policy, permissions: Permissions, usedServices: readonly string[] | undefined,
): Offence[] {
  const services = usedServices?.map((service) => service.toLowerCase().replace(/:.*/, '')) ?? servicesOf(policy);
  return [
    ...usedServices?.length === 0 ? [] : allActionsOf('*', permissions),
    ...services.flatMap((service) => allActionsOf(service, permissions)),
    ...usedServices ? [] : servicesWithWildcards(policy)
      .flatMap((action) => anywhere(permissions, action, BROAD_ACCESS_TO_SERVICES))
      .map((offence) => ({ ...offence, doubt: `which services ${offence.action} stands for is not known` })),
  ];
}

function allActionsOf(service: string, permissions: Permissions): Offence[] {
  const action = service === '*' ? '*' : `${service}:*`;
  const asked = service === '*' ? '*:*' : action;
  for (const resource of [ANYTHING, arbitraryTextOf(arnPattern(service, [STAR]))]) {
    const grant = permissions.grantOf({ action: asked, resource, context: CONTEXT });
    if (grant) {
      return [{ reasonCode: BROAD_ACCESS_TO_SERVICES, action, resource: grant.resource, statement: grant.statement }];
    }
  }
  return anywhere(permissions, asked, BROAD_ACCESS_TO_SERVICES).map((offence) => ({
    ...offence, action, doubt: `AWS does not say whether ${action} on ${offence.resource} is administrative`,
  }));
}

/** Finds services that watch over the account with any of their actions allowed. */
function securityAuditingAccess(policy: Policy, permissions: Permissions): Offence[] {
  const actions = actionsOf(policy);
  return SECURITY_AUDITING_SERVICES.flatMap((service) => {
    if (permissions.allowingAnyOf(service).length === 0) return [];
    const own = actions.flatMap((action) => ofService(action, service) ?? []);
    const offences = [`${service}:*`, ...own].flatMap((action) => anywhere(permissions, action, SECURITY_AUDITING));
    return offences.length > 0 ? offences.slice(0, 1) : perhapsOf(service, actions, permissions);
  });
}

/** An action as one of a service, if the action's own service, which may have wildcards, stands for it. */
function ofService(action: string, service: string): string | undefined {
  const colon = action.indexOf(':');
  return colon !== -1 && includes(pattern(action.slice(0, colon)), pattern(service))
    ? `${service}${action.slice(colon)}` : undefined;
}

/** Actions with a wildcard that hides the end of the service. They may be actions of this one. */
function perhapsOf(service: string, actions: readonly string[], permissions: Permissions): Offence[] {
  return actions.filter((action) => !action.includes(':') && intersects(pattern(action), pattern(`${service}:*`)))
    .flatMap((action) => anywhere(permissions, action, SECURITY_AUDITING))
    .map((offence) =>
      ({ ...offence, doubt: `whether ${offence.action} stands for actions of ${service} is not known` }));
}

function servicesOf(policy: Policy): string[] {
  return [...new Set(actionsOf(policy).flatMap((action) => /^([a-z0-9-]+):/.exec(action)?.[1] ?? []))];
}

/** Actions that stand for all actions of services whose names have a wildcard, such as `dynamo*`. */
function servicesWithWildcards(policy: Policy): string[] {
  return [...new Set(actionsOf(policy).filter((action) =>
    /^(?!\*+(:\*+)?$)([^:]*[*?][^:]*:\*+|[^:]*\*)$/.test(action)))];
}

function actionsOf({ statements }: Policy): string[] {
  return statements.flatMap(({ actions, notActions }) => actions ?? notActions ?? [])
    .flatMap((value) => {
      const [first] = partsOf(value) ?? [];
      return typeof first === 'string' ? [first.toLowerCase()] : [];
    });
}
