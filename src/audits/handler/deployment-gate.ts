import { AuditFindings, DescribedAudit } from './audit-findings';
import { GateProperties, OnDemandAuditProperties } from '../protocol';
import { FindingCount } from './finding-count';
import { explainVerdict } from './gate-reason';
import { JudgedCheck, judge, judgedChecks } from './gate-verdict';
import { Baseline, KnownFindings } from './known-findings';
import { asError, describeError, log } from '../../function/runtime/log';

/**
 * Judges an audit that has ended: whether the deployment may go on.
 */
export class DeploymentGate {
  private readonly gate: GateProperties;
  private readonly known: KnownFindings;

  constructor(private readonly properties: OnDemandAuditProperties, private readonly findings: AuditFindings, baseline: Baseline) {
    this.gate = properties.Gate!;
    this.known = new KnownFindings(findings, baseline);
  }

  /**
   * @param audit the audit
   * @param stackId the stack that is deployed, whose region and partition the audit is in
   * @returns why the deployment fails; undefined if it passes
   */
  public async reasonToFail(audit: DescribedAudit, stackId: string): Promise<string | undefined> {
    const checks = new Map(judgedChecks(this.properties, audit).map((check) => [check.name, check]));
    const disabled = [...checks.values()].filter(({ isDisabled }) => isDisabled).map(({ name }) => name);
    if (disabled.length > 0) {
      log('the account does not enable these checks, which the gate would judge', { checks: disabled });
    }
    for (;;) {
      const verdict = judge(this.gate, [...checks.values()]);
      // The audit's own counts let pass; whatever they would stop is counted first, one check after the other to keep the pace.
      const uncounted = verdict.offending.find(({ isCounted }) => !isCounted);
      if (!uncounted) {
        log('verdict', { ...verdict, taskId: audit.taskId });
        return verdict.passes ? undefined : explainVerdict({ gate: this.gate, verdict, taskId: audit.taskId, stackId });
      }
      checks.set(uncounted.name, await this.count(uncounted, audit));
    }
  }

  private async count(check: JudgedCheck, audit: DescribedAudit): Promise<JudgedCheck> {
    if (this.gate.AllowKnown !== 'true') {
      return this.countFindings(check, audit);
    }
    const known = await this.known.of(check.name, audit);
    if (known) {
      return this.countFindings(check, audit, known);
    }
    const counts = this.gate.CountWithoutEarlierAudit !== 'false';
    log('no earlier audit', { checkName: check.name, counts });
    return counts ? { ...await this.countFindings(check, audit), isUncompared: true } : { ...check, count: 0, isLeast: undefined, isCounted: true };
  }

  /**
   * Reads the findings of a check once.
   *
   * Without anything known the verdict stands even if not all can be read, since the audit says how many there are.
   */
  private async countFindings(check: JudgedCheck, { taskId }: DescribedAudit, known?: ReadonlySet<string>): Promise<JudgedCheck> {
    const { name: checkName } = check;
    const counted = new FindingCount(known);
    let isWhole = true;
    try {
      for await (const finding of this.findings.findingsOf(taskId, checkName, { suppressed: false })) {
        counted.add(finding);
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
      log('findings not listed', { checkName, error: describeError(asError(error)) });
      isWhole = false;
    }
    return { ...check, ...total(check, counted, isWhole), isCounted: true, resources: counted.names };
  }
}

/** How many resources count, including those that the audit counts and does not list. */
function total({ name, count, isLeast, suppressed = 0 }: JudgedCheck, counted: FindingCount, isWhole: boolean): Pick<JudgedCheck, 'count' | 'isLeast'> {
  const { findings, resources } = counted;
  if (isLeast) {
    const isExplained = isWhole && (findings > 0 || suppressed > 0);
    return isExplained ? { count: resources, isLeast: undefined } : { count: Math.max(resources, 1), isLeast };
  }
  // AWS does not document whether its count includes suppressed resources.
  const isIncluded = isWhole && count >= suppressed && findings >= count - suppressed;
  const unlisted = isIncluded ? 0 : Math.max(0, count - findings);
  if (isWhole && unlisted > 0) {
    log('the audit counts resources that it does not list', { checkName: name, unlisted });
  }
  return { count: resources + unlisted };
}
