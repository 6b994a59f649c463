import { MessageAttributes, Queue, QueueSettings, QueuedMessage, ReceivedMessage } from './queue';
import { ServiceCaller, allowsService } from './resource-policy';
import type { Clock } from '../device-defender/clock';
import type { PolicyDocument } from '../iam/policy-document';

/** How a service got on that wanted to put a message into a queue. */
export type SendOutcome = 'delivered' | 'denied' | 'queue does not exist';

/**
 * The SQS queues that an account's stacks have made.
 *
 * Encryption is not modelled: a queue with a key that a service may not use receives its messages all the same.
 */
export class Queues {
  private readonly byArn = new Map<string, Queue>();

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  get all(): readonly Queue[] {
    return [...this.byArn.values()];
  }

  /** True if messages of another queue can be moved there. */
  isDeadLetterQueue(arn: string): boolean {
    return this.all.some(({ settings }) => settings.redrive?.deadLetterTargetArn === arn);
  }

  put(arn: string, settings: QueueSettings): void {
    const existing = this.byArn.get(arn);
    if (existing !== undefined) {
      existing.settings = settings;
      return;
    }
    this.byArn.set(arn, new Queue(arn, settings, this.clock, (target, message) => {
      const deadLetterQueue = this.byArn.get(target);
      deadLetterQueue?.add(message);
      return deadLetterQueue !== undefined;
    }));
  }

  /** With its messages. */
  remove(arn: string): void {
    this.byArn.delete(arn);
  }

  /** By ARN, URL or name. */
  find(queue: string): Queue | undefined {
    return this.byArn.get(queue)
      ?? [...this.byArn.values()].find(({ arn }) => arn.split(':').at(-1) === queue.split('/').at(-1));
  }

  /** Nothing happens to a queue that no stack has made. */
  setPolicy(queue: string, policy: PolicyDocument | undefined): void {
    const found = this.find(queue);
    if (found !== undefined) found.policy = policy;
  }

  /**
   * Sends a message as whoever may do so.
   *
   * @returns the id of the message
   */
  send(queue: string, body: string, attributes?: MessageAttributes): string {
    return this.require(queue).send(body, attributes);
  }

  /** Sends a message as a service, which the policy of the queue must allow. */
  sendAs(caller: ServiceCaller, queueArn: string, body: string, attributes?: MessageAttributes): SendOutcome {
    const queue = this.byArn.get(queueArn);
    if (queue === undefined) return 'queue does not exist';
    if (!allowsService(queue.policy, caller, 'sqs:SendMessage', queueArn)) return 'denied';
    queue.send(body, attributes);
    return 'delivered';
  }

  receive(queue: string, maximum?: number): ReceivedMessage[] {
    return this.require(queue).receive(maximum);
  }

  delete(queue: string, receiptHandle: string): void {
    this.require(queue).delete(receiptHandle);
  }

  /** The messages of a queue, without receiving them. */
  inspect(queue: string): QueuedMessage[] {
    return this.require(queue).inspect();
  }

  private require(queue: string): Queue {
    const found = this.find(queue);
    if (found === undefined) throw new Error(`There is no queue ${queue}`);
    return found;
  }
}
