import { ROLE } from './attached-policies';
import { ownPolicyOf, rolesMeant } from './role-policies';
import { mayTrust, Trust, trustIn, TrustedService } from './role-trust';
import { Judgement } from '../policies/judgement';
import { Policy } from '../policies/policy-document';
import { CheckContext } from '../template-check';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { Value } from '../templates/value';

/** A role's ARN, and the template that names it. */
export interface RoleReference {
  readonly arn: Value;
  readonly template: Template;
}

/**
 * The roles that may trust a service, and that no resource of the templates hands to it: something else does, such as a
 * custom resource, an installer or a person. A role that is handed over in any outcome of the conditions is left out.
 *
 * @param assigning the type of the resources that hand roles to the service
 * @param rolesOf the roles that such a resource hands over, in one outcome
 */
export function unassignedRoles(
  service: TrustedService, { fleet, outcomes }: CheckContext, assigning: string,
  rolesOf: (resource: Resource, resolver: Resolver) => readonly RoleReference[],
): Resource[] {
  const candidates = fleet.resourcesOfType(ROLE).filter((role) => mayTrust(role, service));
  if (candidates.length === 0) return [];
  const assigned = new Set(fleet.resourcesOfType(assigning).flatMap((resource) => [
    ...rolesMentioned(resource),
    ...outcomes.each((resolver) => resolver.exists(resource)
      ? rolesOf(resource, resolver).flatMap(({ arn, template }) => rolesMeant(resolver, arn, template))
      : []).flat(),
  ]));
  return candidates.filter((role) => !assigned.has(role));
}

/** The roles that a resource mentions, whatever the conditions, which may be too many to look at each outcome. */
function rolesMentioned({ template, properties }: Resource): Resource[] {
  const text = JSON.stringify(properties);
  return template.resources.filter(({ type, logicalId }) => type === ROLE && text.includes(`"${logicalId}"`));
}

/** Tells what the trust of a role says about what a check looks at. */
export interface Purpose {
  readonly isMeant: (trust: Trust) => boolean;

  /** The reason why the trust may be meant for something else; `undefined` if there is none. */
  readonly doubtOf: (trust: Trust) => string | undefined;
}

const ANY_PURPOSE: Purpose = { isMeant: () => true, doubtOf: ({ doubt }) => doubt };

/** Judges the policies of such a role, in one outcome; `undefined` if its trust is not meant for the check. */
export function judgeUnassigned(
  service: TrustedService, role: Resource, resolver: Resolver, judgePolicy: (policy: Policy) => Judgement,
  { isMeant, doubtOf }: Purpose = ANY_PURPOSE,
): Judgement | undefined {
  const trust = trustIn(service, role, resolver);
  if (!trust || !isMeant(trust)) return undefined;
  const { offences, doubts } = judgePolicy(ownPolicyOf(resolver, role));
  const doubt = doubtOf(trust);
  if (doubt === undefined || offences.length + doubts.length === 0) return { offences, doubts };
  return { offences: [], doubts: [doubt, ...doubts] };
}
