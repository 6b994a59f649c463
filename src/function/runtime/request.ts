import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { IoTClient } from '@aws-sdk/client-iot';
import { AwsCalls, CallOptions, Persistence } from './aws-calls';
import { CustomResourceEvent, failedCreationId, timeOfRequest } from './custom-resource-event';
import { log } from './log';
import { LogMemory, MemoryEntry, MemoryScope } from './log-memory';
import { RequestCancelled, RequestFailure, failWith } from './request-failure';
import { RequestEntry, RequestHistory } from './request-history';
import { StackOperation } from './stack-operation';

/** An answer that grants a request. */
export interface Outcome {
  readonly physicalResourceId: string;

  /**
   * Attributes of the custom resource. An object is answered as JSON, without some of its members if it is too long.
   */
  readonly data?: Record<string, string | number | object | null>;
}

/** A place to go on from, for another invocation: this one's time ends before the request does. */
export class Continuation {
  constructor(public readonly physicalResourceId: string, public readonly state: object) {}
}

export type Result = Outcome | Continuation;

/** A kind of custom resource. */
export interface CustomResourceHandler {
  handle(request: Request): Promise<Result>;

  /**
   * Undoes what a request did that CloudFormation will not know of. Not needed if the rollback's delete or update finds
   * what the request noted.
   */
  takeBack?(request: Request, physicalResourceId: string): Promise<void>;
}

/** The clients of AWS that the handlers of custom resources share. */
export interface FunctionClients {
  readonly iot: IoTClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudFormation: CloudFormationClient;
}

/** The facts that Lambda gives a function about its invocation. */
export interface FunctionContext {
  readonly functionName: string;
  readonly logGroupName: string;
  getRemainingTimeInMillis(): number;
}

/** A call to AWS with one of the function's clients. */
type ClientCall<Output> = (clients: FunctionClients, options: CallOptions) => Promise<Output>;

const NOTING = 'nothing was done because the function could not note it in its log group';

/** CloudFormation waits for an hour, and then fails the deployment without a reason. */
const LONGEST_REQUEST = 58 * 60_000;

/** Milliseconds between two looks at the stack while many things are changed: CloudFormation does not take many. */
const PAUSE_BETWEEN_LOOKS = 2_000;

/** Milliseconds that are left for taking back what was begun, and for the answer. */
export const RESERVE = 45_000;

/** Milliseconds that are left for the invocation to end. */
export const LAST_MOMENT = 3_000;

/** A request of CloudFormation, and everything needed to carry it out. All times are in milliseconds since 1970. */
export class Request<Properties extends object = object> {
  /** The time at which CloudFormation asked, as far as it tells. */
  public readonly askedAt: number;

  /** Time limit of the answer. */
  public readonly answerBy: number;

  /** Time limit of this invocation's work. Another one can go on. */
  public readonly invocationUntil: number;

  /** Time limit of all work. */
  public readonly workUntil: number;

  /** Time limit of taking back. */
  public readonly undoUntil: number;

  /** The operation of the stack that the request is part of. */
  public readonly stack: StackOperation;

  /** The requests for the resource, this one and those before it. */
  public readonly history: RequestHistory;

  private readonly signedAt?: number;
  private readonly memoryScope: MemoryScope;
  private hasAttempted = false;
  private lookedAt = -Infinity;

  constructor(
    public readonly event: CustomResourceEvent, public readonly clients: FunctionClients,
    public readonly calls: AwsCalls, public readonly context: FunctionContext,
  ) {
    const now = calls.clock.now();
    const functionEnds = now + context.getRemainingTimeInMillis();
    this.signedAt = timeOfRequest(event, now);
    this.askedAt = this.signedAt ?? event.AskedAt ?? now;
    this.answerBy = this.askedAt + LONGEST_REQUEST;
    this.invocationUntil = functionEnds - RESERVE;
    this.workUntil = Math.min(this.invocationUntil, this.answerBy - RESERVE);
    this.undoUntil = functionEnds - LAST_MOMENT;
    this.memoryScope = {
      calls, logs: clients.logs, logGroupName: context.logGroupName, requestId: event.RequestId, until: this.workUntil,
    };
    this.stack = new StackOperation(event, calls, clients.cloudFormation, this.workUntil);
    this.history = new RequestHistory(event, this.memoryScope);
  }

  /** The properties of the resource in the template. */
  public get properties(): Properties {
    return this.event.ResourceProperties as Properties;
  }

  /** The properties in the template before, on update. */
  public get formerProperties(): Properties | undefined {
    return this.event.OldResourceProperties as Properties | undefined;
  }

  /** The facts that the requests for the resource noted. */
  public get memory(): LogMemory<RequestEntry> {
    return this.history.memory;
  }

  /** A memory that custom resources of the stack share. */
  public sharedMemory<Entry extends MemoryEntry>(name: string): LogMemory<Entry> {
    return new LogMemory(this.memoryScope, name);
  }

  /** @throws RequestFailure if nothing can be noted: a request that must not be carried out twice needs its memory */
  public requireMemory(): void {
    if (!this.memory.isOpen) {
      throw new RequestFailure(`${NOTING}; deploy again`);
    }
  }

  /**
   * Prepares for work: opens the memory, waits for earlier requests for the resource, and looks at the stack.
   *
   * @returns 'taken' if another invocation carries out the request
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
    if (this.event.RequestType === 'Update' && this.history.isOvertaken(this.signedAt)) {
      throw new RequestCancelled('CloudFormation has asked for something else meanwhile');
    }
    return 'mine';
  }

  /** Asks AWS for something, again and again where that helps. */
  public async ask<Output>(call: ClientCall<Output>, persistence: Partial<Persistence> = {}): Promise<Output> {
    return this.calls.persistently({ until: this.workUntil, ...persistence }, (options) => call(this.clients, options));
  }

  /**
   * Changes something in the account, with a look at the stack before each attempt and afterwards.
   *
   * @throws RequestCancelled if CloudFormation no longer waits for the request
   */
  public async change<Output>(call: ClientCall<Output>, persistence: Partial<Persistence> = {}): Promise<Output> {
    const output = await this.attempt(call, { ...persistence, beforeAttempt: async () => this.beforeChange() });
    await this.stack.requireWanted();
    return output;
  }

  /**
   * The same for one of many changes, with a look only now and then and before it is tried again. Whoever makes them
   * looks after the last one.
   *
   * @throws RequestCancelled if CloudFormation no longer waits for the request
   */
  public async changeOneOfMany<Output>(call: ClientCall<Output>): Promise<Output> {
    const { clock } = this.calls;
    let isFirst = true;
    return this.attempt(call, {
      beforeAttempt: async () => {
        if (!isFirst || clock.now() - this.lookedAt >= PAUSE_BETWEEN_LOOKS) {
          await this.beforeChange();
          this.lookedAt = clock.now();
        }
        isFirst = false;
      },
    });
  }

  /** Called before an attempt to change something. */
  public async beforeChange(): Promise<void> {
    await this.memory.keepAlive();
    await this.stack.requireWanted();
  }

  /** Notes the id that the request is answered with, before CloudFormation can act on it. */
  public async noteAnswer(physicalResourceId: string): Promise<void> {
    if (this.event.RequestType === 'Delete' || this.history.newestId === physicalResourceId) {
      return;
    }
    if (this.stack.mayGoBack || physicalResourceId === this.event.PhysicalResourceId) {
      await this.memory.tryToNote({ physicalResourceId });
    } else {
      await this.memory.note({ physicalResourceId }).catch(failWith(NOTING));
    }
  }

  /**
   * The request that undoes this one, as CloudFormation sends it to roll back: for a change that came after
   * CloudFormation's own request.
   *
   * @returns undefined if there is nothing to undo, or if the stack is in another operation by now
   */
  public async undoing(): Promise<Request<Properties> | undefined> {
    const { RequestType, RequestId, ResourceProperties, OldResourceProperties = {} } = this.event;
    if (!this.hasAttempted || !await this.stack.isLeftBehind()) {
      return undefined;
    }
    const changes: Partial<CustomResourceEvent> = RequestType === 'Create'
      ? { RequestType: 'Delete', PhysicalResourceId: failedCreationId(RequestId) }
      : { ResourceProperties: OldResourceProperties, OldResourceProperties: ResourceProperties };
    const undoing = new Request<Properties>({ ...this.event, ...changes }, this.clients, this.calls, this.context);
    await undoing.history.awaitPredecessors().catch(goOn);
    undoing.stack.goBack(this.stack);
    return undoing;
  }

  private async attempt<Output>(call: ClientCall<Output>, persistence: Partial<Persistence>): Promise<Output> {
    return this.ask(async (clients, options) => {
      this.hasAttempted = true;
      return call(clients, options);
    }, persistence);
  }

  /**
   * A creation needs its memory. An update or a delete may be the rollback's, which must not fail because it has none.
   */
  private async openMemory(): Promise<'mine' | 'taken'> {
    const { RequestType } = this.event;
    if (RequestType !== 'Delete') {
      const claim = this.history.claim(this.signedAt);
      if (await claim.catch(RequestType === 'Create' ? failWith(NOTING) : goOn) === 'taken') {
        return 'taken';
      }
    }
    await this.history.awaitPredecessors().catch(goOn);
    return 'mine';
  }
}

function goOn(error: unknown): void {
  log('going on without a memory', { error });
}
