import type {
  PutEventsCommandInput, PutEventsCommandOutput, PutEventsRequestEntry, PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { StartExecutionCommandInput, StartExecutionCommandOutput } from '@aws-sdk/client-sfn';
import type { PublishCommandInput } from '@aws-sdk/client-sns';
import { AuditCompletedDetail } from '../../../src/events/protocol';
import type { OtherClients } from '../../support/function-environment';

/** What an attempt comes to, if it does not succeed. */
export type Failure =
  /** An entry that is refused in an answer. */
  | PutEventsResultEntry
  /** No success at all: what the SDK throws. */
  | Error;

/** An error as the SDK throws it. */
export function serviceError(name: string, httpStatusCode: number, message = 'no reason given'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** A call without an answer, which may have had its effect. */
export function lostAnswer(): Error {
  return Object.assign(new Error('The operation was aborted due to timeout'), { name: 'TimeoutError' });
}

export type PublishedNotice = PublishCommandInput & { readonly Subject: string; readonly Message: string };

/** The services that messages lead to, in memory. */
export class MessageServices implements OtherClients {
  /** The entries that the event bus has taken. */
  readonly entries: PutEventsRequestEntry[] = [];
  readonly executions: StartExecutionCommandInput[] = [];
  /** The messages that topics have taken. */
  readonly published: PublishedNotice[] = [];
  /** The number of attempts to put events, or to start an execution. */
  attempts = 0;
  /** What the next attempts come to; the following ones succeed. */
  failures: Failure[] = [];
  /** True if an attempt that throws has its effect nevertheless. */
  losesAnswers = false;

  eventBridge() {
    return { putEvents: (input: unknown) => this.putEvents(input as PutEventsCommandInput) as never };
  }

  stepFunctions() {
    return { startExecution: (input: unknown) => this.startExecution(input as StartExecutionCommandInput) as never };
  }

  sns() {
    return { publish: (input: unknown) => this.publish(input as PublishedNotice) as never };
  }

  /** The details of the events, in the order of their arrival. */
  get details(): AuditCompletedDetail[] {
    return this.entries.map(({ Detail: detail }) => JSON.parse(detail!));
  }

  private async putEvents({ Entries: entries = [] }: PutEventsCommandInput): Promise<Partial<PutEventsCommandOutput>> {
    const failure = this.failures[this.attempts++];
    if (!failure || this.losesAnswers) this.entries.push(...entries);
    if (failure instanceof Error) throw failure;
    return { FailedEntryCount: failure ? 1 : 0, Entries: [failure ?? { EventId: `event-${this.attempts}` }] };
  }

  private async publish(input: PublishedNotice): Promise<{ MessageId?: string }> {
    const failure = this.failures[this.attempts++];
    if (!failure || this.losesAnswers) this.published.push(input);
    if (failure instanceof Error) throw failure;
    return { MessageId: `message-${this.published.length}` };
  }

  private async startExecution(input: StartExecutionCommandInput): Promise<Partial<StartExecutionCommandOutput>> {
    const failure = this.failures[this.attempts++];
    if (failure) throw failure;
    this.executions.push(input);
    return {};
  }
}

/** The function's invocation for a message. */
export function queueEvent(body: string): unknown {
  return { Records: [{ eventSource: 'aws:sqs', messageId: 'message-1', body }] };
}
