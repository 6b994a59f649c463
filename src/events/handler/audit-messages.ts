import { describeAudit } from './audit-detail';
import { publishAudit } from './event-publishing';
import { startExecution } from './execution-start';
import { AuditMessage, parseMessage } from './message';
import { endedAudit } from '../../function/runtime/ended-audit';
import { Invocation } from '../../function/runtime/invocation';
import { log } from '../../function/runtime/log';
import { shorten } from '../../private/printable';

/** Bytes of an id that AWS gives, and then some: somebody else may have written the message. */
const LONGEST_ID = 140;

/**
 * Handles a message of the queue.
 *
 * @throws if it is not understood, or could not be handled: the queue delivers it again, and keeps it in the end
 */
export async function handleMessage(body: string, invocation: Invocation): Promise<void> {
  const message = parseMessage(body);
  switch (message.kind) {
    case 'audit':
      return handleAudit(message, invocation);
    case 'finding':
      log('a finding is no ended audit', { findingId: shorten(message.findingId, LONGEST_ID) });
      return;
    case 'own event':
      // Otherwise the event would lead to itself, for ever.
      log('an event of this library is no ended audit');
      return;
    case 'alarm':
      log('an alarm is no ended audit');
      return;
    case 'execution':
      return startExecution(message, invocation);
  }
}

async function handleAudit(message: AuditMessage, invocation: Invocation): Promise<void> {
  const { accountId = invocation.accountId, taskId } = message;
  if (accountId !== invocation.accountId) {
    log('an audit of another account is no event of this one', { taskId });
    return;
  }
  const audit = await endedAudit(taskId, invocation);
  await publishAudit(await describeAudit(audit, message, invocation), invocation);
}
