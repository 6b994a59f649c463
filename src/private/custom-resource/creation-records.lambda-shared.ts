import {
  CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { asError } from './aws-calls.lambda-shared';
import { CustomResourceEvent } from './custom-resource-event.lambda-shared';
import { Invocation } from './custom-resource-handler.lambda-shared';

/** CloudFormation gives up after an hour. */
const LONGEST_CREATION = 2 * 3_600_000;

/**
 * The physical ids that creations of a resource came to, in a log stream per resource.
 *
 * CloudFormation deletes a creation whose answer it did not get under an id that it makes up.
 */
export class CreationRecords {
  private readonly stream: { readonly logGroupName: string; readonly logStreamName: string };

  constructor(private readonly logs: CloudWatchLogsClient, event: CustomResourceEvent, private readonly invocation: Invocation) {
    this.stream = { logGroupName: invocation.context.logGroupName, logStreamName: `creations/${event.LogicalResourceId}` };
  }

  public async add(physicalResourceId: string): Promise<void> {
    const { calls, workUntil: until } = this.invocation;
    const timestamp = calls.clock.now();
    const logEvents = [{ timestamp, message: JSON.stringify({ time: timestamp, physicalResourceId }) }];
    try {
      await calls.persistently({ until }, (options) => this.logs.send(new CreateLogStreamCommand(this.stream), options));
    } catch (error) {
      if (asError(error).name !== 'ResourceAlreadyExistsException') {
        throw error;
      }
    }
    await calls.persistently({ until }, (options) => this.logs.send(new PutLogEventsCommand({ ...this.stream, logEvents }), options));
  }

  /** The latest, unless it is so old that it belongs to an earlier creation. */
  public async latest(): Promise<string | undefined> {
    const { calls, workUntil: until } = this.invocation;
    try {
      const { events = [] } = await calls.persistently({ until }, (options) => this.logs.send(
        new GetLogEventsCommand(this.stream), options));
      const records = events.map(({ message }) => JSON.parse(message!) as { time: number; physicalResourceId: string });
      return records.filter(({ time }) => calls.clock.now() - time < LONGEST_CREATION).at(-1)?.physicalResourceId;
    } catch (error) {
      // Nothing was created.
      if (asError(error).name === 'ResourceNotFoundException') {
        return undefined;
      }
      throw error;
    }
  }
}
