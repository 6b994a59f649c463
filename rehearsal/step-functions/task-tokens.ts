import { randomBytes } from 'node:crypto';
import { LARGEST_PAYLOAD, TaskError } from './task-error';
import { Refusal } from '../services/stand-in';

/** The message with which a machine asks. */
export interface AskingMessage {
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
}

/** A question that a machine waits for an answer to. */
export interface OpenToken {
  readonly token: string;
  readonly executionArn: string;
  readonly stateName: string;
  /** Absent until the message is published. */
  readonly message?: AskingMessage;
}

/** The tokens of tasks that wait for an answer from outside, and the answers. */
export class TaskTokens {
  /** Called when a machine has asked; the answer may be given at once. */
  onAsked: ((question: OpenToken) => void) | undefined;
  private readonly waiting = new Map<string, OpenToken & {
    readonly resolve: (output: unknown) => void; readonly reject: (error: TaskError) => void;
  }>();
  private readonly used = new Set<string>();

  /** @param onChange called when a machine begins to wait for an answer */
  constructor(private readonly onChange: () => void = () => undefined) {}

  /** Questions without an answer, the oldest first. */
  get open(): OpenToken[] {
    return [...this.waiting.values()]
      .filter(({ message }) => message !== undefined)
      .map(({ token, executionArn, stateName, message }) => ({ token, executionArn, stateName, message }));
  }

  /** Makes a token, as long as real ones are. */
  issue(executionArn: string, stateName: string): { readonly token: string; readonly answer: Promise<unknown> } {
    const token = `AQDEAAAAKgAAAAMAAAAAAAAAA${randomBytes(450).toString('base64')}`;
    let resolve!: (output: unknown) => void;
    let reject!: (error: TaskError) => void;
    const answer = new Promise<unknown>((...both) => [resolve, reject] = both);
    // An answer may come before the task waits for it.
    answer.catch(() => undefined);
    this.waiting.set(token, { token, executionArn, stateName, resolve, reject });
    return { token, answer };
  }

  asked(token: string, message: AskingMessage): void {
    const open = this.waiting.get(token);
    if (open === undefined) return;
    this.waiting.set(token, { ...open, message });
    const { executionArn, stateName } = open;
    this.onChange();
    this.onAsked?.({ token, executionArn, stateName, message });
  }

  /** Its task has ended: answers come too late from now on. */
  close(token: string): void {
    this.waiting.delete(token);
    this.used.add(token);
  }

  /** The operation SendTaskSuccess. @throws Refusal */
  sendTaskSuccess(token: string, output: string): void {
    if (Buffer.byteLength(output) > LARGEST_PAYLOAD) {
      throw new Refusal(400, 'ValidationException', `The output has more than ${LARGEST_PAYLOAD} characters.`);
    }
    let value: unknown;
    try {
      value = JSON.parse(output);
    } catch {
      throw new Refusal(400, 'InvalidOutput', "Invalid Output: 'The output is not JSON'");
    }
    this.take(token).resolve(value);
  }

  /**
   * The operation SendTaskFailure. An error without a name is named States.TaskFailed here, which is unverified.
   *
   * @throws Refusal
   */
  sendTaskFailure(token: string, error = 'States.TaskFailed', cause = ''): void {
    this.take(token).reject(new TaskError(error, cause));
  }

  private take(token: string) {
    const open = this.waiting.get(token);
    if (open !== undefined) {
      this.close(token);
      return open;
    }
    // Which tokens the service still knows after their end, and for how long, is unverified.
    if (this.used.has(token)) {
      throw new Refusal(400, 'TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
    }
    throw new Refusal(400, 'InvalidToken', "Invalid Token: 'Invalid token'");
  }
}
