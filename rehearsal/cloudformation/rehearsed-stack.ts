import { isDeepStrictEqual } from 'node:util';
import type { Handled } from './resource-handler';
import { Properties, Template, TemplateError } from './template';
import { Clock, systemClock } from '../device-defender/clock';
import type { ListedResource } from '../services/surrounding-services';

/** An event of a resource, or of the stack itself. */
export interface StackEvent {
  readonly stackName: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly physicalId?: string;
  /** The path of the construct, where the template names it. */
  readonly path?: string;
  readonly status: ResourceStatus | StackStatus;
  readonly reason?: string;
  /** The reason why the resource was skipped: it is taken for done. */
  readonly notRehearsed?: string;
}

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`
  /** Left as it is, by its DeletionPolicy or UpdateReplacePolicy. */
  | 'DELETE_SKIPPED';

export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

/** The end of a deployment that did what it was to do. */
export function isSuccess(status: StackStatus): boolean {
  return status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'DELETE_COMPLETE';
}

/** A resource as it is deployed. */
export interface StackResource extends Handled {
  readonly logicalId: string;
  readonly type: string;
  /** Without functions. */
  readonly properties: Properties;
  /** Logical ids of what it needs. */
  readonly needs: readonly string[];
  readonly deletionPolicy?: string;
  readonly path?: string;
}

/** A stack of an account, from its first deployment on. */
export class RehearsedStack {
  status: StackStatus | undefined;
  template: Template | undefined;
  resources = new Map<string, StackResource>();
  outputs: Readonly<Record<string, unknown>> = {};
  /** Values by name of the export. */
  exports: ReadonlyMap<string, unknown> = new Map();
  /** Names of the exports of other stacks that this one uses. */
  imports: ReadonlySet<string> = new Set();
  tags: Readonly<Record<string, string>> = {};
  readonly events: StackEvent[] = [];
  private readonly listing = new Map<string, ListedResource>();
  /** Earlier physical ids that are being deleted, by logical id. */
  private readonly former = new Map<string, ListedResource>();

  constructor(
    readonly name: string, readonly id: string,
    private readonly onStatus: (stack: RehearsedStack) => void, private readonly onEvent: (event: StackEvent) => void,
    private readonly clock: Pick<Clock, 'now'> = systemClock, private readonly listsFormerIds = false,
  ) {}

  enter(status: StackStatus, reason?: string): void {
    this.status = status;
    this.onStatus(this);
    this.report({
      logicalId: this.name, resourceType: 'AWS::CloudFormation::Stack', physicalId: this.id, status, reason,
    });
  }

  /**
   * The resources as CloudFormation lists them: those on their way out are among them, by the latest physical id of
   * each.
   */
  get listed(): readonly ListedResource[] {
    return [...this.listing.values()].map((resource) => this.former.get(resource.logicalId) ?? resource);
  }

  report(event: Omit<StackEvent, 'stackName'>): void {
    this.list(event);
    const complete = { stackName: this.name, ...event };
    this.events.push(complete);
    this.onEvent(complete);
  }

  private list({ logicalId, resourceType: type, physicalId, status }: Omit<StackEvent, 'stackName'>): void {
    if (type === 'AWS::CloudFormation::Stack') return;
    const listed = this.listing.get(logicalId);
    const isLeaving = status.startsWith('DELETE');
    const updated = this.clock.now();
    if (isLeaving && listed?.physicalId !== physicalId) {
      // The deletion of an earlier physical id, after a replacement. That it is not listed is inferred.
      if (!this.listsFormerIds || listed === undefined) return;
      if (status === 'DELETE_IN_PROGRESS') this.former.set(logicalId, { ...listed, physicalId, status, updated });
      else this.former.delete(logicalId);
    } else if (status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED') {
      this.listing.delete(logicalId);
    } else {
      this.listing.set(logicalId, { logicalId, type, physicalId: physicalId ?? listed?.physicalId, status, updated });
    }
  }
}

/** The exports of an account's stacks. */
export class Exports {
  constructor(private readonly stacks: () => readonly RehearsedStack[]) {}

  valueOf(name: string): unknown {
    const exporter = this.stacks().find((stack) => stack.exports.has(name));
    if (exporter === undefined) throw new TemplateError(`No export named ${name} found.`);
    return exporter.exports.get(name);
  }

  /** Refuses exports whose name another stack has taken. */
  requireFree(stack: RehearsedStack, wanted: ReadonlyMap<string, unknown>): void {
    for (const name of wanted.keys()) {
      const rival = this.stacks().find((other) => other !== stack && other.exports.has(name));
      if (rival !== undefined) {
        throw new TemplateError(`Export with name ${name} is already exported by stack ${rival.name}`);
      }
    }
  }

  /** Refuses to change or remove exports that another stack uses. */
  requireUnused(stack: RehearsedStack, wanted: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of stack.exports) {
      if (wanted.has(name) && isDeepStrictEqual(wanted.get(name), value)) continue;
      const users = this.stacks()
        .filter((other) => other !== stack && other.imports.has(name))
        .map((other) => other.name);
      const verb = wanted.has(name) ? 'update' : 'delete';
      if (users.length > 0) {
        throw new TemplateError(`Cannot ${verb} export ${name} as it is in use by ${users.join(', ')}.`);
      }
    }
  }
}
