import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DeploymentAudit, OnDemandAudit, AccountAuditConfiguration } from '../../../src';
import { CustomResourceFunction } from '../../../src/private/custom-resource/custom-resource-function';
import { ENV, inlinePolicies, onlyResource } from '../../support/templates';

const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const LOGS = 'CdkIotFleetAuditCustomResourcesLogsAB20C9D6';
const ROLE = 'CdkIotFleetAuditCustomResourcesRole53B7B95A';

const OWN_STATEMENTS = [
  {
    Action: ['logs:CreateLogStream', 'logs:GetLogEvents', 'logs:PutLogEvents'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [LOGS, 'Arn'] },
  },
  { Action: 'cloudformation:DescribeStacks', Effect: 'Allow', Resource: { Ref: 'AWS::StackId' } },
];

const AUDITING = {
  Action: [
    'iot:CancelAuditTask', 'iot:DescribeAccountAuditConfiguration', 'iot:DescribeAuditTask', 'iot:ListAuditTasks', 'iot:StartOnDemandAuditTask',
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
    CustomResourceFunction.of(stack);

    const { Properties, DependsOn } = onlyResource(stack, 'AWS::Lambda::Function');
    expect(Properties).toEqual({
      Architectures: ['arm64'],
      Code: { S3Bucket: 'cdk-hnb659fds-assets-111111111111-us-east-1', S3Key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/) },
      Description: 'Carries out the custom resources of cdk-iot-fleet-audit',
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
    CustomResourceFunction.of(stack);

    expect(onlyResource(stack, 'AWS::Lambda::EventInvokeConfig').Properties).toEqual({
      FunctionName: { Ref: FUNCTION },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
    });
    expect(CustomResourceFunction.LONGEST_ANSWER.toSeconds()).toBe(900 + 600);
  });

  test('has a log that ends with it and forgets after a month', () => {
    CustomResourceFunction.of(stack);

    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toEqual({
      Type: 'AWS::Logs::LogGroup',
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  test('has a role that Lambda alone assumes, on behalf of the account alone', () => {
    CustomResourceFunction.of(stack);

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

  test('may what its custom resources need as soon as it exists', () => {
    CustomResourceFunction.of(stack).addToPolicy(new PolicyStatement({ actions: ['iot:DescribeAuditTask'], resources: ['*'] }));

    expect(permissionsOfRole()).toEqual(inlinePolicies(
      ...OWN_STATEMENTS, { Action: 'iot:DescribeAuditTask', Effect: 'Allow', Resource: '*' },
    ));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('is one, wherever in the stack it is asked for', () => {
    const one = CustomResourceFunction.of(stack);
    const other = CustomResourceFunction.of(new AccountAuditConfiguration(stack, 'Configuration'));

    expect(other).toBe(one);
    expect(stack.resolve(other.serviceToken)).toEqual({ 'Fn::GetAtt': [FUNCTION, 'Arn'] });
  });

  test('may invoke itself once it is allowed to continue, and nothing else', () => {
    CustomResourceFunction.of(stack).allowContinuing();
    CustomResourceFunction.of(stack).allowContinuing();

    expect(onlyResource(stack, 'AWS::IAM::Policy').Properties).toEqual({
      PolicyName: 'CdkIotFleetAuditCustomResourcesContinuePolicyB2EF9B66',
      PolicyDocument: {
        Statement: [{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [FUNCTION, 'Arn'] } }],
        Version: '2012-10-17',
      },
      Roles: [{ Ref: ROLE }],
    });
  });

  describe('for audits', () => {
    function audit(id: string, mode: DeploymentAudit): void {
      const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, `${id}Configuration`);
      new OnDemandAudit(stack, id, { configuration, mode });
    }

    test('may start, watch and cancel them, whether the deployment waits or not', () => {
      audit('Started', DeploymentAudit.start());
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);

      expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS, AUDITING));
    });

    test('has each permission once for several', () => {
      audit('Started', DeploymentAudit.start());
      audit('Awaited', DeploymentAudit.wait());

      expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS, AUDITING));
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
    });
  });
});
