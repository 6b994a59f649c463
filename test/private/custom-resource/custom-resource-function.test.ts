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
  {
    Action: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], Effect: 'Allow', Resource: { Ref: 'AWS::StackId' },
  },
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

  test('is one, wherever in the stack it is asked for', () => {
    const one = CustomResourceFunction.of(stack);
    const other = CustomResourceFunction.of(new AccountAuditConfiguration(stack, 'Configuration'));

    expect(other).toBe(one);
    expect(stack.resolve(other.serviceToken)).toEqual({ 'Fn::GetAtt': [FUNCTION, 'Arn'] });
  });

  test('has permissions for custom resources beside its role, once for each purpose', () => {
    const statement = () => new PolicyStatement({ actions: ['iot:DescribeAuditTask'], resources: ['*'] });
    CustomResourceFunction.of(stack).permit('WatchAudit', [statement()]);
    CustomResourceFunction.of(stack).permit('WatchAudit', [statement()]);

    expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS));
    expect(onlyResource(stack, 'AWS::IAM::Policy').Properties).toEqual({
      PolicyName: 'WatchAudit',
      PolicyDocument: { Statement: [{ Action: 'iot:DescribeAuditTask', Effect: 'Allow', Resource: '*' }], Version: '2012-10-17' },
      Roles: [{ Ref: ROLE }],
    });
  });

  describe('for audits', () => {
    const CONTINUING = { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: { 'Fn::GetAtt': [FUNCTION, 'Arn'] } };
    const JUDGING = { ...AUDITING, Action: [...AUDITING.Action.slice(0, 3), 'iot:ListAuditFindings', ...AUDITING.Action.slice(3)] };

    function audit(id: string, mode: DeploymentAudit): void {
      const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, `${id}Configuration`);
      new OnDemandAudit(stack, id, { configuration, mode });
    }

    function policies(): Record<string, unknown> {
      const resources = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      return Object.fromEntries(resources.map(({ Properties }) => [Properties.PolicyName, Properties.PolicyDocument.Statement]));
    }

    test.each([
      ['start', DeploymentAudit.start(), { StartAudit: [AUDITING] }],
      ['wait', DeploymentAudit.wait(), { WaitForAudit: [AUDITING, CONTINUING] }],
      ['gate', DeploymentAudit.gate(), { GateDeployment: [JUDGING, CONTINUING] }],
    ])('may what the mode needs, and nothing else: %s', (_, mode, expected) => {
      audit('Audit', mode);

      expect(policies()).toEqual(expected);
      expect(permissionsOfRole()).toEqual(inlinePolicies(...OWN_STATEMENTS));
    });

    test('has a policy for each mode, so that one audit\'s outlives another', () => {
      audit('Started', DeploymentAudit.start());
      audit('Awaited', DeploymentAudit.wait());
      audit('Other', DeploymentAudit.wait());

      expect(Object.keys(policies()).sort()).toEqual(['StartAudit', 'WaitForAudit']);
    });
  });
});
