import { Definition, catchersIn, statesOf, unrehearsedIn } from './definition';
import { Run, interpret } from './interpreter';
import { Life, MachineTime } from './machine-time';
import { EXECUTION, TOKEN_PLACEHOLDER, hidden, prepared, revealed } from './prepared-definition';
import { LARGEST_PAYLOAD, TaskError, bytesOf, notRehearsed } from './task-error';
import { Perform, TaskRunner, isRunHere } from './task-runner';
import type { TaskTokens } from './task-tokens';

/** A state machine as it is deployed. An execution keeps the one that it was started with. */
export interface DeployedStateMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: Definition;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Something that happened in an execution. */
export interface HistoryEvent {
  /** Milliseconds since 1970, by the rehearsal's time. */
  readonly time: number;
  readonly type: 'StateEntered' | 'StateExited' | 'StateFailed' | 'StateRetried' | 'StateCaught';
  readonly state: string;
  /** The number of the item in a Map state. */
  readonly index?: number;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

export interface ExecutionSurroundings {
  readonly time: MachineTime;
  readonly tokens: TaskTokens;
  /** Carries out a task of the execution. */
  readonly perform: (execution: Execution, ...task: Parameters<Perform>) => Promise<unknown>;
  readonly onEnd: (execution: Execution) => void;
}

interface End {
  readonly status: ExecutionStatus;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * One execution of a state machine of the Standard type.
 *
 * The interpreter is a package of somebody else's; what it lacks is added around it. Not modelled: the limit of 25,000
 * events of the history. Retry of Map and Parallel states takes place without delay. After a failure of one item of a
 * Map state that a catcher of the Map state takes, tasks of other items that are at work go on to their end.
 */
export class Execution {
  readonly startDate: number;
  readonly history: HistoryEvent[] = [];
  stopDate: number | undefined;
  redriveCount = 0;
  private end: End = { status: 'RUNNING' };
  private life = new Life();
  private whenEnded!: Promise<void>;
  private markEnd!: () => void;
  /** The state that runs or ran last, apart from states within states, and its input: where a redrive begins. */
  private last: { readonly state: string; readonly input: unknown };

  constructor(
    readonly machine: DeployedStateMachine, readonly name: string, readonly arn: string,
    /** As it was given: a text of JSON. */
    readonly input: string,
    private readonly surroundings: ExecutionSurroundings,
  ) {
    this.startDate = surroundings.time.now();
    this.last = { state: machine.definition.StartAt, input: JSON.parse(input) as unknown };
    this.begin();
  }

  get status(): ExecutionStatus {
    return this.end.status;
  }

  /** The output of an execution that succeeded. */
  get output(): unknown {
    return this.end.output;
  }

  /** The error of one that failed, timed out or was stopped. */
  get error(): string | undefined {
    return this.end.error;
  }

  get cause(): string | undefined {
    return this.end.cause;
  }

  /** Settles when it has ended, or has ended again after a redrive. */
  get ended(): Promise<void> {
    return this.whenEnded;
  }

  /** Names of the states in the order in which they were entered. */
  get path(): string[] {
    return this.history.filter(({ type }) => type === 'StateEntered').map(({ state }) => state);
  }

  stop(error?: string, cause?: string): void {
    this.finish({ status: 'ABORTED', error, cause });
  }

  /**
   * Goes on where it ended: at the state that failed, with its input.
   *
   * AWS would run only those items of a Map state again that had not succeeded; here all of them are.
   */
  redrive(): void {
    this.redriveCount += 1;
    this.stopDate = undefined;
    this.end = { status: 'RUNNING' };
    this.life = new Life();
    this.begin();
  }

  private begin(): void {
    this.whenEnded = new Promise((resolve) => this.markEnd = resolve);
    const { definition } = this.machine;
    const lacking = unrehearsedIn(definition);
    if (lacking !== undefined) return this.fail(notRehearsed(lacking));
    const { life, surroundings: { time } } = this;
    const input = hidden(definition, this.last.input);
    const run = interpret({ ...prepared(definition), StartAt: this.last.state }, input, {
      [EXECUTION]: {
        Id: this.arn, Name: this.name, RoleArn: this.machine.roleArn, RedriveCount: this.redriveCount,
        Input: hidden(definition, JSON.parse(this.input)), StartTime: new Date(this.startDate).toISOString(),
      },
      StateMachine: { Id: this.machine.arn, Name: this.machine.name },
      Task: { Token: TOKEN_PLACEHOLDER },
    }, this.overrides(life));
    const followed = this.follow(run.eventLogs, life);
    void this.conclude(run, followed, life);
    if (definition.TimeoutSeconds !== undefined) {
      // A redrive begins it anew, as documented.
      void life.wait<void>((resolve) => time.after(definition.TimeoutSeconds! * 1000, resolve)).then(
        () => this.finish({ status: 'TIMED_OUT', error: 'States.Timeout' }),
        () => undefined,
      );
    }
    void life.wait<void>(() => () => run.abort()).catch(() => undefined);
  }

  private overrides(life: Life) {
    const { machine: { definition }, surroundings: { time, tokens, perform } } = this;
    const runner = new TaskRunner(this.arn, {
      time, life, tokens, perform: async (...task) => perform(this, ...task),
    });
    runner.onRetry = (state, { name: error, message: cause }) =>
      this.note({ type: 'StateRetried', state, error, cause });
    const catchers = catchersIn(definition);
    const states = statesOf(definition);
    return {
      taskResourceLocalHandlers: Object.fromEntries(
        states.filter(([, state]) => isRunHere(state)).map(([name, state]) => [
          name, async (input: unknown) => {
            const result = await runner.run(name, state, revealed(definition, input), catchers.get(name)!);
            return hidden(definition, result) as never;
          },
        ]),
      ),
      retryIntervalOverrides: Object.fromEntries(states.map(([name]) => [name, 0])),
    };
  }

  private async conclude({ result }: Run, followed: Promise<void>, life: Life): Promise<void> {
    try {
      const output = await result;
      await followed;
      if (!life.isOver) this.finish({ status: 'SUCCEEDED', output: revealed(this.machine.definition, output) });
    } catch (failure) {
      await followed;
      if (!life.isOver) this.fail(((failure as Error).cause ?? failure) as Error);
    }
  }

  private fail(failure: Error): void {
    // Errors of JavaScript itself are the interpreter's, for what it does not understand.
    const error = 'isRetryable' in failure ? failure.name : 'States.Runtime';
    this.finish({ status: 'FAILED', error, cause: failure.message });
  }

  private finish(end: End): void {
    if (this.life.isOver || this.end.status !== 'RUNNING') return;
    this.end = end;
    this.stopDate = this.surroundings.time.now();
    this.life.end();
    this.surroundings.onEnd(this);
    this.markEnd();
  }

  private async follow(events: Run['eventLogs'], life: Life): Promise<void> {
    for await (const event of events) {
      if (life.isOver || !('state' in event) || event.type === 'StateRetried') continue;
      const { state: { name: state, ...data }, index } = event;
      const { input, output } = revealed(this.machine.definition, data) as typeof data;
      const where = index === undefined ? { state } : { state, index };
      switch (event.type) {
        case 'StateEntered':
          if (Object.hasOwn(this.machine.definition.States, state)) this.last = { state, input };
          this.note({ type: 'StateEntered', ...where, input });
          break;
        case 'StateExited':
          this.note({ type: 'StateExited', ...where, output });
          if (bytesOf(output) > LARGEST_PAYLOAD) {
            this.fail(new TaskError(
              'States.DataLimitExceeded',
              `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`,
            ));
          }
          break;
        case 'StateFailed':
          this.note({ type: 'StateFailed', ...where, error: event.Error, cause: String(event.Cause) });
          break;
        default:
          this.note({ type: 'StateCaught', ...where });
      }
    }
  }

  private note(event: Omit<HistoryEvent, 'time'>): void {
    this.history.push({ time: this.surroundings.time.now(), ...event });
  }
}
