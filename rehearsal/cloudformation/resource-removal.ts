import { deploymentOrder } from './dependencies';
import type { StackResource } from './rehearsed-stack';
import type { ResourceOperations, Stage } from './resource-operations';

/**
 * Deletes resources, each before what it needs. What could not be deleted is returned, together with what it needs:
 * CloudFormation goes on with the rest.
 */
export async function removeAll(
  operations: ResourceOperations, resources: readonly StackResource[], stage: Stage,
): Promise<StackResource[]> {
  const remaining: StackResource[] = [];
  for (const resource of dependentsFirst(resources)) {
    const isNeeded = remaining.some(({ needs }) => needs.includes(resource.logicalId));
    if (isNeeded || !(await operations.delete(resource, stage))) remaining.push(resource);
  }
  return remaining;
}

/** Documented: the clean-up of an update tries three times, then goes on, and the update is complete all the same. */
const CLEANUP_ATTEMPTS = 3;

export async function cleanUp(
  operations: ResourceOperations, resources: readonly StackResource[], stage: Stage,
): Promise<void> {
  for (const resource of dependentsFirst(resources)) {
    if (!(await operations.delete(resource, stage, CLEANUP_ATTEMPTS))) operations.abandon(resource);
  }
}

/**
 * True if a resource stays when it leaves its stack. `RetainExceptOnCreate` deletes it if the operation that made it
 * fails.
 */
export function isRetained(policy: string | undefined, circumstance: 'removed' | 'creation failed'): boolean {
  return policy === 'Retain' || (policy === 'RetainExceptOnCreate' && circumstance === 'removed');
}

function dependentsFirst(resources: readonly StackResource[]): StackResource[] {
  const ids = resources.map(({ logicalId }) => logicalId);
  const order = deploymentOrder(
    new Map(resources.map(({ logicalId, needs }) => [logicalId, needs.filter((id) => ids.includes(id))])),
  );
  // Two of one logical id: one that was replaced, and what replaced it before.
  return order.reverse().flatMap((id) => resources.filter(({ logicalId }) => logicalId === id));
}
