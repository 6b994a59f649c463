import { stopAccounts } from './support/running-account';
import {
  FUNCTION_ARN, FakeFunction, failureOf, machineResources, oneTask, run, startMachine,
} from './support/running-machines';

afterEach(stopAccounts);

const failing = (...errors: string[]): FakeFunction => (_payload, attempt) =>
  attempt > errors.length
    ? { ok: true, value: 'done' }
    : { ok: false, error: { errorType: errors[attempt - 1], errorMessage: `failure ${attempt}` } };

const LARGE = 'x'.repeat(262_144);
const CAUGHT = { Type: 'Pass', Parameters: { 'caught.$': '$' }, End: true };

function caught(ErrorEquals: string[], rest: object = {}) {
  return {
    StartAt: 'Task',
    States: {
      Task: { Type: 'Task', Resource: FUNCTION_ARN, Catch: [{ ErrorEquals, Next: 'Caught' }], End: true, ...rest },
      Caught: CAUGHT,
    },
  };
}

describe('a task is repeated', () => {
  const RETRY = [
    { ErrorEquals: ['Busy'], IntervalSeconds: 10, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 60 },
    { ErrorEquals: ['States.ALL'] },
  ];

  test.each<[string, string[], object[] | undefined, number, string]>([
    ['after longer and longer intervals, up to a limit', ['Busy', 'Busy', 'Busy', 'Busy'], RETRY, 10 + 30 + 60 + 60, 'SUCCEEDED'],
    ['as often as its retrier says', ['Busy', 'Busy', 'Busy', 'Busy', 'Busy'], RETRY, 10 + 30 + 60 + 60, 'FAILED'],
    ['after 1, 2 and 4 seconds by default', ['A', 'B', 'C'], RETRY, 1 + 2 + 4, 'SUCCEEDED'],
    ['with attempts of each retrier for itself', ['A', 'Busy', 'A', 'Busy'], RETRY, 1 + 10 + 2 + 30, 'SUCCEEDED'],
    ['not: no retrier takes the error', ['Other'], [RETRY[0]], 0, 'FAILED'],
    ['not: it has no retrier', ['Busy'], undefined, 0, 'FAILED'],
    ['not: the number of attempts is 0', ['Busy'], [{ ErrorEquals: ['Busy'], MaxAttempts: 0 }], 0, 'FAILED'],
  ])('%s', async (_what, errors, Retry, seconds, status) => {
    const fake = failing(...errors);
    const machine = await startMachine(machineResources(oneTask(FUNCTION_ARN, { Retry })), { fake });
    const begun = machine.time.now();

    const execution = await run(machine);

    expect(execution.status).toBe(status);
    expect(machine.time.now() - begun).toBe(seconds * 1000);
  });

  test('in each item of a Map state for itself', async () => {
    const fake: FakeFunction = (_payload, attempt) =>
      attempt <= 4 ? { ok: false, error: { errorType: 'Busy' } } : { ok: true, value: 'done' };
    const machine = await startMachine(machineResources({
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map', End: true,
          ItemProcessor: oneTask(FUNCTION_ARN, { Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 5, BackoffRate: 2 }] }),
        },
      },
    }), { fake });
    const begun = machine.time.now();

    const execution = await run(machine, [1, 2]);

    expect(execution.output).toEqual(['done', 'done']);
    expect(machine.time.now() - begun).toBe(15_000);
    expect(execution.history.filter(({ type }) => type === 'StateRetried').map(({ error, time }) =>
      [error, (time - begun) / 1000])).toEqual([['Busy', 0], ['Busy', 0], ['Busy', 5], ['Busy', 5]]);
  });
});

describe('an error', () => {
  test('of a function is named by its type and has its words as cause', async () => {
    const machine = await startMachine(machineResources(caught(['TypeError'])), { fake: failing('TypeError') });

    expect((await run(machine)).output).toEqual({
      caught: { Error: 'TypeError', Cause: '{"errorMessage":"failure 1","errorType":"TypeError"}' },
    });
  });

  test('that nobody catches ends the execution', async () => {
    const machine = await startMachine(machineResources(caught(['Other'])), { fake: failing('TypeError') });

    const execution = await run(machine);

    expect(failureOf(execution)).toEqual({
      status: 'FAILED', error: 'TypeError', cause: '{"errorMessage":"failure 1","errorType":"TypeError"}',
    });
    expect(execution.path).toEqual(['Task']);
  });

  test('of a function that ended without an answer is Lambda.Unknown', async () => {
    const fake: FakeFunction = () => ({ ok: false, error: {} });
    const machine = await startMachine(machineResources(oneTask(FUNCTION_ARN)), { fake });

    expect((await run(machine)).error).toBe('Lambda.Unknown');
  });

  test('within a Map state is for the catchers around it', async () => {
    const machine = await startMachine(machineResources({
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map', End: true, ItemProcessor: oneTask(FUNCTION_ARN),
          ItemsPath: '$.items', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', ResultPath: '$.failure' }],
        },
        Caught: { Type: 'Succeed' },
      },
    }), { fake: failing('Broken') });

    expect((await run(machine, { items: [1] })).output).toEqual({
      items: [1], failure: { Error: 'Broken', Cause: '{"errorMessage":"failure 1","errorType":"Broken"}' },
    });
  });
});

describe('a task that takes too long', () => {
  const never: FakeFunction = async () => new Promise(() => undefined);

  test('times out in the time of the rehearsal', async () => {
    const machine = await startMachine(
      machineResources(caught(['States.Timeout'], { TimeoutSeconds: 7200 })), { fake: never },
    );
    const begun = machine.time.now();

    expect((await run(machine)).path).toEqual(['Task', 'Caught']);
    expect(machine.time.now() - begun).toBe(7_200_000);
  });

  test('does not count as failed', async () => {
    const machine = await startMachine(
      machineResources(caught(['States.TaskFailed'], { TimeoutSeconds: 7200 })), { fake: never },
    );

    expect(failureOf(await run(machine))).toEqual({
      status: 'FAILED', error: 'States.Timeout', cause: "The task 'Task' has taken more than 7200 s",
    });
  });

  test('keeps no process alive: the end of the account ends it', async () => {
    const machine = await startMachine(machineResources(oneTask(FUNCTION_ARN)), { fake: never });
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    const execution = run(machine);
    await new Promise(setImmediate);
    expect(timers()).toBe(before + 1);
    machine.account.stateMachines.stop();

    expect((await execution).status).toBe('ABORTED');
    await new Promise(setImmediate);
    expect(timers()).toBe(before);
  });
});

describe('256 KiB are the most', () => {
  const tooMuch = (what: string) => ({
    status: 'FAILED', error: 'States.DataLimitExceeded',
    cause: `${what} with a size exceeding the maximum number of bytes service limit.`,
  });

  test.each<[string, object, FakeFunction, object]>([
    [
      'as result of a task, even if less is kept of it', oneTask(FUNCTION_ARN, { ResultPath: null }),
      () => ({ ok: true, value: LARGE }), tooMuch("The state/task 'Task' returned a result"),
    ],
    [
      'as input of a task',
      {
        StartAt: 'Double', States: {
          Double: { Type: 'Pass', End: true, Parameters: { 'a.$': '$.half', 'b.$': '$.half' } },
        },
      },
      () => ({ ok: true, value: 1 }), tooMuch("The state/task 'Double' returned a result"),
    ],
    [
      'as output of a state, before the next one acts',
      {
        StartAt: 'Keep', States: {
          Keep: { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: '$.more', Next: 'Act' },
          Act: { Type: 'Task', Resource: 'arn:aws:states:::events:putEvents', Parameters: { Entries: [] }, End: true },
        },
      },
      () => ({ ok: true, value: LARGE.slice(0, 200_000) }), tooMuch("The state/task 'Keep' returned a result"),
    ],
    [
      'and a catcher of everything does not take it', caught(['States.ALL']),
      () => ({ ok: true, value: LARGE }), tooMuch("The state/task 'Task' returned a result"),
    ],
  ])('%s', async (_what, definition, fake, expected) => {
    const machine = await startMachine(machineResources(definition), { fake });

    const execution = await run(machine, { half: LARGE.slice(0, 150_000) });

    expect(failureOf(execution)).toEqual(expected);
    expect(machine.events).toEqual([]);
  });

  test('but whoever names the error catches it', async () => {
    const machine = await startMachine(
      machineResources(caught(['States.DataLimitExceeded'])), { fake: () => ({ ok: true, value: LARGE }) },
    );

    expect((await run(machine)).path).toEqual(['Task', 'Caught']);
  });
});

describe('what the rehearsal does not have ends an execution, and nobody catches it', () => {
  test.each([
    ['an integration', 'arn:aws:states:::dynamodb:putItem', {}, 'the integration arn:aws:states:::dynamodb:putItem'],
    ['an operation of AWS IoT', 'arn:aws:states:::aws-sdk:iot:deleteThing', {}, 'the operation DeleteThing of AWS IoT'],
    [
      'a token for a function', 'arn:aws:states:::lambda:invoke.waitForTaskToken', {},
      'arn:aws:states:::lambda:invoke.waitForTaskToken',
    ],
    ['a job', 'arn:aws:states:::states:startExecution.sync', {}, 'the integration arn:aws:states:::states:startExecution.sync'],
    ['a field', 'arn:aws:states:::sns:publish', { Parameters: { PhoneNumber: '1' } }, 'the field "PhoneNumber" of an integration'],
    ['JSONata', FUNCTION_ARN, { QueryLanguage: 'JSONata' }, 'JSONata, the query language of Task'],
    ['variables', FUNCTION_ARN, { Assign: { a: 1 } }, 'Assign, which Task has'],
    ['the name of the state', FUNCTION_ARN, { Parameters: { 'a.$': '$$.State.Name' } }, '$$.State, which Task reads'],
  ])('%s', async (_what, Resource, rest, what) => {
    const machine = await startMachine(machineResources(caught(['States.ALL'], { Resource, ...rest })));

    expect(failureOf(await run(machine))).toEqual({
      status: 'FAILED', error: 'NotRehearsed', cause: `The rehearsal does not have ${what}`,
    });
  });
});
