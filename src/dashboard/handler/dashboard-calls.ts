import {
  AuditFinding, AuditTaskMetadata, DescribeAuditTaskCommand, DescribeAuditTaskResponse, IoTClient,
  ListAuditFindingsCommand, ListAuditFindingsCommandInput, ListAuditTasksCommand,
} from '@aws-sdk/client-iot';
import { LARGEST_PAGE } from '../../function/runtime/audit-reader';
import { AwsCalls, CallOptions, failureKindOf, FailureKind } from '../../function/runtime/aws-calls';
import { asError } from '../../function/runtime/log';

/** A call of AWS that has failed for good. */
export class CallFailure extends Error {
  public readonly kind: FailureKind;

  /**
   * @param action the action in IAM's words
   */
  constructor(public readonly action: string, public readonly error: Error) {
    super(`${action} failed`);
    this.name = 'CallFailure';
    this.kind = failureKindOf(error);
  }
}

export interface ListedFindings {
  readonly findings: readonly AuditFinding[];
  readonly nextToken?: string;
}

export interface DashboardCallsProps {
  readonly iot: IoTClient;
  readonly calls: AwsCalls;

  /** Time limit of all calls, in milliseconds since 1970. */
  readonly until: number;
}

/** The three operations that the function of a dashboard may call. It counts them. */
export class DashboardCalls {
  public count = 0;

  constructor(private readonly props: DashboardCallsProps) {}

  /** Milliseconds since 1970. */
  public get now(): number {
    return this.props.calls.clock.now();
  }

  public async pause(milliseconds: number): Promise<void> {
    await this.props.calls.clock.sleep(milliseconds);
  }

  /** Describes an audit; undefined if AWS no longer keeps it. */
  public async describeAuditTask(taskId: string): Promise<DescribeAuditTaskResponse | undefined> {
    try {
      return await this.ask('iot:DescribeAuditTask', (iot, options) =>
        iot.send(new DescribeAuditTaskCommand({ taskId }), options));
    } catch (error) {
      if (error instanceof CallFailure && error.error.name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw error;
    }
  }

  /** Lists the audits of a span of time, in no order: a page of them. */
  public async listAuditTasks(from: number, to: number, nextToken?: string): Promise<{
    readonly tasks: readonly AuditTaskMetadata[]; readonly nextToken?: string;
  }> {
    const { tasks = [], nextToken: next } = await this.ask('iot:ListAuditTasks', (iot, options) =>
      iot.send(new ListAuditTasksCommand({
        startTime: new Date(from), endTime: new Date(to), maxResults: LARGEST_PAGE, nextToken,
      }), options));
    return { tasks, nextToken: next };
  }

  public async listAuditFindings(input: ListAuditFindingsCommandInput): Promise<ListedFindings> {
    const { findings = [], nextToken } = await this.ask('iot:ListAuditFindings', (iot, options) =>
      iot.send(new ListAuditFindingsCommand(input), options));
    return { findings, nextToken };
  }

  /** Somebody looks at the widget: a denial is believed at once, and what passes by itself gets some seconds. */
  private async ask<Output>(
    action: string, call: (iot: IoTClient, options: CallOptions) => Promise<Output>,
  ): Promise<Output> {
    const { calls, iot, until } = this.props;
    try {
      return await calls.persistently({ until, patienceWithDenials: 0 }, (options) => {
        this.count++;
        return call(iot, options);
      });
    } catch (error) {
      throw new CallFailure(action, asError(error));
    }
  }
}
