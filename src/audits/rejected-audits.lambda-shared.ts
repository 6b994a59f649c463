import { CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { AwsCalls, asError, describeError } from '../private/custom-resource/aws-calls.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';

export interface RejectedAuditsScope {
  readonly calls: AwsCalls;
  readonly logs: CloudWatchLogsClient;
  readonly logGroupName: string;

  /** When to give up, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * The audits with which a gate of the stack has stopped a deployment. What they found is not known for that: otherwise
 * the same deployment would pass at the second try.
 *
 * Each is a log stream without events in the function's log group.
 */
export class RejectedAudits {
  constructor(private readonly scope: RejectedAuditsScope) {}

  public async note(taskId: string): Promise<void> {
    const { calls, logs, logGroupName, until } = this.scope;
    const logStreamName = logStreamOf(taskId);
    try {
      await calls.persistently({ until }, (options) => logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }), options));
    } catch (error) {
      if (asError(error).name !== 'ResourceAlreadyExistsException') {
        log('rejected audit not noted: at a further try, what it found counts as known', { taskId, error: describeError(asError(error)) });
      }
    }
  }

  public async includes(taskId: string): Promise<boolean> {
    const { calls, logs, logGroupName, until } = this.scope;
    const logStreamName = logStreamOf(taskId);
    try {
      await calls.persistently({ until }, (options) => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 1 }), options));
      return true;
    } catch (error) {
      if (asError(error).name === 'ResourceNotFoundException') {
        return false;
      }
      throw error;
    }
  }
}

function logStreamOf(taskId: string): string {
  return `rejected/${taskId}`;
}
