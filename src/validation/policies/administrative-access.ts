import {
  NON_THING_ACTIONS, THING_MANAGING_ACTIONS, THING_READING_ACTIONS, UNDOCUMENTED_DEVICE_ACTIONS,
} from './iot-actions';
import { Offence } from './judgement';
import { arbitraryTextOf, Pattern, patternOf, STAR } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { CompiledStatement, Element, Permissions } from './permissions';
import { Statement } from './policy-document';
import { arnPattern, tokens } from './resource-pattern';

export const THING_ADMIN_WRITE = 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS';
export const THING_ADMIN_READ = 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS';
export const NON_THING_ADMIN = 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS';

const CONTEXT = { isAttached: true };
const ANY_THING = arbitraryTextOf(arnPattern('iot', tokens('thing/*')));
const ANYTHING_OF_IOT = arnPattern('iot', [STAR]);
const ANYTHING = patternOf([STAR]);
const EVERY_RESOURCE = arbitraryTextOf(ANYTHING);

/** Finds actions that manage things and are allowed on any resource at all. */
export function thingManaging(permissions: Permissions, reasonCode: string = THING_ADMIN_WRITE): Offence[] {
  return ofIot(permissions, THING_MANAGING_ACTIONS, reasonCode);
}

/** Finds actions that read administrative data of things and are allowed on any resource at all. */
export function thingReading(permissions: Permissions, reasonCode: string): Offence[] {
  return ofIot(permissions, THING_READING_ACTIONS, reasonCode);
}

/** Finds the same actions if they are allowed for things that the policy does not name. */
export function broadThingReading(permissions: Permissions): Offence[] {
  return THING_READING_ACTIONS.flatMap((name) => {
    const action = `iot:${name}`;
    const grant = permissions.grantOf({ action, resource: ANY_THING, context: CONTEXT });
    if (!grant) return [];
    return [{ reasonCode: THING_ADMIN_READ, action, resource: grant.resource, statement: grant.statement }];
  });
}

/** Finds all other actions of AWS IoT that are allowed on any resource at all. */
export function nonThingAccess(permissions: Permissions, reasonCode: string = NON_THING_ADMIN): Offence[] {
  return [
    ...ofIot(permissions, NON_THING_ACTIONS, reasonCode),
    ...ofIot(permissions, UNDOCUMENTED_DEVICE_ACTIONS, reasonCode)
      .map((offence) => ({
        ...offence,
        doubt: `AWS's page does not say whether ${offence.action} is an action that manages AWS IoT`,
      })),
  ];
}

function ofIot(permissions: Permissions, actions: readonly string[], reasonCode: string): Offence[] {
  if (!permissions.allowsAnyOf('iot')) return [];
  return actions.flatMap((action) => anywhere(permissions, `iot:${action}`, reasonCode));
}

/**
 * Finds a grant of an action on any of the resources that statements allow it on. The request is for an arbitrary one
 * of those resources, so that exceptions count.
 *
 * @param action with its service
 */
export function anywhere(permissions: Permissions, action: string, reasonCode: string): Offence[] {
  const allowing = permissions.allowing(action, CONTEXT);
  if (allowing.length === 0) return [];
  const denying = permissions.denying(action, CONTEXT);
  const isOfIot = action.startsWith('iot:');
  const key = [isOfIot, ...allowing.map(numberOf), 'but', ...denying.map(numberOf)].join();
  let known = found.get(permissions);
  if (!known) found.set(permissions, known = new Map());
  let allowed = known.get(key);
  if (allowed === undefined) {
    known.set(key, allowed = firstAllowed(allowing, denying, isOfIot ? ANYTHING_OF_IOT : ANYTHING) ?? null);
  }
  const grant = allowed && permissions.grantOf({ action, resource: allowed.resource, context: CONTEXT });
  return allowed && grant ? [{ reasonCode, action, resource: grant.resource, statement: allowed.statement }] : [];
}

/** A statement, and a resource that it allows and nothing denies. */
interface Allowed {
  readonly statement: Statement;
  readonly resource: Pattern;
}

/** Results by the statements that allow and deny: most actions share them with others. */
const found = new WeakMap<Permissions, Map<string, Allowed | null>>();

const numbers = new WeakMap<CompiledStatement, number>();
let count = 0;

function numberOf(statement: CompiledStatement): number {
  let number = numbers.get(statement);
  if (number === undefined) numbers.set(statement, number = ++count);
  return number;
}

function firstAllowed(
  allowing: readonly CompiledStatement[], denying: readonly CompiledStatement[], allResources: Pattern,
): Allowed | undefined {
  if (denying.some(({ resources }) => !resources.not && covers(resources, EVERY_RESOURCE))) return undefined;
  // The exceptions of a Deny may be all that is left of everything.
  const exceptions = denying.flatMap(({ resources }) => resources.not ? resources.patterns : []);
  for (const { resources, statement } of allowing) {
    for (const candidate of [...resources.not ? [allResources] : resources.patterns, ...exceptions]) {
      const resource = anyOf(candidate, allResources);
      if (resource && !denying.some((denial) => covers(denial.resources, resource)) && covers(resources, resource)) {
        return { statement, resource };
      }
    }
  }
  return undefined;
}

function covers({ not, patterns }: Element, resource: Pattern): boolean {
  return patterns.some((pattern) => includes(pattern, resource)) !== not;
}

const requested = new WeakMap<Pattern, Pattern | null>();

/** An arbitrary one of the resources that match a pattern, if there are any. */
function anyOf(candidate: Pattern, allResources: Pattern): Pattern | null {
  if (allResources !== ANYTHING_OF_IOT) return arbitraryTextOf(candidate);
  let request = requested.get(candidate);
  if (request === undefined) {
    request = !intersects(candidate, allResources) ? null
      : arbitraryTextOf(includes(candidate, allResources) ? allResources : candidate);
    requested.set(candidate, request);
  }
  return request;
}
