import { AuditTaskMetadata } from '@aws-sdk/client-iot';
import { AuditMemory, AuditSummary, isTelling, newestFirst } from './audit-summary';
import { DashboardCalls } from './dashboard-calls';
import { DESCRIBING_PACE } from '../../function/runtime/audit-reader';

export interface LastAudits {
  /** The newest first. */
  readonly audits: readonly AuditSummary[];

  /** True if there was no time to look at all audits of the days that were searched. */
  readonly isCut: boolean;
}

const DAY = 24 * 60 * 60 * 1000;

/** Days that are looked back, step by step, until the last run of each schedule is found. */
const HORIZONS = [1, 2, 8, 33, 89];

/** Descriptions for one look at the widget. What has ended is remembered, so that the next look goes on. */
const MOST_DESCRIPTIONS = 40;

/** Pages of the list of audits for one look. */
const MOST_PAGES = 8;

/** Milliseconds for the search: what it has found by then is shown. */
const LONGEST_SEARCH = 6_000;

/** Finds the last audits of an account. AWS lists them without names and times, and in no order. */
export class AuditSearch {
  private readonly found = new Map<string, AuditSummary>();
  private readonly until: number;
  private pages = 0;
  private descriptions = 0;
  private isCut = false;

  constructor(private readonly memory: AuditMemory, private readonly calls: DashboardCalls) {
    this.until = calls.now + LONGEST_SEARCH;
  }

  /**
   * @param names the schedules whose last run is wanted; without any, the search ends with any audit
   */
  public async find(names: readonly string[]): Promise<LastAudits> {
    const { now } = this.calls;
    let to = now;
    for (const horizon of HORIZONS) {
      const from = now - horizon * DAY;
      await this.describe(await this.list(from, to));
      if (this.isCut || this.hasFound(names)) {
        break;
      }
      to = from - 1;
    }
    return { audits: newestFirst([...this.found.values()]), isCut: this.isCut };
  }

  private hasFound(names: readonly string[]): boolean {
    const telling = [...this.found.values()].filter(isTelling);
    return names.length === 0 ? telling.length > 0
      : names.every((name) => telling.some((audit) => audit.name === name));
  }

  private async list(from: number, to: number): Promise<readonly AuditTaskMetadata[]> {
    const all: AuditTaskMetadata[] = [];
    let nextToken: string | undefined;
    do {
      if (this.pages++ >= MOST_PAGES || this.calls.now >= this.until) {
        this.isCut = true;
        break;
      }
      const page = await this.calls.listAuditTasks(from, to, nextToken);
      all.push(...page.tasks);
      nextToken = page.nextToken;
    } while (nextToken);
    return all;
  }

  /** Describes audits: what is remembered costs nothing, and scheduled ones are what is searched for. */
  private async describe(tasks: readonly AuditTaskMetadata[]): Promise<void> {
    const ranked = tasks.flatMap(({ taskId, taskType }) => taskId === undefined ? [] : [{
      taskId, rank: this.memory.has(taskId) ? 0 : taskType === 'SCHEDULED_AUDIT_TASK' ? 1 : 2,
    }]).sort((one, other) => one.rank - other.rank);
    for (const { taskId, rank } of ranked) {
      if (rank > 0 && (this.descriptions++ >= MOST_DESCRIPTIONS || this.calls.now >= this.until)) {
        this.isCut = true;
        return;
      }
      const audit = await this.memory.audit(taskId, this.calls);
      if (audit) {
        this.found.set(taskId, audit);
      }
      if (rank > 0) {
        await this.calls.pause(DESCRIBING_PACE);
      }
    }
  }
}
