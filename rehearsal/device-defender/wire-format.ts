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
  // Converting times first takes a fraction of what a replacer takes, which is called for each member.
  return JSON.stringify(copyOf(value, (time) => time.getTime() / 1000));
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
  return copyOf(value, (time) => new Date(time));
}

function copyOf(value: unknown, convert: (time: Date) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => copyOf(member, convert));
  if (value instanceof Date) return convert(value);
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) copy[name] = typeof member === 'object' ? copyOf(member, convert) : member;
  }
  return copy;
}
