import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeployedFunction, FunctionProcess, Invocation } from './function-process';
import { failed } from '../cloudformation/resource-handler';
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
}) => Promise<void>;

/** The Lambda functions of an account, invoked asynchronously, as CloudFormation and a function itself do. */
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
  /** Invocations that ended because the rehearsal lacks what the function needs. */
  private readonly unrehearsed = new Set<Invocation>();
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
    this.notRehearsed(invocation, `The rehearsal has no stand-in for ${operation}, which the function calls`);
    this.killers.get(invocation)?.();
  }

  /** Starts an invocation and returns at once. */
  invoke(fn: DeployedFunction, payload: unknown): void {
    this.invocations += 1;
    void this.attempts(fn, payload).finally(() => {
      this.invocations -= 1;
      if (this.invocations === 0) this.idle.splice(0).forEach((resolve) => resolve());
    });
  }

  /** Until no invocation is left, nor one that an invocation started. */
  async whenIdle(): Promise<void> {
    if (this.invocations > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
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
      const end = await this.run(fn, payload);
      if (end === 'succeeded' || end === 'not rehearsed') return;
    }
  }

  private notRehearsed(invocation: Invocation, reason: string): void {
    this.unrehearsed.add(invocation);
    if (invocation.requestId !== undefined) this.onNotRehearsed?.(invocation.requestId, reason);
  }

  private async pause(attempt: number): Promise<void> {
    const { retryDelay, time } = this.timing;
    if (time === undefined) await new Promise((resolve) => setTimeout(resolve, retryDelay));
    else await time.during(async () => time.sleep(attempt * 60_000));
  }

  private async run(fn: DeployedFunction, payload: unknown): Promise<string> {
    const { LogicalResourceId: logicalId, RequestId: requestId } = (payload ?? {}) as {
      LogicalResourceId?: string;
      RequestId?: string;
    };
    const milliseconds = fn.timeoutSeconds * 1000 * this.timing.functionTimeoutScale;
    const invocation: Invocation = { id: `ASIA${this.invocationsById.size}`, fn, payload, requestId };
    this.invocationsById.set(invocation.id, invocation);
    try {
      if (this.inProcess !== undefined) return await this.runInProcess(invocation, this.inProcess, milliseconds);
      const process = new FunctionProcess(invocation, this.environment, milliseconds, (line) =>
        this.log.push({ functionName: fn.name, logicalId, line }),
      );
      this.running.add(process);
      this.killers.set(invocation, () => process.kill());
      const end = await process.ended.finally(() => this.running.delete(process));
      if (process.missingModule !== undefined) {
        this.notRehearsed(invocation, `The rehearsal has no module ${process.missingModule}, which the function needs`);
      }
      return this.unrehearsed.has(invocation) ? 'not rehearsed' : end;
    } finally {
      this.killers.delete(invocation);
    }
  }

  private async runInProcess(invocation: Invocation, handle: InProcessHandler, milliseconds: number): Promise<string> {
    const { fn, id, payload } = invocation;
    const { time } = this.timing;
    const now = () => time?.now() ?? Date.now();
    const ends = now() + milliseconds;
    const context = { functionName: fn.name, logGroupName: fn.logGroup, getRemainingTimeInMillis: () => ends - now() };
    const life: InProcessInvocation = { id, isDead: false };
    const killed = new Promise<string>((resolve) =>
      this.killers.set(invocation, () => {
        life.isDead = true;
        resolve('failed');
      }),
    );
    const callOff = time?.after(milliseconds, () => this.killers.get(invocation)?.());
    const work = async () =>
      Promise.race([duringInvocation(life, async () => handle(payload, context)).then(() => 'succeeded'), killed]);
    return (time === undefined ? work() : time.during(work)).finally(() => callOff?.());
  }
}

/** The code of functions: assets of the assemblies deployed so far, and files for inline code. */
export class FunctionCode {
  private readonly assets = new Map<string, string>();
  private readonly inlineDirectories: string[] = [];

  /** Adds assets, which the CDK uploads before it deploys: file or directory by object key. */
  publish(assets: ReadonlyMap<string, string>): void {
    for (const [objectKey, path] of assets) this.assets.set(objectKey, path);
  }

  /** The directory with the code that the property `Code` of a function names; undefined for an archive or an image. */
  directoryOf({ ZipFile, S3Key, ImageUri }: {
    readonly ZipFile?: string; readonly S3Key?: string; readonly ImageUri?: string;
  }): string | undefined {
    if (ImageUri !== undefined) return undefined;
    if (ZipFile !== undefined) {
      const directory = mkdtempSync(join(tmpdir(), 'rehearsed-function-'));
      this.inlineDirectories.push(directory);
      writeFileSync(join(directory, 'index.js'), ZipFile);
      return directory;
    }
    const path = this.assets.get(String(S3Key));
    if (path === undefined || !existsSync(path)) {
      throw failed(
        'InvalidRequest',
        `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: no asset has the key ${S3Key}`,
      );
    }
    return statSync(path).isDirectory() ? path : undefined;
  }

  remove(): void {
    for (const directory of this.inlineDirectories) rmSync(directory, { recursive: true, force: true });
  }
}
