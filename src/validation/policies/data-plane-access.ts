import { RequestContext } from './condition-block';
import { ATTACHED, meaningForConnect, STRANGER } from './connecting-clients';
import { CONTROL_PLANE_ACTIONS } from './control-plane-actions';
import {
  ANY_CLIENT, CLIENTS, DeviceResources, OF_SOME_KIND, THINGS, THINGS_NAMED_AS_CLIENT, THINGS_WITH_SHADOWS,
} from './device-resources';
import { DISCUSSED_ACTIONS, JOB_ACTIONS, SHADOW_ACTIONS, UNDOCUMENTED_DEVICE_ACTIONS } from './iot-actions';
import { Offence } from './judgement';
import { isAtom, ONE } from './pattern';
import { Permissions, Question } from './permissions';
import {
  FILTERS_OF_ALL_OTHERS, FILTERS_OF_THINGS, NOT_OF_DEVICES, OTHER_FILTERS_OF_DEVICES, OTHER_TOPICS_OF_DEVICES,
  OtherTopics, spellsOutReserved, TOPICS_OF_THINGS,
} from './reserved-topics';
import { Place } from './texts';
import { joined, mapped } from '../lists';

export const BROAD_DATA_PLANE_ACCESS = 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';

/**
 * Finds actions of the data plane that a policy allows for an arbitrary device: one whose name the policy does not
 * spell out and cannot know.
 *
 * The examples on AWS's pages have this in common: `*` in the place of a client's or a thing's name is broad, and so is
 * `${iot:ClientId}` in the place of the client's name, since a client chooses its id. A policy variable, a named thing
 * and a prefix (`thing/MyThing*`) are not broad. The pages do not mention other wildcards in that place, or reserved
 * topics other than those of shadows and jobs. `Receive` is never broad.
 */
export function broadDataPlaneAccess(permissions: Permissions): Offence[] {
  return [
    ...connecting(permissions),
    ...publishing(permissions),
    ...subscribing(permissions),
    ...joined(permissions.allowed(ON_SHADOWS), (action) => accessToThings(permissions, action, THINGS_WITH_SHADOWS)),
    ...joined(permissions.allowed(ON_JOBS), (action) => accessToThings(permissions, action, THINGS)),
    // The pages use a former prefix for the actions on jobs.
    ...mapped(joined(permissions.allowed(FORMERLY_ON_JOBS), (action) => accessToThings(permissions, action, THINGS)),
      (offence) => ({ ...offence, doubt: offence.doubt ?? unclear(offence) })),
  ];
}

const ON_SHADOWS = SHADOW_ACTIONS.map((name) => `iot:${name}`);
const ON_JOBS = JOB_ACTIONS.map((name) => `iot:${name}`);
const FORMERLY_ON_JOBS = JOB_ACTIONS.map((name) => `iotjobsdata:${name}`);

/**
 * Finds actions that AWS's pages do not mention, because they are younger or not known at all, on resources whose names
 * the policy does not spell out.
 */
export function undocumentedAccess(permissions: Permissions): Offence[] {
  return joined([...permissions.allowed(UNDOCUMENTED), ...unknownActions(permissions)], (action) => {
    if (permissions.allowing(action).length === 0) return [];
    for (const context of contextsOf(permissions)) {
      const offence = offenceIn(permissions, { action, resources: OF_SOME_KIND, context });
      if (offence) return [doubted(offence, unclear(offence))];
    }
    return [];
  });
}

const UNDOCUMENTED = UNDOCUMENTED_DEVICE_ACTIONS.map((name) => `iot:${name}`);

/** The actions of AWS IoT that a policy spells out and that nobody knows. */
function unknownActions(permissions: Permissions): string[] {
  return joined(permissions.allowingAnyOf('iot'), ({ actions }) => actions.namesOfIot)
    .filter((action) => !KNOWN_ACTIONS.has(action.slice('iot:'.length).toLowerCase()));
}

const KNOWN_ACTIONS = new Set([...DISCUSSED_ACTIONS, ...UNDOCUMENTED_DEVICE_ACTIONS, ...CONTROL_PLANE_ACTIONS]
  .map((name) => name.toLowerCase()));

/** The contexts in which a policy may allow different requests. */
function contextsOf({ hasConditions }: Permissions): readonly RequestContext[] {
  return hasConditions ? [ATTACHED, STRANGER] : [ATTACHED];
}

function connecting(permissions: Permissions): Offence[] {
  const action = 'iot:Connect';
  if (permissions.allowing(action).length === 0) return [];
  const ask = (resources: Place, context: RequestContext) =>
    offenceIn(permissions, { action, resources, context, meaning: meaningForConnect(context) });
  const ofStrangers = ask(CLIENTS.ofAnyone, STRANGER);
  if (ofStrangers) return [ofStrangers];
  const ofAttached = permissions.hasConditions ? ask(CLIENTS.ofAnyone, ATTACHED) : undefined;
  if (ofAttached) {
    return [doubted(ofAttached, 'AWS calls a wildcard for the client non-compliant and does not say whether '
      + 'iot:Connection.Thing.IsAttached makes up for it')];
  }
  const { ofSomeone } = CLIENTS;
  const ofSome = ask(ofSomeone, STRANGER) ?? ask(ofSomeone, ATTACHED);
  return ofSome ? [doubted(ofSome, unclear(ofSome))] : onMostLetters(permissions, action, CLIENTS);
}

function publishing(permissions: Permissions): Offence[] {
  return access(permissions, 'iot:Publish', TOPICS_OF_THINGS, OTHER_TOPICS, OTHER_TOPICS_OF_DEVICES.ofClients);
}

function subscribing(permissions: Permissions): Offence[] {
  return access(permissions, 'iot:Subscribe', FILTERS_OF_THINGS, OTHER_FILTERS, OTHER_FILTERS_OF_DEVICES.ofClients);
}

/** Resources to ask for, whatever the action and the context. */
type ResourceQuestion = Omit<Question, 'action' | 'context'>;

const OTHER_TOPICS: readonly ResourceQuestion[] = questionsAbout(OTHER_TOPICS_OF_DEVICES);
const OTHER_FILTERS: readonly ResourceQuestion[] = [
  { resources: FILTERS_OF_ALL_OTHERS }, ...questionsAbout(OTHER_FILTERS_OF_DEVICES),
];

function questionsAbout({ ofAnyone, ofSomeone }: OtherTopics): ResourceQuestion[] {
  return [
    { resources: ofAnyone, except: NOT_OF_DEVICES },
    { resources: ofSomeone, except: NOT_OF_DEVICES, only: spellsOutReserved },
  ];
}

/** Finds access to things by their names. */
export function accessToThings(permissions: Permissions, action: string, things: DeviceResources): Offence[] {
  return access(permissions, action, things, [], THINGS_NAMED_AS_CLIENT);
}

/**
 * @param undocumented resources that AWS's pages do not mention, beside those of devices with undocumented names
 * @param ofClients resources of devices that are named as the client
 */
function access(
  permissions: Permissions, action: string, devices: DeviceResources,
  undocumented: readonly ResourceQuestion[], ofClients: Place,
): Offence[] {
  if (permissions.allowing(action).length === 0) return [];
  const ask = (question: ResourceQuestion) => {
    if (!permissions.mayAllow(action, question.resources)) return undefined;
    for (const context of contextsOf(permissions)) {
      const offence = offenceIn(permissions, { ...question, action, context });
      if (offence) return offence;
    }
    return undefined;
  };
  const ofAnyone = ask({ resources: devices.ofAnyone });
  if (ofAnyone) return [ofAnyone];
  for (const question of [{ resources: devices.ofSomeone }, ...undocumented]) {
    const ofSome = ask(question);
    if (ofSome) return [doubted(ofSome, unclear(ofSome))];
  }
  // An attached client is named as its thing.
  const ofOwn = offenceIn(permissions, { action, resources: ofClients, except: NOT_OF_DEVICES, context: STRANGER });
  if (ofOwn && !isConnectAllowed(permissions)) {
    return [doubted(ofOwn, `${action} on ${ofOwn.resource} reaches as far as the client ids that may connect, of which `
      + 'the policy says nothing')];
  }
  return onMostLetters(permissions, action, devices);
}

/** True if any client may connect. Clients that may connect as any other are reported as such. */
function isConnectAllowed(permissions: Permissions): boolean {
  return [ATTACHED, STRANGER].some((context) =>
    permissions.grantOfAny({ action: 'iot:Connect', resources: ANY_CLIENT, context, meaning: meaningForConnect(context) }));
}

/** Prefixes of one letter from which on they stand together for most names. */
const MOST_LETTERS = 10;

/** Finds prefixes of one letter, for so many letters that few names have another. */
function onMostLetters(permissions: Permissions, action: string, devices: DeviceResources): Offence[] {
  const allowing = permissions.allowing(action);
  if (allowing.reduce((count, { resources }) => count + resources.patterns.length, 0) < MOST_LETTERS) return [];
  const patterns = allowing.flatMap(({ resources }) => resources.patterns);
  const { length } = devices.start;
  const letters = new Set(patterns.flatMap(({ blocks: [block] }) => block.slice(length, length + 1))
    .filter((letter) => letter !== ONE && !isAtom(letter)));
  if (letters.size < MOST_LETTERS) return [];
  const offences = [...letters].flatMap((letter) =>
    offenceIn(permissions, { action, resources: devices.startingWith(letter), context: ATTACHED }) ?? []);
  return offences.length < MOST_LETTERS ? [] : [
    doubted(offences[0], `AWS calls a prefix compliant and does not say whether ${action} on names with most letters is`),
  ];
}

function offenceIn(permissions: Permissions, question: Question): Offence | undefined {
  const grant = permissions.grantOfAny(question);
  return grant && { reasonCode: BROAD_DATA_PLANE_ACCESS, action: question.action, ...grant };
}

function doubted(offence: Offence, doubt: string): Offence {
  return { ...offence, doubt: offence.doubt ?? doubt };
}

function unclear({ action, resource }: Offence): string {
  return `AWS does not say whether ${action} on ${resource} is broad`;
}
