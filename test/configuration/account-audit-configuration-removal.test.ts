import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AccountAuditConfiguration, AuditNotificationTopic } from '../../src';
import { ENV, RemovalAttributes, removalsOf } from '../support/templates';

const RETAINED: RemovalAttributes = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };

describe('AccountAuditConfiguration', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('stays with everything made for it by default', () => {
    new AccountAuditConfiguration(stack, 'Configuration', {
      notificationTopic: new AuditNotificationTopic(stack, 'Topic'),
    });

    expect(removalsOf(stack)).toEqual([
      ['AWS::IAM::Role', RETAINED],
      ['AWS::IAM::Role', RETAINED],
      ['AWS::IoT::AccountAuditConfiguration', RETAINED],
      ['AWS::KMS::Key', RETAINED],
      ['AWS::SNS::Topic', RETAINED],
      ['AWS::SNS::TopicPolicy', RETAINED],
    ]);
  });

  test.each([
    [RemovalPolicy.DESTROY, { deletion: 'Delete', replacement: 'Delete' }],
    [RemovalPolicy.RETAIN, { deletion: 'Retain', replacement: 'Retain' }],
  ])('has the removal policy %s with everything made for it', (removalPolicy, expected) => {
    new AccountAuditConfiguration(stack, 'Configuration', {
      notificationTopic: new AuditNotificationTopic(stack, 'Topic', { removalPolicy }),
      removalPolicy,
    });

    expect(removalsOf(stack)).toEqual([
      ['AWS::IAM::Role', expected],
      ['AWS::IAM::Role', expected],
      ['AWS::IoT::AccountAuditConfiguration', expected],
      ['AWS::KMS::Key', expected],
      ['AWS::SNS::Topic', expected],
      ['AWS::SNS::TopicPolicy', expected],
    ]);
  });

  test.each([
    ['by default', undefined],
    ['when destroyed', RemovalPolicy.DESTROY],
  ])('leaves alone %s what was not made for it', (_, removalPolicy) => {
    const key = new Key(stack, 'Key', { removalPolicy: RemovalPolicy.RETAIN });
    new AccountAuditConfiguration(stack, 'Configuration', {
      auditRole: new Role(stack, 'AuditRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') }),
      notificationTopic: new Topic(stack, 'Topic', { masterKey: key }),
      notificationRole: new Role(stack, 'NotificationRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') }),
      removalPolicy,
    });

    expect(removalsOf(stack).filter(([type]) => type !== 'AWS::IoT::AccountAuditConfiguration')).toEqual([
      ['AWS::IAM::Policy', {}],
      ['AWS::IAM::Role', {}],
      ['AWS::IAM::Role', {}],
      ['AWS::KMS::Key', { deletion: 'Retain', replacement: 'Retain' }],
      ['AWS::SNS::Topic', {}],
    ]);
  });

  test('does not keep its permissions in a policy that would be deleted while the roles stay', () => {
    new AccountAuditConfiguration(stack, 'Configuration', {
      notificationTopic: new AuditNotificationTopic(stack, 'Topic'),
    });

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  });
});
