import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ANSWERING, customResource, inlineFunction, startAccount, stopAccounts } from './support/running-account';
import {
  FUNCTION_ARN, MACHINE_ARN, RunningMachine, begin, holding, machineResources, oneTask, refusalOf, run, startMachine,
} from './support/running-machines';
import { CLIENT_CONFIG } from '../services/client-config';

afterEach(stopAccounts);

const DAY = 24 * 60 * 60 * 1000;
const WAITING = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

describe('StartExecution', () => {
  test('of the same name and input is one execution as long as it runs', async () => {
    const machine = await startMachine(machineResources(WAITING));
    await holding(machine, () => {
      const first = begin(machine, { a: 1 });
      expect(begin(machine, { a: 1 })).toBe(first);
      expect(first.arn).toBe('arn:aws:states:eu-west-1:123456789012:execution:machine:run');
      expect(refusalOf(() => begin(machine, { a: 2 }))).toBe(`ExecutionAlreadyExists: Execution Already Exists: '${first.arn}'`);
    });
  });

  test('has the name taken for 90 days after the end', async () => {
    const machine = await startMachine(machineResources(WAITING));
    const first = await run(machine);

    machine.time.pass(90 * DAY - 1);
    expect(refusalOf(() => begin(machine))).toBe(`ExecutionAlreadyExists: Execution Already Exists: '${first.arn}'`);
    machine.time.pass(1);
    const second = await run(machine);

    expect(second).not.toBe(first);
    expect(machine.account.stateMachines.executions).toEqual([first, second]);
  });

  test('without a name makes one up', async () => {
    const { account: { stateMachines } } = await startMachine(machineResources(oneTask(FUNCTION_ARN)));

    const arns = [1, 2].map(() => stateMachines.startExecution({ stateMachineArn: MACHINE_ARN }).executionArn);

    expect(new Set(arns).size).toBe(2);
    expect(arns[0]).toMatch(/^arn:aws:states:eu-west-1:123456789012:execution:machine:[0-9a-f-]{36}$/);
  });

  test.each([
    ['a', true], ['x'.repeat(80), true], ['5c8f9d-1_A.b', true], ['', false], ['x'.repeat(81), false], ['a b', false],
    ['a:b', false], ['a/b', false], ['a*', false], ['a\u0007', false], ['<a>', false], ['a#b', false], ['a$', false],
  ])('with the name %j: %s', async (name, isName) => {
    const machine = await startMachine(machineResources(WAITING));
    const start = () => begin(machine, {}, name).name;
    if (isName) expect(start()).toBe(name);
    else expect(refusalOf(start)).toBe(`InvalidName: Invalid Name: '${name}'`);
  });

  test.each([
    [{ stateMachineArn: `${MACHINE_ARN}2` }, `StateMachineDoesNotExist: State Machine Does Not Exist: '${MACHINE_ARN}2'`],
    [{ stateMachineArn: 'machine' }, "InvalidArn: Invalid Arn: 'machine'"],
    [
      { stateMachineArn: MACHINE_ARN, input: '{' },
      "InvalidExecutionInput: Invalid State Machine Execution Input: 'The input is not JSON'",
    ],
    [
      { stateMachineArn: MACHINE_ARN, input: JSON.stringify('x'.repeat(262_143)) },
      "InvalidExecutionInput: Invalid State Machine Execution Input: 'The input has more than 262144 characters'",
    ],
  ])('%j is refused', async (input, refusal) => {
    const { account } = await startMachine(machineResources(WAITING));

    expect(refusalOf(() => account.stateMachines.startExecution(input))).toBe(refusal);
  });
});

describe('StartExecution over HTTP', () => {
  const sfn = ({ services }: RunningMachine['account']) =>
    new SFNClient({ ...CLIENT_CONFIG, endpoint: services.endpoint });

  test('starts an execution, and errors have their names', async () => {
    const machine = await startMachine(machineResources(WAITING));
    const client = sfn(machine.account);
    const start = async (input: string) =>
      client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run', input }));

    const { executionArn, startDate } = await start('{"a":1}');
    await machine.account.stateMachines.whenSettled();

    const execution = machine.account.stateMachines.executionOf(executionArn)!;
    expect(startDate!.getTime()).toBe(execution.startDate);
    expect(execution.output).toEqual({ a: 1 });
    await expect(start('{"a":1}')).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists', message: `Execution Already Exists: '${executionArn}'`,
      $metadata: { httpStatusCode: 400 },
    });
    client.destroy();
  });

  test('can be disturbed; an answer that is lost has had its effect', async () => {
    const machine = await startMachine(machineResources(WAITING));
    const client = sfn(machine.account);
    const start = async () => client.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'run' }));
    machine.account.services.faults
      .add({ operation: 'StartExecution', kind: 'throttle' })
      .add({ operation: 'StartExecution', kind: 'dropAfterEffect' });

    await expect(start()).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(start()).rejects.toThrow('socket hang up');

    expect(machine.account.stateMachines.executions.map(({ name }) => name)).toEqual(['run']);
    client.destroy();
  });

  test.each([
    ['states:StartExecution', MACHINE_ARN, 'started'],
    [
      'states:StartExecution', `${MACHINE_ARN}2`,
      'AccessDeniedException User: arn:aws:sts::123456789012:assumed-role/function-role/starter is not authorized to '
      + `perform: states:StartExecution on resource: ${MACHINE_ARN} because no identity-based policy allows the `
      + 'states:StartExecution action',
    ],
  ])('a function needs %s on %s', async (Action, Resource, outcome) => {
    const account = await startAccount();
    const code = `${ANSWERING}
      const { SFNClient, StartExecutionCommand } = require('@aws-sdk/client-sfn');
      exports.handler = async (event) => {
        const command = new StartExecutionCommand({ stateMachineArn: '${MACHINE_ARN}', name: 'run' });
        const Outcome = await new SFNClient({ maxAttempts: 1 }).send(command).then(() => 'started', (error) => error.name + ' ' + error.message);
        await answer(event, { Data: { Outcome } });
      };`;
    const { outputs } = await account.deploy({
      stackName: 'Stack', template: {
        Resources: {
          ...machineResources(oneTask(FUNCTION_ARN)),
          FunctionRole: {
            Type: 'AWS::IAM::Role', Properties: {
              RoleName: 'function-role',
              Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }],
            },
          },
          Function: inlineFunction(code, { FunctionName: 'starter', Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] } }),
          Thing: customResource({}, { DependsOn: 'Machine' }),
        },
        Outputs: { Outcome: { Value: { 'Fn::GetAtt': 'Thing.Outcome' } } },
      },
    });

    expect(outputs.Outcome).toBe(outcome);
    expect(account.stateMachines.executions).toHaveLength(outcome === 'started' ? 1 : 0);
  });
});
