import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import type { BusEvent } from '../messaging/event-bus';
import type { PublishedMessage } from '../messaging/topics';
import type { AskingMessage, OpenToken } from '../step-functions/task-tokens';

/** The answers that the command can give to whoever asks for approval. */
export const ANSWERS = ['approve', 'decline', 'none'] as const;

export type GivenAnswer = (typeof ANSWERS)[number];

/** Something that happened, in milliseconds since 1970. */
export type Entry = { readonly time: number } & (
  | { readonly event: BusEvent }
  | { readonly message: PublishedMessage; isQuestion: boolean }
  | { readonly answer: GivenAnswer }
);

/** Notes what happens in an account, in order, and answers the questions of state machines. */
export class Chronicle {
  readonly entries: Entry[] = [];

  constructor(private readonly account: RehearsedAccount, private readonly answer: GivenAnswer) {
    const { messaging: { bus, topics }, stateMachines: { tokens } } = account;
    bus.onPublished = (event) => this.entries.push({ time: Date.now(), event });
    topics.onPublished = (message) => this.entries.push({ time: Date.now(), message, isQuestion: false });
    tokens.onAsked = ({ token, message }) => this.reply(token, message!);
  }

  private reply(token: OpenToken['token'], question: AskingMessage): void {
    // A question has its token in its text, so no other message is the same.
    for (const entry of this.entries) {
      if ('message' in entry && entry.message.message === question.message) entry.isQuestion = true;
    }
    this.entries.push({ time: Date.now(), answer: this.answer });
    const { tokens } = this.account.stateMachines;
    if (this.answer === 'approve') tokens.sendTaskSuccess(token, '{}');
    if (this.answer === 'decline') tokens.sendTaskFailure(token, 'Declined');
  }
}
