import { PATIENCE_WITH_DENIALS, failureKindOf } from './aws-calls';
import { asError, describeError } from './log';

/** A request that cannot be granted, for a reason that a person can act on. */
export class RequestFailure extends Error {
  /**
   * @param message the reason
   * @param physicalResourceId the resource that exists nevertheless and is to be deleted
   */
  constructor(message: string, public readonly physicalResourceId?: string) {
    super(message);
    this.name = 'RequestFailure';
  }
}

/** A request that CloudFormation no longer waits for: the stack rolls back, or is in another operation by now. */
export class RequestCancelled extends RequestFailure {}

/** A delete that must fail: otherwise the account would keep pointing at what CloudFormation deletes next. */
export class DeletionFailure extends RequestFailure {}

/** Rethrows an error as a failure that begins with its meaning and ends with the way out. */
export function failWith(meaning: string): (error: unknown) => never {
  return (thrown) => {
    throw failureOf(meaning, asError(thrown));
  };
}

function failureOf(meaning: string, error: Error): RequestFailure {
  if (error instanceof RequestCancelled) {
    return error;
  }
  if (error instanceof RequestFailure) {
    return new RequestFailure(`${meaning}: ${error.message}`, error.physicalResourceId);
  }
  return new RequestFailure(`${meaning} (${describeError(error)})${wayOut(error)}`);
}

/** The way out of an error of AWS, beginning with a semicolon; empty where only the error itself can tell. */
export function wayOut(error: Error): string {
  switch (failureKindOf(error)) {
    case 'denied':
      return '; allow the function\'s role what the policies beside it list, and look for a service control policy or '
        + 'permissions boundary that denies it (a new permission may take '
        + `${PATIENCE_WITH_DENIALS / 60_000} minutes to be known everywhere)`;
    case 'throttled':
    case 'unavailable':
      return '; deploy again';
    case 'refused':
      return '';
  }
}
