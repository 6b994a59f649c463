import type { Queue, ReceivedMessage } from './queue';
import type { Queues } from './queues';
import type { Clock } from '../device-defender/clock';
import type { DeployedFunction } from '../functions/function-process';
import type { LambdaFunctions } from '../functions/lambda-functions';

export interface MappingSettings {
  readonly id: string;
  readonly queueArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly batchSize: number;
  /** The number of invocations at a time. */
  readonly maximumConcurrency: number;
  /** True if the function tells which messages of a batch failed. */
  readonly reportsFailures: boolean;
  readonly isEnabled: boolean;
}

/** The permissions on the queue that Lambda needs, through the role of the function. */
export const POLLING_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'] as const;

export interface MappingSurroundings {
  readonly queues: Queues;
  readonly functions: LambdaFunctions;
  readonly clock: Clock;
  readonly region: string;
  /** Why the function's role does not allow an action on the queue. */
  readonly reasonToDeny: (fn: DeployedFunction, action: string, queueArn: string) => string | undefined;
  /** True if time goes on by itself when nobody works: then waiting is work. */
  readonly isVirtual: boolean;
  /** Lets virtual time go on. */
  readonly nudge: () => void;
}

/** Lambda's event source mappings of queues. */
export class EventSourceMappings {
  private readonly byId = new Map<string, EventSourceMapping>();

  constructor(private readonly surroundings: MappingSurroundings) {}

  put(settings: MappingSettings): void {
    const existing = this.byId.get(settings.id);
    if (existing === undefined) this.byId.set(settings.id, new EventSourceMapping(settings, this.surroundings));
    else existing.change(settings);
  }

  /** Why the role of a function does not allow an action on a queue, if it does not. */
  reasonToDeny(functionName: string, action: string, queueArn: string): string | undefined {
    const fn = this.surroundings.functions.find(functionName);
    return fn && this.surroundings.reasonToDeny(fn, action, queueArn);
  }

  remove(id: string): void {
    this.byId.get(id)?.stop();
    this.byId.delete(id);
  }

  /** Looks at all queues: a function or a permission may have come since. */
  poll(): void {
    for (const mapping of this.byId.values()) mapping.poll();
  }

  stop(): void {
    for (const mapping of this.byId.values()) mapping.stop();
  }
}

/** Takes messages out of one queue and invokes the function with them, as long as there are any that are visible. */
class EventSourceMapping {
  private active = 0;
  private stopWaiting: (() => void) | undefined;
  private readonly arrived: () => void;

  constructor(private settings: MappingSettings, private readonly surroundings: MappingSurroundings) {
    this.arrived = () => this.poll();
    this.listen();
  }

  change(settings: MappingSettings): void {
    this.stop();
    this.settings = settings;
    this.listen();
  }

  stop(): void {
    this.settings = { ...this.settings, isEnabled: false };
    this.stopWaiting?.();
    const queue = this.queue();
    if (queue !== undefined) queue.onArrival = queue.onArrival.filter((listener) => listener !== this.arrived);
  }

  poll(): void {
    const { isEnabled } = this.settings;
    const queue = this.queue();
    if (isEnabled && queue !== undefined) this.takeFrom(queue);
    // Whatever is waited for anew begins first, so that nothing counts as idle in between.
    const before = this.stopWaiting;
    this.stopWaiting = undefined;
    const next = isEnabled ? queue?.nextVisible() : undefined;
    if (next !== undefined) this.wait(next);
    before?.();
  }

  /** A function that sends a message to its own queue leads back here. */
  private takeFrom(queue: Queue): void {
    const { batchSize, maximumConcurrency } = this.settings;
    while (this.active < maximumConcurrency && queue.hasVisible()) {
      const fn = this.permittedFunction();
      if (fn === undefined) return;
      const messages = queue.receive(batchSize);
      if (messages.length === 0) return;
      this.active += 1;
      void this.surroundings.functions.during(async () => {
        await this.process(fn, messages).finally(() => this.active -= 1);
        this.poll();
      });
    }
  }

  private listen(): void {
    this.queue()?.onArrival.push(this.arrived);
    this.poll();
  }

  private queue(): Queue | undefined {
    return this.surroundings.queues.find(this.settings.queueArn);
  }

  /** The function, if it can be rehearsed and its role allows at this moment what Lambda does for it. */
  private permittedFunction(): DeployedFunction | undefined {
    const { functions, reasonToDeny } = this.surroundings;
    const fn = functions.find(this.settings.functionName);
    if (fn === undefined || !functions.canRun(fn)) return undefined;
    return POLLING_ACTIONS.every((action) => reasonToDeny(fn, action, this.settings.queueArn) === undefined)
      ? fn
      : undefined;
  }

  /** Messages that fail stay hidden until their visibility timeout is over. */
  private async process(fn: DeployedFunction, messages: readonly ReceivedMessage[]): Promise<void> {
    const { queueArn, reportsFailures } = this.settings;
    const { functions, queues, region } = this.surroundings;
    const end = await functions.invokeForResult(fn, {
      Records: messages.map((message) => recordOf(message, queueArn, region)),
    });
    if (!end.ok) return;
    const failed = reportsFailures ? failuresIn(end.value) : [];
    for (const { messageId, receiptHandle } of messages) {
      if (!failed.includes(messageId)) queues.find(queueArn)?.delete(receiptHandle);
    }
  }

  private wait(until: number): void {
    const { clock, functions, isVirtual, nudge } = this.surroundings;
    let end: (() => void) | undefined;
    if (isVirtual) void functions.during(async () => new Promise<void>((resolve) => end = resolve));
    const callOff = clock.after(Math.max(0, until - clock.now()), () => this.poll());
    this.stopWaiting = () => {
      callOff();
      end?.();
    };
    if (isVirtual) nudge();
  }
}

function recordOf(message: ReceivedMessage, queueArn: string, awsRegion: string): object {
  const { messageId, receiptHandle, body, attributes, receiveCount, sent, firstReceived } = message;
  return {
    messageId,
    receiptHandle,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sent),
      ApproximateFirstReceiveTimestamp: String(firstReceived),
    },
    messageAttributes: Object.fromEntries(Object.entries(attributes).map(([name, { DataType, StringValue }]) => [
      name, { dataType: DataType, stringValue: StringValue, stringListValues: [], binaryListValues: [] },
    ])),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion,
  };
}

function failuresIn(value: unknown): string[] {
  const { batchItemFailures = [] } = (value ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
  };
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
