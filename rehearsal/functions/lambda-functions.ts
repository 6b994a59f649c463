import { FunctionCode } from './function-code';
import { DeployedFunction, FunctionProcess, Invocation } from './function-process';
import { FunctionError, FunctionResult, InvocationEnd, exitError, notRehearsed, resultOf, thrownError, timeoutError } from './function-result';
import { InProcessInvocation, duringInvocation } from '../services/in-process-invocation';
import type { VirtualTime } from '../services/virtual-time';

/** A line that a function printed. */
export interface FunctionLogLine {
  readonly functionName: string;
  /** The resource whose event, or whose own payload, the function was working on. */
  readonly logicalId: string | undefined;
  readonly line: string;
}

/** Lambda repeats an asynchronous invocation that failed, unless an EventInvokeConfig says otherwise. */
const RETRIES = 2;

export interface FunctionTiming {
  /** Real time for each unit of a function's timeout. */
  readonly functionTimeoutScale: number;
  /** Milliseconds before a failed invocation is repeated; with Lambda it is one minute, then two. */
  readonly retryDelay: number;
  /** The time of functions in this process. */
  readonly time?: VirtualTime;
}

/** The code of a function that runs in this process. */
export type InProcessHandler = (payload: unknown, context: {
  readonly functionName: string; readonly logGroupName: string; getRemainingTimeInMillis(): number;
}) => Promise<unknown>;

/**
 * The Lambda functions of an account, invoked asynchronously, as CloudFormation and a function itself do, or
 * synchronously, as queues and state machines do.
 */
export class LambdaFunctions {
  readonly code = new FunctionCode();
  readonly log: FunctionLogLine[] = [];
  /** Stands in for the code of every function. */
  inProcess: InProcessHandler | undefined;
  /**
   * Called when the invocation for a request of CloudFormation has ended because the rehearsal lacks what the function
   * needs.
   */
  onNotRehearsed: ((requestId: string, reason: string) => void) | undefined;
  /** Numbers of repetitions of failed invocations, by function name, as far as templates set them. */
  readonly retries = new Map<string, number>();
  private readonly functions = new Map<string, DeployedFunction>();
  private readonly running = new Set<FunctionProcess>();
  /** Ends an invocation that is going on. */
  private readonly killers = new Map<Invocation, () => void>();
  /** Invocations that ended because the rehearsal lacks what the function needs, with the reason. */
  private readonly unrehearsed = new Map<Invocation, string>();
  private readonly invocationsById = new Map<string, Invocation>();
  /** Invocations with their repetitions, so that nothing counts as idle between two of them. */
  private invocations = 0;
  private idle: (() => void)[] = [];
  private stopping = false;

  constructor(
    private readonly timing: FunctionTiming, private readonly environment: Readonly<Record<string, string>>,
  ) {}

  put(fn: DeployedFunction): void {
    this.functions.set(fn.name, fn);
  }

  remove(name: string): void {
    this.functions.delete(name);
  }

  /** By name or ARN. */
  find(nameOrArn: string): DeployedFunction | undefined {
    return this.functions.get(nameOrArn) ?? [...this.functions.values()].find(({ arn }) => arn === nameOrArn);
  }

  /** The invocation whose calls have an access key id, also when it is over. */
  invocationOf(accessKeyId: string | undefined): Invocation | undefined {
    return this.invocationsById.get(accessKeyId ?? '');
  }

  /** Ends the invocations for a request of CloudFormation, or all that are going on, as a crash would. */
  kill(requestId?: string): void {
    for (const [invocation, kill] of this.killers) {
      if (requestId === undefined || invocation.requestId === requestId) kill();
    }
  }

  /** Ends the invocation that asked for something that no stand-in has. */
  endUnrehearsed(accessKeyId: string | undefined, operation: string): void {
    const invocation = this.invocationOf(accessKeyId);
    if (invocation === undefined) return;
    this.giveUp(invocation, `The rehearsal has no stand-in for ${operation}, which the function calls`);
    this.killers.get(invocation)?.();
  }

  /** False for a function whose code is no Node.js code in a directory. */
  canRun({ directory, runtime }: DeployedFunction): boolean {
    return directory !== undefined && runtime.startsWith('nodejs');
  }

  /** Starts an invocation and returns at once. */
  invoke(fn: DeployedFunction, payload: unknown): void {
    void this.during(async () => this.attempts(fn, payload));
  }

  /** Invokes a function once, and waits for what its handler returns or for its error. */
  async invokeForResult(fn: DeployedFunction, payload: unknown): Promise<FunctionResult> {
    return this.during(async () => resultOf(await this.run(fn, payload)));
  }

  /** Carries out work that counts as an invocation: as long as it goes on, nothing is idle. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.invocations += 1;
    try {
      return await work();
    } finally {
      this.invocations -= 1;
      if (this.invocations === 0) this.idle.splice(0).forEach((resolve) => resolve());
    }
  }

  /** Until no invocation is left, nor one that an invocation started, nor a message that a function is to get. */
  async whenIdle(): Promise<void> {
    while (this.invocations > 0) {
      await new Promise<void>((resolve) => this.idle.push(resolve));
      // Whoever waited for the last one may go on with another.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** Until nothing has run for a while. */
  async whenSilent(milliseconds: number): Promise<void> {
    do {
      await this.whenIdle();
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    } while (this.invocations > 0);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    // Functions in this process cannot be stopped, and would call services that are gone.
    if (this.inProcess !== undefined) await this.whenIdle();
    await Promise.all([...this.running].map((process) => process.stop()));
    this.code.remove();
  }

  private async attempts(fn: DeployedFunction, payload: unknown): Promise<void> {
    const retries = this.retries.get(fn.name) ?? RETRIES;
    for (let attempt = 0; attempt <= retries && !this.stopping; attempt++) {
      if (attempt > 0) await this.pause(attempt);
      const { status } = await this.run(fn, payload);
      if (status === 'succeeded' || status === 'not rehearsed') return;
    }
  }

  private giveUp(invocation: Invocation, reason: string): void {
    this.unrehearsed.set(invocation, reason);
    if (invocation.requestId !== undefined) this.onNotRehearsed?.(invocation.requestId, reason);
  }

  private async pause(attempt: number): Promise<void> {
    const { retryDelay, time } = this.timing;
    if (time === undefined) await new Promise((resolve) => setTimeout(resolve, retryDelay));
    else await time.during(async () => time.sleep(attempt * 60_000));
  }

  private async run(fn: DeployedFunction, payload: unknown): Promise<InvocationEnd> {
    const { LogicalResourceId: logicalId, RequestId: requestId } = (payload ?? {}) as {
      LogicalResourceId?: string;
      RequestId?: string;
    };
    const milliseconds = fn.timeoutSeconds * 1000 * this.timing.functionTimeoutScale;
    const invocation: Invocation = { id: `ASIA${this.invocationsById.size}`, fn, payload, requestId };
    this.invocationsById.set(invocation.id, invocation);
    const log = (line: string) => this.log.push({ functionName: fn.name, logicalId, line });
    try {
      const end = this.inProcess === undefined
        ? await this.runProcess(invocation, milliseconds, log)
        : await this.runInProcess(invocation, this.inProcess, milliseconds, log);
      const lack = this.unrehearsed.get(invocation);
      return lack === undefined ? end : notRehearsed(lack);
    } finally {
      this.killers.delete(invocation);
    }
  }

  private async runProcess(
    invocation: Invocation, milliseconds: number, log: (line: string) => void,
  ): Promise<InvocationEnd> {
    const process = new FunctionProcess(invocation, this.environment, milliseconds, log);
    this.running.add(process);
    this.killers.set(invocation, () => process.kill());
    const end = await process.ended.finally(() => this.running.delete(process));
    if (process.missingModule !== undefined) {
      this.giveUp(invocation, `The rehearsal has no module ${process.missingModule}, which the function needs`);
    }
    return end;
  }

  private async runInProcess(
    invocation: Invocation, handle: InProcessHandler, milliseconds: number, log: (line: string) => void,
  ): Promise<InvocationEnd> {
    const { fn, id, payload } = invocation;
    const { time } = this.timing;
    const now = () => time?.now() ?? Date.now();
    const ends = now() + milliseconds;
    const context = { functionName: fn.name, logGroupName: fn.logGroup, getRemainingTimeInMillis: () => ends - now() };
    const life: InProcessInvocation = { id, isDead: false };
    let error: FunctionError = exitError('signal: killed');
    const killed = new Promise<InvocationEnd>((resolve) =>
      this.killers.set(invocation, () => {
        life.isDead = true;
        resolve({ status: 'failed', error });
      }),
    );
    const callOff = time?.after(milliseconds, () => {
      error = timeoutError(fn.timeoutSeconds);
      this.killers.get(invocation)?.();
    });
    const handled = async () => duringInvocation(life, async () => handle(payload, context)).then(
      (value): InvocationEnd => ({ status: 'succeeded', value: asJson(value) }),
      (thrown): InvocationEnd => {
        const failure = thrownError(thrown);
        log(JSON.stringify({ level: 'ERROR', ...failure }));
        return { status: 'failed', error: failure };
      },
    );
    const work = async () => Promise.race([handled(), killed]);
    return (time === undefined ? work() : time.during(work)).finally(() => callOff?.());
  }
}

/** A value as it comes out of a function, which knows nothing but JSON. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null)) as unknown;
}
