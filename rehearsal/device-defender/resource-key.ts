import type { ResourceIdentifier } from '@aws-sdk/client-iot';
import type { CheckFacts } from './checks/check-catalog';
import { invalidRequest } from './service-error';

/** The same text for the same resource, whatever the order of the members. */
export function resourceKey(identifier: ResourceIdentifier): string {
  return JSON.stringify(sorted(identifier));
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, typeof member === 'object' && member !== null ? sorted(member as object) : member]);
}

/** A suppression names a resource the way the findings of its check do: inferred from the documented table. */
export function requireIdentifierOf({ identifierKey }: CheckFacts, checkName: string, identifier: ResourceIdentifier): void {
  const given = Object.entries(identifier).filter(([, member]) => member !== undefined).map(([name]) => name);
  if (given.length !== 1 || given[0] !== identifierKey) {
    throw invalidRequest(`The resourceIdentifier for ${checkName} must have the member ${identifierKey} only.`);
  }
}
