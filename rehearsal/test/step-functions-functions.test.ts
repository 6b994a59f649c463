import { writeFileSync } from 'node:fs';
import { inlineFunction, startAccount, stopAccounts } from './support/running-account';
import { FUNCTION_ARN, begin, failureOf, machineResources, oneTask } from './support/running-machines';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

afterEach(stopAccounts);

/** Machines whose function really runs, in a process of its own and in real time, which is shortened. */
async function startWithFunction(code: string, retry: object = {}): Promise<RehearsedAccount> {
  const account = await startAccount({ machineTimeScale: 0.001 });
  await account.deploy({
    stackName: 'Stack', template: {
      Resources: {
        ...machineResources(oneTask(FUNCTION_ARN, retry)),
        Function: inlineFunction(code, { FunctionName: 'function', Timeout: 20 }),
      },
    },
  });
  return account;
}

test('a function gets the input of its task, and what it returns is the result', async () => {
  const account = await startWithFunction('exports.handler = async ({ number }) => ({ doubled: 2 * number });');
  const execution = begin({ account }, { number: 21 });
  await account.stateMachines.whenSettled();

  expect(execution.output).toEqual({ doubled: 42 });
});

test('a function that throws fails its task by the name of the error', async () => {
  const account = await startWithFunction('exports.handler = async () => { throw new RangeError("too far"); };');
  const execution = begin({ account });
  await execution.ended;

  expect(failureOf(execution)).toEqual({
    status: 'FAILED', error: 'RangeError', cause: '{"errorMessage":"too far","errorType":"RangeError"}',
  });
});

test.each([
  [{ Retry: [{ ErrorEquals: ['States.TaskFailed'] }] }, 'SUCCEEDED', undefined],
  [{}, 'FAILED', 'Runtime.ExitError'],
])('an execution with %j outlives a function that is killed: %s', async (retry, status, error) => {
  const account = await startWithFunction(`
    exports.handler = async () => {
      console.log('at work');
      await new Promise((resolve) => setTimeout(resolve, require('fs').existsSync('second') ? 0 : 60000));
      return 'done';
    };`, retry);
  const execution = begin({ account });
  const isAtWork = () => account.functions.log.some(({ line }) => line === 'at work');
  while (!isAtWork()) await new Promise((resolve) => setTimeout(resolve, 10));
  const { directory } = account.functions.find('function')!;
  writeFileSync(`${directory}/second`, '');
  account.functions.kill();
  await execution.ended;

  expect([execution.status, execution.error]).toEqual([status, error]);
});

test('the end of the account ends a function that a machine waits for, and its execution', async () => {
  const account = await startWithFunction('exports.handler = async () => new Promise((resolve) => setTimeout(resolve, 60000));');
  const execution = begin({ account });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await stopAccounts();

  expect(execution.status).toBe('ABORTED');
});
