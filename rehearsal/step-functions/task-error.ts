/** The bytes that the input or the output of a state may have, as JSON in UTF-8. */
export const LARGEST_PAYLOAD = 262_144;

/** Errors that only a retrier or catcher that names them takes; States.ALL does not. */
const OUTSIDE_ALL = ['States.DataLimitExceeded', 'States.Runtime'];

/** The name that no machine can catch: the rehearsal has come to its own end. */
export const NOT_REHEARSED = 'NotRehearsed';

/** A failure of a state: `name` is the error as retriers and catchers see it, the message is its cause. */
export class TaskError extends Error {
  /** Whether the interpreter may hand it to a catcher. */
  isCatchable: boolean;
  /** Whether the interpreter may repeat the Map or Parallel state around it. */
  readonly isRetryable: boolean;

  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
    this.isCatchable = this.isRetryable = name !== NOT_REHEARSED && !OUTSIDE_ALL.includes(name);
  }
}

/** The end of an execution that asks for more than the rehearsal has. */
export function notRehearsed(what: string): TaskError {
  return new TaskError(NOT_REHEARSED, `The rehearsal does not have ${what}`);
}

/** @throws TaskError if a value has more bytes than Step Functions takes */
export function requireSmall(value: unknown, what: string): void {
  if (bytesOf(value) > LARGEST_PAYLOAD) {
    throw new TaskError(
      'States.DataLimitExceeded', `${what} with a size exceeding the maximum number of bytes service limit.`,
    );
  }
}

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** True if a list of errors, as retriers and catchers have it, takes an error. */
export function takes(errorEquals: readonly string[], error: string): boolean {
  return errorEquals.some((one) => {
    if (one === error) return error !== NOT_REHEARSED;
    if (error === NOT_REHEARSED || OUTSIDE_ALL.includes(error)) return false;
    return one === 'States.ALL' || (one === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}
