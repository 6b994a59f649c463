import { EventField, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { AuditNoticeProps, NoticeFormat, NoticeTrigger } from './audit-notice-props';
import { PUBLISH_NOTICE, PublishNoticeMessage } from './protocol';
import { defineAuditRule } from '../events/audit-rule';
import { requireSameStack } from '../events/same-stack';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { digestOf } from '../private/construct-digest';
import { GrantedStatements } from '../private/granted-statements';
import { grantPublishing, requireRegionalTopic } from '../private/topic-publishing';

/** IAM cannot narrow these to a resource. */
const READ_ACTIONS = ['iot:DescribeAuditTask', 'iot:ListAuditFindings', 'iot:ListAuditTasks'];

/**
 * A notice about an audit that people can read: what it found, by severity and check, what is new since the audit
 * before, the five worst findings with their reasons, and the address of the audit in the console.
 *
 * It hangs on the event of the audit, and the stack's one function words and publishes it. It comes at least once:
 * again if the event comes again, or if an answer of Amazon SNS is lost.
 *
 * Each check of a scheduled audit is compared with the last completed audit of the same schedule that carried it out,
 * and that of an audit on demand with the last one on demand. What was suppressed then and is not suppressed now is
 * new, too. `DEVICE_CERTIFICATE_SHARED` and `CONFLICTING_CLIENT_IDS` find on a schedule what happened since the audit
 * before: what pauses for one audit is new in the next.
 *
 * @example
 *
 * declare const auditEvents: AuditEvents;
 *
 * const topic = new AuditNotificationTopic(this, 'Oncall');
 * topic.addSubscription(new subscriptions.EmailSubscription('iot-oncall@example.com'));
 * new AuditNotice(this, 'Notice', { auditEvents, topic });
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-tutorial.html
 */
export class AuditNotice extends Construct {
  /**
   * The rule by which the event of an audit becomes a notice.
   */
  public readonly rule: Rule;

  /**
   * @throws if the topic is a FIFO topic, or of another region; if `auditEvents` is of another stack
   */
  constructor(scope: Construct, id: string, props: AuditNoticeProps) {
    super(scope, id);
    const { auditEvents, format = NoticeFormat.TEXT, topic, trigger = NoticeTrigger.NEW_FINDINGS } = props;
    requireSameStack(this, auditEvents);
    requireRegionalTopic(this, 'topic', topic);
    this.rule = defineAuditRule(this, {
      description: 'Has people told what an audit of AWS IoT Device Defender found',
      queue: auditEvents.queue,
      detail: trigger === NoticeTrigger.EVERY_AUDIT ? undefined : { taskStatus: ['COMPLETED', 'FAILED'] },
      message: {
        [PUBLISH_NOTICE]: { taskId: EventField.fromPath('$.detail.taskId'), topicArn: topic.topicArn, format, trigger },
      } satisfies PublishNoticeMessage,
    });
    this.rule.node.addDependency(this.permit(props));
  }

  private permit({ topic }: AuditNoticeProps): IDependable {
    const noticeFunction = FleetAuditFunction.of(this);
    const granted = new GrantedStatements(noticeFunction.role);
    grantPublishing(topic, granted);
    return noticeFunction._permit(`PublishNotice${digestOf(this)}`, [
      new PolicyStatement({ actions: READ_ACTIONS, resources: ['*'] }), ...granted.statements,
    ]);
  }
}
