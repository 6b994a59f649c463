import { randomUUID } from 'node:crypto';
import { ServiceError } from './service-error';
import type { Reply } from '../services/stand-in';

/** No request of the modelled operations comes near this size. */
const LARGEST_BODY = 1024 * 1024;

/** Parses a JSON request body; an empty one counts as an empty structure. */
export function parseBody(text: string): Record<string, unknown> {
  if (Buffer.byteLength(text) > LARGEST_BODY) {
    throw new ServiceError('SerializationException', 'The request body is too large.');
  }
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

export function answerWith(body: unknown): Reply {
  return reply(200, toJson(body ?? {}), {});
}

export function refuseWith(error: ServiceError): Reply {
  return reply(error.status, toJson({ message: error.message, ...error.members }), { 'x-amzn-errortype': error.code });
}

function reply(status: number, body: string, headers: Record<string, string>): Reply {
  return {
    status, body, headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers },
  };
}

/** Copies an output, so that it does not change with the service, without members that are undefined. */
export function copied(value: unknown): unknown {
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) copy[name] = copied(member);
  }
  return copy;
}
