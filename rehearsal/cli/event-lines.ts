import type { StackEvent } from '../cloudformation/stack-events';

const RESULTS: Readonly<Record<string, string>> = { IN_PROGRESS: '...', COMPLETE: 'done', FAILED: 'FAILED', SKIPPED: 'kept' };

/** One line for the end of each action on a resource, and for whatever has a reason; undefined for the rest. */
export function lineOf(event: StackEvent): string | undefined {
  const { status, reason, resourceType } = event;
  const because = reason === undefined ? '' : `: ${reason}`;
  if (resourceType === 'AWS::CloudFormation::Stack') return `${event.stackName} ${status}${because}`;
  const [, action, result] = /^([A-Z]+)_(.*)$/.exec(status)!;
  if (result === 'IN_PROGRESS' && reason === undefined) return undefined;
  return `  ${`${action.toLowerCase()} ${RESULTS[result]}`.padEnd(14)} ${nameOf(event).padEnd(64)} ${resourceType}${because}`;
}

/** The construct as its author knows it: its path without the stack and the child that is the resource itself. */
export function nameOf({ path, logicalId }: Pick<StackEvent, 'path' | 'logicalId'>): string {
  return path?.split('/').slice(1).join('/').replace(/\/(Resource|Default)$/, '') || logicalId;
}
