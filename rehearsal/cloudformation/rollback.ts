import type { RehearsedStack, StackResource } from './rehearsed-stack';
import { HandlerFailure } from './resource-handler';
import type { ResourceOperations, WantedResource } from './resource-operations';
import { cleanUp, isRetained, removeAll } from './resource-removal';

/** A change of a resource by a deployment, also one that failed. */
export interface Change {
  readonly kind: 'created' | 'updated' | 'replaced';
  readonly wanted: WantedResource;
  readonly before?: StackResource;
  /** The resource now; absent if a creation failed without leaving anything. */
  readonly after?: StackResource;
}

/**
 * Documented: what was created is deleted again, the failed resource too; `Retain` keeps it, `RetainExceptOnCreate`
 * does not.
 */
export async function rollBackCreation(
  stack: RehearsedStack, operations: ResourceOperations, changes: readonly Change[], reason: string,
): Promise<void> {
  stack.enter('ROLLBACK_IN_PROGRESS', reason);
  const created = changes.flatMap(({ after }) => after ?? []);
  const retained = created.filter(({ deletionPolicy }) => isRetained(deletionPolicy, 'creation failed'));
  for (const resource of retained) operations.skip(resource);
  const remaining = await removeAll(operations, created.filter((resource) => !retained.includes(resource)), 'rollback');
  stack.resources = new Map(remaining.map((resource) => [resource.logicalId, resource]));
  if (remaining.length > 0) {
    stack.enter('ROLLBACK_FAILED', `The following resource(s) failed to delete: [${idsOf(remaining)}].`);
  } else {
    stack.enter('ROLLBACK_COMPLETE');
  }
}

/**
 * Documented: what was updated is updated back, and what is new is removed in a clean-up of its own.
 * Inferred: the order of the updates, that the first failure ends the rollback, and that a resource which was replaced
 * comes back without a call of its handler.
 */
export async function rollBackUpdate(stack: RehearsedStack, operations: ResourceOperations, failed: {
  readonly changes: readonly Change[];
  readonly before: ReadonlyMap<string, StackResource>;
  readonly reason: string;
  readonly order?: 'reverse' | 'dependencies';
}): Promise<void> {
  stack.enter('UPDATE_ROLLBACK_IN_PROGRESS', failed.reason);
  const superfluous = new Map<Change, StackResource[]>();
  for (const change of failed.order === 'dependencies' ? failed.changes : [...failed.changes].reverse()) {
    try {
      superfluous.set(change, await undo(stack, operations, change));
    } catch (error) {
      if (!(error instanceof HandlerFailure)) throw error;
      stack.enter(
        'UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: [${change.wanted.logicalId}].`,
      );
      return;
    }
  }
  // Back in the order of the deployment before, and with the policies and dependencies of its template.
  stack.resources = new Map(
    [...failed.before].map(([id, resource]) => [id, { ...resource, ...handledOf(stack.resources.get(id)) }]),
  );
  stack.enter('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  await cleanUp(operations, failed.changes.flatMap((change) => superfluous.get(change)!), 'rollback');
  stack.enter('UPDATE_ROLLBACK_COMPLETE');
}

/** Undoes a change and returns what is to be deleted afterwards. */
async function undo(
  stack: RehearsedStack, operations: ResourceOperations, { kind, wanted, before, after }: Change,
): Promise<StackResource[]> {
  if (before === undefined) {
    stack.resources.delete(wanted.logicalId);
    if (after === undefined) return [];
    if (!isRetained(after.deletionPolicy, 'creation failed')) return [after];
    operations.skip(after);
    return [];
  }
  if (kind === 'replaced') {
    stack.resources.set(before.logicalId, before);
    operations.restored(before);
    return after === undefined ? [] : [after];
  }
  const restored = await operations.update(after!, before, 'rollback');
  stack.resources.set(before.logicalId, restored);
  return restored.physicalId === after!.physicalId ? [] : [after!];
}

function handledOf(resource: StackResource | undefined): Partial<StackResource> {
  if (resource === undefined) return {};
  const { physicalId, attributes, inventAttribute } = resource;
  return { physicalId, attributes, inventAttribute };
}

function idsOf(resources: readonly StackResource[]): string {
  return resources.map(({ logicalId }) => logicalId).join(', ');
}
