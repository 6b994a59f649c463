import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AccountAuditConfiguration, AuditNotificationTopic } from '../../src';
import { ACCOUNT, arn, ENV, inlinePolicies, iotTrust, onlyResource, warningsOf } from '../support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const DESCRIPTION = 'Lets AWS IoT Device Defender publish the notifications of its audits';
const TOPIC_ARN = `arn:aws:sns:us-east-1:${ACCOUNT}:audits`;
const KEY_ARN = `arn:aws:kms:us-east-1:${ACCOUNT}:key/00000000-0000-0000-0000-000000000000`;

function publishTo(topic: unknown) {
  return { Action: 'sns:Publish', Effect: 'Allow', Resource: topic };
}

function encryptWith(key: unknown) {
  return { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Effect: 'Allow', Resource: key };
}

describe('AccountAuditConfiguration', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function notify(notificationTopic: ITopic, scope = stack): AccountAuditConfiguration {
    return new AccountAuditConfiguration(scope, 'Configuration', { notificationTopic });
  }

  function expectNotificationRole(...statements: unknown[]): void {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
      AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:*`)),
      Description: DESCRIPTION,
      Policies: inlinePolicies(...statements),
    }));
  }

  describe('with a topic', () => {
    test('notifies it by a role of its own, which exists before the configuration', () => {
      const topic = Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN);
      const configuration = notify(topic);

      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.AuditNotificationTargetConfigurations).toEqual({
        Sns: {
          Enabled: true,
          TargetArn: TOPIC_ARN,
          RoleArn: { 'Fn::GetAtt': ['ConfigurationNotificationRole71BDB3AB', 'Arn'] },
        },
      });
      expect(resource.DependsOn).toEqual(['ConfigurationAuditRoleB389F878', 'ConfigurationNotificationRole71BDB3AB']);
      expect(configuration.notificationTopic).toBe(topic);
      expect(stack.resolve(configuration.notificationRole?.roleArn))
        .toEqual({ 'Fn::GetAtt': ['ConfigurationNotificationRole71BDB3AB', 'Arn'] });
    });

    test('publishes to an AuditNotificationTopic through its key', () => {
      const configuration = notify(new AuditNotificationTopic(stack, 'Topic'));

      expectNotificationRole(
        publishTo({ Ref: 'TopicBFC7AF6E' }),
        encryptWith({ 'Fn::GetAtt': ['TopicKey6720E77D', 'Arn'] }),
      );
      expect(warningsOf(configuration)).toEqual([]);
    });

    test('publishes to a topic of the app through its key', () => {
      const configuration = notify(new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') }));

      expectNotificationRole(
        publishTo({ Ref: 'TopicBFC7AF6E' }),
        encryptWith({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] }),
      );
      expect(warningsOf(configuration)).toEqual([]);
    });

    test('publishes to a topic of another stack through its key, without changing the key', () => {
      const other = new Stack(app, 'Other', { env: ENV });
      const topic = new Topic(other, 'Topic', { masterKey: new Key(other, 'Key') });
      notify(topic);
      app.synth();

      expectNotificationRole(
        publishTo({ 'Fn::ImportValue': 'Other:ExportsOutputRefTopicBFC7AF6ECB4A357A' }),
        encryptWith({ 'Fn::ImportValue': 'Other:ExportsOutputFnGetAttKey961B73FDArn5A860C43' }),
      );
      expect(stack.dependencies.map(({ node }) => node.path)).toEqual(['Other']);
      expect(onlyResource(other, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toHaveLength(1);
    });

    test('publishes to an imported topic', () => {
      const configuration = notify(Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN));

      expectNotificationRole(publishTo(TOPIC_ARN));
      expect(warningsOf(configuration)).toEqual([]);
    });

    test('publishes to an imported topic through its key', () => {
      notify(Topic.fromTopicAttributes(stack, 'Topic', { topicArn: TOPIC_ARN, keyArn: KEY_ARN }));

      expectNotificationRole(publishTo(TOPIC_ARN), encryptWith(KEY_ARN));
    });

    test('passes a token', () => {
      const topicArn = new CfnParameter(stack, 'TopicArn').valueAsString;
      notify(Topic.fromTopicArn(stack, 'Topic', topicArn));

      expectNotificationRole(publishTo({ Ref: 'TopicArn' }));
      expect(onlyResource(stack, CONFIGURATION).Properties.AuditNotificationTargetConfigurations.Sns.TargetArn)
        .toEqual({ Ref: 'TopicArn' });
    });

    test('takes a topic of a known region where that of the stack is not known', () => {
      const agnostic = new Stack(app, 'Agnostic');
      const configuration = notify(
        Topic.fromTopicArn(agnostic, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:audits`), agnostic,
      );

      Template.fromStack(agnostic).resourceCountIs(CONFIGURATION, 1);
      expect(warningsOf(configuration)).toEqual([]);
    });

    test('warns when the topic is not encrypted', () => {
      expect(warningsOf(notify(new Topic(stack, 'Topic')))).toEqual([
        "'notificationTopic' is Stack/Topic, which is not encrypted with a key of yours; give the topic a masterKey "
        + '[ack: cdk-iot-fleet-audit:topicNotEncrypted]',
      ]);
    });

    test('warns when the topic is of another account', () => {
      const topicArn = 'arn:aws:sns:us-east-1:222222222222:audits';

      expect(warningsOf(notify(Topic.fromTopicArn(stack, 'Topic', topicArn)))).toEqual([
        "'notificationTopic' is arn:aws:sns:us-east-1:222222222222:audits in account 222222222222; "
        + 'AWS does not document that Device Defender publishes to topics of other accounts '
        + '[ack: cdk-iot-fleet-audit:topicOfAnotherAccount]',
      ]);
    });

    test.each([
      ['of the app', (scope: Stack) => new Topic(scope, 'Topic', { fifo: true }), 'Stack/Topic'],
      ['by its ARN', (scope: Stack) => Topic.fromTopicArn(scope, 'Topic', `${TOPIC_ARN}.fifo`), `${TOPIC_ARN}.fifo`],
    ])('fails with a FIFO topic %s', (_, topic, described) => {
      expect(() => notify(topic(stack))).toThrow(new Error(
        `Stack/Configuration: 'notificationTopic' must be a standard topic, got the FIFO topic ${described}; `
        + 'use a topic without fifo: AWS IoT Device Defender cannot give its messages a group id',
      ));
    });

    test('fails with a topic of the app in another region', () => {
      const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });

      expect(() => notify(new Topic(other, 'Topic'))).toThrow(new Error(
        "Stack/Configuration: 'notificationTopic' must be a topic of the stack's region us-east-1, got Other/Topic in "
          + 'eu-west-1; '
        + 'use a topic in us-east-1 and subscribe to it from elsewhere',
      ));
    });

    test('fails with an imported topic of another region', () => {
      expect(
        () => notify(Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:eu-west-1:${ACCOUNT}:audits`)),
      ).toThrow(new Error(
        "Stack/Configuration: 'notificationTopic' must be a topic of the stack's region us-east-1, "
        + `got arn:aws:sns:eu-west-1:${ACCOUNT}:audits in eu-west-1; `
        + 'use a topic in us-east-1 and subscribe to it from elsewhere',
      ));
    });
  });

  describe('with a notification role', () => {
    let notificationTopic: Topic;

    beforeEach(() => {
      notificationTopic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
    });

    const POLICY_DOCUMENT = {
      Statement: [publishTo({ Ref: 'TopicBFC7AF6E' }), encryptWith({ 'Fn::GetAtt': ['Key961B73FD', 'Arn'] })],
      Version: '2012-10-17',
    };

    test('lets a role of the app publish, and waits for its permissions', () => {
      const notificationRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
        notificationTopic, notificationRole,
      });

      expect(configuration.notificationRole).toBe(notificationRole);
      expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toEqual(POLICY_DOCUMENT);
      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.AuditNotificationTargetConfigurations.Sns.RoleArn)
        .toEqual({ 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] });
      expect(resource.DependsOn).toEqual([
        'ConfigurationAuditRoleB389F878', 'RoleDefaultPolicy5FFB7DAB', 'Role1ABCC5F0',
      ]);
    });

    test('lets an imported role publish, and waits for its permissions', () => {
      const notificationRole = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/notify`);
      new AccountAuditConfiguration(stack, 'Configuration', { notificationTopic, notificationRole });

      const policy = onlyResource(stack, 'AWS::IAM::Policy');
      expect(policy.Properties.PolicyDocument).toEqual(POLICY_DOCUMENT);
      expect(policy.Properties.Roles).toEqual(['notify']);
      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.AuditNotificationTargetConfigurations.Sns.RoleArn).toBe(
        `arn:aws:iam::${ACCOUNT}:role/notify`,
      );
      expect(resource.DependsOn).toEqual(['ConfigurationAuditRoleB389F878', 'RolePolicy72E7D967']);
    });

    test('leaves the permissions of the role alone when asked to', () => {
      const notificationRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      new AccountAuditConfiguration(stack, 'Configuration', {
        notificationTopic, notificationRole: notificationRole.withoutPolicyUpdates(),
      });

      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
      expect(onlyResource(stack, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toHaveLength(1);
    });

    test('warns when AWS IoT may assume the role on behalf of any account', () => {
      const notificationRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });

      expect(
        warningsOf(new AccountAuditConfiguration(stack, 'Configuration', { notificationTopic, notificationRole })),
      ).toEqual([
        "'notificationRole' lets iot.amazonaws.com assume Stack/Role on behalf of any account; "
        + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
        + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
      ]);
    });

    test('fails without a topic', () => {
      const notificationRole = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/notify`);

      expect(() => new AccountAuditConfiguration(stack, 'Configuration', { notificationRole })).toThrow(new Error(
        "Stack/Configuration: 'notificationRole' needs a topic to publish to, got a role without a notificationTopic; "
        + 'set notificationTopic as well',
      ));
    });

    test('fails with a role of another account', () => {
      const notificationRole = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/notify');

      expect(
        () => new AccountAuditConfiguration(stack, 'Configuration', { notificationTopic, notificationRole }),
      ).toThrow(new Error(
        "Stack/Configuration: 'notificationRole' must be a role of the stack's account 111111111111, "
        + 'got a role of account 222222222222; '
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });

    test('fails at synth when AWS IoT cannot assume the role', () => {
      const notificationRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('sns.amazonaws.com') });
      new AccountAuditConfiguration(stack, 'Configuration', { notificationTopic, notificationRole });

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Configuration] 'notificationRole' must trust iot.amazonaws.com, got Stack/Role, which does not; "
        + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
      ));
    });
  });
});
