import { AwsCalls } from './aws-calls';
import { CustomResourceEvent } from './custom-resource-event';
import { log } from './log';
import { Outcome } from './request';
import { shorten } from '../../private/printable';

export interface Answer extends Outcome {
  readonly status: 'SUCCESS' | 'FAILED';

  /** The reason of a failure. */
  readonly reason?: string;
}

/** The bytes that CloudFormation takes in all. */
const LONGEST_ANSWER = 4096;

/** The bytes of a reason that CloudFormation shows, about. */
export const LONGEST_REASON = 1000;

type Attributes = Record<string, string | number>;

/**
 * Answers CloudFormation at the event's response URL.
 *
 * @returns true if the answer arrived
 */
export async function sendAnswer(
  event: CustomResourceEvent, answer: Answer, calls: AwsCalls, until: number,
): Promise<boolean> {
  const { data, ...details } = answer;
  const body = renderAnswer(event, answer);
  try {
    await calls.persistently({ until }, ({ abortSignal }) => put(event.ResponseURL, body, abortSignal));
    log('answered', details);
    return true;
  } catch (error) {
    log('could not answer', { ...details, error });
    return false;
  }
}

/** The text of an answer, with as much of the reason and the attributes as fits. */
export function renderAnswer(event: CustomResourceEvent, { status, reason, physicalResourceId, data }: Answer): string {
  const render = (longest: number, attributes: Attributes | undefined) => JSON.stringify({
    Status: status,
    Reason: reason === undefined ? undefined : shorten(reason, longest),
    PhysicalResourceId: physicalResourceId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: attributes,
  });
  const fits = (text: string) => Buffer.byteLength(text) <= LONGEST_ANSWER;
  let longest = LONGEST_REASON;
  while (longest > 100 && !fits(render(longest, undefined))) {
    longest -= 100;
  }
  for (let room = LONGEST_ANSWER; room > 0; room -= 100) {
    const text = render(longest, data && renderData(data, room));
    if (fits(text)) {
      return text;
    }
  }
  return render(longest, undefined);
}

/** Attributes of at most so many bytes each. */
function renderData(data: NonNullable<Outcome['data']>, room: number): Attributes {
  const render = (value: string | number | object | null) => typeof value === 'string' ? shorten(value, room)
    : typeof value === 'number' ? value
      : renderObject(value, room);
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, render(value)]));
}

/** JSON of at most so many bytes. Members that have no room are left out, and `cut` says so. */
function renderObject(value: object | null, room: number): string {
  let members = Object.entries(value ?? {});
  let text = JSON.stringify(value);
  while (Buffer.byteLength(text) > room && members.length > 0) {
    const longest = members.reduce((one, other) =>
      JSON.stringify(other).length > JSON.stringify(one).length ? other : one);
    members = members.filter((member) => member !== longest);
    text = JSON.stringify({ ...Object.fromEntries(members), cut: true });
  }
  return text;
}

/** An upload that failed. It does not name the URL, which the HTTP client's own errors may do. */
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
