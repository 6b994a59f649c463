import { chatMessageOf } from './chat-notice';
import { AuditComparison, ComparedAudit } from './compared-audit';
import { parseNoticeRequest } from './notice-request';
import { Notice, subjectOf, textOf } from './notice-wording';
import { consoleAddress } from '../../function/runtime/console-address';
import { endedAudit } from '../../function/runtime/ended-audit';
import { Invocation } from '../../function/runtime/invocation';
import { log } from '../../function/runtime/log';
import { NoticeRequest, OWN_MESSAGE } from '../protocol';

/**
 * Publishes a notice about an audit, if the audit gives a reason.
 *
 * A repeated request publishes the notice again, and so may an answer of SNS that was lost.
 *
 * @throws if it is not understood, or could not be carried out
 */
export async function publishNotice(request: unknown, invocation: Invocation): Promise<void> {
  const { format, taskId, topicArn, trigger } = parseNoticeRequest(request);
  const audit = await endedAudit(taskId, invocation);
  const compared = await new AuditComparison(audit, invocation).carryOut();
  if (!isDue(trigger, compared)) {
    log('no notice is due', { taskId, trigger });
    return;
  }
  const notice = noticeOf(compared, invocation);
  const sns = invocation.clients.sns();
  const { MessageId: messageId } = await invocation.ask((options) => sns.publish({
    TopicArn: topicArn,
    Subject: subjectOf(notice),
    Message: format === 'CHAT' ? chatMessageOf(notice) : textOf(notice),
    MessageAttributes: { [OWN_MESSAGE]: { DataType: 'String', StringValue: 'notice' } },
  }, options));
  log('notice published', { taskId, messageId });
}

/** True if people want to know. An audit that failed hides everything, so they always do. */
function isDue(
  trigger: NoticeRequest['trigger'], { audit: { taskStatus }, checks, failedChecks }: ComparedAudit,
): boolean {
  if (trigger === 'EVERY_AUDIT' || taskStatus === 'FAILED') {
    return true;
  }
  if (taskStatus === 'CANCELED') {
    return false;
  }
  const found = checks.filter(({ nonCompliantResources }) => nonCompliantResources > 0);
  return trigger === 'FINDINGS'
    ? found.length > 0 || failedChecks.length > 0
    // What could not be compared may be new.
    : found.some(({ changes }) => changes === undefined || changes.found > 0)
      || failedChecks.some(({ isNew }) => isNew);
}

function noticeOf(compared: ComparedAudit, { accountId, stackId }: Invocation): Notice {
  const [, , , region, , stack] = stackId.split(':');
  return {
    ...compared, accountId, region,
    title: stack.split('/')[1],
    consoleUrl: consoleAddress(stackId, compared.audit.taskId),
  };
}
