import type { Handled } from './resource-handler';
import type { StackEvent, StackStatus } from './stack-events';
import type { Properties, Template } from './template';
import { Clock, systemClock } from '../device-defender/clock';
import type { ListedResource } from '../services/surrounding-services';

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
    this.report({ logicalId: this.name, resourceType: 'AWS::CloudFormation::Stack', physicalId: this.id, status, reason });
  }

  /** The resources as CloudFormation lists them: those on their way out are among them, by the latest physical id of each. */
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
