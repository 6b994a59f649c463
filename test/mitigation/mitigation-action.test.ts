import { App, CfnOutput, CfnParameter, PhysicalName, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnMitigationAction } from 'aws-cdk-lib/aws-iot';
import { Mitigation, MitigationAction } from '../../src';
import { ACCOUNT, arn, ENV, iotTrust, onlyResource, warningsOf } from '../support/templates';

const ACTION = 'AWS::IoT::MitigationAction';

describe('MitigationAction', () => {
  const mitigation = Mitigation.updateDeviceCertificate();

  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  describe('by default', () => {
    let action: MitigationAction;

    beforeEach(() => {
      action = new MitigationAction(stack, 'Action', { mitigation });
    });

    test('has a role of its own, which exists before, and a name that CloudFormation makes', () => {
      Template.fromStack(stack).hasResource(ACTION, Match.objectEquals({
        Type: ACTION,
        Properties: {
          ActionParams: { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } },
          RoleArn: { 'Fn::GetAtt': ['ActionRole56A02295', 'Arn'] },
        },
        DependsOn: ['ActionRole56A02295'],
      }));
      expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(2);
    });

    test('is known by its name, its ARN and its id', () => {
      const name = { Ref: 'ActionUPDATEDEVICECERTIFICATE8C505FC0' };
      const actionArn = { 'Fn::GetAtt': ['ActionUPDATEDEVICECERTIFICATE8C505FC0', 'MitigationActionArn'] };

      expect(stack.resolve(action.mitigationActionName)).toEqual(name);
      expect(stack.resolve(action.mitigationActionArn)).toEqual(actionArn);
      expect(stack.resolve(action.mitigationActionRef)).toEqual({ actionName: name, mitigationActionArn: actionArn });
      expect(stack.resolve(action.mitigationActionId))
        .toEqual({ 'Fn::GetAtt': ['ActionUPDATEDEVICECERTIFICATE8C505FC0', 'MitigationActionId'] });
    });

    test('has the L1 as its default child', () => {
      expect(action.node.defaultChild).toBeInstanceOf(CfnMitigationAction);
    });
  });

  test('is another resource with another kind of mitigation, since the kind may not be changed in place', () => {
    const kinds = [
      Mitigation.updateDeviceCertificate(),
      Mitigation.updateCaCertificate(),
      Mitigation.replaceDefaultPolicyVersionOfAnyPolicy(),
      Mitigation.enableIotLogging(),
    ];
    const ids = kinds.map((kind) => {
      const scope = new Stack(new App(), 'Stack', { env: ENV });
      new MitigationAction(scope, 'Action', { mitigation: kind });
      return Object.keys(Template.fromStack(scope).findResources(ACTION))[0];
    });

    expect(new Set(ids).size).toBe(kinds.length);
  });

  test('shares a mitigation with another action', () => {
    new MitigationAction(stack, 'First', { mitigation });
    new MitigationAction(stack, 'Second', { mitigation });

    Template.fromStack(stack).resourceCountIs(ACTION, 2);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 2);
  });

  describe('with a name', () => {
    test('has a role that can be assumed on behalf of this action alone', () => {
      new MitigationAction(stack, 'Action', { mitigation, mitigationActionName: 'deactivate' });

      expect(onlyResource(stack, ACTION).Properties.ActionName).toBe('deactivate');
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument)
        .toEqual(iotTrust(arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/deactivate`)));
    });

    test('passes a token', () => {
      const mitigationActionName = new CfnParameter(stack, 'Name').valueAsString;
      new MitigationAction(stack, 'Action', { mitigation, mitigationActionName });

      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument).toEqual(iotTrust({
        'Fn::Join': ['', [
          'arn:', { Ref: 'AWS::Partition' }, `:iot:us-east-1:${ACCOUNT}:mitigationaction/`, { Ref: 'Name' },
        ]],
      }));
    });

    test('narrows the trust of its role to a name that is generated for another environment', () => {
      const mitigationActionName = PhysicalName.GENERATE_IF_NEEDED;
      const action = new MitigationAction(stack, 'Action', { mitigation, mitigationActionName });
      const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });
      new CfnOutput(other, 'Arn', { value: action.mitigationActionArn });

      const name = onlyResource(stack, ACTION).Properties.ActionName;
      const actionArn = arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/${name}`);
      expect(Template.fromStack(other).toJSON().Outputs.Arn.Value).toEqual(actionArn);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument).toEqual(iotTrust(actionArn));
    });

    test('is as wide as without a name where none needs to be generated', () => {
      new MitigationAction(stack, 'Action', { mitigation, mitigationActionName: PhysicalName.GENERATE_IF_NEEDED });

      expect(onlyResource(stack, 'AWS::IAM::Role').Properties.AssumeRolePolicyDocument)
        .toEqual(iotTrust(arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/*`)));
    });

    test('can be referenced from another environment', () => {
      const action = new MitigationAction(stack, 'Action', { mitigation, mitigationActionName: 'deactivate' });
      const other = new Stack(app, 'Other', { env: { account: '222222222222', region: 'eu-west-1' } });
      new CfnOutput(other, 'Name', { value: action.mitigationActionName });
      new CfnOutput(other, 'Arn', { value: action.mitigationActionArn });

      expect(Template.fromStack(other).toJSON().Outputs).toEqual({
        Name: { Value: 'deactivate' },
        Arn: { Value: arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/deactivate`) },
      });
    });
  });

  describe('with a role', () => {
    const POLICY_DOCUMENT = {
      Statement: [
        { Action: 'iot:UpdateCertificate', Effect: 'Allow', Resource: arn(`iot:us-east-1:${ACCOUNT}:cert/*`) },
      ],
      Version: '2012-10-17',
    };

    test('lets a role of the app do what the mitigation does, and waits for its permissions', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      const action = new MitigationAction(stack, 'Action', { mitigation, role });

      expect(action.role).toBe(role);
      expect(onlyResource(stack, 'AWS::IAM::Policy').Properties.PolicyDocument).toEqual(POLICY_DOCUMENT);
      const resource = onlyResource(stack, ACTION);
      expect(resource.Properties.RoleArn).toEqual({ 'Fn::GetAtt': ['Role1ABCC5F0', 'Arn'] });
      expect(resource.DependsOn).toEqual(['RoleDefaultPolicy5FFB7DAB', 'Role1ABCC5F0']);
    });

    test('lets an imported role do what the mitigation does, and waits for its permissions', () => {
      const role = Role.fromRoleArn(stack, 'Role', `arn:aws:iam::${ACCOUNT}:role/mitigate`);
      new MitigationAction(stack, 'Action', { mitigation, role });

      const policy = onlyResource(stack, 'AWS::IAM::Policy');
      expect(policy.Properties.PolicyDocument).toEqual(POLICY_DOCUMENT);
      expect(policy.Properties.Roles).toEqual(['mitigate']);
      const resource = onlyResource(stack, ACTION);
      expect(resource.Properties.RoleArn).toBe(`arn:aws:iam::${ACCOUNT}:role/mitigate`);
      expect(resource.DependsOn).toEqual(['RolePolicy72E7D967']);
    });

    test('leaves the permissions of the role alone when asked to', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
      new MitigationAction(stack, 'Action', { mitigation, role: role.withoutPolicyUpdates() });

      Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
      expect(onlyResource(stack, 'AWS::IAM::Role').Properties).not.toHaveProperty('Policies');
    });

    test('warns when AWS IoT may assume the role on behalf of any account', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });

      expect(warningsOf(new MitigationAction(stack, 'Action', { mitigation, role }))).toEqual([
        "'role' lets iot.amazonaws.com assume Stack/Role on behalf of any account; "
        + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
        + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
      ]);
    });

    test('fails with a role of another account', () => {
      const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::222222222222:role/mitigate');

      expect(() => new MitigationAction(stack, 'Action', { mitigation, role })).toThrow(new Error(
        "Stack/Action: 'role' must be a role of the stack's account 111111111111, got a role of account 222222222222; "
        + 'use a role of the same account: AWS IoT Device Defender does not accept others',
      ));
    });

    test('fails at synth when AWS IoT cannot assume the role', () => {
      const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      new MitigationAction(stack, 'Action', { mitigation, role });

      expect(() => app.synth()).toThrow(new Error(
        'Validation failed with the following errors:\n'
        + "  [Stack/Action] 'role' must trust iot.amazonaws.com, got Stack/Role, which does not; "
        + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
      ));
    });
  });
});

describe('MitigationAction.fromMitigationActionName', () => {
  test('is one of the account and region of the stack', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const imported = MitigationAction.fromMitigationActionName(stack, 'Imported', 'deactivate');

    expect(imported.mitigationActionName).toBe('deactivate');
    expect(stack.resolve(imported.mitigationActionArn))
      .toEqual(arn(`iot:us-east-1:${ACCOUNT}:mitigationaction/deactivate`));
    expect(imported.env).toEqual(ENV);
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });
});

describe('MitigationAction.fromMitigationActionArn', () => {
  const ARN = 'arn:aws:iot:eu-west-1:222222222222:mitigationaction/deactivate';

  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('is one of the account and region in the ARN', () => {
    const imported = MitigationAction.fromMitigationActionArn(stack, 'Imported', ARN);

    expect(imported.mitigationActionName).toBe('deactivate');
    expect(imported.mitigationActionArn).toBe(ARN);
    expect(imported.env).toEqual({ account: '222222222222', region: 'eu-west-1' });
    expect(imported.mitigationActionRef).toEqual({ actionName: 'deactivate', mitigationActionArn: ARN });
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });

  test('passes a token', () => {
    const mitigationActionArn = new CfnParameter(stack, 'Arn').valueAsString;
    const imported = MitigationAction.fromMitigationActionArn(stack, 'Imported', mitigationActionArn);

    expect(stack.resolve(imported.mitigationActionArn)).toEqual({ Ref: 'Arn' });
    expect(stack.resolve(imported.mitigationActionName)).toEqual({
      'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Arn' }] }] }] }],
    });
  });
});
