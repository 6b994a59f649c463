import { EventPattern, matches } from './event-pattern';
import { MessageAttribute, MessageAttributes, idOf } from './queue';
import type { Queues, SendOutcome } from './queues';
import { ServiceCaller, allowsService } from './resource-policy';
import type { Clock } from '../device-defender/clock';
import type { PolicyDocument } from '../iam/policy-document';
import { Refusal } from '../services/stand-in';

/** Something to be published. */
export interface Publication {
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: MessageAttributes;
}

/** A message of a topic, and what became of it. */
export interface PublishedMessage extends Publication {
  readonly topicArn: string;
  readonly messageId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly deliveries: readonly Delivery[];
}

export interface Delivery {
  readonly subscriptionArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  /** A message for people, or for what is not rehearsed, is only noted. */
  readonly outcome: SendOutcome | 'filtered out' | 'moved to the dead-letter queue' | 'noted';
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly isRaw: boolean;
  readonly filter?: { readonly policy: EventPattern; readonly isOfBody: boolean };
  /** The queue for messages that cannot be delivered. */
  readonly deadLetterQueue?: string;
}

const LARGEST_MESSAGE = 256 * 1024;
/** Printable ASCII, at most 100 characters, not beginning with a space. */
const SUBJECT = /^[\x21-\x7e][\x20-\x7e]{0,99}$/;
/** More attributes than SQS takes: with raw delivery SNS then discards the message. */
const MOST_ATTRIBUTES = 10;

/**
 * SNS topics with their subscriptions. A topic that no stack has made takes messages as well, but nobody gets them.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
 */
export class Topics {
  /** Every message, in order. */
  readonly published: PublishedMessage[] = [];
  /** Called for each message, before it is delivered. */
  onPublished: ((message: PublishedMessage) => void) | undefined;
  /** Invokes a function that subscribes, with its event. */
  onFunction: ((functionArn: string, event: object) => void) | undefined;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly policies = new Map<string, PolicyDocument>();
  private readonly deleted = new Set<string>();

  constructor(private readonly queues: Queues, private readonly clock: Pick<Clock, 'now'>) {}

  put(topicArn: string): void {
    this.deleted.delete(topicArn);
  }

  /** True also for a topic that no stack has made. */
  exists(topicArn: string): boolean {
    return !this.deleted.has(topicArn);
  }

  /** With its subscriptions. */
  remove(topicArn: string): void {
    this.deleted.add(topicArn);
    this.policies.delete(topicArn);
    for (const { arn } of this.subscriptionsOf(topicArn)) this.subscriptions.delete(arn);
  }

  setPolicy(topicArn: string, policy: PolicyDocument | undefined): void {
    if (policy === undefined) this.policies.delete(topicArn);
    else this.policies.set(topicArn, policy);
  }

  subscribe(subscription: Subscription): void {
    this.subscriptions.set(subscription.arn, subscription);
  }

  unsubscribe(arn: string): void {
    this.subscriptions.delete(arn);
  }

  subscriptionsOf(topicArn: string): Subscription[] {
    return [...this.subscriptions.values()].filter((one) => one.topicArn === topicArn);
  }

  /**
   * Publishes a message as whoever may do so.
   *
   * @returns the id of the message
   * @throws Refusal if the topic was deleted, or the message is not valid
   */
  publish(topicArn: string, publication: Publication): string {
    if (!this.exists(topicArn)) throw new Refusal(404, 'NotFound', 'Topic does not exist');
    requireValid(publication);
    const messageId = idOf(`message ${this.published.length}`);
    const message = { ...publication, topicArn, messageId, time: this.clock.now() };
    // Listed before it is delivered: a subscriber may publish in turn.
    const deliveries: Delivery[] = [];
    const published = { ...message, deliveries };
    this.published.push(published);
    this.onPublished?.(published);
    for (const subscription of this.subscriptionsOf(topicArn)) {
      const { arn: subscriptionArn, protocol, endpoint } = subscription;
      deliveries.push({ subscriptionArn, protocol, endpoint, outcome: this.deliver(message, subscription) });
    }
    return messageId;
  }

  /** Publishes a message as a service, which the policy of the topic must allow; false if it does not. */
  publishAs(caller: ServiceCaller, topicArn: string, publication: Publication): boolean {
    const isAllowed = this.exists(topicArn)
      && allowsService(this.policies.get(topicArn), caller, 'sns:Publish', topicArn);
    if (isAllowed) this.publish(topicArn, publication);
    return isAllowed;
  }

  /**
   * Publishes a message as an alarm of CloudWatch; false if it may not. A topic without a policy of its own lets the
   * alarms of the account publish.
   */
  publishAsAlarm(caller: ServiceCaller, topicArn: string, publication: Publication): boolean {
    if (this.policies.has(topicArn)) return this.publishAs(caller, topicArn, publication);
    this.publishIfThere(topicArn, publication);
    return this.exists(topicArn);
  }

  /** Publishes a message as Device Defender, which silently does nothing if the topic was deleted. */
  publishIfThere(topicArn: string, publication: Publication): void {
    if (this.exists(topicArn)) this.publish(topicArn, publication);
  }

  private deliver(message: Omit<PublishedMessage, 'deliveries'>, subscription: Subscription): Delivery['outcome'] {
    const { arn, topicArn, protocol, endpoint, isRaw, filter, deadLetterQueue } = subscription;
    if (filter !== undefined && !passes(message, filter)) return 'filtered out';
    if (protocol === 'lambda' && this.onFunction !== undefined) {
      this.onFunction(endpoint, functionEvent(message, arn));
      return 'delivered';
    }
    if (protocol !== 'sqs') return 'noted';
    const attributes = isRaw ? message.attributes ?? {} : {};
    const body = isRaw ? message.message : JSON.stringify(envelope(message));
    const send = (queue: string) =>
      this.queues.sendAs({ service: 'sns.amazonaws.com', sourceArn: topicArn }, queue, body, attributes);
    // What the client did wrong is not tried again, as documented.
    const outcome = Object.keys(attributes).length > MOST_ATTRIBUTES ? 'denied' : send(endpoint);
    if (outcome === 'delivered' || deadLetterQueue === undefined) return outcome;
    return send(deadLetterQueue) === 'delivered' ? 'moved to the dead-letter queue' : outcome;
  }
}

function requireValid({ message, subject }: Publication): void {
  if (message === '') throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: Empty message');
  if (Buffer.byteLength(message) > LARGEST_MESSAGE) {
    throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: Message too long');
  }
  if (subject !== undefined && !SUBJECT.test(subject)) {
    throw new Refusal(400, 'InvalidParameter', 'Invalid parameter: Subject');
  }
}

function passes(
  { message, attributes = {} }: Publication, { policy, isOfBody }: NonNullable<Subscription['filter']>,
): boolean {
  if (!isOfBody) {
    const values = Object.entries(attributes).map(([name, attribute]) => [name, valueOf(attribute)] as const);
    return matches(policy, Object.fromEntries(values));
  }
  try {
    return matches(policy, JSON.parse(message));
  } catch {
    // A body that is no JSON passes no filter.
    return false;
  }
}

function valueOf({ DataType, StringValue = '' }: MessageAttribute): unknown {
  switch (DataType) {
    case 'Number': return Number(StringValue);
    case 'String.Array': return JSON.parse(StringValue) as unknown;
    default: return StringValue;
  }
}

/** Without a valid signature. */
function envelope({ messageId, topicArn, subject, message, time, attributes = {} }: Omit<PublishedMessage, 'deliveries'>) {
  const values = Object.entries(attributes).map(
    ([name, { DataType, StringValue }]) => [name, { Type: DataType, Value: StringValue }] as const,
  );
  return {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...subject === undefined ? {} : { Subject: subject },
    Message: message,
    Timestamp: new Date(time).toISOString(),
    SignatureVersion: '1',
    Signature: 'rehearsal',
    SigningCertURL: 'https://sns.example/rehearsal.pem',
    UnsubscribeURL: 'https://sns.example/unsubscribe',
    ...values.length === 0 ? {} : { MessageAttributes: Object.fromEntries(values) },
  };
}

function functionEvent(message: Omit<PublishedMessage, 'deliveries'>, subscriptionArn: string): object {
  return {
    Records: [
      { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns: envelope(message) },
    ],
  };
}
