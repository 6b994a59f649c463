import {
  AuditFinding, DescribeAuditTaskCommand, DescribeAuditTaskCommandOutput, IoTClient, ListAuditFindingsCommand, ListAuditTasksCommand,
  ResourceIdentifier,
} from '@aws-sdk/client-iot';
import { AwsCalls, CallOptions } from '../private/custom-resource/aws-calls.lambda-shared';
import { RequestFailure } from '../private/custom-resource/request-failure.lambda-shared';

/** Milliseconds between calls: AWS allows 10 lists and 25 descriptions per second, for everybody in the account. */
const LISTING_PACE = 125;
const DESCRIBING_PACE = 50;

const LARGEST_PAGE = 250;

const LAST_MINUTE = 60_000;

/** An audit with its id. */
export interface DescribedAudit extends DescribeAuditTaskCommandOutput {
  readonly taskId: string;
}

/**
 * Reads audits and their findings, page by page and no faster than AWS documents.
 */
export class AuditFindings {
  private readonly completed = new Map<string, Promise<readonly DescribedAudit[]>>();

  /**
   * @param until when to give up, in milliseconds since 1970: whatever is not read by then cannot be read
   */
  constructor(private readonly iot: IoTClient, private readonly calls: AwsCalls, private readonly until: number) {}

  /**
   * Whether there is no time for what is merely good to have.
   */
  public get isLate(): boolean {
    return this.calls.clock.now() > this.until - LAST_MINUTE;
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
   * The completed audits that were started in a span of time, the newest first.
   */
  public async completedAudits(from: number, to: number): Promise<readonly DescribedAudit[]> {
    const key = `${from} ${to}`;
    const audits = this.completed.get(key) ?? this.listCompletedAudits(from, to);
    this.completed.set(key, audits);
    return audits;
  }

  private async listCompletedAudits(from: number, to: number): Promise<readonly DescribedAudit[]> {
    const audits: DescribedAudit[] = [];
    let nextToken: string | undefined;
    do {
      const { tasks = [], nextToken: next } = await this.inTime((options) => this.iot.send(
        new ListAuditTasksCommand({
          startTime: new Date(from), endTime: new Date(to), taskStatus: 'COMPLETED', maxResults: LARGEST_PAGE, nextToken,
        }), options));
      for (const { taskId } of tasks) {
        const task = await this.inTime((options) => this.iot.send(new DescribeAuditTaskCommand({ taskId }), options));
        audits.push({ ...task, taskId: taskId! });
        await this.calls.clock.sleep(DESCRIBING_PACE);
      }
      nextToken = next;
      await this.calls.clock.sleep(LISTING_PACE);
    } while (nextToken);
    return audits.sort((one, other) => other.taskStartTime!.getTime() - one.taskStartTime!.getTime());
  }

  /** Calls that succeed must not go on for ever either: the function would end without an answer. */
  private async inTime<Output>(call: (options: CallOptions) => Promise<Output>): Promise<Output> {
    if (this.calls.clock.now() >= this.until) {
      throw new RequestFailure('it and the audits before it have more findings than can be read in time; '
        + 'judge fewer checks, suppress findings, or let known findings count');
    }
    return this.calls.persistently({ until: this.until }, call);
  }
}

/** A text that is the same for the same resource, whatever the order in which AWS names its parts. */
export function resourceKey({ deviceCertificateArn, ...identifier }: ResourceIdentifier = {}): string {
  // The ARN came later than the id, and says the same.
  const parts = Object.keys(identifier).length > 0 ? identifier : { deviceCertificateArn };
  return JSON.stringify(Object.entries(parts).filter(([, value]) => value !== undefined).sort().map(([name, value]) => [
    name, typeof value === 'object' ? Object.entries(value).sort() : value,
  ]));
}

/** How a person would name a resource. */
export function resourceName(identifier: ResourceIdentifier = {}): string {
  const { policyVersionIdentifier: policy, issuerCertificateIdentifier: issuer, ...plain } = identifier;
  if (policy) {
    return `${policy.policyName} version ${policy.policyVersionId}`;
  }
  if (issuer) {
    return issuer.issuerCertificateSubject ?? issuer.issuerId ?? 'issuer';
  }
  const name: string | undefined = Object.values(plain).find((value) => value !== undefined);
  // Of an ARN, only the end tells one resource from another.
  return name?.replace(/^arn:[^/]*\//, '') ?? 'unknown';
}
