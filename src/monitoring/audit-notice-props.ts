import { ITopic } from 'aws-cdk-lib/aws-sns';
import { AuditEvents } from '../events/audit-events';

/**
 * The form of a notice.
 */
export enum NoticeFormat {
  /** Plain text with a subject, for mails. */
  TEXT = 'TEXT',

  /**
   * The schema for custom notifications of Amazon Q Developer in chat applications, which brings them to Slack and
   * Microsoft Teams.
   *
   * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
   */
  CHAT = 'CHAT',
}

/**
 * The audits that people are told of.
 *
 * Each of these tells of every audit that failed as a whole, since nobody knows what it would have found.
 */
export enum NoticeTrigger {
  /** Every audit, also one that found nothing or was canceled. */
  EVERY_AUDIT = 'EVERY_AUDIT',

  /** Audits with something non-compliant that is not suppressed, or with a check that was not carried out. */
  FINDINGS = 'FINDINGS',

  /**
   * Audits that found a resource which the audit before had not found, or could not carry out a check which the audit
   * before had carried out. Without an audit before, everything is new.
   */
  NEW_FINDINGS = 'NEW_FINDINGS',
}

/**
 * Options for a notice to people.
 */
export interface AuditNoticeOptions {
  /**
   * The topic of the people, a standard topic in the stack's region. A topic other than the one that Device Defender
   * notifies spares them its JSON.
   */
  readonly topic: ITopic;

  /**
   * The form of the notice.
   *
   * @default NoticeFormat.TEXT
   */
  readonly format?: NoticeFormat;

  /**
   * The audits that people are told of.
   *
   * @default NoticeTrigger.NEW_FINDINGS
   */
  readonly trigger?: NoticeTrigger;
}

/**
 * Properties of `AuditNotice`.
 */
export interface AuditNoticeProps extends AuditNoticeOptions {
  /**
   * The events of audits, in the same stack.
   */
  readonly auditEvents: AuditEvents;
}
