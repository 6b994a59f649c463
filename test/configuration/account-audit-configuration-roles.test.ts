import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AccountAuditConfiguration } from '../../src';
import { ACCOUNT, arn, ENV, iotTrust, onlyResource, warningsOf } from '../support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const AUDIT_POLICY = arn('iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit');
const IOT = 'iot.amazonaws.com';
const CONDITIONS = {
  StringEquals: { 'aws:SourceAccount': ACCOUNT },
  ArnLike: { 'aws:SourceArn': `arn:aws:iot:us-east-1:${ACCOUNT}:*` },
};

describe('AccountAuditConfiguration', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function expectNoPolicies(): void {
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    Template.fromStack(stack).allResourcesProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(), Policies: Match.absent(),
    });
  }

  describe('makes an audit role', () => {
    test('that only AWS IoT can assume, only for the account and region, and only to read what it audits', () => {
      new AccountAuditConfiguration(stack, 'Configuration');

      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', Match.objectEquals({
        AssumeRolePolicyDocument: iotTrust(arn(`iot:us-east-1:${ACCOUNT}:*`)),
        Description: 'Lets AWS IoT Device Defender read what it audits',
        ManagedPolicyArns: [AUDIT_POLICY],
      }));
    });

    test('for the account and region of the deployment where they are not known', () => {
      const agnostic = new Stack(app, 'Agnostic');
      new AccountAuditConfiguration(agnostic, 'Configuration');

      Template.fromStack(agnostic).hasResourceProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: iotTrust({
          'Fn::Join': ['', [
            'arn:', { Ref: 'AWS::Partition' }, ':iot:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':*',
          ]],
        }),
      });
    });

    test('that exists before the configuration', () => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration');

      const roleId = stack.getLogicalId(configuration.auditRole.node.defaultChild as CfnRole);
      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.RoleArn).toEqual({ 'Fn::GetAtt': [roleId, 'Arn'] });
      expect(resource.DependsOn).toEqual([roleId]);
    });

    test('that takes further permissions as part of itself', () => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration');
      configuration.auditRole.addToPrincipalPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: ['*'] }));

      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.Policies).toEqual([{
        PolicyDocument: {
          Statement: [{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: '*' }],
          Version: '2012-10-17',
        },
        PolicyName: 'Permissions',
      }]);
    });
  });

  test('uses a role that was created beforehand where the app asks for that', () => {
    const customized = new App();
    Role.customizeRoles(customized, { usePrecreatedRoles: { 'Stack/Configuration/AuditRole': 'precreated' } });
    stack = new Stack(customized, 'Stack', { env: ENV });
    new AccountAuditConfiguration(stack, 'Configuration');

    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
    expect(onlyResource(stack, CONFIGURATION).Properties.RoleArn).toEqual(arn(`iam::${ACCOUNT}:role/precreated`));
  });

  test('reports what roles must be able to do that were created beforehand', () => {
    const customized = new App();
    Role.customizeRoles(customized, {
      usePrecreatedRoles: {
        'Stack/Configuration/AuditRole': 'audit', 'Stack/Configuration/NotificationRole': 'notify',
      },
    });
    stack = new Stack(customized, 'Stack', { env: ENV });
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
      notificationTopic: Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:us-east-1:${ACCOUNT}:audits`),
    });
    configuration.auditRole.addToPrincipalPolicy(new PolicyStatement({ actions: ['kms:Decrypt'], resources: ['*'] }));

    const { directory } = customized.synth();
    const { roles } = JSON.parse(readFileSync(join(directory, 'iam-policy-report.json'), 'utf8'));
    expect(roles).toEqual([
      expect.objectContaining({
        roleName: 'audit',
        managedPolicyArns: ['arn:(PARTITION):iam::aws:policy/service-role/AWSIoTDeviceDefenderAudit'],
        identityPolicyStatements: [{ Action: 'kms:Decrypt', Effect: 'Allow', Resource: '*' }],
      }),
      expect.objectContaining({
        roleName: 'notify',
        managedPolicyArns: [],
        identityPolicyStatements: [
          { Action: 'sns:Publish', Effect: 'Allow', Resource: `arn:aws:sns:us-east-1:${ACCOUNT}:audits` },
        ],
      }),
    ]);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
  });

  describe('with an audit role of the app', () => {
    test('lets it read what is audited, and waits for it', () => {
      const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(IOT, { conditions: CONDITIONS }) });
      const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

      expect(configuration.auditRole).toBe(auditRole);
      expect(warningsOf(configuration)).toEqual([]);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.ManagedPolicyArns).toEqual([AUDIT_POLICY]);
      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.RoleArn).toEqual({ 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] });
      expect(resource.DependsOn).toEqual(['Role1ABCC5F0']);
    });

    test('leaves its permissions alone when asked to', () => {
      const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(IOT) }).withoutPolicyUpdates();
      new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

      expectNoPolicies();
      const resource = onlyResource(stack, CONFIGURATION);
      expect(resource.Properties.RoleArn).toEqual({ 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] });
      expect(resource.DependsOn).toEqual(['Role1ABCC5F0']);
    });

    test('takes one of another stack', () => {
      const other = new Stack(app, 'Other', { env: ENV });
      const auditRole = new Role(other, 'Role', { assumedBy: new ServicePrincipal(IOT) });
      new AccountAuditConfiguration(stack, 'Configuration', { auditRole });
      app.synth();

      expect(stack.dependencies.map(({ node }) => node.path)).toEqual(['Other']);
      expect(onlyResource(other, 'AWS::IAM::Role').Properties.ManagedPolicyArns).toEqual([AUDIT_POLICY]);
    });

    test('fails when it is of another account', () => {
      const other = new Stack(app, 'Other', { env: { account: '222222222222', region: 'us-east-1' } });
      const auditRole = new Role(other, 'Role', { assumedBy: new ServicePrincipal(IOT), roleName: 'audit' });

      expect(() => new AccountAuditConfiguration(stack, 'Configuration', { auditRole })).toThrow(new Error(
        "Stack/Configuration: 'auditRole' must be a role of the stack's account 111111111111, got a role of account "
          + '222222222222; '
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });
  });

  describe('with an imported audit role', () => {
    test('takes it without a warning where its permissions are left alone', () => {
      const auditRole = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/audit`, { mutable: false });
      new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

      expect(stack.node.findAll().flatMap(warningsOf)).toEqual([]);
      expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
    });

    test('takes it as it is, with a warning that the managed policy cannot be attached to it', () => {
      const auditRole = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/audit`);
      const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

      expect(warningsOf(configuration)).toEqual([]);
      expect(warningsOf(auditRole)).toEqual([
        expect.stringContaining('[ack: @aws-cdk/aws-iam:IRoleCantBeUsedWithIManagedPolicy]'),
      ]);
      expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
      expect(onlyResource(stack, CONFIGURATION).Properties.RoleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/audit`);
    });

    test('passes a token', () => {
      const roleArn = new CfnParameter(stack, 'RoleArn').valueAsString;
      const auditRole = Role.fromRoleArn(stack, 'Role', roleArn);
      new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

      expect(onlyResource(stack, CONFIGURATION).Properties.RoleArn).toEqual({ Ref: 'RoleArn' });
    });

    test('takes one of a known account where that of the stack is not known', () => {
      const agnostic = new Stack(app, 'Agnostic');
      const auditRole = Role.fromRoleArn(agnostic, 'Role', 'arn:aws:iam::222222222222:role/audit');
      new AccountAuditConfiguration(agnostic, 'Configuration', { auditRole });

      expect(onlyResource(agnostic, CONFIGURATION).Properties.RoleArn).toBe('arn:aws:iam::222222222222:role/audit');
    });

    test('fails when it is of another account', () => {
      const auditRole = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/audit');

      expect(() => new AccountAuditConfiguration(stack, 'Configuration', { auditRole })).toThrow(new Error(
        "Stack/Configuration: 'auditRole' must be a role of the stack's account 111111111111, got a role of account "
          + '222222222222; '
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });
  });
});
