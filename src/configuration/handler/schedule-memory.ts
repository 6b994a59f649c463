import { ReleasePosition } from '../protocol';
import { LiveSchedule } from './live-configuration';
import { LogStream } from '../../function/runtime/log-stream';
import { Request } from '../../function/runtime/request';

/** The stream that both releases of a stack share: there is one configuration in an account and region. */
const STREAM = 'released-schedules';

interface Entry {
  readonly requestId: string;
  readonly schedules: readonly LiveSchedule[];
}

/**
 * The checks that the stack's scheduled audits had before a deployment touched them, for its rollback.
 *
 * The template could say it only by logical ids, which are no part of a custom resource that `cdk refactor` recognizes.
 */
export class ScheduleMemory {
  private readonly stream: LogStream;

  constructor(private readonly request: Request) {
    this.stream = request.sharedStream(STREAM);
  }

  public async keep(schedules: readonly LiveSchedule[]): Promise<void> {
    await this.stream.append({ requestId: this.request.event.RequestId, schedules }, this.request.workUntil);
  }

  /**
   * Reads what the deployment that is rolled back had noted, by the schedules' names.
   *
   * It notes before the configuration. If it did not come so far, it changed nothing there; after the configuration it had.
   */
  public async read(position: string): Promise<ReadonlyMap<string, readonly string[]>> {
    const entries = await this.stream.read(this.request.workUntil) as readonly unknown[] as readonly Entry[];
    const latest = entries.at(-1);
    const { event, memory } = this.request;
    // What comes too late is undone under the id of the request itself.
    const isOfThisDeployment = position !== ReleasePosition.BEFORE
      || (latest !== undefined && [event.RequestId, memory.precedingRequestId].includes(latest.requestId));
    return new Map(isOfThisDeployment ? latest?.schedules.map(({ name, checks }) => [name, checks]) : []);
  }
}
