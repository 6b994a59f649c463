import { App, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  ArnPrincipal, CfnRole, CompositePrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { AccountAuditConfiguration } from '../../src';
import { ACCOUNT, ENV, warningsOf } from '../support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const IOT = 'iot.amazonaws.com';
const CONDITIONS = {
  StringEquals: { 'aws:SourceAccount': ACCOUNT },
  ArnLike: { 'aws:SourceArn': `arn:aws:iot:us-east-1:${ACCOUNT}:*` },
};

describe('AccountAuditConfiguration with a role of the app', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  test.each([
    'cn-north-1', 'us-gov-west-1',
  ])('recognizes its trust in %s, where some principals are spelt differently', (region) => {
    const regional = new Stack(app, 'Regional', { env: { account: ACCOUNT, region } });
    const auditRole = new Role(regional, 'Role', { assumedBy: new ServicePrincipal(IOT) });
    new AccountAuditConfiguration(regional, 'Configuration', { auditRole });

    Template.fromStack(regional).resourceCountIs(CONFIGURATION, 1);
  });

  test('takes one that is trusted beside other services', () => {
    const auditRole = new Role(stack, 'Role', {
      assumedBy: new CompositePrincipal(
        new ServicePrincipal('lambda.amazonaws.com'), new ServicePrincipal(IOT, { conditions: CONDITIONS }),
      ),
    });
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
    expect(warningsOf(configuration)).toEqual([]);
  });

  test('takes one that is only trusted later', () => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole });
    auditRole.assumeRolePolicy?.addStatements(new PolicyStatement({
      actions: ['sts:AssumeRole'], principals: [new ServicePrincipal('ec2.amazonaws.com'), new ServicePrincipal(IOT)],
    }));

    Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
  });

  test.each([
    ['no conditions', {}],
    ['an account alone', { StringEquals: CONDITIONS.StringEquals }],
    ['an ARN alone', { ArnLike: CONDITIONS.ArnLike }],
  ])('warns when AWS IoT may assume it with %s', (_, conditions) => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(IOT, { conditions }) });
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    expect(warningsOf(configuration)).toEqual([
      "'auditRole' lets iot.amazonaws.com assume Stack/Role on behalf of any account; "
      + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
      + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
    ]);
  });

  test('takes conditions however they are spelt, since IAM does', () => {
    const auditRole = new Role(stack, 'Role', {
      assumedBy: new ServicePrincipal(IOT, {
        conditions: {
          StringLike: { 'AWS:SourceAccount': ACCOUNT, 'aws:sourcearn': `arn:aws:iot:us-east-1:${ACCOUNT}:*` },
        },
      }),
    });

    expect(warningsOf(new AccountAuditConfiguration(stack, 'Configuration', { auditRole }))).toEqual([]);
  });

  test('fails at synth when AWS IoT cannot assume it', () => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Configuration] 'auditRole' must trust iot.amazonaws.com, got Stack/Role, which does not; "
      + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
    ));
  });

  test.each([
    ['a denial', new PolicyStatement({
      effect: Effect.DENY, actions: ['sts:AssumeRole'], principals: [new ServicePrincipal(IOT)],
    })],
    ['another action', new PolicyStatement({
      actions: ['sts:TagSession', 'sts:SetSourceIdentity'], principals: [new ServicePrincipal(IOT)],
    })],
    ['another kind of principal', new PolicyStatement({
      actions: ['sts:AssumeRole'], principals: [new ArnPrincipal(`arn:aws:iam::${ACCOUNT}:user/somebody`)],
    })],
  ])('fails at synth when its trust is %s', (_, statement) => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    auditRole.assumeRolePolicy?.addStatements(statement);
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    expect(warningsOf(configuration)).toEqual([]);
    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Configuration] 'auditRole' must trust iot.amazonaws.com, got Stack/Role, which does not; "
      + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
    ));
  });

  test.each([
    [['sts:assumerole', 'sts:TagSession']],
    [['sts:Assume*']],
    [['sts:*']],
    [['*']],
    [[Token.asString({ Ref: 'Action' })]],
  ])('takes one whose trust is %s', (actions) => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    auditRole.assumeRolePolicy?.addStatements(new PolicyStatement({
      actions, principals: [new ServicePrincipal(IOT)],
    }));
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
  });

  test('fails at synth when its trust has been taken away through the L1', () => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(IOT) });
    (auditRole.node.defaultChild as CfnRole).assumeRolePolicyDocument = new PolicyDocument();
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Configuration] 'auditRole' must trust iot.amazonaws.com, got Stack/Role, which does not; "
      + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
    ));
  });

  test('looks into the trust of one whose permissions are left alone', () => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal(IOT) }).withoutPolicyUpdates();
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { auditRole });

    expect(warningsOf(configuration)).toEqual([
      "'auditRole' lets iot.amazonaws.com assume Stack/Role on behalf of any account; "
      + 'add conditions on aws:SourceAccount and aws:SourceArn to its trust policy '
      + '[ack: cdk-iot-fleet-audit:roleWithoutSourceConditions]',
    ]);
  });

  test('fails at synth when AWS IoT cannot assume one whose permissions are left alone', () => {
    const auditRole = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new AccountAuditConfiguration(stack, 'Configuration', { auditRole: auditRole.withoutPolicyUpdates() });

    expect(() => app.synth()).toThrow(new Error(
      'Validation failed with the following errors:\n'
      + "  [Stack/Configuration] 'auditRole' must trust iot.amazonaws.com, got Stack/Role, which does not; "
      + "create it with assumedBy: new iam.ServicePrincipal('iot.amazonaws.com')",
    ));
  });
});
