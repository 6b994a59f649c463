import { pattern } from '../policies/pattern';
import { includes } from '../policies/pattern-inclusion';
import { JSON_TEXT } from '../templates/json-text';
import { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';
import { entryOf, isObject, listOf, partsOf, reasonsIn, Value, ValueObject } from '../templates/value';

/** A service of AWS that hands out the credentials of roles to devices or people. */
export interface TrustedService {
  /** The kind of principal, and the beginning of its name. The end differs between partitions. */
  readonly principal: 'Service' | 'Federated';
  readonly start: string;

  /** What comes before the first dot of its name. */
  readonly label: string;

  /** The action that the trust policy of a role has to allow, in lower case. */
  readonly action: string;
}

/** The credentials provider of AWS IoT, which assumes roles behind role aliases. */
export const CREDENTIALS_PROVIDER: TrustedService = {
  principal: 'Service', label: 'credentials', start: 'credentials.iot.', action: 'sts:assumerole',
};

/** The identity pools of Amazon Cognito. */
export const IDENTITY_POOLS: TrustedService = {
  principal: 'Federated',
  label: 'cognito-identity',
  start: 'cognito-identity',
  action: 'sts:assumerolewithwebidentity',
};

/** The statements by which a role trusts a service. */
export interface Trust {
  readonly statements: readonly ValueObject[];

  /** The reason why the role may trust someone else instead. */
  readonly doubt?: string;
}

/** True if the trust policy of a role may name a service: a cheap check, so that most roles need not be read. */
export function mayTrust({ properties }: Resource, { label }: TrustedService): boolean {
  const trust = JSON.stringify(properties.AssumeRolePolicyDocument ?? '');
  return trust.includes(label) || /"(Ref|Fn::\w+)"/.test(trust);
}

/** How a role trusts a service, in one outcome of the open conditions; `undefined` if it does not. */
export function trustIn(service: TrustedService, role: Resource, resolver: Resolver): Trust | undefined {
  const document = JSON_TEXT.read(resolver.resolve(role.template, role.properties.AssumeRolePolicyDocument));
  const statements = listOf(entryOf(document, 'Statement')).filter(isObject)
    .filter((statement) => isAbout(service, statement));
  if (statements.some((statement) => deniesAlways(statement, service))) return undefined;
  const allowing = statements.filter(({ Effect }) => Effect !== 'Deny');
  const trusting = allowing.filter(({ Principal }) =>
    listOf(entryOf(Principal, service.principal)).some((name) => isNamed(service, name)));
  if (trusting.length > 0) return { statements: trusting };

  const open = allowing.filter(({ Principal }) =>
    listOf(entryOf(Principal, service.principal)).some((name) => mayBeNamed(service, name, role, resolver)));
  const [reason] = reasonsIn(open.map(({ Principal }) => Principal));
  return reason === undefined ? undefined : { statements: open, doubt: `whom the role trusts (${reason})` };
}

/** True if a statement is about the action by which a service assumes roles. What is open is, in an Allow. */
function isAbout({ action }: TrustedService, { Effect, Action, NotAction }: ValueObject): boolean {
  const isAmong = (actions: Value, unlessKnown: boolean) => listOf(actions).some((each) =>
    typeof each === 'string' ? includes(pattern(each.toLowerCase()), pattern(action)) : unlessKnown);
  return NotAction === undefined ? isAmong(Action, Effect !== 'Deny') : !isAmong(NotAction, Effect === 'Deny');
}

/** True if a statement keeps a service from ever assuming the role. */
function deniesAlways({ Effect, Principal, NotPrincipal, Condition }: ValueObject, service: TrustedService): boolean {
  if (Effect !== 'Deny' || Condition !== undefined) return false;
  const names = (principals: Value) => isObject(principals) ? Object.values(principals).flatMap(listOf) : [principals];
  const isAmong = (principals: Value) => names(principals).some((name) => name === '*' || isNamed(service, name));
  return NotPrincipal === undefined ? isAmong(Principal)
    : reasonsIn(NotPrincipal).size === 0 && !isAmong(NotPrincipal);
}

function isNamed({ start }: TrustedService, name: Value): boolean {
  const [first] = partsOf(name) ?? [];
  return typeof first === 'string' && first.startsWith(start);
}

/**
 * True if a name that is open may be that of the service: one that begins like it, or, since any role may take the name
 * of a service from a parameter, one in a template that mentions the service among its parameters or mappings.
 */
function mayBeNamed(
  { start, label }: TrustedService, name: Value, { template }: Resource, resolver: Resolver,
): boolean {
  if (reasonsIn(name).size === 0) return false;
  const [first] = partsOf(name) ?? [];
  if (typeof first === 'string') return first.startsWith(label) && start.startsWith(first);
  return resolver.remember(`${template.templateId} mentions ${start}`, () =>
    JSON.stringify([template.section('Parameters'), template.section('Mappings')]).includes(start));
}
