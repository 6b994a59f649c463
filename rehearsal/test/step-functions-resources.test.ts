import { ROLE } from './support/native-templates';
import { STACK, reasons, stackOf, startAccount, stopAccounts } from './support/running-account';
import { machineResources, oneTask } from './support/running-machines';
import type { TemplateResource } from '../cloudformation/template';

afterEach(stopAccounts);

const PASS = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };

function parameter(properties: object = {}): TemplateResource {
  return { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'on', ...properties } };
}

describe('AWS::StepFunctions::StateMachine', () => {
  test('Ref is its ARN; ARNs of GovCloud run as well', async () => {
    const account = await startAccount({ region: 'us-gov-west-1' });
    const { outputs } = await account.deploy(stackOf(
      {
        ...machineResources(oneTask('arn:${Partition}:states:::aws-sdk:ssm:getParameter', {
          Parameters: { Name: 'switch' }, ResultSelector: { 'value.$': '$.Parameter.Value' },
        }), undefined, { DefinitionSubstitutions: { Partition: { Ref: 'AWS::Partition' } } }),
        Switch: parameter({ Name: 'switch' }),
      },
      {
        Outputs: {
          Ref: { Value: { Ref: 'Machine' } }, Arn: { Value: { 'Fn::GetAtt': 'Machine.Arn' } },
          Name: { Value: { 'Fn::GetAtt': 'Machine.Name' } },
        },
      },
    ));
    const arn = 'arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:machine';

    const { executionArn } = account.stateMachines.startExecution({ stateMachineArn: arn, name: 'run' });
    await account.stateMachines.whenSettled();

    expect(outputs).toEqual({ Ref: arn, Arn: arn, Name: 'machine' });
    expect(executionArn).toBe('arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:machine:run');
    expect(account.stateMachines.executionOf(executionArn)!.output).toEqual({ value: 'on' });
  });

  test.each<[string, object, Record<string, unknown>, string]>([
    ['no role', PASS, { RoleArn: { Ref: 'AWS::NoValue' } }, 'Model validation failed (#: required key [RoleArn] not found)'],
    [
      'a definition that is not JSON', PASS, { DefinitionString: '{' },
      "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: the definition is not JSON'",
    ],
    [
      'a state that is not there', { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' } } }, {},
      "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: there is no state B at /States/A/Next'",
    ],
    [
      'a state without an end', { StartAt: 'A', States: { A: { Type: 'Pass' } } }, {},
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: there is neither Next nor End at /States/A'",
    ],
    [
      'one name twice', { StartAt: 'A', States: { A: { Type: 'Parallel', Branches: [PASS], End: true } } }, {},
      "Invalid State Machine Definition: 'DUPLICATE_STATE_NAME: A'",
    ],
    [
      'a resource of another partition', oneTask('arn:aws-cn:states:::sns:publish'), {},
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: arn:aws-cn:states:::sns:publish is no resource of aws "
      + "at /States/Task/Resource'",
    ],
    ['the type Express', PASS, { StateMachineType: 'EXPRESS' }, 'The rehearsal does not have state machines of the type EXPRESS'],
  ])('with %s fails', async (_what, definition, properties, message) => {
    const account = await startAccount();
    const result = await account.deploy(stackOf(machineResources(definition, [], properties)));

    expect(reasons(result).Machine).toBe(`Resource handler returned message: "${message}" (HandlerErrorCode: InvalidRequest)`);
  });

  test('without a name gets one of at most 80 characters; two of one name clash', async () => {
    const account = await startAccount();
    const machineNamed = (StateMachineName: unknown) => ({
      Machine: machineResources(PASS, [], { StateMachineName, RoleArn: ROLE }).Machine,
    });
    const { outputs } = await account.deploy({
      stackName: 'x'.repeat(100), template: {
        Resources: machineNamed({ Ref: 'AWS::NoValue' }),
        Outputs: { Name: { Value: { 'Fn::GetAtt': 'Machine.Name' } } },
      },
    });
    await account.deploy(stackOf(machineNamed('machine')));
    const clash = await account.deploy({ stackName: 'Other', template: { Resources: machineNamed('machine') } });

    expect(String(outputs.Name)).toHaveLength(80);
    expect(reasons(clash).Machine).toContain("with identifier 'machine' already exists.");
  });
});

describe('AWS::SSM::Parameter', () => {
  test('Ref is its name; a value set by hand stays until the resource is updated', async () => {
    const account = await startAccount();
    const { outputs } = await account.deploy(stackOf(
      { Switch: parameter() },
      { Outputs: { Name: { Value: { Ref: 'Switch' } }, Value: { Value: { 'Fn::GetAtt': 'Switch.Value' } } } },
    ));
    const name = String(outputs.Name);
    const value = () => account.parameters.get(name)?.value;
    expect(outputs.Value).toBe('on');
    expect(name).toMatch(/^CFN-Stack-Switch-[0-9A-Z]{12}$/);

    account.parameters.put(name, 'off');
    await account.deploy(stackOf({ Switch: parameter(), More: parameter({ Name: 'more' }) }));
    expect(value()).toBe('off');

    await account.deploy(stackOf({ Switch: parameter({ Description: 'changed' }) }));
    expect(value()).toBe('on');

    await account.delete(STACK);
    expect(value()).toBeUndefined();
  });

  test('two of one name clash', async () => {
    const account = await startAccount();
    account.parameters.put('switch', 'off');

    const result = await account.deploy(stackOf({ Switch: parameter({ Name: 'switch' }) }));

    expect(reasons(result).Switch).toContain("with identifier 'switch' already exists.");
    expect(account.parameters.get('switch')!.value).toBe('off');
  });
});
