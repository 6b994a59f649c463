import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { AuditTask } from './audit-report';
import { GateProperties, OnDemandAuditProperties } from '../protocol';
import { bySeverity } from './severity-order';

/** What a check of the audit found, as far as the gate is concerned. */
export interface JudgedCheck {
  readonly name: string;
  readonly severity: string;

  /** Why the check was not carried out; undefined if it was. */
  readonly obstacle?: string;

  /** Whether the account does not enable the check, so that the audit left it out. */
  readonly isDisabled?: boolean;

  /** How many non-compliant resources count: suppressed ones do not. */
  readonly count: number;

  /** Whether there may be more than the count, since AWS does not say how many. */
  readonly isLeast?: boolean;

  /** How many suppressed resources the check found. */
  readonly suppressed?: number;

  /** Whether the count is that of the findings, and not what the audit says. */
  readonly isCounted?: boolean;

  /** Names of some of the resources that count. */
  readonly resources?: readonly string[];

  /** Whether all resources count for want of an earlier audit to compare with. */
  readonly isUncompared?: boolean;
}

export interface Verdict {
  readonly passes: boolean;

  /** The checks that found more than is allowed, the worst first. */
  readonly offending: readonly JudgedCheck[];

  /** The checks that should have been carried out, the worst first. */
  readonly incomplete: readonly JudgedCheck[];

  /** How many non-compliant resources count in all. */
  readonly total: number;

  /** Whether there was nothing to judge, which is no pass. */
  readonly isEmpty: boolean;
}

/** Whether a check was carried out to its end, in a way that is known. */
export function hasCompleted({ checkRunStatus }: AuditCheckDetails = {}): boolean {
  return checkRunStatus === 'COMPLETED_COMPLIANT' || checkRunStatus === 'COMPLETED_NON_COMPLIANT';
}

/**
 * What the audit says about the checks that the gate judges.
 */
export function judgedChecks({ Checks, EnabledChecksOnly }: OnDemandAuditProperties, task: AuditTask): readonly JudgedCheck[] {
  const { taskStatus, taskStatistics = {}, auditDetails = {} } = task;
  const judged = Checks.filter(({ Judged }) => Judged === 'true');
  const told = Object.keys(auditDetails).length;
  // Of an audit that ran more than it tells of, nobody knows what it left out.
  const leavesOut = EnabledChecksOnly === 'true' && told > 0 && told >= (taskStatistics.totalChecks ?? 0);
  // A gate that finds none of its checks in the audit must not pass for that.
  const isAudited = judged.some(({ Name }) => auditDetails[Name]);
  const otherwise = taskStatus === 'COMPLETED' ? 'NOT_AUDITED' : taskStatus || 'UNKNOWN';
  return judged.map(({ Name: name, Severity: severity }) => {
    const details = auditDetails[name];
    if (!details && leavesOut) {
      return { name, severity, count: 0, isDisabled: true, obstacle: isAudited ? undefined : otherwise };
    }
    return hasCompleted(details) ? { name, severity, ...foundBy(details) }
      : { name, severity, count: 0, obstacle: details?.errorCode || details?.checkRunStatus || otherwise };
  });
}

function foundBy(details: AuditCheckDetails): Pick<JudgedCheck, 'count' | 'isLeast' | 'suppressed'> {
  const { checkRunStatus, checkCompliant, nonCompliantResourcesCount: count, suppressedNonCompliantResourcesCount: suppressed = 0 } = details;
  if (count !== undefined && count > 0) {
    return { count, suppressed };
  }
  const isCompliant = checkRunStatus === 'COMPLETED_COMPLIANT' && checkCompliant !== false;
  return isCompliant ? { count: 0, suppressed } : { count: 1, isLeast: true, suppressed };
}

/**
 * Whether a number is more than is allowed, any number being allowed if nothing is said. What is no number allows nothing.
 */
export function exceeds(number: number, allowed?: string): boolean {
  return allowed !== undefined && !(number <= Number(allowed));
}

/** How many resources each check may find: none, where the gate allows no number at all. */
export function allowedPerCheck({ AllowedPerCheck, AllowedInAll }: GateProperties): string | undefined {
  return AllowedPerCheck ?? (AllowedInAll === undefined ? '0' : undefined);
}

/**
 * Whether the deployment may go on.
 */
export function judge(gate: GateProperties, checks: readonly JudgedCheck[]): Verdict {
  const found = checks.filter(({ count }) => count > 0).sort(bySeverity);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const allowed = allowedPerCheck(gate);
  const offending = exceeds(total, gate.AllowedInAll) ? found : found.filter(({ count, isLeast }) => isLeast || exceeds(count, allowed));
  const failsOnIncomplete = gate.FailOnIncompleteCheck !== 'false';
  const failsOnDisabled = (gate.FailOnDisabledCheck ?? 'false') !== 'false';
  const incomplete = checks.filter(({ obstacle, isDisabled }) => (obstacle && failsOnIncomplete) || (isDisabled && failsOnDisabled)).sort(bySeverity);
  const isEmpty = checks.length === 0 && failsOnIncomplete;
  return { passes: offending.length === 0 && incomplete.length === 0 && !isEmpty, offending, incomplete, total, isEmpty };
}
