import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ExistingLogging, Logging, LoggingProps, LoggingRemoval, LogLevel } from '../../src';
import { ENV, onlyResource, removalsOf } from '../support/templates';

const ADOPTED = 'Custom::IotLogging';
const RETAINED = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };
const DELETED = { deletion: 'Delete', replacement: 'Delete' };

let stack: Stack;

beforeEach(() => {
  stack = new Stack(new App(), 'Stack', { env: ENV });
});

function logging(props: LoggingProps): Logging {
  return new Logging(stack, 'Logging', props);
}

describe('logging in an account that may log already', () => {
  test('is a custom resource in place of CloudFormation\'s own', () => {
    const { foundLogging, loggingRef } = logging({
      logLevel: LogLevel.WARN, events: [{ eventType: 'Connect', logLevel: LogLevel.INFO, logGroupName: 'connections' }], existing: ExistingLogging.keep(),
    });

    expect(onlyResource(stack, ADOPTED).Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^CdkIotFleetAuditCustomResourcesFunction/), 'Arn'] },
      ServiceTimeout: '1500',
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^LoggingRole/), 'Arn'] },
      DefaultLogLevel: 'WARN',
      Events: [{ EventType: 'Connect', LogLevel: 'INFO', LogDestination: 'connections' }],
      Keep: 'true',
      WhenRemoved: 'LEAVE',
    });
    Template.fromStack(stack).resourceCountIs('AWS::IoT::Logging', 0);
    expect(stack.resolve(foundLogging)).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^LoggingAdopted/), 'FoundLogging'] });
    expect(stack.resolve(loggingRef.accountId)).toEqual({ Ref: 'AWS::AccountId' });
  });

  test('takes over when it adopts', () => {
    logging({ existing: ExistingLogging.adopt({ whenRemoved: LoggingRemoval.PUT_BACK }) });

    const { Keep, WhenRemoved } = onlyResource(stack, ADOPTED).Properties;
    expect({ Keep, WhenRemoved }).toEqual({ Keep: undefined, WhenRemoved: 'PUT_BACK' });
  });

  test.each([
    [LoggingRemoval.LEAVE, RETAINED], [LoggingRemoval.PUT_BACK, DELETED], [LoggingRemoval.SWITCH_OFF, DELETED],
  ])('with %s keeps its role as long as the account logs with it', (whenRemoved, removal) => {
    logging({ existing: ExistingLogging.keep({ whenRemoved }) });

    expect(removalsOf(stack)).toContainEqual(['AWS::IAM::Role', removal]);
    expect(removalsOf(stack)).toContainEqual([ADOPTED, removal]);
  });

  test('is CloudFormation\'s own resource when it refuses', () => {
    logging({ existing: ExistingLogging.refuse() });

    Template.fromStack(stack).resourceCountIs('AWS::IoT::Logging', 1);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('fails with a removalPolicy', () => {
    expect(() => logging({ existing: ExistingLogging.keep(), removalPolicy: RemovalPolicy.DESTROY })).toThrow(new Error(
      "Stack/Logging: 'removalPolicy' must be left out where logging is kept or adopted, got destroy; "
      + 'say what happens on removal with the option whenRemoved of ExistingLogging',
    ));
  });

  test('fails a second time', () => {
    logging({ existing: ExistingLogging.keep() });

    expect(() => new Logging(stack, 'Second', { existing: ExistingLogging.adopt() })).toThrow("'Logging' exists once per account and region");
  });
});
