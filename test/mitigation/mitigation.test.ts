import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnPolicy, CfnThingGroup, IPolicyRef, IThingGroupRef } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AuditNotificationTopic, Mitigation, MitigationAction, MitigationActionType } from '../../src';
import { ACCOUNT, arn, ENV, inlinePolicies, iotTrust, onlyResource, warningsOf } from '../support/templates';

const ACTION = 'AWS::IoT::MitigationAction';
const TOPIC_ARN = `arn:aws:sns:us-east-1:${ACCOUNT}:findings`;

function allow(action: string | string[], resource: unknown) {
  return { Action: action, Effect: 'Allow', Resource: resource };
}

describe('Mitigation', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function act(mitigation: Mitigation): MitigationAction {
    return new MitigationAction(stack, 'Action', { mitigation });
  }

  function expectParams(params: object): void {
    Template.fromStack(stack).hasResourceProperties(ACTION, { ActionParams: Match.objectEquals(params) });
  }

  function expectRole(type: string, ...statements: unknown[]): void {
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
      AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/*`)),
      Description: `Lets AWS IoT Device Defender mitigate: ${type}`,
      Policies: inlinePolicies(...statements),
    }));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
  }

  describe('updateDeviceCertificate', () => {
    test('deactivates any device certificate of the account, and may do nothing else', () => {
      const action = act(Mitigation.updateDeviceCertificate());

      expectParams({ UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } });
      expectRole('UPDATE_DEVICE_CERTIFICATE', allow('iot:UpdateCertificate', arn(`iot:us-east-1:${ACCOUNT}:cert/*`)));
      expect(action.mitigationActionType).toBe(MitigationActionType.UPDATE_DEVICE_CERTIFICATE);
    });
  });

  describe('updateCaCertificate', () => {
    test('deactivates any CA certificate of the account, and may do nothing else', () => {
      const action = act(Mitigation.updateCaCertificate());

      expectParams({ UpdateCACertificateParams: { Action: 'DEACTIVATE' } });
      expectRole('UPDATE_CA_CERTIFICATE', allow('iot:UpdateCACertificate', arn(`iot:us-east-1:${ACCOUNT}:cacert/*`)));
      expect(action.mitigationActionType).toBe(MitigationActionType.UPDATE_CA_CERTIFICATE);
    });
  });

  describe('addThingsToThingGroup', () => {
    function named(count: number): IThingGroupRef[] {
      return Array.from({ length: count }, (_, index) =>
        CfnThingGroup.fromThingGroupName(stack, `Group${index}`, `group-${index}`));
    }

    test('adds any thing of the account to these groups, and may do nothing else', () => {
      const quarantine = new CfnThingGroup(stack, 'Quarantine');
      const watched = CfnThingGroup.fromThingGroupName(stack, 'Watched', 'watched');
      const action = act(Mitigation.addThingsToThingGroup([quarantine, watched]));

      expectParams({ AddThingsToThingGroupParams: { ThingGroupNames: [{ Ref: 'Quarantine' }, 'watched'] } });
      expectRole('ADD_THINGS_TO_THING_GROUP',
        allow('iot:ListPrincipalThings', '*'),
        allow('iot:AddThingToThingGroup', [
          arn(`iot:us-east-1:${ACCOUNT}:thing/*`),
          { 'Fn::GetAtt': ['Quarantine', 'Arn'] },
          arn(`iot:us-east-1:${ACCOUNT}:thinggroup/watched`),
        ]));
      expect(action.mitigationActionType).toBe(MitigationActionType.ADD_THINGS_TO_THING_GROUP);
    });

    test.each([true, false])('overrides dynamic groups: %s', (overrideDynamicGroups) => {
      act(Mitigation.addThingsToThingGroup(named(1), { overrideDynamicGroups }));

      expectParams({
        AddThingsToThingGroupParams: { ThingGroupNames: ['group-0'], OverrideDynamicGroups: overrideDynamicGroups },
      });
    });

    test('takes 10 groups', () => {
      act(Mitigation.addThingsToThingGroup(named(10)));

      const { ActionParams } = onlyResource(stack, ACTION).Properties;
      expect(ActionParams.AddThingsToThingGroupParams.ThingGroupNames).toHaveLength(10);
    });

    test('passes tokens', () => {
      const names = ['First', 'Second'].map((id) => new CfnParameter(stack, id).valueAsString);
      act(Mitigation.addThingsToThingGroup(names.map((name, index) =>
        CfnThingGroup.fromThingGroupName(stack, `Group${index}`, name))));

      expectParams({ AddThingsToThingGroupParams: { ThingGroupNames: [{ Ref: 'First' }, { Ref: 'Second' }] } });
    });

    test.each([0, 11])('fails with %s groups', (count) => {
      expect(() => act(Mitigation.addThingsToThingGroup(named(count)))).toThrow(new Error(
        `Stack/Action: 'thingGroups' must hold 1 to 10 thing groups, got ${count}; a thing can be in 10 groups at most`,
      ));
    });

    test('fails with a name twice', () => {
      const again = CfnThingGroup.fromThingGroupName(stack, 'Again', 'group-1');

      expect(() => act(Mitigation.addThingsToThingGroup([...named(2), again]))).toThrow(new Error(
        "Stack/Action: 'thingGroups' must not hold a thing group twice, got group-1 more than once; keep one of each",
      ));
    });

    test('fails with a construct twice', () => {
      const quarantine = new CfnThingGroup(stack, 'Quarantine');

      expect(() => act(Mitigation.addThingsToThingGroup([quarantine, quarantine]))).toThrow(new Error(
        "Stack/Action: 'thingGroups' must not hold a thing group twice, got the same construct more than once; "
        + 'keep one of each',
      ));
    });

    test('fails with a dynamic group', () => {
      const dynamic = new CfnThingGroup(stack, 'Dynamic', { queryString: 'attributes.model:lamp' });

      expect(() => act(Mitigation.addThingsToThingGroup([...named(1), dynamic]))).toThrow(new Error(
        "Stack/Action: 'thingGroups' must be static thing groups, got the dynamic group Stack/Dynamic; "
        + 'use a group without queryString: AWS IoT decides itself what is in a dynamic group',
      ));
    });
  });

  describe('replaceDefaultPolicyVersion', () => {
    const PARAMS = { ReplaceDefaultPolicyVersionParams: { TemplateName: 'BLANK_POLICY' } };

    function named(policyName: string): IPolicyRef {
      return CfnPolicy.fromPolicyName(stack, policyName, policyName);
    }

    test('blanks these policies, and may do nothing else', () => {
      const policy = new CfnPolicy(stack, 'Policy', { policyDocument: { Version: '2012-10-17', Statement: [] } });
      const action = act(Mitigation.replaceDefaultPolicyVersion([policy, named('lamps')]));

      expectParams(PARAMS);
      expectRole('REPLACE_DEFAULT_POLICY_VERSION', allow('iot:CreatePolicyVersion', [
        { 'Fn::GetAtt': ['Policy', 'Arn'] }, arn(`iot:us-east-1:${ACCOUNT}:policy/lamps`),
      ]));
      expect(action.mitigationActionType).toBe(MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION);
    });

    test('passes a token', () => {
      const policyName = new CfnParameter(stack, 'PolicyName').valueAsString;
      act(Mitigation.replaceDefaultPolicyVersion([CfnPolicy.fromPolicyName(stack, 'Policy', policyName)]));

      expectRole('REPLACE_DEFAULT_POLICY_VERSION', allow('iot:CreatePolicyVersion', {
        'Fn::Join': ['', [
          'arn:', { Ref: 'AWS::Partition' }, `:iot:us-east-1:${ACCOUNT}:policy/`, { Ref: 'PolicyName' },
        ]],
      }));
    });

    test('fails without policies', () => {
      expect(() => act(Mitigation.replaceDefaultPolicyVersion([]))).toThrow(new Error(
        "Stack/Action: 'policies' must hold at least one policy, got none; "
        + 'name the policies that may be blanked, or use Mitigation.replaceDefaultPolicyVersionOfAnyPolicy()',
      ));
    });

    test('blanks any policy of the account when asked to', () => {
      act(Mitigation.replaceDefaultPolicyVersionOfAnyPolicy());

      expectParams(PARAMS);
      const everyPolicy = arn(`iot:us-east-1:${ACCOUNT}:policy/*`);
      expectRole('REPLACE_DEFAULT_POLICY_VERSION', allow('iot:CreatePolicyVersion', everyPolicy));
    });
  });

  describe('publishFindingToSns', () => {
    test('publishes to this topic through its key, and may do nothing else', () => {
      const topic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
      const action = act(Mitigation.publishFindingToSns(topic));

      expectParams({ PublishFindingToSnsParams: { TopicArn: { Ref: 'TopicBFC7AF6E' } } });
      expectRole('PUBLISH_FINDING_TO_SNS',
        allow('sns:Publish', { Ref: 'TopicBFC7AF6E' }),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] }));
      expect(action.mitigationActionType).toBe(MitigationActionType.PUBLISH_FINDING_TO_SNS);
      expect(warningsOf(action)).toEqual([]);
    });

    test('publishes to an AuditNotificationTopic', () => {
      act(Mitigation.publishFindingToSns(new AuditNotificationTopic(stack, 'Topic')));

      expectRole('PUBLISH_FINDING_TO_SNS',
        allow('sns:Publish', { Ref: 'TopicBFC7AF6E' }),
        allow(['kms:Decrypt', 'kms:GenerateDataKey'], { 'Fn::GetAtt': ['TopicKey6720E77D', 'Arn'] }));
    });

    test('publishes to an imported topic', () => {
      act(Mitigation.publishFindingToSns(Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN)));

      expectParams({ PublishFindingToSnsParams: { TopicArn: TOPIC_ARN } });
      expectRole('PUBLISH_FINDING_TO_SNS', allow('sns:Publish', TOPIC_ARN));
    });

    test('passes a token', () => {
      const topicArn = new CfnParameter(stack, 'TopicArn').valueAsString;
      act(Mitigation.publishFindingToSns(Topic.fromTopicArn(stack, 'Topic', topicArn)));

      expectParams({ PublishFindingToSnsParams: { TopicArn: { Ref: 'TopicArn' } } });
    });

    test('warns when the topic is not encrypted', () => {
      expect(warningsOf(act(Mitigation.publishFindingToSns(new Topic(stack, 'Topic'))))).toEqual([
        "'topic' is Stack/Topic, which is not encrypted with a key of yours; give the topic a masterKey "
        + '[ack: cdk-iot-fleet-audit:topicNotEncrypted]',
      ]);
    });

    test('fails with a FIFO topic', () => {
      const topic = Topic.fromTopicArn(stack, 'Topic', `${TOPIC_ARN}.fifo`);

      expect(() => act(Mitigation.publishFindingToSns(topic))).toThrow(new Error(
        `Stack/Action: 'topic' must be a standard topic, got the FIFO topic ${TOPIC_ARN}.fifo; `
        + 'use a topic without fifo: AWS IoT Device Defender cannot give its messages a group id',
      ));
    });

    test('fails with a topic of another region', () => {
      const topicArn = `arn:aws:sns:eu-west-1:${ACCOUNT}:findings`;

      expect(() => act(Mitigation.publishFindingToSns(Topic.fromTopicArn(stack, 'Topic', topicArn)))).toThrow(new Error(
        `Stack/Action: 'topic' must be a topic of the stack's region us-east-1, got ${topicArn} in eu-west-1; `
        + 'use a topic in us-east-1 and subscribe to it from elsewhere',
      ));
    });
  });
});
