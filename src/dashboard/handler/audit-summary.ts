import { AuditCheckDetails, DescribeAuditTaskResponse } from '@aws-sdk/client-iot';
import { DashboardCalls } from './dashboard-calls';
import { SEVERITIES, severityOf } from '../../checks/check-table';
import { hasCompleted } from '../../function/runtime/completed-audits';

/** What is kept of an audit. */
export interface AuditSummary {
  readonly taskId: string;
  readonly status: string;

  /** Milliseconds since 1970. */
  readonly started: number;

  /** The name of the schedule; absent for an audit on demand. */
  readonly name?: string;
  readonly checks: Readonly<Record<string, AuditCheckDetails>>;
}

/** What a check has come to in the last audit that carried it out, or tried to. */
export interface CurrentCheck {
  readonly checkName: string;

  /** Undefined for a check that this library does not know. */
  readonly severity: string | undefined;
  readonly audit: AuditSummary;
  readonly open: number;
  readonly suppressed: number;

  /** The reason why the check was not carried out. */
  readonly failure?: string;
}

/** Ended audits kept in memory: they do not change any more. */
const MOST_REMEMBERED = 200;

/** The audits that have ended, as long as the function's execution environment lives. */
export class AuditMemory {
  private readonly ended = new Map<string, AuditSummary>();

  public has(taskId: string): boolean {
    return this.ended.has(taskId);
  }

  /** Describes an audit; undefined if AWS no longer keeps it. */
  public async audit(taskId: string, calls: DashboardCalls): Promise<AuditSummary | undefined> {
    const known = this.ended.get(taskId);
    if (known) {
      return known;
    }
    const described = await calls.describeAuditTask(taskId);
    const summary = described && summaryOf(taskId, described);
    if (summary && hasEnded(summary)) {
      this.remember(summary);
    }
    return summary;
  }

  private remember(summary: AuditSummary): void {
    const [oldest] = this.ended.keys();
    if (this.ended.size >= MOST_REMEMBERED) {
      this.ended.delete(oldest);
    }
    this.ended.set(summary.taskId, summary);
  }
}

function summaryOf(taskId: string, audit: DescribeAuditTaskResponse): AuditSummary {
  return {
    taskId,
    status: audit.taskStatus ?? 'UNKNOWN',
    started: audit.taskStartTime?.getTime() ?? 0,
    name: audit.scheduledAuditName,
    checks: audit.auditDetails ?? {},
  };
}

export function hasEnded({ status }: AuditSummary): boolean {
  return ['COMPLETED', 'FAILED', 'CANCELED'].includes(status);
}

/** True if an audit has ended, and says something of a check. */
export function isTelling(audit: AuditSummary): boolean {
  return hasEnded(audit) && Object.values(audit.checks).some(isConclusive);
}

/** The newest audit first. */
export function newestFirst(audits: readonly AuditSummary[]): AuditSummary[] {
  return [...audits].sort((one, other) => other.started - one.started || (one.taskId < other.taskId ? -1 : 1));
}

/**
 * What each check has come to in the newest of some audits that has ended with it: the worst severity first, and of one
 * severity what found most.
 */
export function currentChecks(audits: readonly AuditSummary[]): CurrentCheck[] {
  const current = new Map<string, CurrentCheck>();
  for (const audit of newestFirst(audits.filter(hasEnded))) {
    for (const [checkName, details] of Object.entries(audit.checks)) {
      // A check that was canceled says nothing.
      if (!current.has(checkName) && isConclusive(details)) {
        current.set(checkName, currentCheck(checkName, details, audit));
      }
    }
  }
  return [...current.values()].sort((one, other) => rankOf(other.severity) - rankOf(one.severity)
    || other.open - one.open || (one.checkName < other.checkName ? -1 : 1));
}

function currentCheck(checkName: string, details: AuditCheckDetails, audit: AuditSummary): CurrentCheck {
  const {
    checkRunStatus, errorCode, message, nonCompliantResourcesCount: open = 0,
    suppressedNonCompliantResourcesCount: suppressed = 0,
  } = details;
  const failure = checkRunStatus === 'FAILED' ? message ?? errorCode ?? 'AWS gives no reason' : undefined;
  return { checkName, severity: severityOf(checkName), audit, open, suppressed, failure };
}

function isConclusive(details: AuditCheckDetails): boolean {
  return hasCompleted(details) || details.checkRunStatus === 'FAILED';
}

function rankOf(severity: string | undefined): number {
  return severity === undefined ? -1 : SEVERITIES.indexOf(severity);
}
