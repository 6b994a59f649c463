import { stopAccounts } from './support/running-account';
import {
  FUNCTION_ARN, FakeFunction, MACHINE_ARN, begin, failureOf, holding, machineResources, oneTask, refusalOf, run,
  startMachine,
} from './support/running-machines';
import { ManualClock } from '../device-defender/clock';

afterEach(stopAccounts);

const DAY = 24 * 60 * 60 * 1000;
const WAITING = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

describe('an execution', () => {
  test('times out as a whole', async () => {
    const machine = await startMachine(machineResources({ ...WAITING, TimeoutSeconds: 600 }));
    const begun = machine.time.now();

    const execution = await run(machine);

    expect(failureOf(execution)).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout', cause: undefined });
    expect(execution.stopDate! - begun).toBe(600_000);
  });

  test('is stopped, and nothing of it goes on', async () => {
    const machine = await startMachine(machineResources({
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 3600, Next: 'Task' },
        Task: { Type: 'Task', Resource: FUNCTION_ARN, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Wait' }], End: true },
      },
    }));
    const execution = begin(machine);
    execution.stop('Stopped', 'by hand');
    await machine.time.during(async () => machine.time.sleep(2 * DAY));

    expect(failureOf(execution)).toEqual({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    expect(machine.payloads).toEqual([]);
  });

  test('keeps the definition and the role that it was started with, and its machine its ARN', async () => {
    const before = {
      StartAt: 'Wait', States: {
        Wait: { Type: 'Wait', Seconds: 3600, Next: 'Old' },
        Old: { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: null, End: true },
      },
    };
    const machine = await startMachine(machineResources(before));
    const execution = begin(machine);
    const { outcome } = await machine.account.deploy({
      stackName: 'Stack', template: {
        Resources: machineResources({ StartAt: 'New', States: { New: { Type: 'Pass', Result: 'new', End: true } } }),
      },
    });
    expect(outcome).toBe('UPDATE_COMPLETE');
    expect(execution.status).toBe('RUNNING');
    await execution.ended;

    expect(execution.path).toEqual(['Wait', 'Old']);
    expect((await run(machine, {}, 'later')).output).toBe('new');
  });

  test('ends with its machine', async () => {
    const machine = await startMachine(machineResources(WAITING));
    const execution = begin(machine);
    await machine.account.delete('Stack');

    expect(execution.status).toBe('ABORTED');
    expect(refusalOf(() => begin(machine, {}, 'later'))).toMatch(/^StateMachineDoesNotExist: /);
  });

  test('sees itself in the context, also within a Map state', async () => {
    const machine = await startMachine(machineResources({
      StartAt: 'Each', States: {
        Each: {
          Type: 'Map', ItemsPath: '$.items', End: true, ItemProcessor: {
            StartAt: 'See', States: {
              See: {
                Type: 'Pass', End: true,
                Parameters: { 'id.$': '$$.Execution.Id', 'input.$': '$$.Execution.Input', 'start.$': '$$.Execution.StartTime' },
              },
            },
          },
        },
      },
    }));
    const start = new Date(machine.time.now()).toISOString();

    expect((await run(machine, { items: [1] })).output).toEqual([
      { id: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run', input: { items: [1] }, start },
    ]);
  });
});

describe('redrive', () => {
  const STEPS = {
    StartAt: 'First',
    States: {
      First: { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: '$.first', Next: 'Pause' },
      Pause: { Type: 'Wait', Seconds: 3600, Next: 'Second' },
      Second: { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: '$.second', Next: 'Rest' },
      Rest: { Type: 'Wait', Seconds: 3600, End: true },
    },
  };
  const secondFails: FakeFunction = (_payload, attempt) =>
    attempt === 2 ? { ok: false, error: { errorType: 'Broken' } } : { ok: true, value: attempt };

  test('goes on at the state that failed, with its input and a new time limit', async () => {
    const machine = await startMachine(machineResources({ ...STEPS, TimeoutSeconds: 7000 }), { fake: secondFails });
    const execution = await run(machine, { given: true });
    expect(failureOf(execution)).toMatchObject({ status: 'FAILED', error: 'Broken' });

    machine.account.stateMachines.redriveExecution(execution.arn);
    expect(execution).toMatchObject({ status: 'RUNNING', redriveCount: 1, error: undefined, stopDate: undefined });
    await execution.ended;

    expect(execution.output).toEqual({ given: true, first: 1, second: 3 });
    expect(execution.path).toEqual(['First', 'Pause', 'Second', 'Second', 'Rest']);
    expect(machine.payloads).toEqual([{ given: true }, { given: true, first: 1 }, { given: true, first: 1 }]);
  });

  test('goes on at a whole Map state', async () => {
    const machine = await startMachine(machineResources({
      StartAt: 'Each', States: {
        Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: oneTask(FUNCTION_ARN), End: true },
      },
    }), { fake: secondFails });
    const execution = await run(machine, ['a', 'b']);

    machine.account.stateMachines.redriveExecution(execution.arn);
    await execution.ended;

    expect(execution.output).toEqual([3, 4]);
    expect(machine.payloads).toEqual(['a', 'b', 'a', 'b']);
  });

  test('is refused for what runs, has succeeded, ended 14 days ago, or is not there', async () => {
    const machine = await startMachine(machineResources(STEPS), { fake: secondFails });
    const { stateMachines } = machine.account;
    const redrive = (arn: string) => () => stateMachines.redriveExecution(arn);
    const failed = await run(machine);
    const succeeded = await run(machine, {}, 'succeeded');
    machine.time.pass(14 * DAY + 1);

    expect(refusalOf(redrive(failed.arn))).toBe(`ExecutionNotRedrivable: Execution is FAILED and cannot be redriven: '${failed.arn}'`);
    expect(refusalOf(redrive(succeeded.arn))).toMatch(/^ExecutionNotRedrivable: Execution is SUCCEEDED/);
    await holding(machine, () => {
      expect(refusalOf(redrive(begin(machine, {}, 'running').arn))).toMatch(/^ExecutionNotRedrivable: Execution is RUNNING/);
    });
    expect(refusalOf(redrive(`${MACHINE_ARN}:x`))).toBe(`ExecutionDoesNotExist: Execution Does Not Exist: '${MACHINE_ARN}:x'`);
  });
});

describe('the time of an execution', () => {
  test('can be the real one, shortened', async () => {
    const options = { time: undefined, machineTimeScale: 1e-5 };
    const machine = await startMachine(machineResources(WAITING), { options });
    const begun = Date.now();

    expect((await run(machine)).status).toBe('SUCCEEDED');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(35);
    expect(Date.now() - begun).toBeLessThan(2000);
  });

  test("can be that of a test's clock", async () => {
    const clock = new ManualClock();
    const machine = await startMachine(machineResources(WAITING), { options: { time: undefined, clock } });
    const execution = begin(machine);
    await new Promise(setImmediate);
    clock.advance(3_599_999);
    await new Promise(setImmediate);
    expect(execution.status).toBe('RUNNING');
    clock.advance(1);
    await execution.ended;

    expect(execution.status).toBe('SUCCEEDED');
  });
});
