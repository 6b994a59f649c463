import { inlineFunction, stackOf, startAccount, stopAccounts } from './support/running-account';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import { VirtualTime } from '../services/virtual-time';

afterEach(stopAccounts);

async function accountWith(code: string, properties: object = {}, options: object = {}): Promise<RehearsedAccount> {
  const account = await startAccount(options);
  await account.deploy(stackOf({ Function: inlineFunction(code, { FunctionName: 'function', ...properties }) }));
  return account;
}

async function invoke(account: RehearsedAccount, payload: unknown = {}) {
  return account.functions.invokeForResult(account.functions.find('function')!, payload);
}

test.each<[string, string, unknown]>([
  ['an object', '{ a: [1, { b: null }] }', { a: [1, { b: null }] }],
  ['a text', '"{\\"a\\":1}"', '{"a":1}'],
  ['nothing', 'undefined', null],
  ['a date, as JSON has it', 'new Date(0)', '1970-01-01T00:00:00.000Z'],
  ['more than a pipe holds', '"x".repeat(1_000_000)', 'x'.repeat(1_000_000)],
])('a function returns %s, apart from what it prints', async (_what, code, value) => {
  const account = await accountWith(`exports.handler = async () => {
    console.log('{"status":"succeeded","value":"printed"}');
    return ${code};
  };`);

  expect(await invoke(account)).toEqual({ ok: true, value });
  expect(account.functions.log.map(({ line }) => line)).toEqual(['{"status":"succeeded","value":"printed"}']);
});

test('a function gets its payload and may wait', async () => {
  const account = await accountWith(`exports.handler = async ({ number }) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return number + 1;
  };`);

  expect(await Promise.all([1, 2].map(async (number) => invoke(account, { number })))).toEqual([
    { ok: true, value: 2 }, { ok: true, value: 3 },
  ]);
});

test.each<[string, string, object, object]>([
  ['throws', 'throw new TypeError("broken")', {}, {
    errorType: 'TypeError', errorMessage: 'broken', trace: expect.arrayContaining(['TypeError: broken']),
  }],
  ['throws an error with a name of its own', 'throw Object.assign(new Error("no"), { name: "Declined" })', {}, {
    errorType: 'Declined', errorMessage: 'no', trace: expect.any(Array),
  }],
  ['throws a text', 'throw "odd"', {}, { errorType: 'Error', errorMessage: 'odd', trace: expect.any(Array) }],
  ['returns what is no JSON', 'return 1n', {}, {
    errorType: 'TypeError', errorMessage: expect.stringContaining('BigInt'), trace: expect.any(Array),
  }],
  ['exits', 'process.exit(3)', {}, {
    errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: exit status 3',
  }],
  ['returns too much', 'return "x".repeat(7_000_000)', {}, {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
  }],
  ['takes too long', 'await new Promise((resolve) => setTimeout(resolve, 60_000))', { Timeout: 6 }, {
    errorType: 'Sandbox.Timedout', errorMessage: 'Error: Task timed out after 6.00 seconds',
  }],
  ['needs a module of the SDK that the rehearsal lacks', 'require("@aws-sdk/client-dynamodb")', {}, {
    errorType: 'NotRehearsed', errorMessage: 'The rehearsal has no module @aws-sdk/client-dynamodb, which the function needs',
  }],
])('a function that %s ends with the error, and is not invoked again', async (_what, code, properties, error) => {
  const account = await accountWith(
    `exports.handler = async () => { console.log('running'); ${code}; };`, properties, { functionTimeoutScale: 0.2 },
  );

  expect(await invoke(account)).toEqual({ ok: false, error });
  expect(account.functions.log.filter(({ line }) => line === 'running')).toHaveLength(1);
});

test('nothing is idle before the result is there', async () => {
  const account = await accountWith('exports.handler = async () => 1;');
  let isOver = false;

  void invoke(account).then(() => isOver = true);
  await account.functions.whenIdle();

  expect(isOver).toBe(true);
});

test.each<[string, () => unknown, object]>([
  ['a value', () => ({ at: new Date(0), none: undefined }), { ok: true, value: { at: '1970-01-01T00:00:00.000Z' } }],
  ['nothing', () => undefined, { ok: true, value: null }],
  ['an error', () => {
    throw new RangeError('broken');
  }, { ok: false, error: { errorType: 'RangeError', errorMessage: 'broken', trace: expect.any(Array) } }],
])('a function in this process ends with %s', async (_what, handle, expected) => {
  const account = await accountWith('', {}, { inProcess: () => async () => handle() });

  expect(await invoke(account)).toEqual(expected);
});

test('a function in this process that takes too long ends in its time', async () => {
  const time = new VirtualTime();
  const account = await accountWith('', { Timeout: 60 }, { time, inProcess: () => async () => time.sleep(120_000) });
  const began = time.now();

  expect(await invoke(account)).toEqual({
    ok: false, error: { errorType: 'Sandbox.Timedout', errorMessage: 'Error: Task timed out after 60.00 seconds' },
  });
  expect(time.now() - began).toBe(60_000);
});

test('a function in this process that fails is repeated after an asynchronous invocation, and logs the error', async () => {
  const account = await accountWith('', {}, {
    inProcess: () => async () => {
      throw new Error('broken');
    },
  });

  account.functions.invoke(account.functions.find('function')!, {});
  await account.functions.whenIdle();

  expect(account.functions.log.map(({ line }) => JSON.parse(line) as object)).toEqual(
    Array(3).fill(expect.objectContaining({ level: 'ERROR', errorType: 'Error', errorMessage: 'broken' })),
  );
});

test('a function that is killed ends with an error', async () => {
  const account = await accountWith('', {}, {
    inProcess: ({ functions }: RehearsedAccount) => async () => {
      functions.kill();
      return 'never seen';
    },
  });

  expect(await invoke(account)).toEqual({
    ok: false, error: { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: signal: killed' },
  });
});
