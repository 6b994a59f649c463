import { asError, log } from './log';

/** The time, which tests replace. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;

  sleep(milliseconds: number): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Throttling and outages pass by themselves; so does a denial, if the permission is new and not known everywhere yet.
 */
export type FailureKind = 'throttled' | 'unavailable' | 'denied' | 'refused';

/** The options that the SDK takes besides a command. */
export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

export interface Persistence {
  /** Time to give up, in milliseconds since 1970. */
  readonly until: number;

  /** True to go on after a refusal. By default a refusal is final. */
  readonly retryRefusal?: (error: Error) => boolean;

  /** Called before each attempt. An error that it throws ends the attempts. */
  readonly beforeAttempt?: () => Promise<void>;

  /**
   * Milliseconds for which a denial is not believed.
   *
   * @default PATIENCE_WITH_DENIALS
   */
  readonly patienceWithDenials?: number;

  /**
   * Milliseconds that a single attempt may take.
   *
   * @default - as long as other calls
   */
  readonly callTimeout?: number;
}

export interface AwsCallsOptions {
  readonly clock: Clock;

  /** Milliseconds that a single call may take. */
  readonly callTimeout: number;
}

/** Milliseconds that a call always gets, however late it is. */
const SHORTEST_TIMEOUT = 3_000;

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 20_000;

/** Milliseconds until a new permission is known everywhere. */
export const PATIENCE_WITH_DENIALS = 120_000;

/**
 * Calls AWS with a time limit per call and, where that helps, again and again with growing, jittered pauses.
 *
 * The SDK's own retries count attempts. Here the limit is the time that is left to answer CloudFormation.
 */
export class AwsCalls {
  public readonly clock: Clock;

  constructor(private readonly options: AwsCallsOptions) {
    this.clock = options.clock;
  }

  public async once<Output>(
    call: (options: CallOptions) => Promise<Output>, until = Infinity, callTimeout = this.options.callTimeout,
  ): Promise<Output> {
    const timeout = Math.min(callTimeout, Math.max(until - this.clock.now(), SHORTEST_TIMEOUT));
    // It takes whole milliseconds only.
    return call({ abortSignal: AbortSignal.timeout(Math.ceil(timeout)) });
  }

  /**
   * @throws the last attempt's error, if another one would not help or could not begin in time
   */
  public async persistently<Output>(
    persistence: Persistence, call: (options: CallOptions) => Promise<Output>,
  ): Promise<Output> {
    const {
      beforeAttempt, callTimeout, patienceWithDenials = PATIENCE_WITH_DENIALS, retryRefusal, until,
    } = persistence;
    let deniedSince: number | undefined;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      await beforeAttempt?.();
      try {
        return await this.once(call, until, callTimeout);
      } catch (thrown) {
        const error = asError(thrown);
        const kind = failureKindOf(error);
        const now = this.clock.now();
        let next = now + pause * (0.5 + Math.random() / 2);
        if (kind === 'denied') {
          deniedSince ??= now;
          // A permission that is known just before patience ends must be found: the last attempt is made then.
          next = Math.min(next, deniedSince + patienceWithDenials);
        }
        const helps = kind === 'denied' ? now < next : kind === 'refused' ? retryRefusal?.(error) ?? false : true;
        if (!helps || next >= until) {
          throw error;
        }
        log('trying again', { error, pauseMilliseconds: Math.round(next - now) });
        await this.clock.sleep(next - now);
      }
    }
  }
}

export function failureKindOf(thrown: unknown): FailureKind {
  const error = asError(thrown);
  const { $metadata: metadata, $retryable: retryable } = error as {
    $metadata?: { httpStatusCode?: number }; $retryable?: { throttling?: boolean };
  };
  const status = metadata?.httpStatusCode;
  if (retryable?.throttling || status === 429 || /throttl|TooManyRequests|RequestLimitExceeded/i.test(error.name)) {
    return 'throttled';
  }
  if (status === undefined) {
    // No answer: a call that took too long or a connection that broke. Otherwise it is an error of this program.
    return metadata || ['AbortError', 'TimeoutError'].includes(error.name) ? 'unavailable' : 'refused';
  }
  if (status === 403 || /AccessDenied|NotAuthorized|Unauthorized/i.test(error.name)) {
    return 'denied';
  }
  return status >= 500 ? 'unavailable' : 'refused';
}
