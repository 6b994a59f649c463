import {
  CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsCalls, CallOptions, asError } from './aws-calls';

export interface LogStreamScope {
  readonly calls: AwsCalls;
  readonly logs: CloudWatchLogsClient;
  readonly logGroupName: string;
}

/** A fact that an invocation noted. */
export interface LogStreamEntry {
  /** Milliseconds since 1970. */
  readonly time: number;

  readonly [fact: string]: unknown;
}

/** The function's memory: a stream of its log group, to which entries are added. They stay as long as the log keeps them. */
export class LogStream {
  /** Read so far, and where to read on. */
  private readonly entries: LogStreamEntry[] = [];
  private nextToken?: string;

  constructor(private readonly scope: LogStreamScope, private readonly logStreamName: string) {}

  /**
   * Creates the stream.
   *
   * @returns false if it exists already: of several invocations, one creates it
   */
  public async create(until: number): Promise<boolean> {
    const { calls, logs } = this.scope;
    try {
      await calls.persistently({ until }, (options) => logs.send(new CreateLogStreamCommand(this.name), options));
      return true;
    } catch (error) {
      if (asError(error).name === 'ResourceAlreadyExistsException') {
        return false;
      }
      throw error;
    }
  }

  /** Adds an entry, and the stream where there is none yet. */
  public async append(facts: Record<string, unknown>, until: number): Promise<void> {
    const { calls } = this.scope;
    const put = this.putting(facts);
    try {
      await calls.persistently({ until }, put);
    } catch (error) {
      if (asError(error).name !== 'ResourceNotFoundException') {
        throw error;
      }
      await this.create(until);
      await calls.persistently({ until }, put);
    }
  }

  /** Adds an entry to a stream that exists, in one attempt. */
  public async appendOnce(facts: Record<string, unknown>): Promise<void> {
    await this.scope.calls.once(this.putting(facts));
  }

  /** All entries, the oldest first; none where there is no stream. */
  public async read(until: number): Promise<LogStreamEntry[]> {
    const { calls, logs } = this.scope;
    try {
      for (;;) {
        const { events = [], nextForwardToken } = await calls.persistently({ until }, (options) => logs.send(
          new GetLogEventsCommand({ ...this.name, startFromHead: true, nextToken: this.nextToken }), options));
        this.entries.push(...events.map(({ message }) => JSON.parse(message!) as LogStreamEntry));
        // The end is a token that repeats, not an empty page. What is added later comes after it.
        if (nextForwardToken === undefined || nextForwardToken === this.nextToken) {
          return [...this.entries];
        }
        this.nextToken = nextForwardToken;
      }
    } catch (error) {
      if (asError(error).name === 'ResourceNotFoundException') {
        return [...this.entries];
      }
      throw error;
    }
  }

  private get name(): { readonly logGroupName: string; readonly logStreamName: string } {
    return { logGroupName: this.scope.logGroupName, logStreamName: this.logStreamName };
  }

  private putting(facts: Record<string, unknown>): (options: CallOptions) => Promise<unknown> {
    const { calls, logs } = this.scope;
    const time = calls.clock.now();
    const logEvents = [{ timestamp: time, message: JSON.stringify({ time, ...facts }) }];
    return (options) => logs.send(new PutLogEventsCommand({ ...this.name, logEvents }), options);
  }
}
