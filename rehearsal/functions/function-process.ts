import { ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { InvocationEnd, exitError, notRehearsed, timeoutError } from './function-result';

const RUNTIME = join(__dirname, 'invoke-function.js');
/** Modules of Lambda's runtime for functions. The bundled command is as deep in the package as this file. */
const LAMBDA_MODULES = join(__dirname, '..', '..', 'assets', 'commands', 'lambda-modules');
/** Exit code and last line of a function that needs a module which Lambda has and the rehearsal lacks. */
const MODULE_IS_MISSING = 93;
const MISSING_MODULE = /^rehearsal: no module (.*)$/;

/** A function as its template has it. */
export interface DeployedFunction {
  readonly name: string;
  readonly arn: string;
  /** With its code; absent where that is an archive or an image. */
  readonly directory?: string;
  readonly handler: string;
  readonly runtime: string;
  /** The ARN of its role, where the template has one. */
  readonly role?: string;
  readonly timeoutSeconds: number;
  readonly logGroup: string;
  readonly environment: Readonly<Record<string, string>>;

  /** The Node.js that runs it; this process's if absent. */
  readonly executable?: string;
}

/** A function at work on an event. */
export interface Invocation {
  /** The access key id of its calls. */
  readonly id: string;
  readonly fn: DeployedFunction;
  readonly payload: unknown;
  /** The request of CloudFormation that it is about, if any. */
  readonly requestId: string | undefined;
}

/** One invocation: a Node process of its own, which ends with it. */
export class FunctionProcess {
  readonly ended: Promise<InvocationEnd>;
  /** The module of Lambda's runtime that the function needs and the rehearsal lacks. */
  missingModule: string | undefined;
  private readonly child: ChildProcess;
  private stopped = false;

  /**
   * @param milliseconds how long it may run
   * @param log is given each line that the function prints
   */
  constructor(
    { fn, id, payload }: Invocation, environment: Readonly<Record<string, string>>, milliseconds: number,
    log: (line: string) => void,
  ) {
    const directory = fn.directory!;
    this.child = spawn(fn.executable ?? process.execPath, [RUNTIME], {
      cwd: directory,
      // What the handler returns comes on a way of its own, apart from what the function prints.
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      // Without the environment of this process: its credentials and settings are not for functions.
      env: {
        PATH: process.env.PATH,
        NODE_PATH: LAMBDA_MODULES,
        AWS_LAMBDA_FUNCTION_NAME: fn.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
        AWS_ACCESS_KEY_ID: id,
        AWS_SECRET_ACCESS_KEY: 'rehearsal',
        AWS_CONFIG_FILE: join(directory, 'no-such-file'),
        AWS_SHARED_CREDENTIALS_FILE: join(directory, 'no-such-file'),
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        ...environment,
        ...fn.environment,
      },
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface(stream).on('line', (line) => this.read(line, log));
    }
    const outcome: Buffer[] = [];
    (this.child.stdio[3] as Readable).on('data', (chunk: Buffer) => outcome.push(chunk));
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      this.child.kill('SIGKILL');
    }, milliseconds);
    this.ended = new Promise((resolve) => {
      // `close` comes after the last line.
      this.child.once('close', (code) => {
        clearTimeout(limit);
        if (timedOut) log(`Task timed out after ${fn.timeoutSeconds} seconds`);
        if (this.stopped) resolve({ status: 'stopped', error: exitError('signal: killed') });
        else if (timedOut) resolve({ status: 'timed out', error: timeoutError(fn.timeoutSeconds) });
        else if (code === MODULE_IS_MISSING) resolve(notRehearsed('a module is missing'));
        else resolve(endOf(Buffer.concat(outcome).toString('utf8'), code));
      });
      this.child.once('error', (error) => log(String(error)));
    });
    this.child.stdin!.on('error', () => undefined);
    this.child.stdin!.end(
      JSON.stringify({
        handler: fn.handler, event: payload,
        context: {
          functionName: fn.name, functionVersion: '$LATEST', invokedFunctionArn: fn.arn, awsRequestId: randomUUID(),
          logGroupName: fn.logGroup, logStreamName: 'rehearsal', deadline: Date.now() + milliseconds,
        },
      }),
    );
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.kill();
    await this.ended;
  }

  private read(line: string, log: (line: string) => void): void {
    const missing = MISSING_MODULE.exec(line)?.[1];
    if (missing === undefined) log(line);
    else this.missingModule = missing;
  }
}

/** The end that a process told of, or that it came to without a word. */
function endOf(outcome: string, code: number | null): InvocationEnd {
  if (outcome !== '') return JSON.parse(outcome) as InvocationEnd;
  return { status: 'failed', error: exitError(code === null ? 'signal: killed' : `exit status ${code}`) };
}
