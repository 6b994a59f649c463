import { createHash } from 'node:crypto';
import { OnDemandAuditProperties } from './on-demand-audit-protocol';

/** An audit that was started, and what it was started for. */
export interface StartedAudit {
  /** Of what was wanted. */
  readonly digest: string;
  readonly taskId: string;
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

export function formatIdentity({ digest, taskId, previous }: AuditIdentity): string {
  return [{ digest, taskId }, ...previous ? [previous] : []].map((audit) => `${audit.digest}.${audit.taskId}`).join('_');
}

/**
 * Undefined for an id that is not of this resource, such as CloudFormation makes up for a creation that it cancelled.
 */
export function parseIdentity(physicalResourceId: string | undefined): AuditIdentity | undefined {
  const match = /^([0-9a-f]{16})\.([a-zA-Z0-9-]{1,40})(?:_([0-9a-f]{16})\.([a-zA-Z0-9-]{1,40}))?$/.exec(physicalResourceId ?? '');
  if (!match) {
    return undefined;
  }
  const [, digest, taskId, previousDigest, previousTaskId] = match;
  return { digest, taskId, previous: previousDigest ? { digest: previousDigest, taskId: previousTaskId } : undefined };
}
