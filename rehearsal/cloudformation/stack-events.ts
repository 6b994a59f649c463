/** What CloudFormation reports of a resource, or of the stack itself. */
export interface StackEvent {
  readonly stackName: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly physicalId?: string;
  /** The path of the construct, where the template names it. */
  readonly path?: string;
  readonly status: ResourceStatus | StackStatus;
  readonly reason?: string;
  /** Why nothing was done for the resource, which is taken for done. */
  readonly notRehearsed?: string;
}

export type ResourceStatus =
  | `${'CREATE' | 'UPDATE' | 'DELETE'}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`
  /** Left as it is, by its DeletionPolicy or UpdateReplacePolicy. */
  | 'DELETE_SKIPPED';

export type StackStatus =
  | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE'
  | 'ROLLBACK_IN_PROGRESS' | 'ROLLBACK_COMPLETE' | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS' | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS' | 'UPDATE_ROLLBACK_COMPLETE' | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS' | 'DELETE_COMPLETE' | 'DELETE_FAILED';

/** The end of a deployment that did what it was to do. */
export function isSuccess(status: StackStatus): boolean {
  return status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'DELETE_COMPLETE';
}
