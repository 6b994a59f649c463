import { AuditTask } from './audit-report.lambda-shared';
import { GateProperties } from './deployment-gate-protocol';
import { OnDemandAuditProperties } from './on-demand-audit-protocol';
import { bySeverity } from './severity-order.lambda-shared';

/** What a check of the audit found, as far as the gate is concerned. */
export interface JudgedCheck {
  readonly name: string;
  readonly severity: string;

  /** Why the check was not carried out; undefined if it was. */
  readonly obstacle?: string;

  /** How many non-compliant resources count: suppressed ones do not. */
  readonly count: number;

  /** Whether the check found suppressed resources too. */
  readonly hasSuppressed?: boolean;

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
}

/**
 * What the audit says about the checks that the gate judges.
 */
export function judgedChecks({ Checks, EnabledChecksOnly }: OnDemandAuditProperties, task: AuditTask): readonly JudgedCheck[] {
  const { taskStatus = 'UNKNOWN', auditDetails = {} } = task;
  const judged = Checks.filter(({ Judged }) => Judged === 'true');
  const audited = judged.filter(({ Name }) => auditDetails[Name]);
  // A gate that finds none of its checks in the audit must not pass for that.
  const expected = EnabledChecksOnly === 'true' && audited.length > 0 ? audited : judged;
  const otherwise = taskStatus === 'COMPLETED' ? 'NOT_AUDITED' : taskStatus;
  return expected.map(({ Name, Severity }) => {
    const {
      checkRunStatus = otherwise, errorCode, nonCompliantResourcesCount = 0, suppressedNonCompliantResourcesCount = 0,
    } = auditDetails[Name] ?? {};
    const isComplete = /^COMPLETED_/.test(checkRunStatus);
    return {
      name: Name,
      severity: Severity,
      obstacle: isComplete ? undefined : errorCode ?? checkRunStatus,
      count: checkRunStatus === 'COMPLETED_NON_COMPLIANT' ? nonCompliantResourcesCount : 0,
      hasSuppressed: suppressedNonCompliantResourcesCount > 0,
    };
  });
}

/**
 * Whether a number is more than is allowed, any number being allowed if nothing is said. What is no number allows nothing.
 */
export function exceeds(number: number, allowed?: string): boolean {
  return allowed !== undefined && !(number <= Number(allowed));
}

/**
 * Whether the deployment may go on.
 */
export function judge(gate: GateProperties, checks: readonly JudgedCheck[]): Verdict {
  const found = checks.filter(({ count }) => count > 0).sort(bySeverity);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const offending = exceeds(total, gate.AllowedInAll) ? found : found.filter(({ count }) => exceeds(count, gate.AllowedPerCheck));
  const incomplete = gate.FailOnIncompleteCheck === 'true' ? checks.filter(({ obstacle }) => obstacle).sort(bySeverity) : [];
  return { passes: offending.length === 0 && incomplete.length === 0, offending, incomplete, total };
}
