import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { ExistingLogging, Logging, LoggingProps, LogLevel } from '../../src';
import { ENV, onlyResource, policiesOf, removalsOf, warningsOf } from '../support/templates';

const ADOPTED = 'Custom::IotLogging';
const RETAINED = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };
const KEPT = { deletion: 'Retain', replacement: 'Retain' };
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
      logLevel: LogLevel.WARN,
      events: [{ eventType: 'Connect', logLevel: LogLevel.INFO, logGroupName: 'connections' }],
      existing: ExistingLogging.keep(),
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
    expect(stack.resolve(foundLogging)).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^LoggingAdopted/), 'FoundLogging'],
    });
    expect(stack.resolve(loggingRef.accountId)).toEqual({ Ref: 'AWS::AccountId' });
  });

  test('takes over when it adopts', () => {
    logging({ existing: ExistingLogging.adopt({ putBackOnRemoval: true }) });

    const { Keep, WhenRemoved } = onlyResource(stack, ADOPTED).Properties;
    expect({ Keep, WhenRemoved }).toEqual({ Keep: undefined, WhenRemoved: 'PUT_BACK' });
  });

  test.each([
    ['LEAVE', false, undefined, RETAINED],
    ['LEAVE', false, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RETAINED],
    // Its own Delete must come when its creation is rolled back.
    ['LEAVE', false, RemovalPolicy.RETAIN, RETAINED],
    ['SWITCH_OFF', false, RemovalPolicy.DESTROY, DELETED],
    ['PUT_BACK', true, undefined, DELETED],
    ['PUT_BACK', true, RemovalPolicy.DESTROY, DELETED],
    ['PUT_BACK', true, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, DELETED],
    ['PUT_BACK', true, RemovalPolicy.RETAIN, DELETED],
  ])('with %s keeps its role in every case, since the account may go on logging with it: putBackOnRemoval %j, %s', (
    whenRemoved, putBackOnRemoval, removalPolicy, removal,
  ) => {
    logging({ existing: ExistingLogging.keep({ putBackOnRemoval }), removalPolicy });

    expect(onlyResource(stack, ADOPTED).Properties).toMatchObject({ WhenRemoved: whenRemoved });
    expect(removalsOf(stack)).toContainEqual(['AWS::IAM::Role', KEPT]);
    expect(removalsOf(stack)).toContainEqual([ADOPTED, removal]);
  });

  test('may hand to AWS IoT its own role and those that are named, and do nothing else', () => {
    const previousRoles = [Role.fromRoleArn(stack, 'Previous', 'arn:aws:iam::111111111111:role/theirs')];
    logging({ existing: ExistingLogging.adopt({ previousRoles }) });

    const Condition = { StringEquals: { 'iam:PassedToService': 'iot.amazonaws.com' } };
    const passing = (Resource: unknown) => ({ Action: 'iam:PassRole', Condition, Effect: 'Allow', Resource });
    expect(policiesOf(stack)).toEqual({
      AdoptLogging: [{
        Action: ['iot:GetV2LoggingOptions', 'iot:SetV2LoggingOptions'], Effect: 'Allow', Resource: '*',
      }],
      PassLoggingRole: [passing({ 'Fn::GetAtt': [expect.stringMatching(/^LoggingRole/), 'Arn'] })],
      PassPreviousLoggingRole0: [passing('arn:aws:iam::111111111111:role/theirs')],
    });
  });

  test.each([
    ['adopt', ExistingLogging.adopt(), [expect.stringContaining(
      'name the present role in previousRoles of ExistingLogging.adopt(), or [] if the account does not log',
    )]],
    ['adopt, with roles', ExistingLogging.adopt({ previousRoles: [] }), []],
    ['keep', ExistingLogging.keep(), []],
  ])('warns where a rollback could not give back the former role: %s', (_, existing, warnings) => {
    logging({ existing });

    expect(stack.node.findAll().flatMap(warningsOf)).toEqual(warnings);
  });

  test('is CloudFormation\'s own resource when it refuses', () => {
    logging({ existing: ExistingLogging.refuse() });

    Template.fromStack(stack).resourceCountIs('AWS::IoT::Logging', 1);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test.each([
    ['kept', ExistingLogging.keep()],
    ['adopted', ExistingLogging.adopt({ putBackOnRemoval: true })],
    ['native', undefined],
  ])('fails if the removal policy is a snapshot: %s', (_, existing) => {
    expect(() => logging({ existing, removalPolicy: RemovalPolicy.SNAPSHOT })).toThrow(new Error(
      "Stack/Logging: 'removalPolicy' must retain or destroy, got snapshot; "
      + 'use RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE or RemovalPolicy.DESTROY, since there is nothing to snapshot',
    ));
  });

  test('fails a second time', () => {
    logging({ existing: ExistingLogging.keep() });

    expect(() => new Logging(stack, 'Second', { existing: ExistingLogging.adopt() })).toThrow(
      "'Logging' exists once per account and region",
    );
  });
});
