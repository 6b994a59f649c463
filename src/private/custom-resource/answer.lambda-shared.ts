import { AwsCalls, asError, describeError } from './aws-calls.lambda-shared';
import { CustomResourceEvent } from './custom-resource-event.lambda-shared';
import { log } from './log.lambda-shared';

export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalResourceId: string;
  /** Why it failed. */
  readonly reason?: string;
  readonly data?: Record<string, string | number>;
}

/** CloudFormation takes 4096 bytes in all; the rest is for ids. */
const LONGEST_REASON = 1000;

/**
 * Answers CloudFormation at the event's response URL.
 *
 * @returns whether the answer arrived
 */
export async function sendAnswer(event: CustomResourceEvent, answer: Answer, calls: AwsCalls, until: number): Promise<boolean> {
  const body = JSON.stringify({
    Status: answer.status,
    Reason: answer.reason === undefined ? undefined : shorten(answer.reason, LONGEST_REASON),
    PhysicalResourceId: answer.physicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: answer.data,
  });
  const details = { status: answer.status, reason: answer.reason, physicalResourceId: answer.physicalResourceId };
  try {
    await calls.persistently({ until }, ({ abortSignal }) => put(event.ResponseURL, body, abortSignal));
    log('answered', details);
    return true;
  } catch (error) {
    log('could not answer', { ...details, error: describeError(asError(error)) });
    return false;
  }
}

/** What happened instead of an upload, without the URL that the HTTP client's own errors may name. */
class UploadError extends Error {
  public readonly $metadata: { httpStatusCode?: number };

  constructor(httpStatusCode?: number) {
    super(httpStatusCode === undefined ? 'no connection' : `HTTP status ${httpStatusCode}`);
    this.name = 'UploadError';
    this.$metadata = { httpStatusCode };
  }
}

async function put(url: string, body: string, signal: AbortSignal): Promise<void> {
  // The URL is signed without a content type.
  const response = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal })
    .catch(() => { throw new UploadError(); });
  await response.body?.cancel();
  if (!response.ok) {
    throw new UploadError(response.status);
  }
}

/** Cuts a text to a number of bytes, at a whole character. */
export function shorten(text: string, bytes: number): string {
  // eslint-disable-next-line no-control-regex
  const printable = text.replace(/[\u0000-\u001f]+/g, ' ');
  if (Buffer.byteLength(printable) <= bytes) {
    return printable;
  }
  const cut = Buffer.from(printable).subarray(0, bytes - 3).toString('utf8').replace(/\ufffd+$/, '');
  return `${cut}...`;
}
