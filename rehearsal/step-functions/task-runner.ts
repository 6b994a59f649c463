import type { Catcher, Retrier, State } from './definition';
import { ExecutionIsOver, Life, MachineTime } from './machine-time';
import { TOKEN_PLACEHOLDER, WaitInput } from './prepared-definition';
import { TaskError, requireSmall, takes } from './task-error';
import type { TaskTokens } from './task-tokens';

/** Carries out what the resource of a task names. @throws TaskError */
export type Perform = (resource: string, input: unknown, asking: Asking | undefined) => Promise<unknown>;

/** A task that waits for the answer to a question that it asks. */
export interface Asking {
  readonly stateName: string;
  readonly token: string;
}

const WAITS_FOR_TOKEN = '.waitForTaskToken';

/** Runs the tasks of an execution, in the rehearsal's time: with their retries, timeouts, waits and questions. */
export class TaskRunner {
  /** Called when an attempt has failed and another will follow. */
  onRetry: ((stateName: string, error: TaskError) => void) | undefined;

  constructor(
    private readonly executionArn: string, private readonly surroundings: {
      readonly time: MachineTime; readonly life: Life; readonly tokens: TaskTokens; readonly perform: Perform;
    },
  ) {}

  /**
   * Runs a task up to its last attempt.
   *
   * Retrying here and not in the interpreter keeps the attempts of a state apart in each item of a Map state.
   */
  async run(
    stateName: string, state: State, input: unknown, catchers: readonly Catcher[],
  ): Promise<unknown> {
    if (state.Type === 'Wait') return this.wait(input as WaitInput);
    const retries = new Retries(state.Retry ?? []);
    for (;;) {
      try {
        return await this.attempt(stateName, state, input);
      } catch (error) {
        if (!(error instanceof TaskError)) throw error;
        const seconds = retries.delayAfter(error);
        if (seconds === undefined) {
          error.isCatchable = catchers.some(({ ErrorEquals }) => takes(ErrorEquals, error.name));
          throw error;
        }
        this.onRetry?.(stateName, error);
        await this.sleep(seconds * 1000);
      }
    }
  }

  private async attempt(stateName: string, { Resource = '', TimeoutSeconds }: State, input: unknown): Promise<unknown> {
    await this.begin();
    requireSmall(input, `The state/task '${stateName}' has an input`);
    const { time, life, tokens, perform } = this.surroundings;
    const question = Resource.endsWith(WAITS_FOR_TOKEN) ? tokens.issue(this.executionArn, stateName) : undefined;
    const resource = question === undefined ? Resource : Resource.slice(0, -WAITS_FOR_TOKEN.length);
    const work = async () => {
      const result = await perform(
        resource, withToken(input, question?.token), question && { stateName, token: question.token },
      );
      return question === undefined ? result : question.answer;
    };
    try {
      const result = await life.wait<unknown>((resolve, reject) => {
        const callOff = TimeoutSeconds === undefined ? undefined : time.after(TimeoutSeconds * 1000, () =>
          reject(new TaskError('States.Timeout', `The task '${stateName}' has taken more than ${TimeoutSeconds} s`)));
        work().then(resolve, reject);
        return () => callOff?.();
      });
      requireSmall(result, `The state/task '${stateName}' returned a result`);
      return result;
    } finally {
      if (question !== undefined) tokens.close(question.token);
    }
  }

  private async wait({ input, seconds, timestamp }: WaitInput): Promise<unknown> {
    const { time } = this.surroundings;
    await this.sleep(timestamp === undefined ? Number(seconds) * 1000 : Date.parse(timestamp) - time.now());
    return input;
  }

  /**
   * Lets whoever follows the execution see which state it is in, and end it if need be. And a virtual time goes on only
   * when work has ended, such as this.
   */
  private async begin(): Promise<void> {
    const { time, life } = this.surroundings;
    await time.during(async () => new Promise<void>((resolve) => setImmediate(resolve)));
    if (life.isOver) throw new ExecutionIsOver();
  }

  private async sleep(milliseconds: number): Promise<void> {
    const { time, life } = this.surroundings;
    await this.begin();
    await life.wait<void>((resolve) => time.after(Math.max(0, milliseconds), resolve));
  }
}

/** Counts the attempts of one task in one state. */
class Retries {
  private readonly attempts = new Map<Retrier, number>();

  constructor(private readonly retriers: readonly Retrier[]) {}

  /** Seconds until the next attempt, or undefined if there is none. Jitter is left out: delays are the longest ones. */
  delayAfter({ name }: TaskError): number | undefined {
    const retrier = this.retriers.find(({ ErrorEquals }) => takes(ErrorEquals, name));
    if (retrier === undefined) return undefined;
    const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
    const made = this.attempts.get(retrier) ?? 0;
    if (made >= MaxAttempts) return undefined;
    this.attempts.set(retrier, made + 1);
    return Math.min(IntervalSeconds * BackoffRate ** made, MaxDelaySeconds);
  }
}

function withToken(value: unknown, token: string | undefined): unknown {
  if (token === undefined) return value;
  return JSON.parse(JSON.stringify(value).replaceAll(TOKEN_PLACEHOLDER, token)) as unknown;
}

/** True for a state that `TaskRunner` runs in place of the interpreter. */
export function isRunHere({ Type }: State): boolean {
  return Type === 'Task' || Type === 'Wait';
}
