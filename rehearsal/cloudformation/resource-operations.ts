import type { RehearsedStack, ResourceStatus, StackResource } from './rehearsed-stack';
import { Handled, HandlerFailure, ResourceHandler, ResourceIdentity } from './resource-handler';
import type { CancelledRequest } from '../functions/cancelled-request';

/** The part of an operation in which a handler is called; the clean-up of a rollback counts as rollback. */
export type Stage = 'deployment' | 'cleanup' | 'rollback' | 'deletion';

/** A resource that fails because a test wants it to. */
export interface InjectedFailure {
  readonly logicalId: string;
  /** Before its handler has run, or after it did all its work. */
  readonly phase: 'before' | 'after';
  /** `deployment` if absent: when the resource is created, updated or replaced. */
  readonly during?: Stage;
}

/** The failures still to happen in one operation. */
export class InjectedFailures {
  private readonly missed: Set<InjectedFailure>;

  constructor(private readonly failures: readonly InjectedFailure[] = []) {
    this.missed = new Set(failures);
  }

  throwAt(logicalId: string, phase: InjectedFailure['phase'], stage: Stage, handled?: HandlerFailure['handled']): void {
    const failure = this.failures.find(
      (one) => one.logicalId === logicalId && one.phase === phase && (one.during ?? 'deployment') === stage,
    );
    if (failure === undefined) return;
    this.missed.delete(failure);
    throw new HandlerFailure(`Failure injected ${phase} the handler of ${logicalId}`, handled);
  }

  /** A failure that never happened would make a test prove nothing. */
  requireAllHappened(): void {
    for (const { logicalId, phase, during = 'deployment' } of this.missed) {
      throw new Error(`Nothing failed ${phase} the handler of ${logicalId}: it was not called during the ${during}`);
    }
  }
}

/** A resource to be: as deployed, but without what its handler will give. */
export type WantedResource = Omit<StackResource, keyof Handled>;

/** A resource that a stack leaves behind. */
export interface LeftResource extends StackResource {
  readonly stackName: string;
  readonly why: 'retained' | 'not deleted';
}

/** Calls the handlers for the resources of a stack, and reports it. */
export class ResourceOperations {
  constructor(
    private readonly stack: RehearsedStack, private readonly handlerOf: (type: string) => ResourceHandler,
    private readonly failures: InjectedFailures, private readonly left: LeftResource[],
    private readonly surroundings: {
      readonly cancelled: CancelledRequest | undefined;
      /** Lets the time pass that CloudFormation takes for each resource. */
      readonly takeTime: () => Promise<void>;
    },
  ) {}

  /** @throws HandlerFailure whose `handled` is what exists in spite of it */
  async create(wanted: WantedResource, kind: 'create' | 'replace' = 'create'): Promise<StackResource> {
    const action = kind === 'create' ? 'CREATE' : 'UPDATE';
    this.report(
      wanted, `${action}_IN_PROGRESS`,
      kind === 'create'
        ? undefined
        : 'Requested update requires the creation of a new physical resource; hence creating one.',
    );
    return this.attempt(wanted, action, 'deployment', async () =>
      this.handler(wanted).create(this.identity(wanted), wanted.properties),
    );
  }

  /** @throws HandlerFailure */
  async update(before: StackResource, wanted: WantedResource, stage: Stage): Promise<StackResource> {
    this.report({ ...wanted, physicalId: before.physicalId }, 'UPDATE_IN_PROGRESS');
    const updated = await this.attempt(wanted, 'UPDATE', stage, async () => {
      const handled = await this.handler(wanted).update(
        this.identity(wanted), before.physicalId, wanted.properties, before.properties,
      );
      if (handled.physicalId !== before.physicalId) {
        this.report(
          { ...wanted, ...handled }, 'UPDATE_IN_PROGRESS',
          'Requested update required the provider to create a new physical resource',
        );
      }
      return handled;
    });
    return updated;
  }

  /** For a resource that comes back into its place without a call of its handler. */
  restored(resource: StackResource): void {
    this.report(resource, 'UPDATE_COMPLETE');
  }

  /** For a resource whose properties could not even be put together. */
  failed(wanted: WantedResource, action: 'CREATE' | 'UPDATE', reason: string): void {
    this.report(wanted, `${action}_FAILED`, reason);
  }

  skip(resource: StackResource): void {
    this.report(resource, 'DELETE_SKIPPED');
    this.left.push({ ...resource, stackName: this.stack.name, why: 'retained' });
  }

  abandon(resource: StackResource): void {
    this.left.push({ ...resource, stackName: this.stack.name, why: 'not deleted' });
  }

  /** Deletes a resource, in several attempts if need be; false if it could not. */
  async delete(resource: StackResource, stage: Stage, attempts = 1): Promise<boolean> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      this.report(resource, 'DELETE_IN_PROGRESS');
      try {
        await this.surroundings.takeTime();
        this.failures.throwAt(resource.logicalId, 'before', stage);
        await this.handler(resource).delete(this.identity(resource), resource.physicalId, resource.properties);
        this.failures.throwAt(resource.logicalId, 'after', stage);
        this.report(resource, 'DELETE_COMPLETE');
        return true;
      } catch (error) {
        if (!(error instanceof HandlerFailure)) throw error;
        this.report(resource, 'DELETE_FAILED', error.reason);
      }
    }
    return false;
  }

  private async attempt(
    wanted: WantedResource, action: 'CREATE' | 'UPDATE', stage: Stage, handle: () => Promise<Handled>,
  ): Promise<StackResource> {
    try {
      await this.surroundings.takeTime();
      this.failures.throwAt(wanted.logicalId, 'before', stage);
      const handled = await handle();
      this.failures.throwAt(wanted.logicalId, 'after', stage, handled);
      const resource = { ...wanted, ...handled };
      this.report(resource, `${action}_COMPLETE`);
      return resource;
    } catch (error) {
      if (!(error instanceof HandlerFailure)) throw error;
      this.report({ ...wanted, ...error.handled }, `${action}_FAILED`, error.reason);
      throw error;
    }
  }

  private handler({ type }: WantedResource): ResourceHandler {
    return this.handlerOf(type);
  }

  private identity({ logicalId, type }: WantedResource): ResourceIdentity {
    const { name: stackName, id: stackId, tags: stackTags } = this.stack;
    return { logicalId, type, stackName, stackId, stackTags, cancelled: this.surroundings.cancelled };
  }

  private report(resource: WantedResource & Partial<Handled>, status: ResourceStatus, reason?: string): void {
    const { logicalId, type, physicalId, path, notRehearsed } = resource;
    const unrehearsed = notRehearsed !== undefined && /^(CREATE|UPDATE)_COMPLETE$/.test(status) ? { notRehearsed } : {};
    this.stack.report({ logicalId, resourceType: type, physicalId, path, status, reason, ...unrehearsed });
  }
}
