import type { Clock } from './clock';
import type { Fleet } from './fleet';

/** The account of a stand-in, for each of its parts. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly timing: Timing;
}

/** Durations in milliseconds. A test may change them at any time, for everything that starts later. */
export interface Timing {
  /** One check of an audit. */
  auditDuration: number;
  /** Single checks, where they differ; Infinity for one that never ends. */
  checkDurations: Readonly<Record<string, number>>;
  /** Waits of single checks for data collection; other checks do not wait. */
  dataCollectionDurations: Readonly<Record<string, number>>;
  /** One step of a mitigation task. */
  mitigationDuration: number;
  /** Findings a mitigation task deals with in one step. */
  mitigationStep: number;
}

export const RETENTION = 90 * 86_400_000;

export function arnOf({ accountId, region }: Account, resource: string): string {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:iot:${region}:${accountId}:${resource}`;
}
