import {
  AuditFinding, AuditTaskMetadata, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput, IoTClient,
  ListAuditFindingsCommand, ListAuditTasksCommand, ListAuditTasksCommandInput,
} from '@aws-sdk/client-iot';
import { AwsCalls, CallOptions } from './aws-calls';
import { asError } from './log';

/** An audit with its id. */
export interface DescribedAudit extends DescribeAuditTaskCommandOutput {
  readonly taskId: string;
}

export interface AuditReaderProps {
  readonly iot: IoTClient;
  readonly calls: AwsCalls;

  /** Time limit of all reading, in milliseconds since 1970. */
  readonly until: number;

  /** The error when that time is over. */
  readonly tooLate: () => Error;
}

/** Milliseconds between calls: AWS allows 10 lists and 25 descriptions per second, for all clients of the account. */
export const LISTING_PACE = 125;
export const DESCRIBING_PACE = 50;

export const LARGEST_PAGE = 250;

/** The account's audits and their findings, read page by page and no faster than AWS documents. */
export class AuditReader {
  private readonly descriptions = new Map<string, Promise<DescribedAudit | undefined>>();

  constructor(private readonly props: AuditReaderProps) {}

  /** Milliseconds since 1970. */
  public get now(): number {
    return this.props.calls.clock.now();
  }

  /** Reads the findings of a check, one at a time. */
  public findingsOf(
    taskId: string, checkName: string, filter: { suppressed?: boolean } = {},
  ): AsyncGenerator<AuditFinding> {
    return this.pages(async (nextToken) => {
      const { findings, ...page } = await this.ask((iot, options) => iot.send(new ListAuditFindingsCommand({
        taskId, checkName, listSuppressedFindings: filter.suppressed, maxResults: LARGEST_PAGE, nextToken,
      }), options));
      return { items: findings, nextToken: page.nextToken };
    });
  }

  /** Lists the audits that AWS says to be of a span of time, in no order. */
  public tasks(
    filter: Pick<ListAuditTasksCommandInput, 'startTime' | 'endTime' | 'taskType' | 'taskStatus'>,
  ): AsyncGenerator<AuditTaskMetadata> {
    return this.pages(async (nextToken) => {
      const { tasks, ...page } = await this.ask((iot, options) => iot.send(new ListAuditTasksCommand({
        ...filter, maxResults: LARGEST_PAGE, nextToken,
      }), options));
      return { items: tasks, nextToken: page.nextToken };
    });
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

  /** Calls that succeed must end in time, too: without that, an invocation would end without a result. */
  public async ask<Output>(call: (iot: IoTClient, options: CallOptions) => Promise<Output>): Promise<Output> {
    const { iot, calls, until, tooLate } = this.props;
    if (this.now >= until) {
      throw tooLate();
    }
    return calls.persistently({ until }, (options) => call(iot, options));
  }

  /** Reads a list page by page, one item at a time. */
  public async *pages<Item>(
    read: (nextToken: string | undefined) => Promise<{ items?: Item[]; nextToken?: string }>,
  ): AsyncGenerator<Item> {
    let nextToken: string | undefined;
    do {
      const page = await read(nextToken);
      // Before the items: the reader may stop after any of them.
      await this.pause(LISTING_PACE);
      for (const item of page.items ?? []) yield item;
      nextToken = page.nextToken;
    } while (nextToken);
  }

  /** Waits between two calls. */
  public pause(milliseconds: number): Promise<void> {
    return this.props.calls.clock.sleep(milliseconds);
  }

  private async describe(taskId: string): Promise<DescribedAudit> {
    const audit = await this.ask((iot, options) => iot.send(new DescribeAuditTaskCommand({ taskId }), options));
    await this.pause(DESCRIBING_PACE);
    return { ...audit, taskId };
  }
}
