import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { AuditFindings } from './audit-findings';
import { Baseline, KnownFindings } from './known-findings';
import { NonCompliantResources } from './non-compliant-resources';
import { SEVERITIES } from '../../checks/check-table';
import { DescribedAudit } from '../../function/runtime/audit-reader';
import { hasCompleted } from '../../function/runtime/completed-audits';
import { log } from '../../function/runtime/log';
import { GateProperties, OnDemandAuditProperties } from '../protocol';

/** The result of a check, as far as the gate is concerned. */
export interface JudgedCheck {
  readonly name: string;
  readonly severity: string;

  /** The reason why the check was not carried out: AWS's error code or status; undefined if it was. */
  readonly obstacle?: string;

  /** True if the account does not enable the check, so that the audit left it out. */
  readonly isDisabled?: boolean;

  /** The number of non-compliant resources that count: suppressed ones do not. */
  readonly count: number;

  /** True if AWS does not say how many there are, so that there may be more than the count. */
  readonly isMinimum?: boolean;

  /** The number of suppressed resources that the check found. */
  readonly suppressed?: number;

  /** True if the findings were counted; false if the count is the audit's own. */
  readonly isCounted?: boolean;

  /** Names of some of the resources that count. */
  readonly resources?: readonly string[];

  /** True if all resources count because there is no earlier audit to compare with. */
  readonly isUncompared?: boolean;
}

export interface Verdict {
  readonly passes: boolean;

  /** The checks that found more than is allowed, the worst first. */
  readonly offending: readonly JudgedCheck[];

  /** The checks that were not carried out, the worst first, if that fails the deployment. */
  readonly incomplete: readonly JudgedCheck[];

  /** The number of non-compliant resources that count in all. */
  readonly total: number;

  /** True if the gate had nothing to judge, which fails the deployment, too. */
  readonly isEmpty: boolean;
}

/**
 * Judges an audit that has ended: the deployment may go on, or fails.
 *
 * The audit's own counts suffice to let a deployment pass. Before it stops one, the gate counts the findings, without
 * the known ones if these are allowed.
 */
export class DeploymentGate {
  private readonly gate: GateProperties;

  constructor(
    private readonly properties: OnDemandAuditProperties, private readonly findings: AuditFindings,
    private readonly baseline: Baseline,
  ) {
    this.gate = properties.Gate!;
  }

  public async judge(audit: DescribedAudit): Promise<Verdict> {
    const checks = new Map(judgedChecks(this.properties, audit).map((check) => [check.name, check]));
    const disabled = [...checks.values()].filter(({ isDisabled }) => isDisabled).map(({ name }) => name);
    if (disabled.length > 0) {
      log('the account does not enable these checks, which the gate would judge', { checks: disabled });
    }
    for (;;) {
      const verdict = verdictOn(this.gate, [...checks.values()]);
      // One check after the other, to keep AWS's pace.
      const uncounted = verdict.offending.find(({ isCounted }) => !isCounted);
      if (!uncounted) {
        log('verdict', { ...verdict, taskId: audit.taskId });
        return verdict;
      }
      checks.set(uncounted.name, { ...uncounted, isCounted: true, ...await this.count(uncounted, audit) });
    }
  }

  private async count(check: JudgedCheck, audit: DescribedAudit): Promise<Partial<JudgedCheck>> {
    if (this.gate.AllowKnown !== 'true') {
      return this.countFindings(check, audit);
    }
    const known = await new KnownFindings(this.findings, this.baseline, check.name).read(audit);
    if (known) {
      return this.countFindings(check, audit, known);
    }
    const counts = this.gate.CountWithoutEarlierAudit !== 'false';
    log('no earlier audit', { checkName: check.name, counts });
    return counts
      ? { ...await this.countFindings(check, audit), isUncompared: true }
      : { count: 0, isMinimum: undefined };
  }

  /**
   * Reads the findings of a check once.
   *
   * Without known findings the verdict stands even if some findings cannot be read: the audit says how many there are.
   */
  private async countFindings(
    check: JudgedCheck, { taskId }: DescribedAudit, known?: ReadonlySet<string>,
  ): Promise<Partial<JudgedCheck>> {
    const { name: checkName } = check;
    const resources = new NonCompliantResources(known);
    let isWhole = true;
    try {
      for await (const finding of this.findings.findingsOf(taskId, checkName, { suppressed: false })) {
        resources.add(finding);
        if (!known && this.findings.isLate) {
          log('no time to log the other findings', { checkName });
          isWhole = false;
          break;
        }
      }
    } catch (error) {
      if (known) {
        throw error;
      }
      log('findings not listed', { checkName, error });
      isWhole = false;
    }
    return { ...totalOf(check, resources, isWhole), resources: resources.names };
  }
}

/** Decides about the deployment, with the counts known so far. */
export function verdictOn(gate: GateProperties, checks: readonly JudgedCheck[]): Verdict {
  const found = checks.filter(({ count }) => count > 0).sort(bySeverity);
  const total = found.reduce((sum, { count }) => sum + count, 0);
  const allowed = allowedPerCheck(gate);
  const offending = exceeds(total, gate.AllowedInAll) ? found
    : found.filter(({ count, isMinimum }) => isMinimum || exceeds(count, allowed));
  const failsOnIncomplete = gate.FailOnIncompleteCheck !== 'false';
  const failsOnDisabled = (gate.FailOnDisabledCheck ?? 'false') !== 'false';
  const incomplete = checks.filter(({ obstacle, isDisabled }) =>
    (obstacle && failsOnIncomplete) || (isDisabled && failsOnDisabled)).sort(bySeverity);
  const isEmpty = checks.length === 0 && failsOnIncomplete;
  const passes = offending.length === 0 && incomplete.length === 0 && !isEmpty;
  return { passes, offending, incomplete, total, isEmpty };
}

/** True if a number is more than is allowed. An absent limit allows any number, one that is no number allows none. */
export function exceeds(number: number, allowed?: string): boolean {
  return allowed !== undefined && !(number <= Number(allowed));
}

/** The number of resources that each check may find: none if the gate has no limit at all; undefined for no limit. */
export function allowedPerCheck({ AllowedPerCheck, AllowedInAll }: GateProperties): string | undefined {
  return AllowedPerCheck ?? (AllowedInAll === undefined ? '0' : undefined);
}

/** The checks that the gate judges, as the audit reports them. */
function judgedChecks({ Checks, EnabledChecksOnly }: OnDemandAuditProperties, audit: DescribedAudit): JudgedCheck[] {
  const { taskStatus, taskStatistics = {}, auditDetails = {} } = audit;
  const judged = Checks.filter(({ Judged }) => Judged === 'true');
  const reported = Object.keys(auditDetails).length;
  // If the audit ran more checks than it reports, a missing one was not necessarily left out.
  const leavesOut = EnabledChecksOnly === 'true' && reported > 0 && reported >= (taskStatistics.totalChecks ?? 0);
  // A gate must not pass because the audit has none of its checks.
  const isAudited = judged.some(({ Name }) => auditDetails[Name]);
  const otherwise = taskStatus === 'COMPLETED' ? 'NOT_AUDITED' : taskStatus || 'UNKNOWN';
  return judged.map(({ Name: name, Severity: severity }) => {
    const details = auditDetails[name];
    const check = { name, severity, count: 0 };
    if (!details && leavesOut) {
      return { ...check, isDisabled: true, obstacle: isAudited ? undefined : otherwise };
    }
    return hasCompleted(details) ? { ...check, ...foundBy(details) }
      : { ...check, obstacle: details?.errorCode || details?.checkRunStatus || otherwise };
  });
}

function foundBy(details: AuditCheckDetails): Pick<JudgedCheck, 'count' | 'isMinimum' | 'suppressed'> {
  const { checkRunStatus, checkCompliant, nonCompliantResourcesCount: count } = details;
  const suppressed = details.suppressedNonCompliantResourcesCount ?? 0;
  if (count !== undefined && count > 0) {
    return { count, suppressed };
  }
  const isCompliant = checkRunStatus === 'COMPLETED_COMPLIANT' && checkCompliant !== false;
  return isCompliant ? { count: 0, suppressed } : { count: 1, isMinimum: true, suppressed };
}

/** The number of resources that count, including those that the audit counts and does not list. */
function totalOf(
  { name, count, isMinimum, suppressed = 0 }: JudgedCheck, resources: NonCompliantResources, isWhole: boolean,
): Pick<JudgedCheck, 'count' | 'isMinimum'> {
  const { findings, count: listed } = resources;
  if (isMinimum) {
    const isExplained = isWhole && (findings > 0 || suppressed > 0);
    return isExplained ? { count: listed, isMinimum: undefined } : { count: Math.max(listed, 1), isMinimum };
  }
  // AWS does not document whether its count includes suppressed resources.
  const isIncluded = isWhole && count >= suppressed && findings >= count - suppressed;
  const unlisted = isIncluded ? 0 : Math.max(0, count - findings);
  if (isWhole && unlisted > 0) {
    log('the audit counts resources that it does not list', { checkName: name, unlisted });
  }
  return { count: listed + unlisted };
}

/** The result of a check as far as it decides which is worse. */
interface RatedCheck {
  readonly name: string;
  readonly severity: string;
  readonly count: number;
}

/** Orders checks: the worst severity first, then the most resources, then by name. An unknown severity comes last. */
export function bySeverity(one: RatedCheck, other: RatedCheck): number {
  return SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity)
    || other.count - one.count || (one.name < other.name ? -1 : 1);
}
