import { PATIENCE_WITH_DENIALS } from './aws-calls';
import { CustomResourceEvent, requestOfFailedCreation } from './custom-resource-event';
import { log } from './log';
import { LogMemory, MemoryEntry, MemoryScope } from './log-memory';

/** Milliseconds after which a silent invocation counts as gone. */
const PATIENCE_WITH_SILENCE = 90_000;

const PAUSE_BETWEEN_SIGNS_OF_LIFE = 30_000;
const PAUSE_BETWEEN_READINGS = 5_000;

/** Milliseconds for a memory that a request may have to do without: most of its time is for its work. */
const PATIENCE = PATIENCE_WITH_DENIALS + 10_000;

/** CloudFormation gives up a creation after an hour. */
const LONGEST_CREATION = 2 * 3_600_000;

/** An entry in the memory of a resource. */
export interface RequestEntry extends MemoryEntry {
  readonly begun?: CustomResourceEvent['RequestType'];

  /** The time at which CloudFormation asked, in milliseconds since 1970. */
  readonly asked?: number;
  readonly ended?: true;

  /** The id that the request was about to make, noted before it changed anything. */
  readonly created?: string;

  /** The id that the request was answered with. */
  readonly physicalResourceId?: string;
}

/**
 * The requests for a resource, one after the other: none is carried out twice, and no two at the same time.
 *
 * Lambda may deliver an event twice. CloudFormation begins a rollback while the request that it undoes still runs, and
 * deletes a creation whose answer it did not get under an id that it makes up. So the first invocation for a request
 * creates a log stream of its own, which exists once, and requests note what they do in the memory of the resource.
 */
export class RequestHistory {
  public readonly memory: LogMemory<RequestEntry>;

  private takenOver = false;
  private silentSince?: number;

  constructor(private readonly event: CustomResourceEvent, private readonly scope: MemoryScope) {
    this.memory = new LogMemory(scope, `resources/${event.LogicalResourceId}`);
  }

  /** True if an earlier invocation for the same request is gone, whether it noted something or not. */
  public get isTakenOver(): boolean {
    return this.takenOver;
  }

  /**
   * The beginning of an earlier request that has not ended but is silent, in milliseconds since 1970; undefined if
   * there is none. Its last change may still be on the way.
   */
  public get cutOffSince(): number | undefined {
    return this.silentSince;
  }

  /** The physical id that the resource was answered with last; undefined if none is noted. */
  public get newestId(): string | undefined {
    return this.entries.filter(({ physicalResourceId }) => physicalResourceId !== undefined).at(-1)?.physicalResourceId;
  }

  /** The request before this one; undefined if none is noted. */
  public get precedingRequestId(): string | undefined {
    return this.others.filter(({ begun }) => begun).at(-1)?.requestId;
  }

  /** The id that a creation noted whose delete names it by an id that is none; undefined if it changed nothing. */
  public get createdId(): string | undefined {
    const failed = requestOfFailedCreation(this.event.PhysicalResourceId);
    const creation = this.entries
      .filter(({ begun, requestId }) => begun === 'Create' && requestId === (failed ?? requestId)).at(-1);
    if (!creation || creation.time < this.now - LONGEST_CREATION) {
      return undefined;
    }
    return this.entries.find(({ requestId, created }) => requestId === creation.requestId && created)?.created;
  }

  /** True if CloudFormation has asked for something else of the resource since it asked for this. */
  public isOvertaken(askedAt: number | undefined): boolean {
    return askedAt !== undefined && this.others.some(({ asked }) => asked !== undefined && asked > askedAt);
  }

  /**
   * Claims the request for this invocation, and opens the memory.
   *
   * @returns 'taken' while another invocation carries out the request, or if one has answered it
   * @throws the error of the log, if it cannot be written
   */
  public async claim(asked: number | undefined): Promise<'mine' | 'taken'> {
    const lock = new LogMemory(this.scope, `requests/${this.event.RequestId}`);
    if (!await lock.create(this.soon)) {
      if (await this.follow() === 'taken') {
        return 'taken';
      }
      this.takenOver = true;
    }
    await this.memory.open({ begun: this.event.RequestType, asked }, this.soon);
    return 'mine';
  }

  /** Waits until no earlier request for the resource is under way, and recalls what the requests noted. */
  public async awaitPredecessors(): Promise<void> {
    const { calls: { clock }, until } = this.scope;
    let lastSign: number | undefined;
    for (;;) {
      await this.memory.recall(this.soon);
      const open = this.openPredecessors();
      const busy = open.filter((requestId) => this.isHeardOf(requestId, PATIENCE_WITH_SILENCE));
      const cutOff = open.filter((requestId) => this.isHeardOf(requestId, LONGEST_CREATION)).at(-1);
      this.silentSince = this.entries.find(({ requestId }) => requestId === cutOff)?.time;
      if (busy.length === 0 || clock.now() + PAUSE_BETWEEN_READINGS > until) {
        return;
      }
      if (lastSign === undefined || clock.now() - lastSign >= PAUSE_BETWEEN_SIGNS_OF_LIFE) {
        log('waiting for an earlier request', { requestIds: busy });
        await this.memory.keepAlive();
        lastSign = clock.now();
      }
      await clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  /** Watches the invocation that was first for the request. */
  private async follow(): Promise<'gone' | 'taken'> {
    const { calls: { clock }, until } = this.scope;
    const { memory } = this;
    const started = clock.now();
    for (;;) {
      await this.recallOrWait();
      const latest = memory.earlier.at(-1)?.time ?? started;
      if (memory.earlier.some(({ ended }) => ended)) {
        log('another invocation has answered this request');
        return 'taken';
      }
      if (clock.now() - latest > PATIENCE_WITH_SILENCE) {
        log('taking over from an invocation that is gone', { entries: memory.earlier });
        return 'gone';
      }
      if (clock.now() + PAUSE_BETWEEN_READINGS > until) {
        log('another invocation works on this request');
        return 'taken';
      }
      await clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  private async recallOrWait(): Promise<void> {
    try {
      await this.memory.recall(this.soon);
    } catch (error) {
      // The invocation that was first, unless it is gone, is to answer first.
      await this.scope.calls.clock.sleep(Math.max(0, this.scope.until - this.now));
      throw error;
    }
  }

  /**
   * Requests that began before this one and have not ended. Two that waited for each other would both lose their time.
   */
  private openPredecessors(): string[] {
    const requests = [...new Set(this.entries.filter(({ begun }) => begun).map(({ requestId }) => requestId))];
    const own = requests.indexOf(this.event.RequestId);
    const before = own < 0 ? requests : requests.slice(0, own);
    const ended = new Set(this.entries.filter((entry) => entry.ended).map(({ requestId }) => requestId));
    // One that ended had waited for those before it.
    return before.slice(before.map((requestId) => ended.has(requestId)).lastIndexOf(true) + 1);
  }

  private isHeardOf(id: string, within: number): boolean {
    const latest = this.entries.filter(({ requestId }) => requestId === id).at(-1)!;
    return this.now - latest.time <= within;
  }

  private get entries(): readonly RequestEntry[] {
    return this.memory.entries;
  }

  private get others(): readonly RequestEntry[] {
    return this.entries.filter(({ requestId }) => requestId !== this.event.RequestId);
  }

  private get now(): number {
    return this.scope.calls.clock.now();
  }

  private get soon(): number {
    return Math.min(this.scope.until, this.now + PATIENCE);
  }
}
