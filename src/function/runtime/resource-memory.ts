import { PATIENCE_WITH_DENIALS, asError, describeError } from './aws-calls';
import { CustomResourceEvent, requestOfFailedCreation } from './custom-resource-event';
import { log } from './log';
import { LogStream, LogStreamEntry, LogStreamScope } from './log-stream';

/** How long an invocation may be silent, in milliseconds, before it counts as gone. */
const PATIENCE_WITH_SILENCE = 90_000;

/** Those that wait say so this often. */
const PAUSE_BETWEEN_SIGNS_OF_LIFE = 30_000;

const PAUSE_BETWEEN_READINGS = 5_000;

/** For a memory that a request may have to do without: most of its time is for its work. */
const PATIENCE = PATIENCE_WITH_DENIALS + 10_000;

/** CloudFormation gives up a creation after an hour. */
const LONGEST_CREATION = 2 * 3_600_000;

/** An entry of the stream of a resource. */
interface MemoryEntry extends LogStreamEntry {
  readonly requestId: string;
  readonly begun?: CustomResourceEvent['RequestType'];

  /** When CloudFormation asked, in milliseconds since 1970. */
  readonly asked?: number;
  readonly ended?: true;

  /** The id that the request was about to make, noted before it changed anything. */
  readonly created?: string;

  /** The id that the request was answered with. */
  readonly physicalResourceId?: string;
}

/**
 * The requests for a resource, so that nothing is done twice, and nothing at the same time.
 *
 * Lambda may deliver an event twice, CloudFormation begins a rollback while the request that it undoes still runs, and
 * deletes a creation whose answer it did not get under an id that it makes up. So the first invocation for a request opens
 * a log stream of its own, which exists once, and notes what it does in the stream of the resource.
 */
export class ResourceMemory {
  private readonly stream: LogStream;

  private entries: readonly MemoryEntry[] = [];

  private open = false;

  private known = false;

  private takenOver = false;

  private silentSince?: number;

  constructor(
    private readonly event: CustomResourceEvent, private readonly scope: LogStreamScope, private readonly until: number,
  ) {
    this.stream = new LogStream(scope, `resources/${event.LogicalResourceId}`);
  }

  /** False if the log could not be written: whoever comes next would know nothing of this request. */
  public get isOpen(): boolean {
    return this.open;
  }

  /** False if the log could not be read. */
  public get isKnown(): boolean {
    return this.known;
  }

  /** True if an invocation for the same request is gone, whatever it noted. */
  public get isTakenOver(): boolean {
    return this.takenOver;
  }

  /**
   * When an earlier request was begun that has not ended but is silent, in milliseconds since 1970: its last change may
   * still be on the way. Undefined if there is none.
   */
  public get cutOffSince(): number | undefined {
    return this.silentSince;
  }

  /** What an invocation for the same request noted that is gone by now. */
  public get earlier(): readonly LogStreamEntry[] {
    return this.entries.filter(({ requestId }) => requestId === this.event.RequestId);
  }

  /** The physical id that the resource was answered with last; undefined if none is noted. */
  public get newestId(): string | undefined {
    return this.entries.filter(({ physicalResourceId }) => physicalResourceId !== undefined).at(-1)?.physicalResourceId;
  }

  /** The request before this one; undefined if none is noted. */
  public get precedingRequestId(): string | undefined {
    return this.others().filter(({ begun }) => begun).at(-1)?.requestId;
  }

  /** True if CloudFormation has asked for something else of the resource since it asked for this. */
  public isOvertaken(askedAt: number | undefined): boolean {
    return askedAt !== undefined && this.others().some(({ asked }) => asked !== undefined && asked > askedAt);
  }

  /**
   * Opens the memory for a request.
   *
   * @returns 'taken' while another invocation works on the request, or when one has answered it
   * @throws the error of the log, if it cannot be written
   */
  public async claim(asked: number | undefined): Promise<'mine' | 'taken'> {
    const lock = new LogStream(this.scope, `requests/${this.event.RequestId}`);
    if (!await lock.create(this.soon())) {
      if (await this.follow() === 'taken') {
        return 'taken';
      }
      this.takenOver = true;
    }
    await this.stream.append({ requestId: this.event.RequestId, begun: this.event.RequestType, asked }, this.soon());
    this.open = true;
    return 'mine';
  }

  /** Goes on with a request that another invocation has handed over. */
  public resume(): void {
    this.open = true;
  }

  /** Waits until no earlier request for the resource is under way, and remembers what the requests noted. */
  public async awaitPredecessors(): Promise<void> {
    const { clock } = this.scope.calls;
    let lastSign: number | undefined;
    for (;;) {
      await this.read();
      const open = this.openPredecessors();
      const busy = open.filter((requestId) => this.isHeardOf(requestId, PATIENCE_WITH_SILENCE));
      const cutOff = open.filter((requestId) => this.isHeardOf(requestId, LONGEST_CREATION)).at(-1);
      this.silentSince = this.entries.find(({ requestId }) => requestId === cutOff)?.time;
      if (busy.length === 0 || clock.now() + PAUSE_BETWEEN_READINGS > this.until) {
        return;
      }
      if (lastSign === undefined || clock.now() - lastSign >= PAUSE_BETWEEN_SIGNS_OF_LIFE) {
        log('waiting for an earlier request', { requestIds: busy });
        await this.keepAlive();
        lastSign = clock.now();
      }
      await clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  /** Adds an entry that must not be missing. */
  public async note(facts: Record<string, unknown>): Promise<void> {
    await this.stream.append({ requestId: this.event.RequestId, ...facts }, this.until);
  }

  /** Adds an entry that is good to have. */
  public async tryToNote(facts: Record<string, unknown>): Promise<void> {
    if (!this.open) {
      return;
    }
    try {
      await this.stream.appendOnce({ requestId: this.event.RequestId, ...facts });
    } catch (error) {
      log('not noted', { error: describeError(asError(error)) });
    }
  }

  public async keepAlive(): Promise<void> {
    await this.tryToNote({ alive: true });
  }

  /** The id that a creation noted whose delete names it by an id that is none; undefined if it changed nothing. */
  public createdId(): string | undefined {
    const failed = requestOfFailedCreation(this.event.PhysicalResourceId);
    const creation = this.entries.filter(({ begun, requestId }) => begun === 'Create' && requestId === (failed ?? requestId)).at(-1);
    if (!creation || creation.time < this.scope.calls.clock.now() - LONGEST_CREATION) {
      return undefined;
    }
    return this.entries.find(({ requestId, created }) => requestId === creation.requestId && created)?.created;
  }

  private soon(): number {
    return Math.min(this.until, this.scope.calls.clock.now() + PATIENCE);
  }

  private async read(): Promise<void> {
    this.entries = await this.stream.read(this.soon()) as readonly LogStreamEntry[] as readonly MemoryEntry[];
    this.known = true;
  }

  private others(): readonly MemoryEntry[] {
    return this.entries.filter(({ requestId }) => requestId !== this.event.RequestId);
  }

  /** Requests that were begun before this one, and have not ended: two that waited for each other would both lose their time. */
  private openPredecessors(): string[] {
    const requests = [...new Set(this.entries.filter(({ begun }) => begun).map(({ requestId }) => requestId))];
    const own = requests.indexOf(this.event.RequestId);
    const before = own < 0 ? requests : requests.slice(0, own);
    const ended = new Set(this.entries.filter((entry) => entry.ended).map(({ requestId }) => requestId));
    // One that ended had waited for those before it.
    const lastEnded = before.filter((requestId) => ended.has(requestId)).at(-1);
    return lastEnded === undefined ? before : before.slice(before.indexOf(lastEnded) + 1);
  }

  private isHeardOf(id: string, within: number): boolean {
    const latest = this.entries.filter(({ requestId }) => requestId === id).at(-1)!;
    return this.scope.calls.clock.now() - latest.time <= within;
  }

  /** Watches the invocation that was first for the request. */
  private async follow(): Promise<'gone' | 'taken'> {
    const { clock } = this.scope.calls;
    const started = clock.now();
    for (;;) {
      await this.readOrWait();
      const latest = this.earlier.at(-1)?.time ?? started;
      if (this.earlier.some(({ ended }) => ended)) {
        log('another invocation has answered this request');
        return 'taken';
      }
      if (clock.now() - latest > PATIENCE_WITH_SILENCE) {
        log('taking over from an invocation that is gone', { entries: this.earlier });
        return 'gone';
      }
      if (clock.now() + PAUSE_BETWEEN_READINGS > this.until) {
        log('another invocation works on this request');
        return 'taken';
      }
      await clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  private async readOrWait(): Promise<void> {
    const { clock } = this.scope.calls;
    try {
      await this.read();
    } catch (error) {
      // Whoever opened the memory, if it is not gone, is to answer first.
      await clock.sleep(Math.max(0, this.until - clock.now()));
      throw error;
    }
  }
}
