import { isTaskId } from '../../function/runtime/task-id';
import { ArchiveRequest, PREFIX } from '../protocol';

/**
 * Understands a request to archive an audit.
 *
 * Somebody else may have sent it. All that it can bring about is that an audit is archived where the policy of the
 * function allows it, with what AWS IoT says about the audit.
 *
 * @throws if something is missing, or not as the rule sends it
 */
export function validArchiveRequest(request: unknown): ArchiveRequest {
  const { bucketName, prefix, taskId } = (request ?? {}) as Partial<Record<keyof ArchiveRequest, unknown>>;
  if (typeof bucketName !== 'string' || bucketName === '') {
    throw new Error('the message to archive findings has no bucket');
  }
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new Error('the message to archive findings has no prefix of its form');
  }
  if (!isTaskId(taskId)) {
    throw new Error('the message to archive findings has no id of an audit');
  }
  return { bucketName, prefix, taskId };
}
