import {
  AuditFinding, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput, IoTClient, ListAuditFindingsCommand, ListAuditTasksCommand,
} from '@aws-sdk/client-iot';
import { AwsCalls, CallOptions } from '../../function/runtime/aws-calls';
import { asError } from '../../function/runtime/log';
import { RequestFailure } from '../../function/runtime/request-failure';

/** Milliseconds between calls: AWS allows 10 lists and 25 descriptions per second, for everybody in the account. */
const LISTING_PACE = 125;
const DESCRIBING_PACE = 50;

const LARGEST_PAGE = 250;

const LAST_MINUTE = 60_000;

const SCHEDULED = 'SCHEDULED_AUDIT_TASK';

/** An audit with its id. */
export interface DescribedAudit extends DescribeAuditTaskCommandOutput {
  readonly taskId: string;
}

/** An audit of which AWS says when it started. */
export interface DatedAudit extends DescribedAudit {
  readonly taskStartTime: Date;
}

/**
 * Reads audits and their findings, page by page and no faster than AWS documents.
 */
export class AuditFindings {
  private readonly lists = new Map<string, Promise<readonly DatedAudit[]>>();
  private readonly descriptions = new Map<string, Promise<DescribedAudit | undefined>>();

  /**
   * @param until when to give up, in milliseconds since 1970: whatever is not read by then cannot be read
   */
  constructor(private readonly iot: IoTClient, private readonly calls: AwsCalls, private readonly until: number) {}

  /** Milliseconds since 1970. */
  public get now(): number {
    return this.calls.clock.now();
  }

  /**
   * Whether there is no time for what is merely good to have.
   */
  public get isLate(): boolean {
    return this.now > this.until - LAST_MINUTE;
  }

  /**
   * The findings of a check, one at a time.
   */
  public async *findingsOf(taskId: string, checkName: string, filter: { suppressed?: boolean } = {}): AsyncGenerator<AuditFinding> {
    let nextToken: string | undefined;
    do {
      const { findings = [], nextToken: next } = await this.inTime((options) => this.iot.send(new ListAuditFindingsCommand({
        taskId, checkName, listSuppressedFindings: filter.suppressed, maxResults: LARGEST_PAGE, nextToken,
      }), options));
      // Before the findings, after which the reader may want no more.
      await this.calls.clock.sleep(LISTING_PACE);
      yield* findings;
      nextToken = next;
    } while (nextToken);
  }

  /**
   * An audit, or undefined when AWS has forgotten it.
   */
  public async audit(taskId: string): Promise<DescribedAudit | undefined> {
    const audit = this.descriptions.get(taskId) ?? this.describe(taskId).catch((error) => {
      if (asError(error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw error;
    });
    this.descriptions.set(taskId, audit);
    return audit;
  }

  /**
   * The scheduled audits that were started in a span of time and are completed, the newest first.
   */
  public async scheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const key = `${from} ${to}`;
    const audits = this.lists.get(key) ?? this.listScheduledAudits(from, to);
    this.lists.set(key, audits);
    return audits;
  }

  private async listScheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const audits: DatedAudit[] = [];
    let nextToken: string | undefined;
    do {
      const { tasks = [], nextToken: next } = await this.inTime((options) => this.iot.send(new ListAuditTasksCommand({
        startTime: new Date(from), endTime: new Date(to), taskType: SCHEDULED, taskStatus: 'COMPLETED', maxResults: LARGEST_PAGE, nextToken,
      }), options));
      for (const { taskId } of tasks) {
        const audit = await this.describe(taskId!);
        if (isScheduledWithin(audit, from, to)) {
          audits.push(audit);
        }
      }
      nextToken = next;
      await this.calls.clock.sleep(LISTING_PACE);
    } while (nextToken);
    return audits.sort((one, other) => other.taskStartTime.getTime() - one.taskStartTime.getTime());
  }

  private async describe(taskId: string): Promise<DescribedAudit> {
    const audit = await this.inTime((options) => this.iot.send(new DescribeAuditTaskCommand({ taskId }), options));
    await this.calls.clock.sleep(DESCRIBING_PACE);
    return { ...audit, taskId };
  }

  /** Calls that succeed must not go on for ever either: the function would end without an answer. */
  private async inTime<Output>(call: (options: CallOptions) => Promise<Output>): Promise<Output> {
    if (this.now >= this.until) {
      throw new RequestFailure('it and the audits before it have more findings than can be read in time; '
        + 'judge fewer checks, suppress findings, or let known findings count');
    }
    return this.calls.persistently({ until: this.until }, call);
  }
}

/** Looks again at what was asked for: what a gate compares with must not rest on how a list is filtered. */
function isScheduledWithin(audit: DescribedAudit, from: number, to: number): audit is DatedAudit {
  const started = audit.taskStartTime?.getTime() ?? NaN;
  return audit.taskType === SCHEDULED && audit.taskStatus === 'COMPLETED' && started >= from && started <= to;
}
