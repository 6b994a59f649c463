import { AuditFindings, DatedAudit, DescribedAudit } from './audit-findings';
import { resourceDigest } from './audited-resource';
import { hasCompleted } from './gate-verdict';
import { SPAN_CHECKS } from '../../checks/check-table';
import { log } from '../../function/runtime/log';

const DAY = 24 * 60 * 60 * 1000;

/** How far back scheduled audits are looked for, in days and step by step. */
const HORIZONS = [2, 8, 33, 89];

/** AWS keeps audits for 90 days, and refuses to list what is older. */
const RETENTION = 89 * DAY;

/** What a gate compares with: what was found by a point in time, by audits that nobody starts in order to pass. */
export interface Baseline {
  /** The audit that the gate accepted when it last passed; absent before it ever did. */
  readonly acceptedTaskId?: string;

  /** When that was, in milliseconds since 1970; before it ever passed, when the deployment began. */
  readonly until: number;
}

/**
 * Tells what was found before. Only two kinds of audits count: the one that the gate accepted when it last passed, and
 * scheduled ones. An audit that the gate has rejected, and whatever somebody else starts, is neither.
 */
export class KnownFindings {
  constructor(private readonly findings: AuditFindings, private readonly baseline: Baseline) {}

  /**
   * The digests of the resources that a check had found by the baseline, suppressed or not; undefined when no audit tells.
   *
   * The audit that was accepted tells, with the scheduled ones between its start and its acceptance. Where there is none,
   * the last scheduled audit that was completed by then tells; for a check that looks at a span of time all of the last 31
   * days do, and only if these reach back as far as the audit that is judged: each reports what happened since the one
   * before, so the last one alone would make older findings look new.
   */
  public async of(checkName: string, current: DescribedAudit): Promise<ReadonlySet<string> | undefined> {
    const { acceptedTaskId, until } = this.baseline;
    const accepted = acceptedTaskId === undefined ? undefined : await this.findings.audit(acceptedTaskId);
    if (accepted && hasCompleted(accepted.auditDetails?.[checkName])) {
      const known = new Set<string>();
      await this.remember(checkName, accepted.taskId, known, Infinity);
      const scheduled = await allOf(this.scheduled(checkName, accepted.taskStartTime?.getTime() ?? until));
      await this.rememberAll(checkName, scheduled, known);
      return this.told(checkName, known, [accepted, ...scheduled]);
    }
    const span = Object.values(SPAN_CHECKS).find((check) => check.checkName === checkName)?.spanDays;
    return span === undefined ? this.ofState(checkName) : this.ofSpan(checkName, span, current);
  }

  private async ofState(checkName: string): Promise<ReadonlySet<string> | undefined> {
    const known = new Set<string>();
    const read: DatedAudit[] = [];
    for await (const audit of this.scheduled(checkName)) {
      read.push(audit);
      // No audit says when it ended. One that found something later was not completed by then, so the one before tells, too.
      if (await this.remember(checkName, audit.taskId, known)) {
        return this.told(checkName, known, read);
      }
    }
    return undefined;
  }

  private async ofSpan(checkName: string, days: number, current: DescribedAudit): Promise<ReadonlySet<string> | undefined> {
    const reach = (current.taskStartTime?.getTime() ?? this.findings.now) - days * DAY;
    const telling: DatedAudit[] = [];
    for await (const audit of this.scheduled(checkName)) {
      telling.push(audit);
      if (audit.taskStartTime.getTime() <= reach) {
        const known = new Set<string>();
        await this.rememberAll(checkName, telling, known);
        return this.told(checkName, known, telling);
      }
    }
    return undefined;
  }

  /** Scheduled audits that carried out the check and were started between a time and the baseline, the newest first. */
  private async *scheduled(checkName: string, since = 0): AsyncGenerator<DatedAudit> {
    const { until } = this.baseline;
    const from = Math.max(since, this.findings.now - RETENTION);
    let newest = until;
    for (const horizon of HORIZONS) {
      const oldest = Math.max(until - horizon * DAY, from);
      if (oldest > newest) {
        return;
      }
      for (const audit of await this.findings.scheduledAudits(oldest, newest)) {
        if (hasCompleted(audit.auditDetails?.[checkName])) {
          yield audit;
        }
      }
      newest = oldest - 1;
    }
  }

  private async rememberAll(checkName: string, audits: readonly DatedAudit[], known: Set<string>): Promise<void> {
    for (const { taskId } of audits) {
      await this.remember(checkName, taskId, known);
    }
  }

  /**
   * Remembers what an audit found by a time.
   *
   * @returns whether it found nothing later
   */
  private async remember(checkName: string, taskId: string, known: Set<string>, until = this.baseline.until): Promise<boolean> {
    let isWhole = true;
    for await (const { nonCompliantResource, findingTime } of this.findings.findingsOf(taskId, checkName)) {
      const digest = resourceDigest(nonCompliantResource?.resourceIdentifier);
      if (findingTime && !(findingTime.getTime() <= until)) {
        isWhole = false;
      } else if (digest !== undefined) {
        known.add(digest);
      }
    }
    return isWhole;
  }

  private told(checkName: string, known: ReadonlySet<string>, audits: readonly DescribedAudit[]): ReadonlySet<string> {
    log('earlier audits', {
      checkName, until: new Date(this.baseline.until).toISOString(), taskIds: audits.map(({ taskId }) => taskId), resources: known.size,
    });
    return known;
  }
}

async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}
