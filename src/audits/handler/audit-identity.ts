import { createHash } from 'node:crypto';
import { Baseline } from './known-findings';
import { OnDemandAuditProperties } from '../protocol';

/** The content of a physical resource id. */
export interface AuditIdentity extends StartedAudit {
  /** The audit before an update, to which a rollback returns. */
  readonly previous?: StartedAudit;
}

/** An audit that was started. */
export interface StartedAudit {
  /** The digest of the properties that it was started for. */
  readonly digest: string;
  readonly taskId: string;

  /** The audit that the gate accepted when it last passed; undefined before it first did, and without a gate. */
  readonly accepted?: AcceptedAudit;
}

/** An audit that the gate accepted. */
export interface AcceptedAudit {
  readonly taskId: string;

  /** The time at which the gate passed, in milliseconds since 1970. */
  readonly time: number;
}

/** Digests the properties that make another audit necessary: checks, thresholds, the trigger, and the gate. */
export function digestOf({ Checks, EnabledChecksOnly, Trigger, Gate }: OnDemandAuditProperties): string {
  const checks = Checks.map(({ Name, Threshold = '', Judged = '' }) => [Name, Threshold, Judged]).sort();
  const gate = Object.entries(Gate ?? {}).sort();
  const wanted = JSON.stringify([checks, EnabledChecksOnly ?? '', Trigger ?? '', gate]);
  return createHash('sha256').update(wanted).digest('hex').slice(0, 16);
}

/** Makes the physical resource id. */
export function formatIdentity({ previous, ...audit }: AuditIdentity): string {
  return [audit, ...previous ? [previous] : []].map(formatAudit).join('_');
}

/** Joins the digest, the task id, the time at which the gate passed, and the accepted audit unless it is this one. */
function formatAudit({ digest, taskId, accepted }: StartedAudit): string {
  const time = accepted ? [Math.ceil(accepted.time).toString(36)] : [];
  const acceptedTaskId = accepted && accepted.taskId !== taskId ? [accepted.taskId] : [];
  return [digest, taskId, ...time, ...acceptedTaskId].join('.');
}

const TASK_ID = '[a-zA-Z0-9-]{1,40}';
const AUDIT = `([0-9a-f]{16})\\.(${TASK_ID})(?:\\.([1-9a-z][0-9a-z]{0,8})(?:\\.(${TASK_ID}))?)?`;
const IDENTITY = new RegExp(`^${AUDIT}(?:_${AUDIT})?$`);

/**
 * Reads a physical resource id.
 *
 * @returns undefined for an id that this handler did not make: CloudFormation makes its own for a cancelled creation
 */
export function parseIdentity(physicalResourceId: string | undefined): AuditIdentity | undefined {
  const match = IDENTITY.exec(physicalResourceId ?? '');
  if (!match) {
    return undefined;
  }
  return { ...auditOf(match.slice(1, 5)), previous: match[5] ? auditOf(match.slice(5)) : undefined };
}

function auditOf([digest, taskId, time, acceptedTaskId = taskId]: string[]): StartedAudit {
  return { digest, taskId, accepted: time ? { taskId: acceptedTaskId, time: parseInt(time, 36) } : undefined };
}

/**
 * Determines the baseline that a gate compares an audit with.
 *
 * @param deployed the identity that CloudFormation has known so far
 * @param began the start of the deployment, in milliseconds since 1970
 */
export function baselineOf(deployed: AuditIdentity | undefined, began: number): Baseline {
  return { acceptedTaskId: deployed?.accepted?.taskId, until: deployed?.accepted?.time ?? began };
}
