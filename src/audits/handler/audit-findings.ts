import {
  AuditCheckDetails, AuditFinding, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput, IoTClient,
  ListAuditFindingsCommand, ListAuditTasksCommand,
} from '@aws-sdk/client-iot';
import { CallOptions } from '../../function/runtime/aws-calls';
import { asError } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { RequestFailure } from '../../function/runtime/request-failure';

/** An audit with its id. */
export interface DescribedAudit extends DescribeAuditTaskCommandOutput {
  readonly taskId: string;
}

/** An audit that AWS gives a start time. */
export interface DatedAudit extends DescribedAudit {
  readonly taskStartTime: Date;
}

/** Milliseconds between calls: AWS allows 10 lists and 25 descriptions per second, for all clients of the account. */
const LISTING_PACE = 125;
const DESCRIBING_PACE = 50;

const LARGEST_PAGE = 250;

const LAST_MINUTE = 60_000;

const SCHEDULED = 'SCHEDULED_AUDIT_TASK';

/**
 * The account's audits and their findings, read page by page and no faster than AWS documents.
 */
export class AuditFindings {
  private readonly lists = new Map<string, Promise<readonly DatedAudit[]>>();
  private readonly descriptions = new Map<string, Promise<DescribedAudit | undefined>>();

  /**
   * @param request the request of CloudFormation; reading fails once its working time is over
   */
  constructor(private readonly request: Request) {}

  /** Milliseconds since 1970. */
  public get now(): number {
    return this.request.calls.clock.now();
  }

  /** True if no time is left for what is merely good to have. */
  public get isLate(): boolean {
    return this.now > this.request.workUntil - LAST_MINUTE;
  }

  /** Reads the findings of a check, one at a time. */
  public async *findingsOf(
    taskId: string, checkName: string, filter: { suppressed?: boolean } = {},
  ): AsyncGenerator<AuditFinding> {
    let nextToken: string | undefined;
    do {
      const page = await this.ask((iot, options) => iot.send(new ListAuditFindingsCommand({
        taskId, checkName, listSuppressedFindings: filter.suppressed, maxResults: LARGEST_PAGE, nextToken,
      }), options));
      // Before the findings: the reader may stop after any of them.
      await this.pause(LISTING_PACE);
      yield* page.findings ?? [];
      nextToken = page.nextToken;
    } while (nextToken);
  }

  /** Describes an audit; undefined if AWS no longer keeps it. */
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

  /** Lists the completed scheduled audits that started in a span of time, the newest first. */
  public async scheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const key = `${from} ${to}`;
    const audits = this.lists.get(key) ?? this.listScheduledAudits(from, to);
    this.lists.set(key, audits);
    return audits;
  }

  private async listScheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const span = { startTime: new Date(from), endTime: new Date(to) };
    const audits: DatedAudit[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.ask((iot, options) => iot.send(new ListAuditTasksCommand({
        ...span, taskType: SCHEDULED, taskStatus: 'COMPLETED', maxResults: LARGEST_PAGE, nextToken,
      }), options));
      for (const { taskId } of page.tasks ?? []) {
        const audit = await this.describe(taskId!);
        if (isScheduledWithin(audit, from, to)) {
          audits.push(audit);
        }
      }
      nextToken = page.nextToken;
      await this.pause(LISTING_PACE);
    } while (nextToken);
    return audits.sort((one, other) => other.taskStartTime.getTime() - one.taskStartTime.getTime());
  }

  private async describe(taskId: string): Promise<DescribedAudit> {
    const audit = await this.ask((iot, options) => iot.send(new DescribeAuditTaskCommand({ taskId }), options));
    await this.pause(DESCRIBING_PACE);
    return { ...audit, taskId };
  }

  /** Calls that succeed must end in time, too: without that, the function would end without an answer. */
  private async ask<Output>(call: (iot: IoTClient, options: CallOptions) => Promise<Output>): Promise<Output> {
    if (this.now >= this.request.workUntil) {
      throw new RequestFailure('it and the audits before it have more findings than can be read in time; '
        + 'judge fewer checks, suppress findings, or let known findings count');
    }
    return this.request.ask(({ iot }, options) => call(iot, options));
  }

  private pause(milliseconds: number): Promise<void> {
    return this.request.calls.clock.sleep(milliseconds);
  }
}

/** True if a check was carried out to its end, with a result that this library knows. */
export function hasCompleted({ checkRunStatus }: AuditCheckDetails = {}): boolean {
  return checkRunStatus === 'COMPLETED_COMPLIANT' || checkRunStatus === 'COMPLETED_NON_COMPLIANT';
}

/** Repeats the filter of the list: a gate's baseline must not depend on AWS applying it. */
function isScheduledWithin(audit: DescribedAudit, from: number, to: number): audit is DatedAudit {
  const started = audit.taskStartTime?.getTime() ?? NaN;
  return audit.taskType === SCHEDULED && audit.taskStatus === 'COMPLETED' && started >= from && started <= to;
}
