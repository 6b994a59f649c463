import { currentInvocation } from './in-process-invocation';
import type { StandIn, StandInRequest } from './stand-in';
import { encodingOf } from '../s3/s3-wire-format';

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null | undefined>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request handler with which an SDK client reaches a stand-in of this process without a socket. */
export class InProcessTransport {
  readonly metadata = { handlerProtocol: 'http/1.1' };

  constructor(private readonly standIn: () => StandIn) {}

  async handle(
    request: SdkRequest, { abortSignal }: { readonly abortSignal?: unknown } = {},
  ): Promise<{ response: SdkResponse }> {
    return whileAlive(abortSignal as AbortSignal | undefined, async () => this.exchange(request));
  }

  private async exchange(request: SdkRequest): Promise<{ response: SdkResponse }> {
    const reply = await this.standIn().exchange(await render(request));
    if (reply === 'hangs') return forever();
    if (reply === 'dropped') throw brokenConnection();
    return { response: { statusCode: reply.status, headers: reply.headers, body: Buffer.from(reply.body) } };
  }

  /** Required by the interface; nothing to configure. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }
}

async function render({ method, path, query = {}, headers, body = '' }: SdkRequest): Promise<StandInRequest> {
  const parameters = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  const target = parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
  return { method, target, headers, body: typeof body === 'string' ? body : await textOf(body, encodingOf(target)) };
}

/** A body as a text. It may be a stream. */
export async function textOf(
  body: Uint8Array | AsyncIterable<Uint8Array>, encoding: 'latin1' | 'utf8',
): Promise<string> {
  const chunks: Uint8Array[] = [];
  if (body instanceof Uint8Array) chunks.push(body);
  else for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString(encoding);
}

/** A call of whoever is running now: it ends early when it takes too long, and never once they are killed. */
export async function whileAlive<T>(abortSignal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  const invocation = currentInvocation();
  try {
    if (invocation?.isDead) return await forever();
    return await beforeCutOff(abortSignal, call);
  } finally {
    // Whoever was killed meanwhile does not notice.
    if (invocation?.isDead) await forever();
  }
}

export function brokenConnection(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** What a call results in, unless its signal comes before. */
export async function beforeCutOff<T>(abortSignal: AbortSignal | undefined, call: () => Promise<T>): Promise<T> {
  if (abortSignal === undefined) return call();
  let abort: (() => void) | undefined;
  const cutOff = new Promise<never>((_resolve, reject) => {
    abort = () => reject(abortSignal.reason as Error);
    if (abortSignal.aborted) abort();
    abortSignal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(), cutOff]);
  } finally {
    // A signal that somebody listens to, and so the whole call, stays in memory until its time is over.
    abortSignal.removeEventListener('abort', abort!);
  }
}

export async function forever(): Promise<never> {
  return new Promise(() => undefined);
}
