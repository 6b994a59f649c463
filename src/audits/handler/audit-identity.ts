import { createHash } from 'node:crypto';
import { Baseline } from './known-findings';
import { OnDemandAuditProperties } from '../protocol';

/** An audit that was started, and what it was started for. */
export interface StartedAudit {
  /** Of what was wanted. */
  readonly digest: string;
  readonly taskId: string;

  /** Which audit the gate accepted when it last passed; undefined for a gate that never did, and without a gate. */
  readonly accepted?: AcceptedAudit;
}

/** An audit with which a gate passed. */
export interface AcceptedAudit {
  readonly taskId: string;

  /** When the gate passed, in milliseconds since 1970. */
  readonly time: number;
}

/** What a physical resource id says. */
export interface AuditIdentity extends StartedAudit {
  /** The audit before an update, to which a rollback returns. */
  readonly previous?: StartedAudit;
}

/**
 * A digest of what makes another audit necessary: the checks, their thresholds, the trigger, and what a gate judges.
 */
export function digestOf({ Checks, EnabledChecksOnly, Trigger, Gate }: OnDemandAuditProperties): string {
  const checks = Checks.map(({ Name, Threshold, Judged }) => [Name, Threshold, Judged].map((value) => value ?? '')).sort();
  const gate = Object.entries(Gate ?? {}).sort();
  const wanted = JSON.stringify([checks, EnabledChecksOnly ?? '', Trigger ?? '', gate]);
  return createHash('sha256').update(wanted).digest('hex').slice(0, 16);
}

export function formatIdentity({ previous, ...audit }: AuditIdentity): string {
  return [audit, ...previous ? [previous] : []].map(formatAudit).join('_');
}

/** The digest and the audit's id, then when the gate passed, and with which audit unless it is this one. */
function formatAudit({ digest, taskId, accepted }: StartedAudit): string {
  const acceptance = accepted ? [Math.ceil(accepted.time).toString(36), ...accepted.taskId === taskId ? [] : [accepted.taskId]] : [];
  return [digest, taskId, ...acceptance].join('.');
}

const TASK_ID = '[a-zA-Z0-9-]{1,40}';
const AUDIT = `([0-9a-f]{16})\\.(${TASK_ID})(?:\\.([1-9a-z][0-9a-z]{0,8})(?:\\.(${TASK_ID}))?)?`;
const IDENTITY = new RegExp(`^${AUDIT}(?:_${AUDIT})?$`);

/**
 * Undefined for an id that is not of this resource, such as CloudFormation makes up for a creation that it cancelled.
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
 * What a gate compares an audit with.
 *
 * @param deployed what CloudFormation has known of the resource so far
 * @param began when the deployment began, in milliseconds since 1970
 */
export function baselineOf(deployed: AuditIdentity | undefined, began: number): Baseline {
  return { acceptedTaskId: deployed?.accepted?.taskId, until: deployed?.accepted?.time ?? began };
}
