import { isTaskId } from '../../function/runtime/task-id';
import { NoticeRequest } from '../protocol';

const TOPIC_ARN = /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/;

const FORMATS: readonly NoticeRequest['format'][] = ['TEXT', 'CHAT'];

const TRIGGERS: readonly NoticeRequest['trigger'][] = ['EVERY_AUDIT', 'FINDINGS', 'NEW_FINDINGS'];

/**
 * Understands a request for a notice. Whoever may publish to the audit's topic can send one.
 *
 * @throws if it is not understood. The error quotes nothing of it: the log holds no whole messages.
 */
export function parseNoticeRequest(request: unknown): NoticeRequest {
  const { format, taskId, topicArn, trigger } = Object(request) as Partial<Record<keyof NoticeRequest, unknown>>;
  if (!isTaskId(taskId) || typeof topicArn !== 'string' || !TOPIC_ARN.test(topicArn)
    || !isOneOf(FORMATS, format) || !isOneOf(TRIGGERS, trigger)) {
    throw new Error('the request for a notice is not understood');
  }
  return { format, taskId, topicArn, trigger };
}

function isOneOf<Value>(values: readonly Value[], value: unknown): value is Value {
  return values.includes(value as Value);
}
