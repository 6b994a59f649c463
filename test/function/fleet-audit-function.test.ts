import { App, BootstraplessSynthesizer, DefaultStackSynthesizer, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  AccountAuditConfiguration, DeploymentAudit, DeploymentAuditRun, ExistingConfiguration, ExistingLogging, FleetAudit,
  FleetAuditFunction, Logging, OnDemandAudit,
} from '../../src';
import { ENV, inlinePolicies, onlyResource } from '../support/templates';

const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const LOGS = 'CdkIotFleetAuditCustomResourcesLogsAB20C9D6';
const ROLE = 'CdkIotFleetAuditCustomResourcesRole53B7B95A';

const OWN_STATEMENTS = [
  {
    Action: ['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [LOGS, 'Arn'] },
  },
  {
    Action: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], Effect: 'Allow',
    Resource: { Ref: 'AWS::StackId' },
  },
];

const AUDITING = {
  Action: [
    'iot:CancelAuditTask', 'iot:DescribeAccountAuditConfiguration', 'iot:DescribeAuditTask', 'iot:ListAuditTasks',
    'iot:StartOnDemandAuditTask',
  ],
  Effect: 'Allow',
  Resource: '*',
};

describe('the function behind the custom resources of a stack', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function permissionsOfRole(): unknown {
    return onlyResource(stack, 'AWS::IAM::Role').Properties.Policies;
  }

  test('runs on the current runtime and the cheaper processor, for as long as Lambda allows', () => {
    FleetAuditFunction.of(stack);

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::Lambda::Function');
    expect(Properties).toEqual({
      Architectures: ['arm64'],
      Code: {
        S3Bucket: 'cdk-hnb659fds-assets-111111111111-us-east-1', S3Key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
      },
      Description: 'Carries out the custom resources of cdk-iot-fleet-audit',
      Environment: { Variables: { STACK_ID: { Ref: 'AWS::StackId' } } },
      Handler: 'index.handler',
      LoggingConfig: { LogGroup: { Ref: LOGS } },
      MemorySize: 256,
      Role: { 'Fn::GetAtt': [ROLE, 'Arn'] },
      Runtime: 'nodejs24.x',
      Timeout: 900,
    });
    expect(DependsOn).toEqual([ROLE]);
  });

  test('is not invoked again by Lambda, and not for an event that CloudFormation no longer waits for', () => {
    FleetAuditFunction.of(stack);

    expect(onlyResource(stack, 'AWS::Lambda::EventInvokeConfig').Properties).toEqual({
      FunctionName: { Ref: FUNCTION },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
    });
    expect(FleetAuditFunction._LONGEST_ANSWER.toSeconds()).toBe(900 + 600);
  });

  test('has a log that ends with it and forgets after a month', () => {
    FleetAuditFunction.of(stack);

    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toEqual({
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  test('has a role that Lambda alone assumes, on behalf of the account alone', () => {
    FleetAuditFunction.of(stack);

    expect(onlyResource(stack, 'AWS::IAM::Role').Properties).toEqual({
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
        }],
        Version: '2012-10-17',
      },
      Description: 'Lets the function of cdk-iot-fleet-audit do what its custom resources need',
      Policies: inlinePolicies(...OWN_STATEMENTS),
    });
  });

  test('is permitted what a custom resource needs by a policy of its own, on which that depends', () => {
    const auditFunction = FleetAuditFunction.of(stack);
    const statement = () => new PolicyStatement({ actions: ['iot:DescribeAuditTask'], resources: ['*'] });
    auditFunction._permit('Watch', [statement()]);
    auditFunction._permit('Watch', [statement()]);

    expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS));
    expect(onlyResource(stack, 'AWS::IAM::Policy').Properties).toEqual({
      PolicyName: 'Watch',
      PolicyDocument: {
        Statement: [{ Action: 'iot:DescribeAuditTask', Effect: 'Allow', Resource: '*' }], Version: '2012-10-17',
      },
      Roles: [{ Ref: ROLE }],
    });
  });

  test('is one, wherever in the stack it is asked for', () => {
    const one = FleetAuditFunction.of(stack);
    const other = FleetAuditFunction.of(new AccountAuditConfiguration(stack, 'Configuration'));

    expect(other).toBe(one);
    expect(stack.resolve(other._serviceToken)).toEqual({ 'Fn::GetAtt': [FUNCTION, 'Arn'] });
  });

  test('gives its role, its function and its log, before and after something needs it', () => {
    const before = FleetAuditFunction.of(stack);
    audit('Audit', DeploymentAudit.start());
    const after = FleetAuditFunction.of(stack);

    expect(after).toBe(before);
    expect(after.function).toBeInstanceOf(LambdaFunction);
    expect(after.logGroup).toBeInstanceOf(LogGroup);
    expect(stack.resolve([after.role.roleArn, after.logGroup.logGroupName, after.function.functionName]))
      .toEqual([{ 'Fn::GetAtt': [ROLE, 'Arn'] }, { Ref: LOGS }, { Ref: FUNCTION }]);
    expect([after, after.role, after.function, after.logGroup].map(({ node }) => node.path)).toEqual([
      'Stack/CdkIotFleetAuditCustomResources',
      'Stack/CdkIotFleetAuditCustomResources/Role',
      'Stack/CdkIotFleetAuditCustomResources/Function',
      'Stack/CdkIotFleetAuditCustomResources/Logs',
    ]);
  });

  test('is another one in a nested stack', () => {
    const nested = new NestedStack(stack, 'Nested');

    expect(FleetAuditFunction.of(nested)).not.toBe(FleetAuditFunction.of(stack));
    expect(onlyResource(nested, 'AWS::Lambda::Function').Properties.Environment)
      .toEqual({ Variables: { STACK_ID: { Ref: 'AWS::StackId' } } });
  });

  test('may invoke itself where a custom resource is to go on, and nothing else', () => {
    expect(stack.resolve(FleetAuditFunction.of(stack)._continuing.toJSON()))
      .toEqual({ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [FUNCTION, 'Arn'] } });
  });

  test('keeps its log with a gate, so that findings stay readable after the creation is rolled back', () => {
    audit('Gate', DeploymentAudit.gate());
    audit('Awaited', DeploymentAudit.waitForCompletion());

    expect(onlyResource(stack, 'AWS::Logs::LogGroup'))
      .toEqual(expect.objectContaining({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }));
  });

  test.each(
    [DeploymentAudit.start(), DeploymentAudit.waitForCompletion()],
  )('does not keep its log without a gate (%#)', (deploymentAudit) => {
    audit('Audit', deploymentAudit);

    expect(onlyResource(stack, 'AWS::Logs::LogGroup').DeletionPolicy).toBe('Delete');
  });

  test('has a policy for audits that are started, and one for those that are awaited', () => {
    audit('Started', DeploymentAudit.start());
    audit('Awaited', DeploymentAudit.waitForCompletion());
    audit('AwaitedToo', DeploymentAudit.waitForCompletion());

    const statements = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
      .map(({ Properties }) => [Properties.PolicyName, Properties.PolicyDocument.Statement]);
    expect(statements).toEqual([
      ['StartAudit', [AUDITING]],
      [
        'WaitForAudit',
        [AUDITING, { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [FUNCTION, 'Arn'] } }],
      ],
    ]);
    expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS));
  });

  function audit(id: string, deploymentAudit: DeploymentAuditRun): OnDemandAudit {
    const imported = `${id}Configuration`;
    const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, imported);
    return new OnDemandAudit(stack, id, { configuration, deploymentAudit });
  }
});

describe('a stack whose synthesizer takes no assets', () => {
  const DO_WITHOUT = 'give the stack a synthesizer with a bucket for assets, or do without the function: '
    + 'DeploymentAudit.none(), '
    + 'CheckRemoval.IN_TWO_DEPLOYMENTS, existing: ExistingConfiguration.refuse() or ExistingLogging.refuse(), '
    + 'OverdueAlarm.none(), and neither events of audits nor suppressions';

  /** As the synthesizer of StackSets without a bucket, whose message is another one. */
  class WithoutBucket extends DefaultStackSynthesizer {
    public addFileAsset(): never {
      throw new Error('An Asset Bucket must be provided to use File Assets');
    }
  }

  test.each([
    [
      new BootstraplessSynthesizer(),
      expect.stringContaining('Cannot add assets to a Stack that uses the BootstraplessSynthesizer'),
    ],
    [new WithoutBucket(), expect.stringContaining('An Asset Bucket must be provided to use File Assets')],
  ])('is told what needs the function, and how to do without (%#)', (synthesizer, foreign) => {
    const stack = new Stack(new App(), 'Stack', { synthesizer });
    const message = messageOf(() => new FleetAudit(stack, 'FleetAudit'));

    expect(message).toEqual(foreign);
    expect(message.startsWith("Stack/FleetAudit/Configuration/CheckRelease: 'synthesizer' must take file assets, "
      + "since this construct needs a Lambda function, got '")).toBe(true);
    expect(message).toContain(`'; ${DO_WITHOUT}`);
    // Nor is what was left half made taken for the function.
    expect(() => FleetAuditFunction.of(stack)).toThrow(/^Stack: 'synthesizer' must take file assets/);
  });

  test.each([
    ['an audit', (stack: Stack) => new OnDemandAudit(stack, 'Audit', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Import'),
    }), 'Stack/Audit'],
    [
      'what is adopted',
      (stack: Stack) =>
        new AccountAuditConfiguration(stack, 'Configuration', { existing: ExistingConfiguration.adopt() }),
      'Stack/Configuration/Adopted',
    ],
    [
      'logging that is kept', (stack: Stack) => new Logging(stack, 'Logging', { existing: ExistingLogging.keep() }),
      'Stack/Logging/Adopted',
    ],
  ])('cannot have %s', (_, make, path) => {
    const stack = new Stack(new App(), 'Stack', { synthesizer: new BootstraplessSynthesizer() });

    expect(messageOf(() => make(stack))).toMatch(new RegExp(`^${path}: 'synthesizer' must take file assets`));
  });

  test('has what needs no function', () => {
    const stack = new Stack(new App(), 'Stack', { synthesizer: new BootstraplessSynthesizer() });
    new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.none() });

    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  function messageOf(act: () => unknown): string {
    try {
      act();
    } catch (error) {
      return (error as Error).message;
    }
    return 'no error';
  }
});
