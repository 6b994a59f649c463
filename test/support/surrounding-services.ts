import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault, Faults, errorOfFault } from './device-defender/faults';
import { Authorize, ReceivedCall, callerOf } from './received-call';

export type SurroundingOperation = 'DescribeStacks' | 'ListStackResources' | 'CreateLogStream' | 'PutLogEvents' | 'GetLogEvents' | 'Invoke' | 'PutAnswer';

export interface SurroundingRequest {
  readonly operation: SurroundingOperation;
  /** `ok`, the code of an error, or the kind of the fault that left the request without an answer. */
  outcome: string;
}

/** What CloudFormation gets from a custom resource. */
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
}

const RESOURCES_PER_PAGE = 12;

/** Whose operation it is; answers go to a signed URL, whoever sends them. */
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

/** An error as the services would answer it. */
class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

/**
 * What a custom resource's function meets besides AWS IoT, over HTTP on the loopback interface: CloudFormation's
 * DescribeStacks and ListStackResources, CloudWatch Logs as far as a journal needs it, Lambda's asynchronous Invoke and the response URL.
 *
 * Point a process to it with AWS_ENDPOINT_URL_CLOUDFORMATION, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS and AWS_ENDPOINT_URL_LAMBDA.
 */
export class SurroundingServices {
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
  /** The resources of a stack by its id. */
  listStackResources: ((stackId: string) => readonly ListedResource[]) | undefined;
  /** Messages by log group and stream: `group:stream`. */
  readonly logStreams = new Map<string, string[]>();
  /** Payloads of asynchronous invocations, which nobody runs unless `onInvoke` does. */
  readonly invocations: unknown[] = [];
  onInvoke: ((functionName: string, payload: unknown) => void) | undefined;
  onAnswer: ((received: ReceivedAnswer) => void) | undefined;
  /** When a request will get no answer. */
  onHang: (() => void) | undefined;
  /** Everybody may do everything if absent. */
  authorize: Authorize | undefined;
  private readonly http: Server;

  private constructor() {
    this.http = createServer((request, response) => {
      response.on('error', () => undefined);
      void this.receive(request, response);
    });
    this.http.keepAliveTimeout = 0;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  responseUrl(key: string): string {
    return `${this.endpoint}/answers/${key}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    this.http.closeAllConnections();
    await closed;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The client left.
    }
    const body = Buffer.concat(chunks).toString();
    const operation = operationOf(request, body);
    const received: SurroundingRequest = { operation, outcome: 'pending' };
    this.requests.push(received);
    const perform = () => {
      const output = this.perform(operation, request, body);
      received.outcome = 'ok';
      return output;
    };
    try {
      const fault = this.faults.take(operation);
      if (fault) {
        this.disturb(fault, { operation, request, response, received, perform });
      } else {
        sendOutput(response, operation, perform());
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      received.outcome = error.code;
      sendRefusal(response, operation, error);
    }
  }

  private disturb(fault: Fault<string>, exchange: {
    operation: SurroundingOperation; request: IncomingMessage; response: ServerResponse; received: SurroundingRequest; perform: () => unknown;
  }): void {
    const { operation, request, response, received, perform } = exchange;
    const error = errorOfFault(fault, operation);
    if (error) {
      const denied = `User is not authorized to perform: ${operation}`;
      // S3 answers requests that come too fast with 503.
      const status = operation === 'PutAnswer' && fault.kind === 'throttle' ? 503 : error.status;
      throw new Refusal(status, error.code, error.code === 'AccessDeniedException' ? denied : error.message);
    }
    if (fault.kind === 'delay') {
      setTimeout(() => sendOutput(response, operation, perform()), fault.milliseconds).unref();
      return;
    }
    if (fault.kind === 'dropAfterEffect') perform();
    received.outcome = fault.kind;
    if (fault.kind === 'hang') this.onHang?.();
    else request.socket.destroy();
  }

  private perform(operation: SurroundingOperation, request: IncomingMessage, body: string): unknown {
    this.requireAllowed(operation, request, body);
    switch (operation) {
      case 'PutAnswer': return this.putAnswer(request, body);
      case 'Invoke': return this.invoke(request, body);
      case 'DescribeStacks': return this.describeStacks(new URLSearchParams(body).get('StackName')!);
      case 'ListStackResources': return this.listResources(new URLSearchParams(body));
      case 'CreateLogStream': return this.createLogStream(JSON.parse(body));
      case 'PutLogEvents': return this.putLogEvents(JSON.parse(body));
      case 'GetLogEvents': return this.getLogEvents(JSON.parse(body));
    }
  }

  private requireAllowed(operation: SurroundingOperation, request: IncomingMessage, body: string): void {
    const service = SERVICES[operation];
    if (service === undefined) return;
    const denial = this.authorize?.({ service, operation, input: inputOf(service, request, body), caller: callerOf(request.headers) });
    if (denial !== undefined) throw new Refusal(service === 'logs' ? 400 : 403, 'AccessDeniedException', denial);
  }

  private putAnswer(request: IncomingMessage, body: string): void {
    let answer: Answer;
    try {
      answer = JSON.parse(body) as Answer;
    } catch {
      throw new Refusal(400, 'NotJson', 'The answer is not JSON.');
    }
    const received = {
      key: request.url!.split('/').pop()!,
      answer,
      size: Buffer.byteLength(body),
      contentType: request.headers['content-type'],
    };
    this.answers.push(received);
    this.onAnswer?.(received);
  }

  private invoke(request: IncomingMessage, body: string): void {
    if (request.headers['x-amz-invocation-type'] !== 'Event') throw new Refusal(400, 'InvalidParameterValueException', 'Only Event is modelled.');
    const payload: unknown = JSON.parse(body);
    this.invocations.push(payload);
    this.onInvoke?.(functionNameIn(request), payload);
  }

  private describeStacks(stackName: string): string {
    const status = this.stackStatuses.get(stackName);
    if (!status) throw new Refusal(400, 'ValidationError', `Stack with id ${stackName} does not exist`);
    return '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>'
      + `<StackId>${stackName}</StackId><StackName>Stack</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime>`
      + `<StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  }

  /** In short pages, so that a client that reads only the first does not get far. */
  private listResources(query: URLSearchParams): string {
    const resources = this.listStackResources?.(query.get('StackName')!) ?? [];
    const first = Number(query.get('NextToken') ?? 0);
    const next = first + RESOURCES_PER_PAGE < resources.length ? `<NextToken>${first + RESOURCES_PER_PAGE}</NextToken>` : '';
    const members = resources.slice(first, first + RESOURCES_PER_PAGE).map(({ logicalId, type, physicalId, status }) => `<member><LogicalResourceId>${logicalId}`
      + `</LogicalResourceId>${physicalId === undefined ? '' : `<PhysicalResourceId>${physicalId}</PhysicalResourceId>`}`
      + `<ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus>`
      + '<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp></member>');
    return '<ListStackResourcesResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><ListStackResourcesResult>'
      + `<StackResourceSummaries>${members.join('')}</StackResourceSummaries>${next}</ListStackResourcesResult></ListStackResourcesResponse>`;
  }

  private createLogStream({ logGroupName, logStreamName }: Record<string, string>): void {
    const key = `${logGroupName}:${logStreamName}`;
    if (this.logStreams.has(key)) throw new Refusal(400, 'ResourceAlreadyExistsException', 'The specified log stream already exists');
    this.logStreams.set(key, []);
  }

  private putLogEvents({ logGroupName, logStreamName, logEvents }: {
    logGroupName: string; logStreamName: string; logEvents: { message: string }[];
  }): object {
    this.streamOf(logGroupName, logStreamName).push(...logEvents.map(({ message }) => message));
    return {};
  }

  private getLogEvents({ logGroupName, logStreamName }: Record<string, string>): object {
    return { events: this.streamOf(logGroupName, logStreamName).map((message) => ({ message, timestamp: 0 })) };
  }

  private streamOf(logGroupName: string, logStreamName: string): string[] {
    const stream = this.logStreams.get(`${logGroupName}:${logStreamName}`);
    if (!stream) throw new Refusal(400, 'ResourceNotFoundException', 'The specified log stream does not exist.');
    return stream;
  }
}

function inputOf(service: ReceivedCall['service'], request: IncomingMessage, body: string): ReceivedCall['input'] {
  switch (service) {
    case 'cloudformation': return Object.fromEntries(new URLSearchParams(body));
    case 'lambda': return { FunctionName: functionNameIn(request) };
    default: return JSON.parse(body) as ReceivedCall['input'];
  }
}

function functionNameIn({ url }: IncomingMessage): string {
  return decodeURIComponent(url!.split('/')[3]);
}

function operationOf(request: IncomingMessage, body: string): SurroundingOperation {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.')[1] as SurroundingOperation;
  if (request.method === 'PUT') return 'PutAnswer';
  if (request.url!.includes('/invocations')) return 'Invoke';
  return new URLSearchParams(body).get('Action') as SurroundingOperation;
}

function sendOutput(response: ServerResponse, operation: SurroundingOperation, output: unknown): void {
  const isXml = typeof output === 'string';
  response.writeHead(operation === 'Invoke' ? 202 : 200, { 'content-type': isXml ? 'text/xml' : 'application/x-amz-json-1.1' });
  response.end(isXml ? output : operation === 'PutAnswer' || operation === 'Invoke' ? '' : JSON.stringify(output ?? {}));
}

function sendRefusal(response: ServerResponse, operation: SurroundingOperation, { status, code, message }: Refusal): void {
  if (operation === 'DescribeStacks' || operation === 'ListStackResources') {
    // The query protocol names some errors without the suffix that the other protocols use.
    const queryCode = { AccessDeniedException: 'AccessDenied', ThrottlingException: 'Throttling', InternalFailureException: 'InternalFailure' }[code] ?? code;
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${queryCode}</Code><Message>${message}</Message></Error></ErrorResponse>`);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
  response.end(JSON.stringify({ __type: code, message }));
}
