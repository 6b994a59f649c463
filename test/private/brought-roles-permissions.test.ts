import { readFileSync } from 'fs';
import { join } from 'path';
import { App, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IRole, Role, RoleProps, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AccountAuditConfiguration, Logging, Mitigation, MitigationAction } from '../../src';
import { ACCOUNT, arn, ENV, onlyResource } from '../support/templates';

const POLICY = 'AWS::IAM::Policy';
const TOPIC_ARN = `arn:aws:sns:us-east-1:${ACCOUNT}:audits`;

function publishTo(topic: unknown) {
  return { Action: 'sns:Publish', Effect: 'Allow', Resource: topic };
}

describe('the permissions of a role of another stack', () => {
  let app: App;
  let roles: Stack;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    roles = new Stack(app, 'Roles', { env: ENV });
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function createRole(props: Partial<RoleProps> = {}, scope = roles): Role {
    return new Role(scope, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com'), ...props });
  }

  function notify(notificationTopic: ITopic, notificationRole: IRole, scope: Construct = stack): void {
    new AccountAuditConfiguration(scope, 'Configuration', { notificationTopic, notificationRole });
  }

  function expectNoPolicyIn(...stacks: Stack[]): void {
    stacks.forEach((each) => Template.fromStack(each).resourceCountIs(POLICY, 0));
  }

  test('to notify are a policy of the stack with the topic, which stays as long as the configuration', () => {
    notify(new Topic(stack, 'Topic'), createRole());
    app.synth();

    expectNoPolicyIn(roles);
    expect(stack.dependencies.map(({ node }) => node.path)).toEqual(['Roles']);
    expect(onlyResource(stack, POLICY)).toEqual({
      Type: POLICY,
      Properties: {
        PolicyName: 'StackConfigurationC8E89A56',
        PolicyDocument: { Statement: [publishTo({ Ref: 'TopicBFC7AF6E' })], Version: '2012-10-17' },
        Roles: [{ 'Fn::ImportValue': 'Roles:ExportsOutputRefRole1ABCC5F06F481065' }],
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    expect(onlyResource(stack, 'AWS::IoT::AccountAuditConfiguration').DependsOn)
      .toEqual(['ConfigurationAuditRoleB389F878', 'ConfigurationNotificationRolePolicy20142256']);
  });

  test('to mitigate are a policy of the stack with the action, and go with it', () => {
    const mitigation = Mitigation.publishFindingToSns(new Topic(stack, 'Topic'));
    new MitigationAction(stack, 'Action', { mitigation, role: createRole() });
    app.synth();

    expectNoPolicyIn(roles);
    const policy = onlyResource(stack, POLICY);
    expect(policy.Properties.PolicyDocument.Statement).toEqual([publishTo({ Ref: 'TopicBFC7AF6E' })]);
    expect(policy.DeletionPolicy).toBe('Delete');
    expect(onlyResource(stack, 'AWS::IoT::MitigationAction').DependsOn).toEqual(['ActionRolePolicyA71E1B75']);
  });

  test('to log are a policy of the stack with the logging, which stays as long as that', () => {
    const { logGroupName } = new LogGroup(stack, 'LogGroup');
    new Logging(stack, 'Logging', {
      role: createRole(), events: [{ eventType: 'Connect', logGroupName }], removalPolicy: RemovalPolicy.RETAIN,
    });
    app.synth();

    expectNoPolicyIn(roles);
    const policy = onlyResource(stack, POLICY);
    expect(policy.Properties.PolicyDocument.Statement[0].Resource).toHaveLength(2);
    expect(policy.DeletionPolicy).toBe('Retain');
    expect(onlyResource(stack, 'AWS::IoT::Logging').DependsOn).toEqual(['LoggingRolePolicyB95892A1']);
  });

  test('have another name for each configuration', () => {
    const role = createRole({ roleName: 'notify' });
    const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });
    notify(new Topic(stack, 'Topic'), role);
    notify(new Topic(other, 'Topic'), role, other);
    app.synth();

    const names = [stack, other].map((each) => onlyResource(each, POLICY).Properties.PolicyName);
    expect(new Set(names).size).toBe(2);
  });

  test('are a policy of the nested stack where the parent has the role', () => {
    const nested = new NestedStack(stack, 'Nested');
    notify(new Topic(nested, 'Topic'), createRole({}, stack), nested);
    app.synth();

    expectNoPolicyIn(stack);
    expect(onlyResource(nested, POLICY).Properties.PolicyDocument.Statement).toEqual([
      publishTo({ Ref: 'TopicBFC7AF6E' }),
    ]);
  });

  test('let it use a key of another account, whose policy names the role', () => {
    const foreign = new Stack(app, 'Foreign', { env: { account: '222222222222', region: 'us-east-1' } });
    const masterKey = new Key(foreign, 'Key');
    notify(new Topic(foreign, 'Topic', { masterKey, topicName: 'audits' }), createRole({ roleName: 'notify' }));
    app.synth();

    expect(onlyResource(foreign, 'AWS::KMS::Key').Properties.KeyPolicy.Statement).toContainEqual({
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Effect: 'Allow',
      Principal: { AWS: arn(`iam::${ACCOUNT}:role/notify`) },
      Resource: '*',
    });
  });

  test('are left alone when asked to', () => {
    notify(new Topic(stack, 'Topic'), createRole().withoutPolicyUpdates());
    app.synth();

    expectNoPolicyIn(roles, stack);
  });

  test('are reported where the role was created beforehand', () => {
    const customized = new App();
    Role.customizeRoles(customized, {
      usePrecreatedRoles: { 'Roles/Role': 'notify', 'Stack/Configuration/AuditRole': 'audit' },
    });
    [roles, stack] = ['Roles', 'Stack'].map((id) => new Stack(customized, id, { env: ENV }));
    notify(Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN), createRole());

    const report = JSON.parse(readFileSync(join(customized.synth().directory, 'iam-policy-report.json'), 'utf8'));
    expect(report.roles[0]).toEqual(expect.objectContaining({
      roleName: 'notify', identityPolicyStatements: [publishTo(TOPIC_ARN)],
    }));
    expectNoPolicyIn(roles, stack);
  });
  test('are reported where roles of the app are reported and made', () => {
    const customized = new App();
    Role.customizeRoles(customized, { preventSynthesis: false });
    [roles, stack] = ['Roles', 'Stack'].map((id) => new Stack(customized, id, { env: ENV }));
    notify(Topic.fromTopicArn(stack, 'Topic', TOPIC_ARN), createRole());

    const report = JSON.parse(readFileSync(join(customized.synth().directory, 'iam-policy-report.json'), 'utf8'));
    expect(report.roles[0]).toEqual(expect.objectContaining({
      roleConstructPath: 'Roles/Role', identityPolicyStatements: [publishTo(TOPIC_ARN)],
    }));
    expectNoPolicyIn(roles, stack);
  });
});
