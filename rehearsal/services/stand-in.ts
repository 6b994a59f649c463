import { IncomingMessage, Server, ServerResponse, createServer } from 'node:http';
import { encodingOf } from '../s3/s3-wire-format';

/** A call of an operation as a stand-in received it. */
export interface ReceivedCall {
  readonly service: 'iot' | 'cloudformation' | 'logs' | 'lambda' | 'events' | 'states' | 'sns' | 's3';
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The access key id of the caller, if it signed the call: it tells one invocation of a function from another. */
  readonly caller: string | undefined;
}

/** Authorizes a call: returns the reason if it is not allowed. */
export type Authorize = (call: ReceivedCall) => string | undefined;

/** The access key id that a signature names; signatures themselves are not looked at. */
export function callerOf({
  authorization,
}: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  return /Credential=([^/]+)\//.exec(String(authorization))?.[1];
}

/** An error as the services around AWS IoT would answer it. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

/** A request, whichever way it came. */
export interface StandInRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body of an object has a character for each byte. */
  readonly body: string;
}

/** The answer to a request; or none as long as the client waits; or none because the connection breaks. */
export type Reply =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
  | 'hangs'
  | 'dropped';

/** A call of an operation that no request carries. */
export interface DirectCall {
  readonly operation: string;
  /** The input as JSON has it: times are seconds since 1970. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The access key id of the caller, if there is one. */
  readonly caller: string | undefined;
}

/** The end of a call: its output, the service's error, or no answer at all. */
export type CallEnd = { readonly output: unknown } | { readonly error: AnsweredError } | 'hangs' | 'dropped';

/** An error that a service answers. */
export interface AnsweredError extends Error {
  readonly status: number;
  readonly code: string;
}

/** A stand-in for services of AWS. */
export interface StandIn {
  /** Answers a request that need not have come over a socket. */
  exchange(request: StandInRequest): Promise<Reply>;
  /** Carries out a call that is no request: the same as `exchange`, without the texts and headers of HTTP. */
  call(call: DirectCall): Promise<CallEnd>;
}

/** A server for a stand-in, on the loopback interface once it listens. */
export function serverOf(standIn: StandIn): Server {
  const server = createServer((request, response) => {
    // A client that leaves early is no fault of the server.
    response.on('error', () => undefined);
    void serve(standIn, request, response);
  });
  // Idle connections stay until the stop: closing one just when a client uses it again would look like a fault.
  server.keepAliveTimeout = 0;
  return server;
}

async function serve(standIn: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Read as a whole first, so that a request to be dropped has still arrived.
  const body = await bodyOf(request);
  if (body === undefined) return;
  const reply = await standIn.exchange({
    method: request.method ?? '', target: request.url ?? '', headers: request.headers, body,
  });
  if (reply === 'hangs') return;
  if (reply === 'dropped') {
    request.socket.destroy();
    return;
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) });
  response.end(reply.body);
}

/** Undefined if the client left while sending: there is nobody to answer. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString(encodingOf(request.url ?? ''));
}
