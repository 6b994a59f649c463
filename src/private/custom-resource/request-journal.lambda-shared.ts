import {
  CloudWatchLogsClient, CreateLogStreamCommand, GetLogEventsCommand, PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsCalls, CallOptions, asError, describeError } from './aws-calls.lambda-shared';
import { log } from './log.lambda-shared';

/** How long a journal may be silent before its writer counts as gone. Writers note something every 30 seconds. */
const PATIENCE_WITH_SILENCE = 90_000;

const PAUSE_BETWEEN_READINGS = 5_000;

/** Something that an invocation did for a request. */
export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly time: number;

  readonly [fact: string]: unknown;
}

export interface JournalScope {
  readonly calls: AwsCalls;
  readonly logs: CloudWatchLogsClient;
  readonly logGroupName: string;

  /** When to give up, in milliseconds since 1970. */
  readonly until: number;
}

/**
 * What has been done for one request of CloudFormation, so that it is not done twice.
 *
 * Lambda may deliver an event twice, and CloudFormation may repeat one after a function died half-way. AWS IoT takes
 * no client token when an audit is started. So the first invocation for a request opens a log stream of its own, which
 * exists once, and notes there what it does; any other follows what it reads.
 */
export class RequestJournal {
  private readonly logStreamName: string;

  constructor(requestId: string, private readonly scope: JournalScope) {
    this.logStreamName = `requests/${requestId}`;
  }

  /**
   * Opens the journal.
   *
   * @returns nothing for the first invocation, the entries of one that is gone by now, or 'taken' while another works
   * on the request or has answered it
   */
  public async open(): Promise<readonly JournalEntry[] | 'taken'> {
    const { calls, logs, logGroupName, until } = this.scope;
    try {
      await calls.persistently({ until }, (options) => logs.send(
        new CreateLogStreamCommand({ logGroupName, logStreamName: this.logStreamName }), options));
    } catch (error) {
      if (asError(error).name === 'ResourceAlreadyExistsException') {
        return this.follow();
      }
      throw error;
    }
    await this.note({ opened: true });
    return [];
  }

  /** Adds an entry. Whoever takes over would miss it otherwise, so it throws when it cannot. */
  public async note(facts: Record<string, unknown>): Promise<void> {
    const { calls, until } = this.scope;
    await calls.persistently({ until }, this.appending(facts));
  }

  /** Adds an entry that is good to have. */
  public async tryToNote(facts: Record<string, unknown>): Promise<void> {
    try {
      await this.scope.calls.once(this.appending(facts));
    } catch (thrown) {
      const error = asError(thrown);
      // A request that changed nothing has no journal.
      if (error.name !== 'ResourceNotFoundException') {
        log('journal not written', { error: describeError(error) });
      }
    }
  }

  private appending(facts: Record<string, unknown>): (options: CallOptions) => Promise<unknown> {
    const { calls, logs, logGroupName } = this.scope;
    const time = calls.clock.now();
    const logEvents = [{ timestamp: time, message: JSON.stringify({ time, ...facts }) }];
    return (options) => logs.send(new PutLogEventsCommand({ logGroupName, logStreamName: this.logStreamName, logEvents }), options);
  }

  private async follow(): Promise<readonly JournalEntry[] | 'taken'> {
    const { calls, until } = this.scope;
    const started = calls.clock.now();
    for (;;) {
      const entries = await this.read();
      const latest = entries.at(-1)?.time ?? started;
      if (entries.some(({ answered }) => answered)) {
        log('another invocation has answered this request');
        return 'taken';
      }
      if (calls.clock.now() - latest > PATIENCE_WITH_SILENCE) {
        log('taking over from an invocation that is gone', { entries });
        await this.note({ takenOver: true });
        return entries;
      }
      if (calls.clock.now() + PAUSE_BETWEEN_READINGS > until) {
        log('another invocation works on this request');
        return 'taken';
      }
      await calls.clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  private async read(): Promise<JournalEntry[]> {
    const { calls, logs, logGroupName, until } = this.scope;
    try {
      const { events = [] } = await calls.persistently({ until }, (options) => logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName: this.logStreamName, startFromHead: true }), options));
      return events.map(({ message }) => JSON.parse(message!) as JournalEntry);
    } catch (error) {
      // Whoever opened the journal, if it is not gone, is to answer first.
      await calls.clock.sleep(Math.max(0, until - calls.clock.now()));
      throw error;
    }
  }
}
