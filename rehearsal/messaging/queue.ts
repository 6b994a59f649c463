import { createHash } from 'node:crypto';
import type { Clock } from '../device-defender/clock';
import type { PolicyDocument } from '../iam/policy-document';

/** An attribute of a message, as SNS and SQS have them. */
export interface MessageAttribute {
  /** String, Number, String.Array or Binary. */
  readonly DataType: string;
  readonly StringValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export interface QueueSettings {
  /** Seconds for which a received message is hidden. */
  readonly visibilityTimeout: number;
  /** Seconds after which a message is lost. */
  readonly retention: number;
  /** Seconds before a message that was sent can be received. */
  readonly delay: number;
  readonly redrive?: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number };
}

export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly receiveCount: number;
  /** Milliseconds since 1970. */
  readonly sent: number;
  readonly firstReceived: number;
}

/** A message in a queue, as a test sees it. */
export interface QueuedMessage extends Pick<ReceivedMessage, 'messageId' | 'body' | 'attributes' | 'receiveCount'> {
  readonly state: 'visible' | 'hidden';
}

interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly sent: number;
  visibleFrom: number;
  receiveCount: number;
  firstReceived?: number;
  receiptHandle?: string;
}

/**
 * A standard queue that delivers in the order of arrival, and each message once in a visibility timeout: what SQS does
 * usually, not what it promises. FIFO queues are treated alike.
 */
export class Queue {
  policy: PolicyDocument | undefined;
  /** Called when a message can be received, or will be after a delay. */
  onArrival: (() => void)[] = [];
  private messages: StoredMessage[] = [];
  private count = 0;

  /** @param deadLetters takes a message that was received too often; false if its queue does not exist */
  constructor(
    readonly arn: string, public settings: QueueSettings, private readonly clock: Pick<Clock, 'now'>,
    private readonly deadLetters: (arn: string, message: StoredMessage) => boolean,
  ) {}

  /** @returns the id of the message */
  send(body: string, attributes: MessageAttributes = {}): string {
    const messageId = idOf(`${this.arn} ${this.count++}`);
    const sent = this.clock.now();
    this.add({ messageId, body, attributes, sent, visibleFrom: sent + this.settings.delay * 1000, receiveCount: 0 });
    return messageId;
  }

  add(message: StoredMessage): void {
    this.messages.push(message);
    for (const listener of [...this.onArrival]) listener();
  }

  /** Messages that are visible, each then hidden for the visibility timeout. */
  receive(maximum = 1): ReceivedMessage[] {
    const { redrive, visibilityTimeout } = this.settings;
    const received: ReceivedMessage[] = [];
    for (const message of this.current().filter((one) => this.isVisible(one))) {
      if (received.length === maximum) break;
      if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount && this.moveAway(message)) continue;
      const now = this.clock.now();
      message.receiveCount += 1;
      message.firstReceived ??= now;
      message.visibleFrom = now + visibilityTimeout * 1000;
      message.receiptHandle = `${message.messageId}/${message.receiveCount}`;
      received.push(asReceived(message));
    }
    return received;
  }

  /** Nothing happens with a handle of an earlier receipt. */
  delete(receiptHandle: string): void {
    this.messages = this.messages.filter((message) => message.receiptHandle !== receiptHandle);
  }

  hasVisible(): boolean {
    return this.current().some((message) => this.isVisible(message));
  }

  /** The time at which the next hidden message becomes visible, if there is one. */
  nextVisible(): number | undefined {
    const times = this.current().filter((message) => !this.isVisible(message)).map(({ visibleFrom }) => visibleFrom);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  inspect(): QueuedMessage[] {
    return this.current().map((message) => {
      const { messageId, body, attributes, receiveCount } = message;
      return { messageId, body, attributes, receiveCount, state: this.isVisible(message) ? 'visible' : 'hidden' };
    });
  }

  private current(): StoredMessage[] {
    const oldest = this.clock.now() - this.settings.retention * 1000;
    this.messages = this.messages.filter(({ sent }) => sent > oldest);
    return this.messages;
  }

  private isVisible({ visibleFrom }: StoredMessage): boolean {
    return visibleFrom <= this.clock.now();
  }

  /** The dead-letter queue counts the retention from when the message was first sent, as documented. */
  private moveAway(message: StoredMessage): boolean {
    const isMoved = this.deadLetters(this.settings.redrive!.deadLetterTargetArn, {
      ...message, visibleFrom: this.clock.now(), receiptHandle: undefined,
    });
    if (isMoved) this.messages = this.messages.filter((one) => one !== message);
    return isMoved;
  }
}

function asReceived({ messageId, receiptHandle, body, attributes, receiveCount, sent, firstReceived }: StoredMessage) {
  return {
    messageId, receiptHandle: receiptHandle!, body, attributes, receiveCount, sent, firstReceived: firstReceived!,
  };
}

/** An id of the usual form, the same in each run of a rehearsal. */
export function idOf(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
