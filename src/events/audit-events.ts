import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { ITopic, Subscription, SubscriptionFilter, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { AuditCompletedOptions, renderEventPattern } from './audit-completed';
import { claimTopic, refuseReturn } from './event-topic';
import { OWN_MESSAGE } from './protocol';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { digestOf } from '../private/construct-digest';

/**
 * Properties of `AuditEvents`.
 */
export interface AuditEventsProps {
  /**
   * The topic that Device Defender notifies whenever an audit ends: that of the account's audit configuration, a
   * standard topic in the stack's region.
   */
  readonly notificationTopic: ITopic;
}

/** The longest time that SQS keeps a message. */
const RETENTION = Duration.days(14);

/** Lambda takes no queue that shows a message again before the function's time is over. */
const VISIBILITY_TIMEOUT = FleetAuditFunction._TIMEOUT;

/** Attempts of the function to handle a message. */
const MAXIMUM_ATTEMPTS = 3;

/** The least that Lambda offers. A message with a slow call does not hold up the next one. */
const MAXIMUM_CONCURRENCY = 2;

/**
 * An event on the account's default event bus whenever an audit ends.
 *
 * Device Defender itself only notifies a topic. A queue subscribes to the topic, and the stack's one function turns
 * each message into an event: its source is `cdk-iot-fleet-audit`, its detail type
 * `IoT Device Defender Audit Completed`. The detail holds what AWS IoT says about the audit, not what the message says.
 *
 * An event comes at least once, and can come again. A message that cannot be handled three times lies in the
 * dead-letter queue for 14 days.
 *
 * @example
 *
 * declare const notificationTopic: AuditNotificationTopic;
 *
 * const auditEvents = new AuditEvents(this, 'AuditEvents', { notificationTopic });
 * auditEvents.onAuditCompleted('Failed', { eventPattern: { detail: { taskStatus: ['FAILED'] } } });
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-what-is.html
 */
export class AuditEvents extends Construct {
  /**
   * The queue of messages that the function has not handled yet.
   */
  public readonly queue: IQueue;

  /**
   * The queue of messages that the function could not handle three times, kept for 14 days.
   */
  public readonly deadLetterQueue: IQueue;

  /**
   * The alarm for messages in the dead-letter queue. It has no action until you add one. Its description says what to
   * do.
   */
  public readonly deadLetterAlarm: Alarm;

  /**
   * Without it, messages about audits that end are lost.
   *
   * @internal
   */
  public readonly _subscription: IDependable;

  private readonly notificationTopic: ITopic;

  /** Their ids are the user's, so they are not beside the ids of this construct. */
  private readonly rules: Construct;

  /**
   * @throws if the topic is a FIFO topic, or of another region; if another `AuditEvents` of the app has the same topic;
   * if the stack's synthesizer takes no assets
   */
  constructor(scope: Construct, id: string, props: AuditEventsProps) {
    super(scope, id);
    this.notificationTopic = props.notificationTopic;
    claimTopic(this, props.notificationTopic);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: RETENTION,
      visibilityTimeout: VISIBILITY_TIMEOUT,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAXIMUM_ATTEMPTS },
    });
    this.deadLetterAlarm = this.createAlarm();
    this._subscription = this.subscribe(props.notificationTopic);
    this.consume();
    this.rules = new Construct(this, 'Rules');
  }

  /**
   * Defines a rule for the event that an audit has ended. Of several restrictions, all must hold.
   *
   * An audit that ends can have found nothing, have failed or have been canceled. Without a restriction the rule
   * matches all of these.
   *
   * @param id the rule's id
   * @param options the target and the restrictions
   * @throws if a list is empty or holds a check twice; if the stack's known region does not have a check; if
   * `eventPattern` names what another option or the method itself restricts; at synth if the target is the topic of
   * the audits, to which the messages would come back
   */
  public onAuditCompleted(id: string, options: AuditCompletedOptions = {}): Rule {
    const { crossStackScope, description, ruleName, target } = options;
    const eventPattern = renderEventPattern(this, options);
    const rule = new Rule(this.rules, id, {
      crossStackScope, description, eventPattern, ruleName, targets: target && [target],
    });
    refuseReturn(rule, this.notificationTopic);
    return rule;
  }

  private createAlarm(): Alarm {
    const { queueArn } = this.deadLetterQueue;
    return new Alarm(this, 'DeadLetterAlarm', {
      alarmDescription: 'Messages about ended audits that cdk-iot-fleet-audit could not handle. They are kept for at '
        + 'most 14 days. Look for the reason in a message and in the log of the function. Then let the function handle '
        + `them again: aws sqs start-message-move-task --source-arn ${queueArn}`,
      metric: this.deadLetterQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      // SQS sends nothing about a queue that is not in use.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private subscribe(topic: ITopic): IDependable {
    const { policyDependable } = this.queue.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.queue.queueArn],
      // The ARN names the account, too. SNS is not documented to send aws:SourceAccount.
      conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
    }));
    const subscription = new Subscription(this, 'Subscription', {
      topic,
      protocol: SubscriptionProtocol.SQS,
      endpoint: this.queue.queueArn,
      rawMessageDelivery: true,
      // What this library publishes to the topic itself must not come back.
      filterPolicy: { [OWN_MESSAGE]: new SubscriptionFilter([{ exists: false }]) },
    });
    // SNS does not repeat what the queue's policy refuses.
    subscription.node.addDependency(policyDependable!);
    return subscription;
  }

  private consume(): void {
    const customResourceFunction = FleetAuditFunction.of(this);
    const mapping = new EventSourceMapping(this, 'EventSourceMapping', {
      target: customResourceFunction.function,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      maxConcurrency: MAXIMUM_CONCURRENCY,
    });
    mapping.node.addDependency(this.permit(customResourceFunction));
  }

  private permit(customResourceFunction: FleetAuditFunction): IDependable {
    return new DependencyGroup(
      customResourceFunction._permit('AuditEvents', [
        // IAM cannot narrow these to a resource.
        new PolicyStatement({ actions: ['iot:DescribeAuditTask', 'iot:ListAuditFindings'], resources: ['*'] }),
        new PolicyStatement({ actions: ['events:PutEvents'], resources: [defaultEventBusArn(this)] }),
      ]),
      customResourceFunction._permit(`ReceiveMessages${digestOf(this)}`, [new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [this.queue.queueArn],
      })]),
    );
  }
}

function defaultEventBusArn(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' });
}
