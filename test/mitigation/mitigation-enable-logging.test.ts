import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  EnableIotLoggingOptions, Logging, LogLevel, Mitigation, MitigationAction, MitigationActionType,
} from '../../src';
import { ACCOUNT, arn, ENV, inlinePolicies, iotTrust, onlyResource, warningsOf } from '../support/templates';

const ACTION = 'AWS::IoT::MitigationAction';

describe('Mitigation.enableIotLogging', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function act(options?: EnableIotLoggingOptions): MitigationAction {
    return new MitigationAction(stack, 'Action', { mitigation: Mitigation.enableIotLogging(options) });
  }

  function expectParams(logLevel: string, roleArnForLogging: unknown): void {
    Template.fromStack(stack).hasResourceProperties(ACTION, {
      ActionParams: Match.objectEquals({
        EnableIoTLoggingParams: { LogLevel: logLevel, RoleArnForLogging: roleArnForLogging },
      }),
    });
  }

  function expectActionRole(loggingRoleArn: unknown): void {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
      AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/*`)),
      Description: 'Lets AWS IoT Device Defender mitigate: ENABLE_IOT_LOGGING',
      Policies: inlinePolicies(
        { Action: 'iot:SetV2LoggingOptions', Effect: 'Allow', Resource: '*' },
        {
          Action: 'iam:PassRole',
          Condition: { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } },
          Effect: 'Allow',
          Resource: loggingRoleArn,
        },
      ),
    }));
  }

  describe('by default', () => {
    const LOGGING_ROLE_ARN = { 'Fn::GetAtt': ['ActionLoggingRoleB540B170', 'Arn'] };

    test('logs what fails, may pass its logging role to AWS IoT and nothing else', () => {
      const action = act();

      expectParams('ERROR', LOGGING_ROLE_ARN);
      expectActionRole(LOGGING_ROLE_ARN);
      expect(action.mitigationActionType).toBe(MitigationActionType.ENABLE_IOT_LOGGING);
    });

    test('makes a logging role that may write to the log group of AWS IoT alone', () => {
      act();

      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
        AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:*`)),
        Description: 'Lets AWS IoT write its logs to Amazon CloudWatch Logs',
        Policies: inlinePolicies({
          Action: [
            'logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:PutMetricFilter',
            'logs:PutRetentionPolicy',
          ],
          Effect: 'Allow',
          Resource: arn(`logs:us-east-1:${ACCOUNT}:log-group:AWSIotLogsV2:*`),
        }),
      }));
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 2);
    });

    test('keeps the logging role, since the logging goes on without the action', () => {
      act();

      const roles = Template.fromStack(stack).findResources('AWS::IAM::Role');
      const policies = Object.entries(roles)
        .map(([id, { DeletionPolicy, UpdateReplacePolicy }]) => [id, DeletionPolicy, UpdateReplacePolicy]);
      expect(policies.sort()).toEqual([
        ['ActionLoggingRoleB540B170', 'RetainExceptOnCreate', 'Retain'],
        ['ActionRole56A02295', undefined, undefined],
      ]);
    });
  });

  test.each([LogLevel.ERROR, LogLevel.WARN, LogLevel.INFO, LogLevel.DEBUG])('logs with the level %s', (logLevel) => {
    act({ logLevel });

    expect(onlyResource(stack, ACTION).Properties.ActionParams.EnableIoTLoggingParams.LogLevel).toBe(logLevel);
  });

  test('fails with the level DISABLED', () => {
    expect(() => act({ logLevel: LogLevel.DISABLED })).toThrow(new Error(
      "Stack/Action: 'logLevel' must be ERROR, WARN, INFO or DEBUG, got DISABLED; "
      + 'an action that enables logging cannot disable it',
    ));
  });

  describe('with a logging role', () => {
    test('takes that of a Logging', () => {
      const action = act({ loggingRole: new Logging(stack, 'Logging').role });

      const loggingRoleArn = { 'Fn::GetAtt': ['LoggingRoleF8CB8FA1', 'Arn'] };
      expectParams('ERROR', loggingRoleArn);
      expectActionRole(loggingRoleArn);
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 2);
      expect(warningsOf(action)).toEqual([]);
    });

    test('takes an imported one', () => {
      const roleArn = `arn:aws:iam::${ACCOUNT}:role/logging`;
      act({ loggingRole: Role.fromRoleArn(stack, 'LoggingRole', roleArn) });

      expectParams('ERROR', roleArn);
      expectActionRole(roleArn);
      Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
    });

    test('passes a token', () => {
      act({ loggingRole: Role.fromRoleArn(stack, 'LoggingRole', new CfnParameter(stack, 'RoleArn').valueAsString) });

      expectParams('ERROR', { Ref: 'RoleArn' });
      expectActionRole({ Ref: 'RoleArn' });
    });

    test('warns when AWS IoT may assume it on behalf of any account', () => {
      const loggingRole = new Role(stack, 'LoggingRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });

      expect(warningsOf(act({ loggingRole }))).toEqual([
        "'loggingRole' lets iot.amazonaws.com assume Stack/LoggingRole on behalf of any account; "
        + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
        + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
      ]);
    });

    test('fails with one of another account', () => {
      const loggingRole = Role.fromRoleArn(stack, 'LoggingRole', 'arn:aws:iam::222222222222:role/logging');

      expect(() => act({ loggingRole })).toThrow(new Error(
        "Stack/Action: 'loggingRole' must be a role of the stack's account 111111111111, "
        + 'got a role of account 222222222222; '
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });

    test('fails at synth when AWS IoT cannot assume it', () => {
      act({ loggingRole: new Role(stack, 'LoggingRole', { assumedBy: new ServicePrincipal('logs.amazonaws.com') }) });

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Action] 'loggingRole' must trust iot.amazonaws.com, got Stack/LoggingRole, which does not; "
        + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
      ));
    });
  });
});
