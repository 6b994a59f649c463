import { createHash } from 'node:crypto';
import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { resourceName } from '../../function/runtime/resource-name';

/** The identity of a suppression: there is one for a check and a resource. */
export interface Subject {
  readonly check: string;
  readonly resource: ResourceIdentifier;
}

/** The content of a suppression. */
export interface Content {
  readonly description?: string;

  /** The end in milliseconds since 1970; absent if it has none. */
  readonly until?: number;
}

/** A text that is the same for the same check and resource. */
export function keyOf({ check, resource }: Subject): string {
  return `${check} ${canonical(resource)}`;
}

/** A short form of a key, for a memory that has to hold many. */
export function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** A name for people. */
export function nameOf({ check, resource }: Subject): string {
  return `${check} of ${resourceName(resource)}`;
}

/** True for the same content, or none on both sides. The API counts in seconds, and no description is an empty one. */
export function isSame(one: Content | undefined, other: Content | undefined): boolean {
  return one === undefined || other === undefined ? one === other
    : (one.description ?? '') === (other.description ?? '') && secondsOf(one) === secondsOf(other);
}

/** True if its time is over: AWS refuses it, and may have removed it. */
export function isOver({ until = Infinity }: Content, now: number): boolean {
  return until <= now;
}

/** True for the suppression of any version of a policy. */
export function isOfPolicy({ check, resource }: Subject, ofCheck: string, policyName: string): boolean {
  return check === ofCheck && resource.policyVersionIdentifier?.policyName === policyName;
}

function secondsOf({ until }: Content): number | undefined {
  return until === undefined ? undefined : Math.floor(until / 1000);
}

/** JSON with sorted members. */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined && member !== null)
    .sort(([one], [other]) => one < other ? -1 : 1).map(([name, member]) => [name, sorted(member)]));
}
