import { AuditCheckDetails, AuditTaskType } from '@aws-sdk/client-iot';
import { AuditReader, DescribedAudit } from './audit-reader';

/** An audit that AWS gives a start time. */
export interface DatedAudit extends DescribedAudit {
  readonly taskStartTime: Date;
}

/** Lists the completed audits that started in a span of time, the newest first. */
export type ListAudits = (from: number, to: number) => Promise<readonly DatedAudit[]>;

/** A span of time for starts of audits, in milliseconds since 1970. */
export interface SearchedSpan {
  readonly now: number;

  /** The earliest start. What AWS no longer keeps is left out. */
  readonly since?: number;

  /** The latest start. */
  readonly until: number;
}

const DAY = 24 * 60 * 60 * 1000;

/** Days in which audits are searched for, step by step: mostly, the first ones tell. */
const HORIZONS = [2, 8, 33, 89];

/** AWS keeps audits for 90 days, and refuses to list older ones. */
const RETENTION = 89 * DAY;

/** The completed audits of one type. A span of time that was listed before is not listed again. */
export class CompletedAudits {
  private readonly lists = new Map<string, Promise<readonly DatedAudit[]>>();

  constructor(private readonly reader: Pick<AuditReader, 'audit' | 'tasks'>, private readonly taskType: AuditTaskType) {}

  /** Lists those that started in a span of time, the newest first. */
  public async startedBetween(from: number, to: number): Promise<readonly DatedAudit[]> {
    const key = `${from} ${to}`;
    const audits = this.lists.get(key) ?? this.list(from, to);
    this.lists.set(key, audits);
    return audits;
  }

  private async list(from: number, to: number): Promise<readonly DatedAudit[]> {
    const audits: DatedAudit[] = [];
    const tasks = this.reader.tasks({
      startTime: new Date(from), endTime: new Date(to), taskType: this.taskType, taskStatus: 'COMPLETED',
    });
    for await (const { taskId } of tasks) {
      const audit = await this.reader.audit(taskId!);
      if (audit && this.isWithin(audit, from, to)) {
        audits.push(audit);
      }
    }
    return audits.sort((one, other) => other.taskStartTime.getTime() - one.taskStartTime.getTime());
  }

  /** Repeats the filter of the list: what counts as known must not depend on AWS applying it. */
  private isWithin(audit: DescribedAudit, from: number, to: number): audit is DatedAudit {
    const started = audit.taskStartTime?.getTime() ?? NaN;
    return audit.taskType === this.taskType && audit.taskStatus === 'COMPLETED' && started >= from && started <= to;
  }
}

/** Goes through completed audits from the newest to the oldest that AWS keeps, as far as somebody asks. */
export async function* newestFirst(
  list: ListAudits, { now, since = 0, until }: SearchedSpan,
): AsyncGenerator<DatedAudit> {
  const from = Math.max(since, now - RETENTION);
  let newest = until;
  for (const horizon of HORIZONS) {
    const oldest = Math.max(until - horizon * DAY, from);
    if (oldest > newest) {
      return;
    }
    yield* await list(oldest, newest);
    newest = oldest - 1;
  }
}

/** True if a check was carried out to its end, with a result that this library knows. */
export function hasCompleted({ checkRunStatus }: AuditCheckDetails = {}): boolean {
  return checkRunStatus === 'COMPLETED_COMPLIANT' || checkRunStatus === 'COMPLETED_NON_COMPLIANT';
}
