/** An error of a function as Lambda gives it to whoever invoked it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** The end of an invocation. */
export type InvocationEnd =
  | { readonly status: 'succeeded'; readonly value: unknown }
  /** `not rehearsed` if the rehearsal lacks what the function needs. */
  | {
    readonly status: 'failed' | 'timed out' | 'stopped' | 'not rehearsed';
    readonly error: FunctionError;
  };

/** The result of a synchronous invocation. */
export type FunctionResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: FunctionError };

/** Bytes of a response. */
const LARGEST_RESPONSE = 6 * 1024 * 1024 + 100;

export function resultOf(end: InvocationEnd): FunctionResult {
  if (end.status !== 'succeeded') return { ok: false, error: end.error };
  if (Buffer.byteLength(JSON.stringify(end.value)) <= LARGEST_RESPONSE) return { ok: true, value: end.value };
  return {
    ok: false,
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`,
    },
  };
}

/** The texts of errors that a function does not throw itself are those of Lambda without its request id. */
export function timeoutError(seconds: number): FunctionError {
  return { errorType: 'Sandbox.Timedout', errorMessage: `Error: Task timed out after ${seconds.toFixed(2)} seconds` };
}

export function exitError(how: string): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${how}` };
}

export function notRehearsed(reason: string): InvocationEnd {
  return { status: 'not rehearsed', error: { errorType: 'NotRehearsed', errorMessage: reason } };
}

export function thrownError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: 'Error', errorMessage: String(thrown) };
  return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
}
