import { Offence } from './judgement';
import { Policy } from './policy-document';
import { mapped } from '../lists';
import { partsOf, Value } from '../templates/value';

/** Topics that a claim certificate uses to get a certificate for a device. */
const PROVISIONING_TOPICS = /\$aws\/(certificates\/create|provisioning-templates\/)/;

const THING_NAME = '${iot:Connection.Thing.ThingName}';

/** Actions for requests over HTTP, where there is no connection that could tell the thing. */
const OVER_HTTP = /^(iot:(Get|Update|Delete)ThingShadow|iot(jobsdata)?:\w*JobExecutions?)$/;

/**
 * The way out for an AWS IoT policy.
 *
 * Variables about the thing resolve over MQTT only, and for a certificate that is attached to a thing. A claim
 * certificate never is, so these variables would stop its devices from being provisioned.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/thing-policy-variables.html
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html#claim-based
 */
export function adviceForDevices(policy: Policy, { action, resource }: Offence): string {
  if (isForClaims(policy)) {
    return action === 'iot:Connect'
      ? 'limit the client ids to a prefix that only devices without a certificate of their own use, such as '
        + 'client/claim-*, or acknowledge the finding with that reason: a claim certificate belongs to no thing, so '
        + 'policy variables about things would stop provisioning'
      : 'allow a claim certificate no more than the topics of $aws/certificates/create and of its provisioning template';
  }
  if (action === 'iot:Connect') {
    const attached = 'let clients connect only where iot:Connection.Thing.IsAttached is true';
    return /\$\{iot:clientid\}/i.test(resource) ? attached
      : `put ${THING_NAME} in the place of the wildcard, and ${attached}; for devices that are no things, take a `
        + 'variable of their certificate, such as ${iot:Certificate.Subject.CommonName}';
  }
  if (OVER_HTTP.test(action)) {
    return 'name the things, or take a variable of the certificate that bears the thing\'s name, such as '
      + '${iot:Certificate.Subject.CommonName}: over HTTP, policy variables about things do not resolve';
  }
  return `put ${THING_NAME} in the place of the wildcard`;
}

/** True if a policy allows what devices need to be provisioned by claim. */
export function isForClaims({ statements }: Policy): boolean {
  return statements.some(({ effect, resources = [] }) => effect === 'Allow' && resources.some(isOfProvisioning));
}

function isOfProvisioning(resource: Value): boolean {
  return partsOf(resource)?.some((part) =>
    typeof part === 'string' && part.includes('$aws/') && PROVISIONING_TOPICS.test(part)) ?? false;
}

/** The ways out for roles, by AWS's code for the reason. */
type AdviceByReason = Readonly<Record<string, string>>;

const MANAGE_ELSEWHERE = 'leave out the actions that manage AWS IoT, and let a backend with a role of its own carry '
  + 'them out';
const FOR_ITS_THING = 'put ${credentials-iot:ThingName} in the place of the wildcard; it resolves for a certificate that '
  + 'is attached to the thing';

const FOR_IDENTITIES: AdviceByReason = {
  ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS: 'put ${cognito-identity.amazonaws.com:sub} in the place of the '
    + 'wildcard: policies of IAM have no variables about things',
  ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS: 'name the things that an identity may read, or a prefix of '
    + 'their names',
};

const FOR_ROLE_ALIASES: AdviceByReason = {
  ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS: FOR_ITS_THING,
  ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS: FOR_ITS_THING,
  ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES: 'leave out the actions of services that watch over the account, which '
    + 'no device needs',
  ALLOWS_BROAD_ACCESS_TO_USED_SERVICES: 'allow the actions that devices perform one by one, on resources narrowed with '
    + '${credentials-iot:ThingName}',
};

/** The way out for the role of an identity pool. Policies of IAM have no variables about things. */
export function adviceForIdentities({ reasonCode }: Offence): string {
  return FOR_IDENTITIES[reasonCode] ?? MANAGE_ELSEWHERE;
}

/** The way out for the role behind a role alias, for which AWS IoT sets variables about the thing. */
export function adviceForRoleAlias({ reasonCode }: Offence): string {
  return FOR_ROLE_ALIASES[reasonCode] ?? MANAGE_ELSEWHERE;
}

/** Adds the way out to each offence. */
export function withAdvice(offences: readonly Offence[], advice: (offence: Offence) => string): Offence[] {
  return mapped(offences, (offence) => ({ ...offence, fix: advice(offence) }));
}
