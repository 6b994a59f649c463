import { anywhere } from './administrative-access';
import { Offence } from './judgement';
import { arbitraryTextOf, pattern, patternOf, STAR } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { Permissions } from './permissions';
import { Policy } from './policy-document';
import { arnPattern } from './resource-pattern';
import { partsOf } from '../templates/value';

export const BROAD_ACCESS_TO_SERVICES = 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';
export const SECURITY_AUDITING = 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES';

/** The services that the page names, and the prefix that the second Amazon Inspector got. */
const SECURITY_AUDITING_SERVICES = ['iam', 'cloudtrail', 'guardduty', 'inspector', 'inspector2', 'trustedadvisor'];

const CONTEXT = { isAttached: true };
const ANYTHING = arbitraryTextOf(patternOf([STAR]));

/**
 * Services all of whose actions are allowed (`dynamodb:*`). A service that the policy allows is taken to be used by
 * devices, unless the services that they use are known.
 */
export function broadServiceAccess(policy: Policy, permissions: Permissions, usedServices: readonly string[] | undefined): Offence[] {
  const services = usedServices?.map((service) => service.toLowerCase().replace(/:.*/, '')) ?? servicesOf(policy);
  return [
    ...usedServices?.length === 0 ? [] : allOf(permissions, '*'),
    ...services.flatMap((service) => allOf(permissions, service)),
    ...usedServices ? [] : servicesWithWildcards(policy).flatMap((action) => anywhere(permissions, action, BROAD_ACCESS_TO_SERVICES))
      .map((offence) => ({ ...offence, doubt: `which services ${offence.action} stands for is not known` })),
  ];
}

function allOf(permissions: Permissions, service: string): Offence[] {
  const action = service === '*' ? '*' : `${service}:*`;
  const asked = service === '*' ? '*:*' : action;
  for (const resource of [ANYTHING, arbitraryTextOf(arnPattern(service, [STAR]))]) {
    const grant = permissions.grantOf({ action: asked, resource, context: CONTEXT });
    if (grant) return [{ reasonCode: BROAD_ACCESS_TO_SERVICES, action, resource: grant.resource, statement: grant.statement }];
  }
  return anywhere(permissions, asked, BROAD_ACCESS_TO_SERVICES).map((offence) => ({
    ...offence, action, doubt: `AWS does not say whether ${action} on ${offence.resource} is administrative`,
  }));
}

/** Services that watch over the account, of which any action is allowed. */
export function securityAuditingAccess(policy: Policy, permissions: Permissions): Offence[] {
  const actions = actionsOf(policy);
  return SECURITY_AUDITING_SERVICES.flatMap((service) => {
    if (!permissions.allowsAnyOf(service)) return [];
    const own = actions.flatMap((action) => ofService(action, service) ?? []);
    const offences = [`${service}:*`, ...own].flatMap((action) => anywhere(permissions, action, SECURITY_AUDITING));
    return offences.length > 0 ? offences.slice(0, 1) : vaguely(permissions, actions, service);
  });
}

/** An action as far as it is one of a service, whose name may be written with wildcards. */
function ofService(action: string, service: string): string | undefined {
  const colon = action.indexOf(':');
  return colon !== -1 && includes(pattern(action.slice(0, colon)), pattern(service)) ? `${service}${action.slice(colon)}` : undefined;
}

/** What may stand for actions of a service, since it does not say where the service ends. */
function vaguely(permissions: Permissions, actions: readonly string[], service: string): Offence[] {
  return actions.filter((action) => !action.includes(':') && intersects(pattern(action), pattern(`${service}:*`)))
    .flatMap((action) => anywhere(permissions, action, SECURITY_AUDITING))
    .map((offence) => ({ ...offence, doubt: `whether ${offence.action} stands for actions of ${service} is not known` }));
}

function servicesOf(policy: Policy): string[] {
  return [...new Set(actionsOf(policy).flatMap((action) => /^([a-z0-9-]+):/.exec(action)?.[1] ?? []))];
}

/** What stands for all actions of some services, which it does not name, such as `dynamo*`. */
function servicesWithWildcards(policy: Policy): string[] {
  return [...new Set(actionsOf(policy).filter((action) => /^(?!\*+(:\*+)?$)([^:]*[*?][^:]*:\*+|[^:]*\*)$/.test(action)))];
}

function actionsOf({ statements }: Policy): string[] {
  return statements.flatMap(({ actions, notActions }) => actions ?? notActions ?? [])
    .flatMap((value) => {
      const [first] = partsOf(value) ?? [];
      return typeof first === 'string' ? [first.toLowerCase()] : [];
    });
}
