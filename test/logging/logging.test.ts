import { App, CfnParameter, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLogging } from 'aws-cdk-lib/aws-iot';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Logging, LoggingProps, LogLevel } from '../../src';
import {
  ACCOUNT, arn, ENV, inlinePolicies, iotTrust, onlyResource, removalsOf, warningsOf,
} from '../support/templates';

const LOGGING = 'AWS::IoT::Logging';
const LOG_ACTIONS = [
  'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutMetricFilter', 'logs:PutRetentionPolicy',
];

function writeTo(logGroups: unknown) {
  return { Action: LOG_ACTIONS, Effect: 'Allow', Resource: logGroups };
}

function logGroup(name: string) {
  return arn(`logs:us-east-1:${ACCOUNT}:log-group:${name}:*`);
}

describe('Logging', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function log(props?: LoggingProps): Logging {
    return new Logging(stack, 'Logging', props);
  }

  describe('by default', () => {
    let logging: Logging;

    beforeEach(() => {
      logging = new Logging(stack, 'Logging');
    });

    test('logs what fails in the account that it is deployed to, by a role that exists before', () => {
      Template.fromStack(stack).hasResource(LOGGING, Match.objectEquals({
        Type: LOGGING,
        Properties: {
          AccountId: { Ref: 'AWS::AccountId' },
          DefaultLogLevel: 'ERROR',
          RoleArn: { 'Fn::GetAtt': ['LoggingRoleF8CB8FA1', 'Arn'] },
        },
        DependsOn: ['LoggingRoleF8CB8FA1'],
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      }));
      expect(warningsOf(logging)).toEqual([]);
    });

    test('has a role that AWS IoT alone can assume, to write to the log group of AWS IoT and nothing else', () => {
      const template = Template.fromStack(stack);

      expect(Object.keys(template.toJSON().Resources)).toHaveLength(2);
      template.hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
        AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:*`)),
        Description: 'Lets AWS IoT write its logs to Amazon CloudWatch Logs',
        Policies: inlinePolicies(writeTo(logGroup('AWSIotLogsV2'))),
      }));
    });

    test('stays with its role', () => {
      const retained = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };

      expect(removalsOf(stack)).toEqual([['AWS::IAM::Role', retained], [LOGGING, retained]]);
    });

    test('can be referenced where the generated interface is asked for', () => {
      const accountId = { Ref: stack.getLogicalId(logging.node.defaultChild as CfnLogging) };

      expect(stack.resolve(logging.loggingAccountId)).toEqual(accountId);
      expect(stack.resolve(logging.loggingRef)).toEqual({ accountId });
    });

    test('has the L1 as its default child', () => {
      expect(logging.node.defaultChild).toBeInstanceOf(CfnLogging);
    });
  });

  test('goes with its role when asked to', () => {
    log({ removalPolicy: RemovalPolicy.DESTROY });

    const deleted = { deletion: 'Delete', replacement: 'Delete' };
    expect(removalsOf(stack)).toEqual([['AWS::IAM::Role', deleted], [LOGGING, deleted]]);
  });

  test.each([LogLevel.ERROR, LogLevel.WARN, LogLevel.INFO, LogLevel.DEBUG])('logs with the level %s', (logLevel) => {
    const logging = log({ logLevel });

    expect(onlyResource(stack, LOGGING).Properties.DefaultLogLevel).toBe(logLevel);
    expect(warningsOf(logging)).toEqual([]);
  });

  test('warns when it is disabled', () => {
    const logging = log({ logLevel: LogLevel.DISABLED });

    expect(onlyResource(stack, LOGGING).Properties.DefaultLogLevel).toBe('DISABLED');
    expect(warningsOf(logging)).toEqual([
      "'logLevel' is DISABLED, so AWS IoT logs nothing unless an event says otherwise; choose LogLevel.ERROR to see "
        + 'what fails '
      + '[ack: cdk-iot-fleet-audit:loggingDisabled]',
    ]);
  });

  describe('with events', () => {
    test('logs each differently', () => {
      log({
        events: [
          { eventType: 'Connect' },
          { eventType: 'Publish-In', logLevel: LogLevel.DISABLED },
          { eventType: 'Subscribe', logLevel: LogLevel.DEBUG, logGroupName: 'subscriptions' },
        ],
      });

      expect(onlyResource(stack, LOGGING).Properties.EventConfigurations).toEqual([
        { EventType: 'Connect' },
        { EventType: 'Publish-In', LogLevel: 'DISABLED' },
        { EventType: 'Subscribe', LogLevel: 'DEBUG', LogDestination: 'subscriptions' },
      ]);
    });

    test('may write to their log groups as well, once each', () => {
      log({
        events: [
          { eventType: 'Connect', logGroupName: 'connections' },
          { eventType: 'Disconnect', logGroupName: 'connections' },
          { eventType: 'Subscribe', logGroupName: 'subscriptions' },
          { eventType: 'Publish-In' },
        ],
      });

      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.Policies).toEqual(inlinePolicies(writeTo([
        logGroup('AWSIotLogsV2'), logGroup('connections'), logGroup('subscriptions'),
      ])));
    });

    test('passes a token', () => {
      log({ events: [{ eventType: 'Connect', logGroupName: new LogGroup(stack, 'LogGroup').logGroupName }] });

      expect(onlyResource(stack, LOGGING).Properties.EventConfigurations)
        .toEqual([{ EventType: 'Connect', LogDestination: { Ref: 'LogGroupF5B46931' } }]);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.Policies).toEqual(inlinePolicies(writeTo([
        logGroup('AWSIotLogsV2'),
        {
          'Fn::Join': ['', [
            'arn:', { Ref: 'AWS::Partition' }, `:logs:us-east-1:${ACCOUNT}:log-group:`, { Ref: 'LogGroupF5B46931' },
            ':*',
          ]],
        },
      ])));
    });
  });

  describe('with a role', () => {
    test('lets a role of the app write, also to the log groups of events, and waits for its permissions', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      const logging = log({ role, events: [{ eventType: 'Connect', logGroupName: 'connections' }] });

      expect(logging.role).toBe(role);
      expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toEqual({
        Statement: [writeTo([logGroup('AWSIotLogsV2'), logGroup('connections')])], Version: '2012-10-17',
      });
      const resource = onlyResource(stack, LOGGING);
      expect(resource.Properties.RoleArn).toEqual({ 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] });
      expect(resource.DependsOn).toEqual(['RoleDefaultPolicy5FFB7DAB', 'Role1ABCC5F0']);
    });

    test('does not remove a role of the app', () => {
      log({
        role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') }),
        removalPolicy: RemovalPolicy.RETAIN,
      });

      const retained = { deletion: 'Retain', replacement: 'Retain' };
      expect(removalsOf(stack)).toEqual([['AWS::IAM::Policy', {}], ['AWS::IAM::Role', {}], [LOGGING, retained]]);
    });

    test('lets an imported role write', () => {
      log({ role: Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/logging`) });

      const policy = onlyResource(stack, 'AWS::IAM::Policy');
      expect(policy.Properties.PolicyDocument.Statement).toEqual([writeTo(logGroup('AWSIotLogsV2'))]);
      expect(policy.Properties.Roles).toEqual(['logging']);
      expect(onlyResource(stack, LOGGING).Properties.RoleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/logging`);
    });

    test('leaves the permissions of the role alone when asked to', () => {
      log({
        role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') }).withoutPolicyUpdates(),
      });

      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('Policies');
    });

    test('passes a token', () => {
      log({ role: Role.fromRoleArn(stack, 'Role', new CfnParameter(stack, 'RoleArn').valueAsString) });

      expect(onlyResource(stack, LOGGING).Properties.RoleArn).toEqual({ Ref: 'RoleArn' });
    });

    test('warns when AWS IoT may assume the role on behalf of any account', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });

      expect(warningsOf(log({ role }))).toEqual([
        "'role' lets iot.amazonaws.com assume Stack/Role on behalf of any account; "
        + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
        + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
      ]);
    });

    test('fails with a role of another account', () => {
      expect(
        () => log({ role: Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/logging') }),
      ).toThrow(new Error(
        "Stack/Logging: 'role' must be a role of the stack's account 111111111111, got a role of account 222222222222; "
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });

    test('fails at synth when AWS IoT cannot assume the role', () => {
      log({ role: new Role(stack, 'Role', { assumedBy: new ServicePrincipal('logs.amazonaws.com') }) });

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Logging] 'role' must trust iot.amazonaws.com, got Stack/Role, which does not; "
        + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
      ));
    });
  });

  describe('beside another one', () => {
    test('fails in the account and region', () => {
      log();

      expect(() => new Logging(new Stack(app, 'Other', { env: ENV }), 'Logging')).toThrow(new Error(
        "Other/Logging: 'Logging' exists once per account and region, got a second one beside Stack/Logging; "
        + 'keep one of the two, with the events of both',
      ));
    });

    test('fails at synth when CloudFormation has it', () => {
      log();
      new CfnLogging(stack, 'Raw', {
        accountId: ACCOUNT, defaultLogLevel: 'ERROR', roleArn: `arn:aws:iam::${ACCOUNT}:role/logging`,
      });

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Logging] 'Logging' exists once per account and region, got a second one beside Stack/Raw; "
        + 'keep one of the two, with the events of both',
      ));
    });

    test('warns where it is not known', () => {
      log();

      expect(warningsOf(new Logging(new Stack(app, 'Agnostic'), 'Logging'))).toEqual([
        'Stack/Logging also defines the Logging, of which an account has one per region; '
        + 'deploy the two stacks to different accounts or regions, or give them an env so that this can be checked '
        + '[ack: cdk-iot-fleet-audit:secondLogging]',
      ]);
    });

    test('is fine in another region', () => {
      log();
      const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });
      new Logging(other, 'Logging');

      Template.fromStack(other).resourceCountIs(LOGGING, 1);
    });
  });
});
