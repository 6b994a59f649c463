import {
  CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsCalls, CallOptions } from './aws-calls';
import { asError, log } from './log';

/** The log group that a memory lies in, and the request that uses it. */
export interface MemoryScope {
  readonly calls: AwsCalls;
  readonly logs: CloudWatchLogsClient;
  readonly logGroupName: string;
  readonly requestId: string;

  /** Time to give up, in milliseconds since 1970. */
  readonly until: number;
}

/** Facts that a request noted. */
export interface MemoryEntry {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly requestId: string;

  readonly [fact: string]: unknown;
}

/**
 * The function's memory: entries in a stream of its log group, which stay as long as the log keeps them.
 *
 * Each resource has one for its requests. Resources of a stack can share another one.
 */
export class LogMemory<Entry extends MemoryEntry = MemoryEntry> {
  /** Entries read so far, and the place to read on. */
  private readonly read: Entry[] = [];
  private nextToken?: string;

  private known?: readonly Entry[];
  private opened = false;

  constructor(private readonly scope: MemoryScope, private readonly logStreamName: string) {}

  /** False if the log could not be written: later requests would know nothing of this one. */
  public get isOpen(): boolean {
    return this.opened;
  }

  /** False if the log could not be read. */
  public get isKnown(): boolean {
    return this.known !== undefined;
  }

  /** All entries, the oldest first, as they were last recalled. */
  public get entries(): readonly Entry[] {
    return this.known ?? [];
  }

  /** Entries that earlier invocations for the same request noted. */
  public get earlier(): readonly Entry[] {
    return this.entries.filter(({ requestId }) => requestId === this.scope.requestId);
  }

  /** Notes that a request has begun. */
  public async open(facts: object, until: number): Promise<void> {
    await this.note(facts, until);
    this.opened = true;
  }

  /** Goes on where another invocation for the same request has opened the memory. */
  public resume(): void {
    this.opened = true;
  }

  /** Adds an entry that must not be missing. */
  public async note(facts: object, until = this.scope.until): Promise<void> {
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

  /** Adds an entry that is good to have, in one attempt, if the memory is open. */
  public async tryToNote(facts: object): Promise<void> {
    if (this.opened) {
      await this.scope.calls.once(this.putting(facts)).catch((error) => log('not noted', { error }));
    }
  }

  /** Notes that the request is still being carried out. */
  public async keepAlive(): Promise<void> {
    await this.tryToNote({ alive: true });
  }

  /** Reads all entries, the oldest first; none if there is no stream. */
  public async recall(until = this.scope.until): Promise<readonly Entry[]> {
    const { calls, logs } = this.scope;
    try {
      for (;;) {
        const { events = [], nextForwardToken } = await calls.persistently({ until }, (options) => logs.send(
          new GetLogEventsCommand({ ...this.name, startFromHead: true, nextToken: this.nextToken }), options));
        this.read.push(...events.map(({ message }) => JSON.parse(message!) as Entry));
        // The end is a token that repeats, not an empty page. Later entries come after it.
        if (nextForwardToken === undefined || nextForwardToken === this.nextToken) {
          break;
        }
        this.nextToken = nextForwardToken;
      }
    } catch (error) {
      if (asError(error).name !== 'ResourceNotFoundException') {
        throw error;
      }
    }
    this.known = [...this.read];
    return this.known;
  }

  /**
   * Creates the stream.
   *
   * @returns false if it exists already: only one of several invocations creates it
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

  private get name(): { readonly logGroupName: string; readonly logStreamName: string } {
    return { logGroupName: this.scope.logGroupName, logStreamName: this.logStreamName };
  }

  private putting(facts: object): (options: CallOptions) => Promise<unknown> {
    const { calls, logs, requestId } = this.scope;
    const time = calls.clock.now();
    const logEvents = [{ timestamp: time, message: JSON.stringify({ time, requestId, ...facts }) }];
    return (options) => logs.send(new PutLogEventsCommand({ ...this.name, logEvents }), options);
  }
}
