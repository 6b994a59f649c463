import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { AuditNotificationTopic } from '../../src';
import { ACCOUNT, arn, ENV, onlyResource, removalsOf } from '../support/templates';

const OVER_TLS_ONLY = {
  Action: 'sns:Publish',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  Effect: 'Deny',
  Principal: '*',
  Resource: { Ref: 'TopicBFC7AF6E' },
  Sid: 'AllowPublishThroughSSLOnly',
};

describe('AuditNotificationTopic', () => {
  let stack: Stack;
  let topic: AuditNotificationTopic;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    topic = new AuditNotificationTopic(stack, 'Topic');
  });

  test('is a standard topic, encrypted with its own key', () => {
    const template = Template.fromStack(stack);

    template.hasResourceProperties('AWS::SNS::Topic', Match.objectEquals({
      KmsMasterKeyId: { 'Fn::GetAtt': ['TopicKey6720E77D', 'Arn'] },
    }));
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(3);
    expect(topic.fifo).toBe(false);
    expect(topic.contentBasedDeduplication).toBe(false);
  });

  test('has a key that rotates, and that only the account administers', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Key', Match.objectEquals({
      Description: 'Encrypts the notifications of AWS IoT Device Defender audits',
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [{
          Action: 'kms:*', Effect: 'Allow', Principal: { AWS: arn(`iam::${ACCOUNT}:root`) }, Resource: '*',
        }],
        Version: '2012-10-17',
      },
    }));
    expect(topic.masterKey).toBeInstanceOf(Key);
  });

  test('is reached over TLS only', () => {
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', Match.objectEquals({
      PolicyDocument: { Statement: [OVER_TLS_ONLY], Version: '2012-10-17' },
      Topics: [{ Ref: 'TopicBFC7AF6E' }],
    }));
  });

  test('takes further statements into the same policy', () => {
    topic.addToResourcePolicy(new PolicyStatement({
      actions: ['sns:Publish'], principals: [new ServicePrincipal('events.amazonaws.com')], resources: [topic.topicArn],
    }));

    expect(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement).toEqual([
      OVER_TLS_ONLY,
      {
        Action: 'sns:Publish',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: { Ref: 'TopicBFC7AF6E' },
        Sid: '1',
      },
    ]);
  });

  test('takes subscriptions', () => {
    topic.addSubscription(new EmailSubscription('security@example.com'));

    Template.fromStack(stack).hasResourceProperties('AWS::SNS::Subscription', Match.objectEquals({
      Endpoint: 'security@example.com', Protocol: 'email', TopicArn: { Ref: 'TopicBFC7AF6E' },
    }));
  });

  test('is known by its ARN and its name', () => {
    expect(stack.resolve(topic.topicArn)).toEqual({ Ref: 'TopicBFC7AF6E' });
    expect(stack.resolve(topic.topicName)).toEqual({ 'Fn::GetAtt': ['TopicBFC7AF6E', 'TopicName'] });
  });

  test('has the L1 as its default child', () => {
    expect(topic.node.defaultChild).toBeInstanceOf(CfnTopic);
  });

  test('stays with its key and its policy by default', () => {
    const retained = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };

    expect(removalsOf(stack)).toEqual([
      ['AWS::KMS::Key', retained], ['AWS::SNS::Topic', retained], ['AWS::SNS::TopicPolicy', retained],
    ]);
  });

  test('goes with its key and its policy when asked to', () => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    new AuditNotificationTopic(stack, 'Topic', { removalPolicy: RemovalPolicy.DESTROY });

    const deleted = { deletion: 'Delete', replacement: 'Delete' };
    expect(removalsOf(stack)).toEqual([
      ['AWS::KMS::Key', deleted], ['AWS::SNS::Topic', deleted], ['AWS::SNS::TopicPolicy', deleted],
    ]);
  });
});
