import { isTaskId } from '../../function/runtime/task-id';
import { AuditCompletedDetail, EVENT_SOURCE, StartExecutionMessage } from '../protocol';

/** A message in the queue, as far as it is understood. */
export type Message = AuditMessage | FindingMessage | OwnEventMessage | AlarmMessage | ExecutionMessage;

/** Device Defender's message about an audit that has ended. */
export interface AuditMessage {
  readonly kind: 'audit';
  readonly taskId: string;

  /** The account of the audit, if the message names it. */
  readonly accountId?: string;

  /** All that the message says. Nothing in it is acted on: AWS IoT is asked instead. */
  readonly notification: object;
}

/** A finding, which a mitigation action can publish to the same topic. */
export interface FindingMessage {
  readonly kind: 'finding';
  /** Its id, or the type of what is there instead. */
  readonly findingId: string;
}

/** An event of this library, which a rule has sent to the topic that the event came from. */
export interface OwnEventMessage {
  readonly kind: 'own event';
}

/** A message of an alarm of Amazon CloudWatch, whose action may be to notify the same topic. */
export interface AlarmMessage {
  readonly kind: 'alarm';
}

type Execution = StartExecutionMessage['startExecution'];

/** A rule's message to start an execution of a state machine for an audit. */
export interface ExecutionMessage extends Execution {
  readonly kind: 'execution';
}

/**
 * Understands a message. It may be in an envelope of SNS, as a subscription without raw delivery puts it there.
 *
 * @throws if it is none of the messages above. The error quotes nothing of it: the log holds no whole messages.
 */
export function parseMessage(body: string): Message {
  const message = parseObject(body);
  if ('startExecution' in message) {
    return executionMessage(message.startExecution);
  }
  return notificationMessage(isEnvelope(message) ? parseObject(message.Message) : message);
}

function notificationMessage(notification: Record<string, unknown>): Message {
  const { accountId, findingId, taskId } = notification;
  if (isOwnEvent(notification)) {
    return { kind: 'own event' };
  }
  if (typeof notification.AlarmArn === 'string') {
    return { kind: 'alarm' };
  }
  if ('findingId' in notification) {
    return { kind: 'finding', findingId: typeof findingId === 'string' ? findingId : typeof findingId };
  }
  if (!isTaskId(taskId)) {
    throw new Error('the message has no id of an audit');
  }
  return { kind: 'audit', taskId, notification, ...typeof accountId === 'string' && { accountId } };
}

function executionMessage(request: unknown): ExecutionMessage {
  const { stateMachineArn, taskId } = isObject(request) ? request : {};
  if (typeof stateMachineArn !== 'string' || !isTaskId(taskId)) {
    throw new Error('the message to start an execution has no state machine or no id of an audit');
  }
  return { kind: 'execution', stateMachineArn, taskId };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('the message is not JSON');
  }
  if (!isObject(value)) {
    throw new Error('the message is not a JSON object');
  }
  return value;
}

function isEnvelope(message: Record<string, unknown>): message is { Message: string } {
  return message.Type === 'Notification' && typeof message.Message === 'string';
}

/** True for a whole event, and for its detail alone. */
function isOwnEvent(message: Partial<Record<keyof AuditCompletedDetail | 'source', unknown>>): boolean {
  return message.source === EVENT_SOURCE || ('consoleUrl' in message && 'nonCompliantChecks' in message);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
