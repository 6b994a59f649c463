import { Duration } from 'aws-cdk-lib';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { MitigationRule } from './mitigation-rule';
import { AuditEvents } from '../events/audit-events';

/**
 * What the rules of automatic mitigation share.
 */
export interface AutomaticMitigationOptions {
  /**
   * The topic that asks people: a standard topic in the stack's region. Whoever receives its messages can answer them,
   * so let it have no other purpose.
   *
   * @default - a new topic, if a rule asks
   */
  readonly approvalTopic?: ITopic;

  /**
   * The time to answer: 5 minutes to 30 days. No answer is a no.
   *
   * @default Duration.days(1)
   */
  readonly approvalTimeout?: Duration;

  /**
   * The age from which the findings of an audit are not mitigated any more, counted from the audit's start: longer than
   * `approvalTimeout`, 90 days at most.
   *
   * @default - `approvalTimeout` and a day
   */
  readonly maximumAuditAge?: Duration;

  /**
   * The time for which the log of the state machine is kept. It has each step, but no data.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

/**
 * Properties of `AutomaticMitigation`.
 */
export interface AutomaticMitigationProps extends AutomaticMitigationOptions {
  /**
   * The events of ended audits, in the same stack.
   */
  readonly auditEvents: AuditEvents;

  /**
   * The topic for reports of what was done, and of what was left alone: a standard topic in the stack's region.
   */
  readonly notificationTopic: ITopic;

  /**
   * The configuration that enables the checks, so that a rule for a check that is never run fails at synth.
   *
   * @default - nobody looks if the checks are enabled
   */
  readonly configuration?: IAccountAuditConfigurationRef;

  /**
   * The rules. `addRule()` adds further ones.
   *
   * @default - none; one must be added before synth
   */
  readonly rules?: MitigationRule[];
}
