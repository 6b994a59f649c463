import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IoTClient } from '@aws-sdk/client-iot';
import { AwsCalls, CallOptions, Persistence, asError, describeError } from './aws-calls';
import { CustomResourceEvent, failedCreationId, timeOfRequest } from './custom-resource-event';
import { log } from './log';
import { LogStream } from './log-stream';
import { RequestCancelled, RequestFailure, failWith } from './request-failure';
import { ResourceMemory } from './resource-memory';
import { StackOperation } from './stack-operation';

/** The clients of AWS that the handlers of custom resources share. */
export interface FunctionClients {
  readonly iot: IoTClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudFormation: CloudFormationClient;
}

/** What Lambda tells a function about its invocation. */
export interface FunctionContext {
  readonly functionName: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

const NOTING = 'nothing was done because the function could not note it in its log group';

/** CloudFormation waits for an hour, and then fails the deployment without a reason. */
const LONGEST_REQUEST = 58 * 60_000;

/** Left for taking back what was begun, and for the answer, in milliseconds. */
export const RESERVE = 45_000;

/** Left for the invocation to end. */
export const LAST_MOMENT = 3_000;

/** A request of CloudFormation, and all that there is to carry it out. */
export class Request<Properties extends object = object> {
  /** When CloudFormation asked, as far as it tells, in milliseconds since 1970. */
  public readonly askedAt: number;

  /** When the answer must be there, in milliseconds since 1970. */
  public readonly answerBy: number;

  /** When the work of this invocation must be over, in milliseconds since 1970. Another one can go on. */
  public readonly invocationUntil: number;

  /** When work must be over, in milliseconds since 1970. */
  public readonly workUntil: number;

  /** When taking back must be over, in milliseconds since 1970. */
  public readonly undoUntil: number;

  /** The operation of the stack that the request is part of. */
  public readonly stack: StackOperation;

  /** The requests for the resource, this one and those before it. */
  public readonly memory: ResourceMemory;

  private readonly signedAt?: number;

  private attempted = false;

  constructor(
    public readonly event: CustomResourceEvent, public readonly clients: FunctionClients, public readonly calls: AwsCalls,
    public readonly context: FunctionContext,
  ) {
    const now = calls.clock.now();
    const functionEnds = now + context.getRemainingTimeInMillis();
    this.signedAt = timeOfRequest(event, now);
    this.askedAt = this.signedAt ?? event.AskedAt ?? now;
    this.answerBy = this.askedAt + LONGEST_REQUEST;
    this.invocationUntil = functionEnds - RESERVE;
    this.workUntil = Math.min(this.invocationUntil, this.answerBy - RESERVE);
    this.undoUntil = functionEnds - LAST_MOMENT;
    this.stack = new StackOperation(event, calls, clients.cloudFormation, this.workUntil);
    this.memory = new ResourceMemory(event, this.logScope, this.workUntil);
  }

  public get properties(): Properties {
    return this.event.ResourceProperties as Properties;
  }

  /** What the template wanted before, on update. */
  public get formerProperties(): Properties | undefined {
    return this.event.OldResourceProperties as Properties | undefined;
  }

  /** True for an update that goes back to what was, or may do so: it must succeed, or the stack is stuck. */
  public get mayGoBack(): boolean {
    return this.event.RequestType === 'Update' && this.stack.direction !== 'forward';
  }

  /**
   * Prepares for work: opens the memory, waits for earlier requests for the resource, and looks at the stack.
   *
   * @returns 'taken' if another invocation sees to the request
   * @throws RequestCancelled if CloudFormation no longer waits for it
   */
  public async begin(): Promise<'mine' | 'taken'> {
    if (this.event.Continuation) {
      this.memory.resume();
      return 'mine';
    }
    if (await this.openMemory() === 'taken') {
      return 'taken';
    }
    await this.stack.begin();
    if (this.event.RequestType === 'Update' && this.memory.isOvertaken(this.signedAt)) {
      throw new RequestCancelled('CloudFormation has asked for something else meanwhile');
    }
    return 'mine';
  }

  /** Notes the id that the request is answered with, before CloudFormation can act on it. */
  public async noteAnswer(physicalResourceId: string): Promise<void> {
    if (this.event.RequestType === 'Delete' || this.memory.newestId === physicalResourceId) {
      return;
    }
    if (this.mayGoBack || physicalResourceId === this.event.PhysicalResourceId) {
      await this.memory.tryToNote({ physicalResourceId });
    } else {
      await this.memory.note({ physicalResourceId }).catch(failWith(NOTING));
    }
  }

  /** Asks AWS for something, again and again where that helps. */
  public async ask<Output>(call: (options: CallOptions) => Promise<Output>, persistence: Partial<Persistence> = {}): Promise<Output> {
    return this.calls.persistently({ until: this.workUntil, ...persistence }, call);
  }

  /**
   * Changes something in the account, with a look at the stack before each attempt and afterwards.
   *
   * @throws RequestCancelled if CloudFormation no longer waits for the request
   */
  public async change<Output>(call: (options: CallOptions) => Promise<Output>, persistence: Partial<Persistence> = {}): Promise<Output> {
    const attempt = async (options: CallOptions) => {
      this.attempted = true;
      return call(options);
    };
    const output = await this.ask(attempt, { ...persistence, beforeAttempt: async () => this.beforeChange() });
    await this.stack.requireWanted();
    return output;
  }

  /** True if something may have been changed. */
  public get hasAttempted(): boolean {
    return this.attempted;
  }

  /**
   * The request that undoes this one, as CloudFormation sends it to roll back: for what came after CloudFormation's own.
   *
   * @returns undefined if there is nothing to undo, or if the stack is in another operation by now
   */
  public async undoing(): Promise<Request<Properties> | undefined> {
    const { RequestType, OldResourceProperties } = this.event;
    if (!this.attempted || !await this.stack.isLeftBehind()) {
      return undefined;
    }
    const event: CustomResourceEvent = RequestType === 'Create'
      ? { ...this.event, RequestType: 'Delete', PhysicalResourceId: failedCreationId(this.event.RequestId) }
      : { ...this.event, ResourceProperties: OldResourceProperties ?? {}, OldResourceProperties: this.event.ResourceProperties };
    const undoing = new Request<Properties>(event, this.clients, this.calls, this.context);
    await undoing.memory.awaitPredecessors().catch(goOn);
    undoing.stack.goBack(this.stack);
    return undoing;
  }

  /** Called before an attempt to change something. */
  public async beforeChange(): Promise<void> {
    await this.memory.keepAlive();
    await this.stack.requireWanted();
  }

  /** A stream of the function's log that custom resources of the stack share. */
  public sharedStream(name: string): LogStream {
    return new LogStream(this.logScope, name);
  }

  /** @throws RequestFailure if nothing can be noted: a request that must not be carried out twice needs its memory */
  public requireMemory(): void {
    if (!this.memory.isOpen) {
      throw new RequestFailure(`${NOTING}; deploy again`);
    }
  }

  /** A creation needs its memory. An update or a delete may be the rollback's, which must not fail for want of it. */
  private async openMemory(): Promise<'mine' | 'taken'> {
    const { RequestType } = this.event;
    if (RequestType !== 'Delete') {
      const claim = this.memory.claim(this.signedAt);
      if (await claim.catch(RequestType === 'Create' ? failWith(NOTING) : goOn) === 'taken') {
        return 'taken';
      }
    }
    await this.memory.awaitPredecessors().catch(goOn);
    return 'mine';
  }

  private get logScope() {
    return { calls: this.calls, logs: this.clients.logs, logGroupName: this.context.logGroupName };
  }
}

function goOn(error: unknown): void {
  log('going on without a memory', { error: describeError(asError(error)) });
}
