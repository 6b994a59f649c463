import { PlannedChange, PolicyVersions } from './planned-changes';
import { Content, Subject, canonical, digestOf, keyOf } from './suppression';
import { WantedSuppression } from './wanted-suppressions';
import { log } from '../../function/runtime/log';
import { LogMemory, MemoryEntry } from '../../function/runtime/log-memory';
import { Request } from '../../function/runtime/request';
import { failWith } from '../../function/runtime/request-failure';
import { RequestEntry } from '../../function/runtime/request-history';
import { SuppressionsProperties } from '../protocol';

/** The state of a suppression before a request changed it. */
export interface FoundSuppression extends Subject {
  /** Null for one that there was not. */
  readonly content: Content | null;
}

/** The facts that a request noted before it changed anything. */
export interface ChangeRecord {
  readonly found: readonly FoundSuppression[];

  /** Default versions by the names of the policies that were followed. */
  readonly versions: Readonly<Record<string, string>>;
}

interface ChangeEntry extends RequestEntry, Partial<ChangeRecord> {
  /** A digest of the template. */
  readonly template?: string;

  /** The beginning of the stack's operation. */
  readonly operation?: number;
}

/** An entry of the memory that all lists of a stack share. The latest of a list counts. */
interface ListEntry extends MemoryEntry {
  readonly logicalId: string;

  /** Digests of the suppressions that the list has. */
  readonly wants: readonly string[];

  /** Digests of those that it is about to delete, unless another list has them. */
  readonly leaves?: readonly string[];
}

const NOTING = 'nothing was changed because the function could not note in its log group what it found';

/** The suppressions in one entry: a line of the log has 256 kB. */
const CHUNK = 80;

/** Milliseconds for other lists of the stack, shorter than a request may be silent. */
const PATIENCE_WITH_OTHERS = 80_000;
const PAUSE_BETWEEN_READINGS = 5_000;

/** Milliseconds in which a deployment ends. */
const LONGEST_DEPLOYMENT = 24 * 3_600_000;

/** The memory of a list of suppressions, and of the other lists of the stack. */
export class SuppressionMemory {
  private readonly lists: LogMemory<ListEntry>;

  constructor(private readonly request: Request<SuppressionsProperties>) {
    this.lists = request.sharedMemory('suppressions');
  }

  /** False if it could not be read. */
  public get isKnown(): boolean {
    return this.request.memory.isKnown;
  }

  /** Notes what there was, before anything is changed. */
  public async noteChanges(
    template: readonly WantedSuppression[], changes: readonly (PlannedChange & { readonly live?: Content })[],
    versions: PolicyVersions, created?: string,
  ): Promise<void> {
    const { memory, stack: { startedAt } } = this.request;
    const found = changes.map(({ subject, live }): FoundSuppression => ({ ...subject, content: live ?? null }));
    for (let start = 0; start === 0 || start < found.length; start += CHUNK) {
      await memory.note({
        template: templateDigest(template), operation: startedAt, created,
        versions: Object.fromEntries(versions), found: found.slice(start, start + CHUNK),
      }).catch(failWith(NOTING));
    }
  }

  /** The record of a creation; undefined if there is none. */
  public recordOf(creationId: string): ChangeRecord | undefined {
    return recordIn(this.request.memory.entries.filter(({ requestId }) => requestId === creationId));
  }

  /** The record of the update that a rollback undoes; undefined if that update changed nothing. */
  public recordOfUpdate(undone: readonly WantedSuppression[]): ChangeRecord | undefined {
    const { calls: { clock }, memory, stack: { startedAt } } = this.request;
    const template = templateDigest(undone);
    return recordIn((memory.entries as readonly ChangeEntry[]).filter((entry) => entry.template === template
      && entry.time > clock.now() - LONGEST_DEPLOYMENT
      && (startedAt === undefined || entry.operation === undefined || startedAt === entry.operation)));
  }

  /** Tells other lists of the stack which suppressions this one has, before anything is changed. */
  public async announce(wants: readonly string[], leaves: readonly string[] = []): Promise<void> {
    await this.lists.note({
      logicalId: this.request.event.LogicalResourceId, wants: wants.map(digestOf), leaves: leaves.map(digestOf),
    });
  }

  /**
   * Waits for other lists that may be about to delete what this one is to have: CloudFormation updates several at once.
   */
  public async awaitOthers(wants: readonly string[]): Promise<void> {
    const { clock } = this.request.calls;
    const own = new Set(wants.map(digestOf));
    const until = clock.now() + PATIENCE_WITH_OTHERS;
    for (;;) {
      await this.request.memory.keepAlive();
      await this.lists.recall();
      const leaving = this.others().filter(({ leaves = [] }) => leaves.some((digest) => own.has(digest)));
      if (leaving.length === 0 || clock.now() >= until) {
        return;
      }
      log('waiting for another list of suppressions', { logicalIds: leaving.map(({ logicalId }) => logicalId) });
      await clock.sleep(PAUSE_BETWEEN_READINGS);
    }
  }

  /** Reads what the other lists have. */
  public async recallOthers(): Promise<void> {
    await this.lists.recall();
  }

  /** True if another list of the stack has the suppression, as they were last read. */
  public isWantedByOthers(subject: Subject): boolean {
    const digest = digestOf(keyOf(subject));
    return this.others().some(({ wants }) => wants.includes(digest));
  }

  private others(): ListEntry[] {
    const latest = new Map(this.lists.entries.map((entry) => [entry.logicalId, entry]));
    latest.delete(this.request.event.LogicalResourceId);
    return [...latest.values()];
  }
}

/** The first note counts: a request that is carried out a second time finds its own changes. */
function recordIn(entries: readonly ChangeEntry[]): ChangeRecord | undefined {
  const noted = entries.filter(({ found }) => found);
  if (noted.length === 0) {
    return undefined;
  }
  const byKey = new Map(noted.flatMap(({ found }) => found!).reverse().map((found) => [keyOf(found), found]));
  return { found: [...byKey.values()].reverse(), versions: noted[0].versions! };
}

function templateDigest(template: readonly WantedSuppression[]): string {
  return digestOf(canonical(Object.fromEntries(template.map(({ entryKey, content, follows }) =>
    [entryKey, { ...content, follows }]))));
}
