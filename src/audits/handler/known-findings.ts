import { AuditFindings } from './audit-findings';
import { SPAN_CHECKS } from '../../checks/check-table';
import { DescribedAudit } from '../../function/runtime/audit-reader';
import { DatedAudit, hasCompleted, newestFirst } from '../../function/runtime/completed-audits';
import { log } from '../../function/runtime/log';
import { resourceDigest } from '../../function/runtime/resource-digest';

/**
 * The limit up to which findings are known.
 *
 * Findings count as known if audits reported them before this time that nobody starts in order to pass the gate.
 */
export interface Baseline {
  /** The audit that the gate accepted when it last passed; absent before it first did. */
  readonly acceptedTaskId?: string;

  /** The time at which the gate last passed, or the deployment's start before that, in milliseconds since 1970. */
  readonly until: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The resources that a check had found by the baseline, suppressed or not.
 *
 * Only two kinds of audits are consulted: the one that the gate accepted when it last passed, and scheduled ones.
 * Audits that the gate has rejected, and on-demand audits that others start, are not.
 */
export class KnownFindings {
  private readonly digests = new Set<string>();
  private readonly audits: DescribedAudit[] = [];

  /** The days that the check looks at; undefined for a check of the state at the moment. */
  private readonly span?: number;

  constructor(
    private readonly findings: AuditFindings, private readonly baseline: Baseline, private readonly checkName: string,
  ) {
    this.span = Object.values(SPAN_CHECKS).find((check) => check.checkName === checkName)?.spanDays;
  }

  /**
   * Reads the digests of the known resources.
   *
   * The accepted audit comes first, together with the scheduled audits between its start and its acceptance. Without an
   * accepted audit the last scheduled audit that had completed by the baseline is read.
   *
   * @param current the audit that is judged
   * @returns undefined if no audit tells
   */
  public async read(current: DescribedAudit): Promise<ReadonlySet<string> | undefined> {
    const { acceptedTaskId, until } = this.baseline;
    const accepted = acceptedTaskId === undefined ? undefined : await this.findings.audit(acceptedTaskId);
    if (accepted && this.isCarriedOutIn(accepted)) {
      await this.readAccepted(accepted);
    } else if (!await (this.span === undefined ? this.readState() : this.readSpan(this.span, current))) {
      return undefined;
    }
    log('earlier audits', {
      checkName: this.checkName,
      until: new Date(until).toISOString(),
      taskIds: this.audits.map(({ taskId }) => taskId),
      resources: this.digests.size,
    });
    return this.digests;
  }

  private async readAccepted(accepted: DescribedAudit): Promise<void> {
    await this.readAudit(accepted, Infinity);
    for await (const audit of this.scheduled(accepted.taskStartTime?.getTime() ?? this.baseline.until)) {
      await this.readAudit(audit);
    }
  }

  /**
   * Reads the last scheduled audit that had completed by the baseline; false if there is none.
   *
   * AWS does not tell when an audit ended. One with a finding after the baseline had not completed by then, so the
   * audit before it is read, too.
   */
  private async readState(): Promise<boolean> {
    for await (const audit of this.scheduled()) {
      if (await this.readAudit(audit)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads the scheduled audits of the span of time that the check looks at; false if they do not reach back as far as
   * the audit that is judged.
   *
   * Each of them reports the time since the one before, so the last one alone would make older findings look new.
   */
  private async readSpan(days: number, current: DescribedAudit): Promise<boolean> {
    const reach = (current.taskStartTime?.getTime() ?? this.findings.now) - days * DAY;
    const audits: DatedAudit[] = [];
    for await (const audit of this.scheduled()) {
      audits.push(audit);
      if (audit.taskStartTime.getTime() <= reach) {
        for (const one of audits) {
          await this.readAudit(one);
        }
        return true;
      }
    }
    return false;
  }

  /** Lists the scheduled audits between a time and the baseline that carried out the check, the newest first. */
  private async *scheduled(since = 0): AsyncGenerator<DatedAudit> {
    const { findings, baseline: { until } } = this;
    const list = (from: number, to: number) => findings.scheduledAudits(from, to);
    for await (const audit of newestFirst(list, { now: findings.now, since, until })) {
      if (this.isCarriedOutIn(audit)) {
        yield audit;
      }
    }
  }

  private isCarriedOutIn({ auditDetails }: DescribedAudit): boolean {
    return hasCompleted(auditDetails?.[this.checkName]);
  }

  /**
   * Reads the resources that an audit found by a time.
   *
   * @returns true if it found nothing later
   */
  private async readAudit(audit: DescribedAudit, until = this.baseline.until): Promise<boolean> {
    this.audits.push(audit);
    let isWhole = true;
    for await (const { nonCompliantResource, findingTime } of this.findings.findingsOf(audit.taskId, this.checkName)) {
      const digest = resourceDigest(nonCompliantResource?.resourceIdentifier);
      if (findingTime && !(findingTime.getTime() <= until)) {
        isWhole = false;
      } else if (digest !== undefined) {
        this.digests.add(digest);
      }
    }
    return isWhole;
  }
}
