import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from './service-error';

/** No request of the modelled operations comes near this size. */
const LARGEST_BODY = 1024 * 1024;

/** Reads a JSON request body; an empty one counts as an empty structure. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    // The rest is still read, only not kept: a client that is not done sending would not see the refusal.
    if (size <= LARGEST_BODY) chunks.push(chunk as Buffer);
  }
  if (size > LARGEST_BODY) throw new ServiceError('SerializationException', 'The request body is too large.');
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ServiceError('SerializationException', 'The request body is not a structure.');
  }
  return parsed as Record<string, unknown>;
}

/** The JSON of a response: times are epoch seconds with milliseconds as the fraction, as REST-JSON prescribes. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, converted: unknown): unknown {
    // A Date has already become text in `converted`; the holder still has the object.
    const original = this[key];
    return original instanceof Date ? original.getTime() / 1000 : converted;
  });
}

export function sendAnswer(response: ServerResponse, body: unknown): void {
  send(response, 200, toJson(body ?? {}), {});
}

export function sendError(response: ServerResponse, error: ServiceError): void {
  send(response, error.status, toJson({ message: error.message, ...error.members }), { 'x-amzn-errortype': error.code });
}

function send(response: ServerResponse, status: number, json: string, headers: Record<string, string>): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(json),
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(json);
}
