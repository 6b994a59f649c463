import { stopAccounts } from './support/running-account';
import { FUNCTION_ARN, machineResources, run, startMachine } from './support/running-machines';

afterEach(stopAccounts);

/** Every kind of state. */
const EVERY_KIND = {
  StartAt: 'Begin',
  States: {
    Begin: { Type: 'Pass', Parameters: { 'id.$': '$.id', 'items': [1, 2, 3], 'wait': 90 }, Next: 'Pause' },
    Pause: { Type: 'Wait', SecondsPath: '$.wait', Next: 'Both' },
    Both: {
      Type: 'Parallel', ResultPath: '$.both', Next: 'Each',
      Branches: [
        { StartAt: 'One', States: { One: { Type: 'Wait', Seconds: 10, Next: 'OneDone' }, OneDone: { Type: 'Pass', Result: 1, End: true } } },
        { StartAt: 'Two', States: { Two: { Type: 'Pass', Result: 2, End: true } } },
      ],
    },
    Each: {
      Type: 'Map', ItemsPath: '$.items', ItemSelector: { 'number.$': '$$.Map.Item.Value' }, MaxConcurrency: 2,
      ResultPath: '$.results', Next: 'Which',
      ItemProcessor: {
        StartAt: 'Call',
        States: {
          Call: { Type: 'Task', Resource: FUNCTION_ARN, ResultPath: '$.result', Next: 'Rest' },
          Rest: { Type: 'Wait', Seconds: 60, End: true },
        },
      },
    },
    Which: {
      Type: 'Choice', Default: 'Wrong',
      Choices: [
        { Variable: '$.missing', IsPresent: true, Next: 'Wrong' },
        { And: [{ Variable: '$.missing', IsPresent: false }, { Variable: '$.id', StringEquals: 'a' }], Next: 'Right' },
      ],
    },
    Right: { Type: 'Succeed' },
    Wrong: { Type: 'Fail', Error: 'Wrong', Cause: 'It is the wrong one.' },
  },
};

test('every kind of state runs, in the time that it waits for', async () => {
  const machine = await startMachine(machineResources(EVERY_KIND), {
    fake: ({ number }: { number: number }) => ({ ok: true, value: number * 10 }),
  });
  const begun = machine.time.now();

  const execution = await run(machine, { id: 'a' });

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toEqual({
    id: 'a', items: [1, 2, 3], wait: 90, both: [1, 2],
    results: [{ number: 1, result: 10 }, { number: 2, result: 20 }, { number: 3, result: 30 }],
  });
  expect(machine.payloads).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
  // 90 s, the longer branch, and two rounds of a minute for three items of which two run at once.
  expect(machine.time.now() - begun).toBe((90 + 10 + 2 * 60) * 1000);
  expect(execution.history.filter(({ type }) => type === 'StateEntered').map(({ state, index, time }) =>
    [state, index, (time - begun) / 1000])).toEqual([
    ['Begin', undefined, 0], ['Pause', undefined, 0], ['Both', undefined, 90], ['One', undefined, 90],
    ['Two', undefined, 90], ['OneDone', undefined, 100], ['Each', undefined, 100], ['Call', 0, 100], ['Call', 1, 100],
    ['Rest', 0, 100], ['Rest', 1, 100], ['Call', 2, 160], ['Rest', 2, 160], ['Which', undefined, 220],
    ['Right', undefined, 220],
  ]);
});

test('a Fail state ends the execution with its error', async () => {
  const machine = await startMachine(machineResources(EVERY_KIND));

  const { status, error, cause, output } = await run(machine, { id: 'b' });

  expect({ status, error, cause, output }).toEqual({
    status: 'FAILED', error: 'Wrong', cause: 'It is the wrong one.', output: undefined,
  });
});

