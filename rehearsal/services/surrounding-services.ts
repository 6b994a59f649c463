import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogStreams } from './log-streams';
import {
  Authorize, CallEnd, DirectCall, Refusal, Reply, StandIn, StandInRequest, callerOf, serverOf,
} from './stand-in';
import {
  answerWith, inputOf, JSON_SERVICES, operationOf, refusalOf, refuseWith, SERVICES, SurroundingOperation,
} from './surrounding-wire-format';
import { Fault, Faults, errorOfFault } from '../device-defender/faults';
import { EntryFailure, EventBus } from '../messaging/event-bus';
import type { MessageAttributes } from '../messaging/queue';
import type { Publication } from '../messaging/topics';
import { Buckets } from '../s3/buckets';

export interface SurroundingRequest {
  readonly operation: SurroundingOperation;
  /** `ok`, the code of an error, or the kind of the fault that left the request without an answer. */
  outcome: string;
}

/** The answer of a custom resource to CloudFormation. */
export interface Answer {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly StackId?: string;
  readonly RequestId?: string;
  readonly LogicalResourceId?: string;
  readonly Data?: Record<string, string | number>;
  readonly NoEcho?: boolean;
}

export interface ReceivedAnswer {
  /** The last part of the response URL. */
  readonly key: string;
  readonly answer: Answer;
  /** Bytes of the body: CloudFormation takes at most 4096. */
  readonly size: number;
  readonly contentType: string | undefined;
}

/** A resource as CloudFormation lists it. */
export interface ListedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
  /** The time of that status, in milliseconds since 1970. */
  readonly updated?: number;
}

/** In milliseconds since 1970. */
export interface StackTimes {
  readonly creation?: number;
  readonly lastUpdate?: number;
  readonly deletion?: number;
}

const RESOURCES_PER_PAGE = 12;

/** A call, and for an answer to CloudFormation the request that carries it. */
interface Call extends Omit<DirectCall, 'operation' | 'input'> {
  readonly operation: SurroundingOperation;
  /** Read when it is needed: a request that is disturbed need not make sense. */
  readonly input: () => Readonly<Record<string, unknown>>;
  readonly request?: StandInRequest;
  readonly entryFailure?: EntryFailure;
}

/**
 * What a custom resource's function meets besides AWS IoT, over HTTP on the loopback interface: CloudFormation's
 * DescribeStacks and ListStackResources, CloudWatch Logs as far as a journal needs it, Lambda's asynchronous Invoke,
 * EventBridge's PutEvents, Step Functions' StartExecution, SNS's Publish, S3 as far as an archive needs it, and the
 * response URL.
 *
 * Point a process to it with AWS_ENDPOINT_URL_CLOUDFORMATION, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS,
 * AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL_EVENTBRIDGE, AWS_ENDPOINT_URL_SFN, AWS_ENDPOINT_URL_SNS and
 * AWS_ENDPOINT_URL_S3.
 */
export class SurroundingServices implements StandIn {
  /** Those that run in this process, by endpoint. */
  static readonly running = new Map<string, SurroundingServices>();

  static async start(): Promise<SurroundingServices> {
    const services = new SurroundingServices();
    await new Promise<void>((resolve, reject) => {
      services.http.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    SurroundingServices.running.set(services.endpoint, services);
    return services;
  }

  readonly faults = new Faults<SurroundingOperation>();
  readonly requests: SurroundingRequest[] = [];
  readonly answers: ReceivedAnswer[] = [];
  /** The status of each stack by its id; a stack that is not named here does not exist. */
  readonly stackStatuses = new Map<string, string>();
  /** Times of a stack by its id; long ago if it is not named here. */
  readonly stackTimes = new Map<string, StackTimes>();
  /** Milliseconds since 1970. */
  now: () => number = Date.now;
  /** The resources of a stack by its id. */
  listStackResources: ((stackId: string) => readonly ListedResource[]) | undefined;
  readonly logs = new LogStreams();
  /** Messages by log group and stream: `group:stream`. */
  readonly logStreams = this.logs.messages;
  readonly bus = new EventBus(() => this.now());
  readonly buckets = new Buckets(() => this.now());
  /** Payloads of asynchronous invocations, which nobody runs unless `onInvoke` does. */
  readonly invocations: unknown[] = [];
  onInvoke: ((functionName: string, payload: unknown) => void) | undefined;
  /** Starts an execution of a state machine; throws a `Refusal`. Without it, no state machine exists. */
  onStartExecution: ((input: Readonly<Record<string, unknown>>) => object) | undefined;
  /** Publishes a message to a topic, and returns its id; throws a `Refusal`. Without it, no topic exists. */
  onPublish: ((topicArn: string, publication: Publication) => string) | undefined;
  onAnswer: ((received: ReceivedAnswer) => void) | undefined;
  /** Called when a request will get no answer. */
  onHang: (() => void) | undefined;
  /** Called for a request to a service or an operation that is not modelled. */
  onUnknown: ((caller: string | undefined, operation: string) => void) | undefined;
  /** Every call is allowed if absent. */
  authorize: Authorize | undefined;
  private readonly http: Server;

  private constructor() {
    this.http = serverOf(this);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  responseUrl(key: string): string {
    // The part of a URL signed for S3 that says when CloudFormation asked.
    const date = new Date(this.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    return `${this.endpoint}/answers/${key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=${date}&X-Amz-Expires=7199`;
  }

  async stop(): Promise<void> {
    if (this.http.listening) SurroundingServices.running.delete(this.endpoint);
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  async exchange(request: StandInRequest): Promise<Reply> {
    const operation = operationOf(request);
    if (!Object.hasOwn(SERVICES, operation)) return this.refuseUnknown(request);
    const input = () => inputOf(operation, request);
    const end = await this.carryOut({ operation, input, caller: callerOf(request.headers), request });
    if (typeof end === 'string') return end;
    return 'error' in end ? refuseWith(operation, end.error) : answerWith(operation, end.output);
  }

  async call({ operation, input, caller }: DirectCall): Promise<CallEnd> {
    return this.carryOut({ operation: operation as SurroundingOperation, input: () => input, caller });
  }

  private async carryOut(call: Call): Promise<ServedEnd> {
    const received: SurroundingRequest = { operation: call.operation, outcome: 'pending' };
    this.requests.push(received);
    try {
      const fault = this.faults.take(call.operation, call.caller);
      return fault === undefined ? this.answer(received, call) : await this.disturb(fault, received, call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      received.outcome = error.code;
      return { error: refusalOf(call.operation, error) };
    }
  }

  private refuseUnknown({ method, target, headers, body }: StandInRequest): Reply {
    const service = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization))?.[1] ?? 'a service';
    const name = String(headers['x-amz-target'] ?? '').split('.')[1] ?? new URLSearchParams(body).get('Action');
    const operation = `${name ?? `${method} ${target.split('?')[0]}`} of ${service}`;
    this.onUnknown?.(callerOf(headers), operation);
    const message = `The rehearsal has no stand-in for ${operation}.`;
    return {
      status: 400, headers: { 'x-amzn-errortype': 'NotRehearsed' },
      body: JSON.stringify({ __type: 'NotRehearsed', message }),
    };
  }

  private async disturb(fault: Fault<string>, received: SurroundingRequest, call: Call): Promise<ServedEnd> {
    const { operation } = received;
    fault.onTaken?.();
    const error = errorOfFault(fault, operation);
    if (error) {
      const denied = `User is not authorized to perform: ${operation}`;
      // S3 answers requests that come too fast with 503.
      const isS3 = operation === 'PutAnswer' || SERVICES[operation] === 's3';
      const status = isS3 && fault.kind === 'throttle' ? 503 : error.status;
      throw new Refusal(status, error.code, error.code === 'AccessDeniedException' ? denied : error.message);
    }
    if (fault.kind === 'delay') {
      await (fault.until?.() ?? new Promise<void>((resolve) => setTimeout(resolve, fault.milliseconds).unref()));
      return this.answer(received, call);
    }
    if (fault.kind === 'entryFailure') {
      const { entryError: code = 'InternalFailure', message = 'Unexpected error occurred.' } = fault;
      return this.answer(received, { ...call, entryFailure: { code, message } });
    }
    if (fault.kind === 'dropAfterEffect' || fault.kind === 'hangAfterEffect') this.perform(call);
    received.outcome = fault.kind;
    if (fault.kind !== 'hang' && fault.kind !== 'hangAfterEffect') return 'dropped';
    this.onHang?.();
    return 'hangs';
  }

  private answer(received: SurroundingRequest, call: Call): ServedEnd {
    const output = this.perform(call);
    received.outcome = 'ok';
    return { output };
  }

  private perform({ operation, caller, input: read, request, entryFailure }: Call): unknown {
    if (operation === 'PutAnswer') return this.putAnswer(request!);
    const input = read();
    const denial = this.authorize?.({ service: SERVICES[operation], operation, input, caller });
    if (denial !== undefined) {
      throw new Refusal(
        JSON_SERVICES.includes(SERVICES[operation]) ? 400 : 403, 'AccessDeniedException', denial,
      );
    }
    switch (operation) {
      case 'Invoke': return this.invoke(input as unknown as Invocation);
      case 'DescribeStacks': return this.describeStacks(input.StackName as string);
      case 'ListStackResources': return this.listResources(input as unknown as ListedPage);
      case 'CreateLogStream': return this.logs.create(input as never);
      case 'PutLogEvents': return this.logs.put(input as never);
      case 'GetLogEvents': return this.logs.get(input as never);
      case 'PutEvents': return this.bus.putEvents(input as never, entryFailure);
      case 'StartExecution': return this.startExecution(input);
      case 'Publish': return this.publish(input as unknown as PublishInput);
      case 'PutObject': return this.buckets.putObject(input as never);
      case 'ListObjectsV2': return this.buckets.listObjectsV2(input as never);
    }
  }

  private putAnswer({ target, headers, body }: StandInRequest): void {
    let answer: Answer;
    try {
      answer = JSON.parse(body) as Answer;
    } catch {
      throw new Refusal(400, 'NotJson', 'The answer is not JSON.');
    }
    const received = {
      key: new URL(target, this.endpoint).pathname.split('/').pop()!,
      answer,
      size: Buffer.byteLength(body),
      contentType: headers['content-type'] as string | undefined,
    };
    this.answers.push(received);
    this.onAnswer?.(received);
  }

  private invoke({ FunctionName, InvocationType, Payload }: Invocation): void {
    if (InvocationType !== 'Event') throw new Refusal(400, 'InvalidParameterValueException', 'Only Event is modelled.');
    const payload: unknown = JSON.parse(Payload);
    this.invocations.push(payload);
    this.onInvoke?.(FunctionName, payload);
  }

  private startExecution(input: Readonly<Record<string, unknown>>): object {
    if (this.onStartExecution !== undefined) return this.onStartExecution(input);
    const arn = String(input.stateMachineArn);
    throw new Refusal(400, 'StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  }

  private publish({ TopicArn, Message, Subject, MessageAttributes }: PublishInput): object {
    if (this.onPublish === undefined) throw new Refusal(404, 'NotFound', 'Topic does not exist');
    const publication = { message: Message, subject: Subject, attributes: MessageAttributes };
    return { MessageId: this.onPublish(TopicArn, publication) };
  }

  private describeStacks(stackName: string): object {
    const status = this.stackStatuses.get(stackName);
    if (!status) throw new Refusal(400, 'ValidationError', `Stack with id ${stackName} does not exist`);
    const { creation, lastUpdate, deletion } = this.stackTimes.get(stackName) ?? {};
    return {
      Stacks: [{
        StackId: stackName,
        StackName: 'Stack',
        CreationTime: timestamp(creation),
        LastUpdatedTime: lastUpdate === undefined ? undefined : timestamp(lastUpdate),
        DeletionTime: deletion === undefined ? undefined : timestamp(deletion),
        StackStatus: status,
      }],
    };
  }

  /** In short pages, so that a client that reads only the first does not get far. */
  private listResources({ StackName, NextToken = '0' }: ListedPage): object {
    const resources = this.listStackResources?.(StackName) ?? [];
    const first = Number(NextToken);
    const next = first + RESOURCES_PER_PAGE;
    return {
      StackResourceSummaries: resources.slice(first, next).map(({ logicalId, type, physicalId, status, updated }) => ({
        LogicalResourceId: logicalId,
        PhysicalResourceId: physicalId,
        ResourceType: type,
        ResourceStatus: status,
        LastUpdatedTimestamp: timestamp(updated),
      })),
      NextToken: next < resources.length ? String(next) : undefined,
    };
  }
}

type ServedEnd = Exclude<CallEnd, { readonly error: unknown }> | { readonly error: Refusal };

interface Invocation {
  readonly FunctionName: string;
  readonly InvocationType?: string;
  readonly Payload: string;
}

interface PublishInput {
  readonly TopicArn: string;
  readonly Message: string;
  readonly Subject?: string;
  readonly MessageAttributes?: MessageAttributes;
}

interface ListedPage {
  readonly StackName: string;
  readonly NextToken?: string;
}

/** Long ago if nobody says when. */
function timestamp(milliseconds = Date.parse('2026-01-01T00:00:00Z')): Date {
  return new Date(milliseconds);
}
