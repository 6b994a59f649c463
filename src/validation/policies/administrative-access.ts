import { CompiledStatement } from './compiled-statement';
import { ATTACHED } from './connecting-clients';
import { CONTROL_PLANE_ACTIONS } from './control-plane-actions';
import { accessToThings } from './data-plane-access';
import { ANY_RESOURCE, THINGS } from './device-resources';
import {
  DISCUSSED_ACTIONS, JOB_ACTIONS, THING_MANAGING_ACTIONS, THING_READING_ACTIONS, UNDOCUMENTED_DEVICE_ACTIONS,
} from './iot-actions';
import { Offence } from './judgement';
import { arbitraryTextOf, isAtom, Pattern, pattern, STAR, Token, tokensIn, UNKNOWN } from './pattern';
import { includes } from './pattern-inclusion';
import { Grant, Permissions } from './permissions';
import { Statement } from './policy-document';
import { Element } from './policy-element';
import { restsBehind } from './resource-pattern';
import { some, texts } from './texts';
import { display } from '../templates/value';

export const THING_ADMIN_WRITE = 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS';
export const THING_ADMIN_READ = 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS';
export const NON_THING_ADMIN = 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS';

/** Finds actions that manage things and are allowed on any resource at all. */
export function thingManaging(permissions: Permissions, reasonCode: string = THING_ADMIN_WRITE): Offence[] {
  return THING_MANAGING_ACTIONS.flatMap((action) => anywhere(permissions, `iot:${action}`, reasonCode));
}

/** Finds actions that read administrative data of things and are allowed on any resource at all. */
export function thingReading(permissions: Permissions, reasonCode: string): Offence[] {
  return THING_READING_ACTIONS.flatMap((action) => anywhere(permissions, `iot:${action}`, reasonCode));
}

/** Finds the same actions if they are allowed for things that the policy does not name. */
export function broadThingReading(permissions: Permissions): Offence[] {
  return THING_READING_ACTIONS.flatMap((action) => accessToThings(permissions, `iot:${action}`, THINGS))
    .map((offence) => ({ ...offence, reasonCode: THING_ADMIN_READ }));
}

/** Finds all other actions of AWS IoT that are allowed on any resource at all. */
export function nonThingAccess(permissions: Permissions, reasonCode: string = NON_THING_ADMIN): Offence[] {
  return [
    ...undiscussed(permissions, IOT, reasonCode),
    ...UNDOCUMENTED_DEVICE_ACTIONS.flatMap((name) => anywhere(permissions, `iot:${name}`, reasonCode))
      .map((offence) => ({ ...offence, doubt: `AWS's page does not say whether ${offence.action} manages AWS IoT` })),
    ...undiscussed(permissions, JOBS, reasonCode)
      .map((offence) => ({ ...offence, doubt: 'AWS\'s page does not say whether actions of iotjobsdata manage AWS IoT' })),
  ];
}

/**
 * Finds a grant of an action on any of the resources that statements allow it on.
 *
 * @param action with its service; a `*` stands for an arbitrary text
 */
export function anywhere(permissions: Permissions, action: string, reasonCode: string): Offence[] {
  const grant = grantAnywhere(permissions, action);
  return grant ? [{ reasonCode, action, ...grant }] : [];
}

const ANYTHING = texts(some({ except: '', atoms: true }));

function grantAnywhere(permissions: Permissions, action: string, statement?: Statement): Grant | undefined {
  const isOfIot = /^iot(jobsdata)?:/.test(action);
  const question = { action, context: ATTACHED, statement, resources: isOfIot ? ANY_RESOURCE : ANYTHING };
  const grant = permissions.grantOfAny(question);
  return grant?.doubt === undefined && grant || !isOfIot ? grant
    : grantOnUnread(permissions, action, statement) ?? grant;
}

/**
 * A grant on a resource whose ARN is not known from its beginning on, such as a parameter. In a statement about AWS IoT
 * alone it is one of AWS IoT.
 */
function grantOnUnread(permissions: Permissions, action: string, sole?: Statement): Grant | undefined {
  const isDenied = permissions.denying(action, ATTACHED).length > 0;
  for (const { statement, resources } of permissions.allowing(action, ATTACHED)) {
    if ((sole && sole !== statement) || !isAboutIotAlone(statement)) continue;
    for (const resource of resources.not ? [] : resources.patterns) {
      const [first] = resource.blocks[0];
      // A Deny may be for what is not known.
      if (first === undefined || !isAtom(first) || (first === UNKNOWN && isDenied)) continue;
      const grant = permissions.grantOf({ action, resource: arbitraryTextOf(resource), context: ATTACHED });
      if (grant) return grant;
    }
  }
  return undefined;
}

function isAboutIotAlone({ actions }: Statement): boolean {
  return actions !== undefined
    && actions.every((action) => typeof action === 'string' && /^iot(jobsdata)?:/i.test(action));
}

/** The actions of a service, as far as they are known. */
interface Service {
  readonly name: string;

  /** Those that the pages discuss or that are judged otherwise. */
  readonly discussed: readonly Action[];
  readonly others: readonly Action[];
}

interface Action {
  readonly name: string;
  readonly pattern: Pattern;
}

function actionsOf(service: string, names: readonly string[]): Action[] {
  return names.map((name) => `${service}:${name}`).map((name) => ({ name, pattern: pattern(name.toLowerCase()) }));
}

const IOT: Service = {
  name: 'iot',
  discussed: actionsOf('iot', [...DISCUSSED_ACTIONS, ...UNDOCUMENTED_DEVICE_ACTIONS]),
  others: actionsOf('iot', CONTROL_PLANE_ACTIONS),
};
const JOBS: Service = {
  name: 'iotjobsdata',
  discussed: actionsOf('iotjobsdata', JOB_ACTIONS),
  others: actionsOf('iotjobsdata', ['StartCommandExecution']),
};

/**
 * Finds actions that a policy names, in full or by patterns, other than those that the pages discuss. A Deny names what
 * it excepts.
 */
function undiscussed(permissions: Permissions, service: Service, reasonCode: string): Offence[] {
  return permissions.allowingAnyOf(service.name).flatMap(({ statement, actions: { written } }) => {
    const offencesIn = (element: Element) => namedIn(element, service).flatMap(({ name, known, unknown }) => {
      const offence = { reasonCode, action: name };
      const grant = firstGrant(permissions, known, statement);
      if (grant) return [{ ...offence, ...grant }];
      const further = firstGrant(permissions, unknown, statement);
      if (!further) return [];
      const doubt = `all known actions that ${name} stands for are denied, but not those that AWS adds`;
      return [{ ...offence, ...further, ...known.length > 0 && { doubt } }];
    });
    const offences = offencesIn(written);
    return offences.length > 0 ? offences
      : permissions.exceptedActions().flatMap((excepted) => offencesIn({ ...excepted, not: false }));
  });
}

/** Actions beside those that the pages discuss, and how the policy names them. */
interface NamedActions extends Undiscussed {
  readonly name: string;
}

function namedIn({ not, patterns, values }: Element, service: Service): NamedActions[] {
  return not ? [{ name: `all but ${values.map(display).join(', ')}`, ...undiscussedBut(patterns, service) }]
    : patterns.map((each, index) => ({ name: display(values[index]), ...undiscussedIn(each, service) }));
}

interface Undiscussed {
  readonly known: readonly string[];

  /** Patterns of those that are not known. */
  readonly unknown: readonly string[];
}

/**
 * The actions that a pattern stands for. A pattern of which only discussed actions are known, such as
 * `iot:*ThingShadow`, is for those.
 */
function undiscussedIn(actions: Pattern, { name, discussed, others }: Service): Undiscussed {
  const standsFor = (action: Action) => includes(actions, action.pattern);
  const known = others.filter(standsFor).map((action) => action.name);
  if (known.length === 0 && discussed.some(standsFor)) return { known, unknown: [] };
  const unknown = restsBehind([...`${name}:`], tokensIn(actions)).filter((rest) => !rest.some(isUnread))
    .map((rest) => `${name}:${rest.map((token) => token === STAR ? '*' : token || '?').join('')}`);
  return { known, unknown };
}

function isUnread(token: Token): boolean {
  return token !== STAR && isAtom(token);
}

function undiscussedBut(exceptions: readonly Pattern[], { name, others }: Service): Undiscussed {
  const isLeft = (action: Pattern) => !exceptions.some((exception) => includes(exception, action));
  return {
    known: others.filter((action) => isLeft(action.pattern)).map((action) => action.name),
    unknown: isLeft(arbitraryTextOf(pattern(`${name}:*`))) ? [`${name}:*`] : [],
  };
}

/** A grant that a statement gives for any of some actions. */
function firstGrant(permissions: Permissions, actions: readonly string[], statement: Statement): Grant | undefined {
  const tried: (readonly CompiledStatement[])[] = [];
  for (const action of actions) {
    if (permissions.allowing(action, ATTACHED).length === 0) continue;
    const denying = permissions.denying(action, ATTACHED);
    // Actions with the same exceptions have the same grants.
    const isTried = (other: readonly CompiledStatement[]) =>
      other.length === denying.length && denying.every((each) => other.includes(each));
    if (tried.some(isTried)) continue;
    tried.push(denying);
    const grant = grantAnywhere(permissions, action, statement);
    if (grant) return grant;
  }
  return undefined;
}
