import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import {
  AwsCalls, CallOptions, FailureKind, SYSTEM_CLOCK, failureKindOf,
} from '../../../src/function/runtime/aws-calls';
import { asError, describeError } from '../../../src/function/runtime/log';
import { captureLog } from '../../support/function-log';

captureLog();

/** An error as the SDK throws it for an answer of a service. */
function answered(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error('message'), { name, $fault: 'client', $metadata: { httpStatusCode } });
}

/** An error as the SDK throws it without an answer. */
function unanswered(name: string): Error {
  return Object.assign(new Error('message'), { name, $metadata: { attempts: 1, totalRetryDelay: 0 } });
}

describe('the kind of a failure', () => {
  test.each<[FailureKind, string, Error]>([
    ['throttled', 'ThrottlingException', answered('ThrottlingException', 400)],
    ['throttled', 'Throttling of the query protocol', answered('Throttling', 400)],
    ['throttled', 'a name with throttled in it', answered('RequestThrottledException', 400)],
    ['throttled', 'TooManyRequestsException', answered('TooManyRequestsException', 400)],
    ['throttled', 'RequestLimitExceeded', answered('RequestLimitExceeded', 503)],
    ['throttled', 'status 429', answered('Unknown', 429)],
    [
      'throttled', 'what the SDK calls throttling',
      Object.assign(answered('Whatever', 400), { $retryable: { throttling: true } }),
    ],
    ['unavailable', 'status 500', answered('InternalFailureException', 500)],
    ['unavailable', 'status 503', answered('ServiceUnavailableException', 503)],
    ['unavailable', 'a broken connection', unanswered('Error')],
    ['unavailable', 'a call that was cut off', Object.assign(new Error('Request aborted'), { name: 'AbortError' })],
    ['unavailable', 'a call that took too long', Object.assign(new Error('timed out'), { name: 'TimeoutError' })],
    ['denied', 'status 403', answered('Forbidden', 403)],
    ['denied', 'AccessDeniedException', answered('AccessDeniedException', 400)],
    ['denied', 'UnauthorizedException', answered('UnauthorizedException', 401)],
    ['denied', 'NotAuthorized', answered('NotAuthorized', 400)],
    ['refused', 'InvalidRequestException', answered('InvalidRequestException', 400)],
    ['refused', 'LimitExceededException', answered('LimitExceededException', 410)],
    ['refused', 'ResourceNotFoundException', answered('ResourceNotFoundException', 404)],
    ['refused', 'a mistake of the program', new TypeError('undefined is not a function')],
    ['refused', 'any other error', new Error('message')],
  ])('is %s for %s', (kind, _, error) => {
    expect(failureKindOf(error)).toBe(kind);
  });
});

describe('a call that is repeated', () => {
  let time: VirtualTime;
  let calls: AwsCalls;
  let attempts: number[];

  beforeEach(() => {
    time = new VirtualTime();
    calls = new AwsCalls({ clock: time, callTimeout: 10_000 });
    attempts = [];
  });

  afterEach(() => jest.restoreAllMocks());

  /** Fails with one error after the other, then succeeds. */
  function persistently(
    errors: readonly Error[], options: { patience?: number; retryRefusal?: (error: Error) => boolean } = {},
  ) {
    const { patience = 600_000, retryRefusal } = options;
    const began = time.now();
    const left = [...errors];
    return time.during(() => calls.persistently({ until: began + patience, retryRefusal }, async () => {
      attempts.push(time.now() - began);
      const error = left.shift();
      if (error) {
        throw error;
      }
      return 'done';
    }));
  }

  test('pauses longer and longer, with jitter, up to 20 seconds', async () => {
    await expect(persistently(Array(9).fill(answered('ThrottlingException', 400)))).resolves.toBe('done');

    const pauses = attempts.slice(1).map((at, index) => at - attempts[index]);
    [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000].forEach((longest, index) => {
      expect(pauses[index]).toBeGreaterThanOrEqual(longest / 2);
      expect(pauses[index]).toBeLessThanOrEqual(longest);
    });
    expect(new Set(pauses.slice(-3)).size).toBe(3);
  });

  test('is not repeated after a refusal', async () => {
    await expect(persistently([answered('InvalidRequestException', 400)])).rejects.toThrow('message');
    expect(attempts).toHaveLength(1);
  });

  test('is repeated after a refusal that may pass', async () => {
    const retryRefusal = ({ name }: Error) => name === 'LimitExceededException';

    await expect(persistently([answered('LimitExceededException', 410)], { retryRefusal })).resolves.toBe('done');
    await expect(persistently([answered('InvalidRequestException', 400)], { retryRefusal })).rejects.toThrow('message');
  });

  test('is repeated for two minutes after a denial, whatever comes between', async () => {
    const denied = answered('AccessDeniedException', 403);

    await expect(persistently([
      denied, answered('InternalFailureException', 500), ...Array(100).fill(denied),
    ])).rejects.toBe(denied);
    expect(attempts.at(-1)).toBeCloseTo(120_000, 3);
  });

  test.each([0, 0.25, 0.5, 0.75, 0.999])('finds a permission that is known after two minutes, with jitter %d', async (jitter) => {
    jest.spyOn(Math, 'random').mockReturnValue(jitter);
    const call = async () => {
      if (time.now() - began < 120_000 - 1) {
        throw answered('AccessDeniedException', 403);
      }
      return 'done';
    };
    const began = time.now();

    await expect(time.during(() => calls.persistently({ until: began + 600_000 }, call))).resolves.toBe('done');
  });

  test('ends with the last error when a further attempt could not begin in time', async () => {
    const errors = Array.from({ length: 100 }, () => answered('InternalFailureException', 500));
    const thrown = await persistently(errors, { patience: 60_000 }).catch((error) => error);

    expect(errors.indexOf(thrown)).toBe(attempts.length - 1);
    expect(attempts.at(-1)).toBeLessThan(60_000);
    expect(attempts.at(-1)).toBeGreaterThanOrEqual(40_000);
  });

  test('wraps what is no error', async () => {
    await expect(calls.persistently({ until: 0 }, () => Promise.reject('text'))).rejects.toEqual(new Error('text'));
  });
});

test('a call is cut off when its time is over, of which it has three seconds however late it is', async () => {
  jest.spyOn(AbortSignal, 'timeout');
  const time = new VirtualTime();
  const calls = new AwsCalls({ clock: time, callTimeout: 10_000 });
  const call = async ({ abortSignal }: CallOptions) => abortSignal.aborted;

  await calls.once(call);
  await calls.once(call, time.now() + 60_000);
  await calls.once(call, time.now() + 7_000);
  await calls.once(call, time.now() + 7_000.4);
  await calls.once(call, time.now() - 1_000);

  expect(jest.mocked(AbortSignal.timeout).mock.calls).toEqual([[10_000], [10_000], [7_000], [7_001], [3_000]]);
});

test('an error is described by its name and message', () => {
  expect(describeError(answered('InvalidRequestException', 400))).toBe('InvalidRequestException: message');
});

test('an error stays as it is, anything else that is thrown becomes one', () => {
  const error = new TypeError('message');

  expect(asError(error)).toBe(error);
  expect(asError(undefined)).toEqual(new Error('undefined'));
});

test('the function\'s time is the system\'s', async () => {
  const before = Date.now();
  await SYSTEM_CLOCK.sleep(20);

  // Timers may fire a millisecond early.
  expect(SYSTEM_CLOCK.now()).toBeGreaterThanOrEqual(before + 19);
  expect(SYSTEM_CLOCK.now()).toBeLessThanOrEqual(Date.now());
});
