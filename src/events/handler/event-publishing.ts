import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { Invocation } from '../../function/runtime/invocation';
import { log } from '../../function/runtime/log';
import { AUDIT_COMPLETED, AuditCompletedDetail, EVENT_SOURCE } from '../protocol';

/** The entries that AWS says to repeat. All others would fail again, or need a permission first. */
const REPEATABLE = ['InternalException', 'InternalFailure', 'ThrottlingException'];

/** An entry that EventBridge has not taken, although it has answered the call. */
class EntryFailure extends Error {
  public readonly $metadata: { httpStatusCode: number };

  constructor({ ErrorCode: code = 'InternalFailure', ErrorMessage: message = 'no reason given' }: PutEventsResultEntry) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: REPEATABLE.includes(code) ? 500 : 400 };
  }
}

/**
 * Publishes the event of an audit.
 *
 * @throws if EventBridge does not take it in time
 */
export async function publishAudit(detail: AuditCompletedDetail, invocation: Invocation): Promise<void> {
  const { scheduledAuditName, taskId } = detail;
  const entry: PutEventsRequestEntry = {
    Source: EVENT_SOURCE,
    DetailType: AUDIT_COMPLETED,
    Detail: JSON.stringify(detail),
    ...scheduledAuditName !== undefined && { Resources: [invocation.iotArn(`scheduledaudit/${scheduledAuditName}`)] },
  };
  const eventBridge = invocation.clients.eventBridge();
  const eventId = await invocation.ask(async (options) => {
    const answer = await eventBridge.putEvents({ Entries: [entry] }, options);
    const [result = {}] = answer.Entries ?? [];
    if (answer.FailedEntryCount || result.ErrorCode) {
      throw new EntryFailure(result);
    }
    return result.EventId;
  });
  log('event published', { taskId, eventId });
}
