import { stopAccounts } from './support/running-account';
import {
  FUNCTION_ARN, TOPIC_ARN, failureOf, machineResources, oneTask, run, startMachine,
} from './support/running-machines';
import type { FaultKind } from '../device-defender/faults';
import type { MachineOperation } from '../step-functions/called-services';

afterEach(stopAccounts);

const CALLS: [MachineOperation, object, string, string, string][] = [
  ['Invoke', { Resource: FUNCTION_ARN }, 'lambda:InvokeFunction', FUNCTION_ARN, 'Lambda.AWSLambdaException'],
  [
    'Invoke', { Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'function' } },
    'lambda:InvokeFunction', FUNCTION_ARN, 'Lambda.AWSLambdaException',
  ],
  [
    'Publish', { Resource: 'arn:aws:states:::sns:publish', Parameters: { TopicArn: TOPIC_ARN, Message: 'hello' } },
    'sns:Publish', TOPIC_ARN, 'SNS.AuthorizationErrorException',
  ],
  [
    'PutEvents', { Resource: 'arn:aws:states:::events:putEvents', Parameters: { Entries: [{ Source: 'a', DetailType: 'b', Detail: {} }] } },
    'events:PutEvents', 'arn:aws:events:eu-west-1:123456789012:event-bus/default', 'EventBridge.AmazonEventBridgeException',
  ],
  [
    'GetParameter', { Resource: 'arn:aws:states:::aws-sdk:ssm:getParameter', Parameters: { Name: '/the/switch' } },
    'ssm:GetParameter', 'arn:aws:ssm:eu-west-1:123456789012:parameter/the/switch', 'Ssm.SsmException',
  ],
  [
    'StartExecution',
    { Resource: 'arn:aws:states:::states:startExecution', Parameters: { StateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:other' } },
    'states:StartExecution', 'arn:aws:states:eu-west-1:123456789012:stateMachine:other', 'StepFunctions.AWSStepFunctionsException',
  ],
];

const SWITCH = { Type: 'AWS::SSM::Parameter', Properties: { Name: '/the/switch', Type: 'String', Value: 'on' } };

function calling(task: object, statements: object[], more: object = {}) {
  return {
    ...machineResources(oneTask('', { ...task, ...more }), statements), Switch: SWITCH,
    Other: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'other', RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        DefinitionString: JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Succeed' } } }),
      },
    },
  };
}

describe.each(CALLS)('%s by %j', (operation, task, action, resource, error) => {
  test('needs its permission, and no other', async () => {
    const machine = await startMachine(calling(task, [{ Effect: 'Allow', Action: action, Resource: resource }]));

    expect((await run(machine)).status).toBe('SUCCEEDED');
  });

  test('is denied without it, as the role is at that moment', async () => {
    const machine = await startMachine(calling(task, [{ Effect: 'Allow', Action: action, Resource: `${resource}x` }]));

    const denied = await run(machine);
    machine.account.permissions.putInline(
      'machine-role', 'own', { Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] },
    );

    expect(denied.error).toBe(error);
    expect(denied.cause).toBe(
      `User: arn:aws:sts::123456789012:assumed-role/machine-role/run is not authorized to perform: ${action} on resource: `
      + `${resource} because no identity-based policy allows the ${action} action (Status Code: 403)`,
    );
    expect((await run(machine, {}, 'again')).status).toBe('SUCCEEDED');
    expect(machine.account.permissions.denials).toMatchObject([{ roleName: 'machine-role', action, resource }]);
  });

  test.each<FaultKind>(['throttle', 'internalError', 'accessDenied', 'dropConnection', 'dropAfterEffect'])(
    'goes on after %s with a retrier', async (kind) => {
      const statements = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
      const machine = await startMachine(calling(task, statements, { Retry: [{ ErrorEquals: ['States.ALL'] }] }));
      machine.account.stateMachines.faults.add({ operation, kind });

      const execution = await run(machine);

      expect(execution.status).toBe('SUCCEEDED');
      expect(execution.history.filter(({ type }) => type === 'StateRetried')).toHaveLength(1);
      const effects = machine.payloads.length + machine.published.length + machine.events.length;
      if (!['GetParameter', 'StartExecution'].includes(operation)) {
        expect(effects).toBe(kind === 'dropAfterEffect' ? 2 : 1);
      }
    },
  );
});

describe('results and errors of services', () => {
  test('a parameter', async () => {
    const machine = await startMachine(calling(CALLS[4][1], [{ Effect: 'Allow', Action: '*', Resource: '*' }], {
      ResultSelector: { 'value.$': '$.Parameter.Value', 'version.$': '$.Parameter.Version' },
    }));
    machine.account.parameters.put('/the/switch', 'off');

    expect((await run(machine)).output).toEqual({ value: 'off', version: 2 });
    machine.account.parameters.delete('/the/switch');
    expect((await run(machine, {}, 'later')).error).toBe('Ssm.ParameterNotFoundException');
  });

  test('an event that the bus does not take', async () => {
    const machine = await startMachine(calling(CALLS[3][1], [{ Effect: 'Allow', Action: '*', Resource: '*' }]));
    const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'no' }] };
    machine.account.stateMachines.reachable.putEvents = async () => refused;

    expect(failureOf(await run(machine))).toEqual({
      status: 'FAILED', error: 'EventBridge.FailedEntry', cause: JSON.stringify(refused),
    });
  });

  test('an event carries the machine and the execution, and its detail as text', async () => {
    const Entries = [{ 'Source': 'a', 'DetailType': 'b', 'Detail.$': '$', 'Resources': ['arn:of:mine'] }];
    const machine = await startMachine(machineResources(oneTask('arn:aws:states:::events:putEvents', {
      Parameters: { Entries },
    })));
    await run(machine, { some: 'detail' });

    expect(machine.events).toEqual([{
      Source: 'a', DetailType: 'b', Detail: '{"some":"detail"}',
      Resources: [
        'arn:of:mine', 'arn:aws:states:eu-west-1:123456789012:stateMachine:machine',
        'arn:aws:states:eu-west-1:123456789012:execution:machine:run',
      ],
    }]);
  });

  test.each(['', 'x'.repeat(101), 'two\nlines', 'Übersicht', ' space'])('the subject %j is refused', async (Subject) => {
    const machine = await startMachine(machineResources(oneTask('arn:aws:states:::sns:publish', {
      Parameters: { TopicArn: TOPIC_ARN, Message: 'hello', Subject },
    })));

    expect((await run(machine)).error).toBe('SNS.InvalidParameterException');
    expect(machine.published).toEqual([]);
  });

  test('an execution of another machine starts once', async () => {
    const [, task] = CALLS[5];
    const Parameters = { ...(task as { Parameters: object }).Parameters, 'Name': 'same', 'Input.$': '$' };
    const machine = await startMachine(calling(task, [{ Effect: 'Allow', Action: '*', Resource: '*' }], { Parameters }));
    const { stateMachines } = machine.account;

    await run(machine, { a: 1 });
    await stateMachines.whenSettled();

    expect((await run(machine, { a: 2 }, 'second')).error).toBe('StepFunctions.ExecutionAlreadyExistsException');
    expect(stateMachines.executions.map(({ name, input, status }) => [name, input, status])).toEqual([
      ['run', '{"a":1}', 'SUCCEEDED'], ['same', '{"a":1}', 'SUCCEEDED'], ['second', '{"a":2}', 'FAILED'],
    ]);
  });

  test('a function that is not there', async () => {
    const machine = await startMachine(machineResources(oneTask(`${FUNCTION_ARN}-of-yesterday`)));

    expect((await run(machine)).error).toBe('Lambda.ResourceNotFoundException');
  });
});
