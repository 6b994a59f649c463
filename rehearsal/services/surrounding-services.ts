import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogStreams } from './log-streams';
import { Authorize, ReceivedCall, Refusal, Reply, StandIn, StandInRequest, callerOf, serverOf } from './stand-in';
import { Fault, Faults, errorOfFault } from '../device-defender/faults';

export type SurroundingOperation =
  | 'DescribeStacks'
  | 'ListStackResources'
  | 'CreateLogStream'
  | 'PutLogEvents'
  | 'GetLogEvents'
  | 'Invoke'
  | 'PutAnswer';

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

/** The service of each operation; none for answers, which go to a signed URL. */
const SERVICES: Readonly<Record<SurroundingOperation, Exclude<ReceivedCall['service'], 'iot'> | undefined>> = {
  DescribeStacks: 'cloudformation',
  ListStackResources: 'cloudformation',
  CreateLogStream: 'logs',
  PutLogEvents: 'logs',
  GetLogEvents: 'logs',
  Invoke: 'lambda',
  PutAnswer: undefined,
};

/** Every operation that is served. */
export const SURROUNDING_OPERATIONS = Object.keys(SERVICES) as readonly SurroundingOperation[];

/**
 * What a custom resource's function meets besides AWS IoT, over HTTP on the loopback interface: CloudFormation's
 * DescribeStacks and ListStackResources, CloudWatch Logs as far as a journal needs it, Lambda's asynchronous Invoke and
 * the response URL.
 *
 * Point a process to it with AWS_ENDPOINT_URL_CLOUDFORMATION, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS and
 * AWS_ENDPOINT_URL_LAMBDA.
 */
export class SurroundingServices implements StandIn {
  static async start(): Promise<SurroundingServices> {
    const services = new SurroundingServices();
    await new Promise<void>((resolve, reject) => {
      services.http.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
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
  /** Payloads of asynchronous invocations, which nobody runs unless `onInvoke` does. */
  readonly invocations: unknown[] = [];
  onInvoke: ((functionName: string, payload: unknown) => void) | undefined;
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
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  /** Answers a request that need not have come over a socket. */
  async exchange(request: StandInRequest): Promise<Reply> {
    const operation = operationOf(request);
    if (!Object.hasOwn(SERVICES, operation)) return this.refuseUnknown(request);
    const received: SurroundingRequest = { operation, outcome: 'pending' };
    this.requests.push(received);
    try {
      const fault = this.faults.take(operation, callerOf(request.headers));
      return fault === undefined ? this.answer(received, request) : await this.disturb(fault, received, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      received.outcome = error.code;
      return refuseWith(operation, error);
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

  private async disturb(fault: Fault<string>, received: SurroundingRequest, request: StandInRequest): Promise<Reply> {
    const { operation } = received;
    fault.onTaken?.();
    const error = errorOfFault(fault, operation);
    if (error) {
      const denied = `User is not authorized to perform: ${operation}`;
      // S3 answers requests that come too fast with 503.
      const status = operation === 'PutAnswer' && fault.kind === 'throttle' ? 503 : error.status;
      throw new Refusal(status, error.code, error.code === 'AccessDeniedException' ? denied : error.message);
    }
    if (fault.kind === 'delay') {
      await (fault.until?.() ?? new Promise<void>((resolve) => setTimeout(resolve, fault.milliseconds).unref()));
      return this.answer(received, request);
    }
    if (fault.kind === 'dropAfterEffect' || fault.kind === 'hangAfterEffect') this.perform(operation, request);
    received.outcome = fault.kind;
    if (fault.kind !== 'hang' && fault.kind !== 'hangAfterEffect') return 'dropped';
    this.onHang?.();
    return 'hangs';
  }

  private answer(received: SurroundingRequest, request: StandInRequest): Reply {
    const output = this.perform(received.operation, request);
    received.outcome = 'ok';
    return answerWith(received.operation, output);
  }

  private perform(operation: SurroundingOperation, request: StandInRequest): unknown {
    this.requireAllowed(operation, request);
    const { body } = request;
    switch (operation) {
      case 'PutAnswer': return this.putAnswer(request);
      case 'Invoke': return this.invoke(request);
      case 'DescribeStacks': return this.describeStacks(new URLSearchParams(body).get('StackName')!);
      case 'ListStackResources': return this.listResources(new URLSearchParams(body));
      case 'CreateLogStream': return this.logs.create(JSON.parse(body));
      case 'PutLogEvents': return this.logs.put(JSON.parse(body));
      case 'GetLogEvents': return this.logs.get(JSON.parse(body));
    }
  }

  private requireAllowed(operation: SurroundingOperation, request: StandInRequest): void {
    const service = SERVICES[operation];
    if (service === undefined) return;
    const denial = this.authorize?.({
      service, operation, input: inputOf(service, request), caller: callerOf(request.headers),
    });
    if (denial !== undefined) throw new Refusal(service === 'logs' ? 400 : 403, 'AccessDeniedException', denial);
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

  private invoke(request: StandInRequest): void {
    if (request.headers['x-amz-invocation-type'] !== 'Event') {
      throw new Refusal(400, 'InvalidParameterValueException', 'Only Event is modelled.');
    }
    const payload: unknown = JSON.parse(request.body);
    this.invocations.push(payload);
    this.onInvoke?.(functionNameIn(request), payload);
  }

  private describeStacks(stackName: string): string {
    const status = this.stackStatuses.get(stackName);
    if (!status) throw new Refusal(400, 'ValidationError', `Stack with id ${stackName} does not exist`);
    const { creation, lastUpdate, deletion } = this.stackTimes.get(stackName) ?? {};
    return (
      '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>'
      + `<StackId>${stackName}</StackId><StackName>Stack</StackName><CreationTime>${timestamp(creation)}</CreationTime>`
      + (lastUpdate === undefined ? '' : `<LastUpdatedTime>${timestamp(lastUpdate)}</LastUpdatedTime>`)
      + (deletion === undefined ? '' : `<DeletionTime>${timestamp(deletion)}</DeletionTime>`)
      + `<StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`
    );
  }

  /** In short pages, so that a client that reads only the first does not get far. */
  private listResources(query: URLSearchParams): string {
    const resources = this.listStackResources?.(query.get('StackName')!) ?? [];
    const first = Number(query.get('NextToken') ?? 0);
    const next =
      first + RESOURCES_PER_PAGE < resources.length ? `<NextToken>${first + RESOURCES_PER_PAGE}</NextToken>` : '';
    const members = resources
      .slice(first, first + RESOURCES_PER_PAGE)
      .map(
        ({ logicalId, type, physicalId, status, updated }) =>
          `<member><LogicalResourceId>${logicalId}`
          + `</LogicalResourceId>${physicalId === undefined ? '' : `<PhysicalResourceId>${physicalId}</PhysicalResourceId>`}`
          + `<ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus>`
          + `<LastUpdatedTimestamp>${timestamp(updated)}</LastUpdatedTimestamp></member>`,
      );
    return (
      '<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult>'
      + `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`
    );
  }
}

function timestamp(milliseconds = Date.parse('2026-01-01T00:00:00Z')): string {
  return new Date(milliseconds).toISOString();
}

function inputOf(service: ReceivedCall['service'], request: StandInRequest): ReceivedCall['input'] {
  switch (service) {
    case 'cloudformation': return Object.fromEntries(new URLSearchParams(request.body));
    case 'lambda': return { FunctionName: functionNameIn(request) };
    default: return JSON.parse(request.body) as ReceivedCall['input'];
  }
}

function functionNameIn({ target }: StandInRequest): string {
  return decodeURIComponent(target.split('/')[3]);
}

function operationOf({ method, target, headers, body }: StandInRequest): SurroundingOperation {
  const amazonTarget = headers['x-amz-target'];
  if (typeof amazonTarget === 'string') return amazonTarget.split('.')[1] as SurroundingOperation;
  if (method === 'PUT' && target.startsWith('/answers/')) return 'PutAnswer';
  if (target.includes('/invocations')) return 'Invoke';
  return new URLSearchParams(body).get('Action') as SurroundingOperation;
}

function answerWith(operation: SurroundingOperation, output: unknown): Reply {
  const isXml = typeof output === 'string';
  return {
    status: operation === 'Invoke' ? 202 : 200,
    headers: { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' },
    body: isXml ? output : operation === 'PutAnswer' || operation === 'Invoke' ? '' : JSON.stringify(output ?? {}),
  };
}

function refuseWith(operation: SurroundingOperation, { status, code, message }: Refusal): Reply {
  if (operation === 'DescribeStacks' || operation === 'ListStackResources') {
    // The query protocol names some errors without the suffix that the other protocols use.
    const queryCode =
      {
        AccessDeniedException: 'AccessDenied', ThrottlingException: 'Throttling',
        InternalFailureException: 'InternalFailure',
      }[code] ?? code;
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${queryCode}</Code><Message>${message}</Message></Error></ErrorResponse>`;
    return { status, headers: { 'content-type': 'text/xml' }, body };
  }
  return {
    status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, message }),
  };
}
