import { App, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { FleetAudit, FleetAuditFunction, FleetAuditFunctionOptions } from '../../src';
import { ACCOUNT, arn, ENV, onlyResource } from '../support/templates';

const LOGS = 'CdkIotFleetAuditCustomResourcesLogsAB20C9D6';

describe('the options of a stack\'s function', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  /** Configured first, as in an app, and then needed by something. */
  function make(options: FleetAuditFunctionOptions): FleetAuditFunction {
    FleetAuditFunction.configure(stack, options);
    new FleetAudit(stack, 'FleetAudit');
    return FleetAuditFunction.of(stack);
  }

  function propertiesOfFunction() {
    return onlyResource(stack, 'AWS::Lambda::Function').Properties;
  }

  function roleStatements() {
    const roles = Template.fromStack(stack).findResources('AWS::IAM::Role');
    return roles.CdkIotFleetAuditCustomResourcesRole53B7B95A.Properties.Policies[0].PolicyDocument.Statement;
  }

  test('make no function by themselves', () => {
    FleetAuditFunction.configure(stack, { logRetention: RetentionDays.ONE_YEAR });

    Template.fromStack(stack).templateMatches({});
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('put it into a VPC, with what Lambda needs for that and a security group of its own', () => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    make({ vpc });

    expect(propertiesOfFunction().VpcConfig).toEqual({
      SubnetIds: [{ Ref: 'VpcPrivateSubnet1Subnet536B997A' }],
      SecurityGroupIds: [{ 'Fn::GetAtt': ['CdkIotFleetAuditCustomResourcesFunctionSecurityGroupEE825732', 'GroupId'] }],
    });
    expect(roleStatements()).toContainEqual({
      Action: [
        'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:UnassignPrivateIpAddresses',
      ],
      Effect: 'Allow',
      Resource: '*',
    });
    // Its way out is there before it, and goes after it.
    expect(onlyResource(stack, 'AWS::Lambda::Function').DependsOn).toContain('VpcPrivateSubnet1DefaultRouteBE02A9ED');
  });

  test('put it into the subnets and security groups that are given', () => {
    const vpc = new Vpc(
      stack, 'Vpc', { maxAzs: 1, subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] },
    );
    const securityGroups = [SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0')];
    make({ vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups });

    expect(propertiesOfFunction().VpcConfig).toEqual({
      SubnetIds: [{ Ref: 'VpcIsolatedSubnet1SubnetE48C5737' }], SecurityGroupIds: ['sg-0123456789abcdef0'],
    });
  });

  test('add environment variables beside its own', () => {
    make({ environment: { NODE_EXTRA_CA_CERTS: '/var/task/ca.pem' } }).function.addEnvironment('TEAM', 'iot');

    expect(propertiesOfFunction().Environment.Variables).toEqual({
      NODE_EXTRA_CA_CERTS: '/var/task/ca.pem', STACK_ID: { Ref: 'AWS::StackId' }, TEAM: 'iot',
    });
  });

  test('encrypt the environment, which its role may decrypt', () => {
    make({ environmentEncryption: new Key(stack, 'Key') });

    expect(propertiesOfFunction().KmsKeyArn).toEqual({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] });
    expect(roleStatements())
      .toContainEqual({ Action: 'kms:Decrypt', Effect: 'Allow', Resource: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] } });
  });

  test('encrypt the log with a key of the app, which lets CloudWatch Logs use it', () => {
    const key = new Key(stack, 'Key');
    make({ logEncryptionKey: key });

    expect(onlyResource(stack, 'AWS::Logs::LogGroup').Properties.KmsKeyId)
      .toEqual({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] });
    const keys = Template.fromStack(stack).findResources('AWS::KMS::Key');
    expect(keys.Key961B73FD.Properties.KeyPolicy.Statement).toContainEqual({
      Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn(`logs:us-east-1:${ACCOUNT}:log-group:*`) } },
      Effect: 'Allow',
      Principal: { Service: { 'Fn::Join': ['', ['logs.us-east-1.', { Ref: 'AWS::URLSuffix' }]] } },
      Resource: '*',
    });
  });

  test('encrypt with imported keys, whose policies are not the app\'s', () => {
    const key = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234`);
    make({ environmentEncryption: key, logEncryptionKey: key });

    expect(onlyResource(stack, 'AWS::Logs::LogGroup').Properties.KmsKeyId).toBe(key.keyArn);
    expect(roleStatements()).toContainEqual({ Action: 'kms:Decrypt', Effect: 'Allow', Resource: key.keyArn });
  });

  test('say how long the log is kept, on which processor it runs, and how often at a time', () => {
    make({ architecture: Architecture.X86_64, logRetention: RetentionDays.TEN_YEARS, reservedConcurrentExecutions: 5 });

    expect(onlyResource(stack, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 3653 });
    expect(propertiesOfFunction())
      .toEqual(expect.objectContaining({ Architectures: ['x86_64'], ReservedConcurrentExecutions: 5 }));
    expect(propertiesOfFunction().LoggingConfig).toEqual({ LogGroup: { Ref: LOGS } });
  });

  test('are those of the stack, and of no other', () => {
    FleetAuditFunction.configure(stack, { logRetention: RetentionDays.ONE_YEAR });
    const other = new Stack(stack.node.root as App, 'Other', { env: { account: '222222222222', region: 'us-east-1' } });
    new FleetAudit(other, 'FleetAudit');

    expect(onlyResource(other, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 30 });
  });

  test('come too late when something has needed the function', () => {
    const audit = new FleetAudit(stack, 'FleetAudit');

    expect(() => FleetAuditFunction.configure(audit, {})).toThrow(new Error(
      'Stack/FleetAudit: \'FleetAuditFunction.configure()\' must be called once for a stack, before anything needs the '
        + 'function, '
      + 'got a call after Stack/FleetAudit/Configuration/CheckRelease, which needs it; call it first in the stack'));
  });

  test('are given once', () => {
    FleetAuditFunction.configure(stack, {});

    expect(() => FleetAuditFunction.configure(stack, {})).toThrow(new Error(
      'Stack: \'FleetAuditFunction.configure()\' must be called once for a stack, before anything needs the function, '
      + 'got a second call; give all options in one call'));
  });

  test.each([
    [() => ({ vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } }),
      '\'vpcSubnets\' needs a VPC, got it without vpc; set vpc as well, or leave it out'],
    [
      () => ({ securityGroups: [] }),
      '\'securityGroups\' needs a VPC, got it without vpc; set vpc as well, or leave it out',
    ],
    ...[0, 1, 2.5, NaN].map((executions): [() => FleetAuditFunctionOptions, string] => [
      () => ({ reservedConcurrentExecutions: executions }),
      `'reservedConcurrentExecutions' must be a whole number, 2 or more, got ${executions}; `
        + 'leave room for a request and the one that cancels it, or leave it out',
    ]),
    [() => ({ environment: { STACK_ID: 'mine' } }),
      '\'environment\' must not hold STACK_ID, by which the function knows its stack, got \'mine\'; '
        + 'give the variable another name'],
  ])('are refused where they cannot work (%#)', (options, message) => {
    expect(() => FleetAuditFunction.configure(stack, options())).toThrow(new Error(`Stack: ${message}`));
    // What was refused is not in the way of what is right.
    FleetAuditFunction.configure(stack, {});
  });

  test('may be known at deployment only', () => {
    make({ reservedConcurrentExecutions: Token.asNumber({ Ref: 'Executions' }) });

    expect(propertiesOfFunction().ReservedConcurrentExecutions).toEqual({ Ref: 'Executions' });
  });
});
