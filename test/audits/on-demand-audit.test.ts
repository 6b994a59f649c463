import { App, CfnOutput, CfnParameter, Duration, NestedStack, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountAuditConfiguration, AuditCheck, DeploymentAudit, DeploymentAuditRun, OnDemandAudit } from '../../src';
import { ENV, onlyResource } from '../support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';
const CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED];

const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const INVOKE_CONFIG = 'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB';
const START_POLICY = 'CdkIotFleetAuditCustomResourcesPoliciesStartAuditAE8E7A4F';
const WAIT_POLICY = 'CdkIotFleetAuditCustomResourcesPoliciesWaitForAudit292409C2';

describe('OnDemandAudit', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  /** An audit of an imported configuration, which adds no resource. */
  function audit(deploymentAudit?: DeploymentAuditRun, scope = stack, id = 'Audit'): OnDemandAudit {
    const configuration = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(
      scope, `${id}Configuration`, { enabledChecks: CHECKS },
    );
    return new OnDemandAudit(scope, id, { configuration, deploymentAudit });
  }

  function typesById(scope = stack): Record<string, string> {
    const resources: Record<string, { Type: string }> = Template.fromStack(scope).toJSON().Resources;
    return Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]));
  }

  // Another logical id is another resource: the audit would run again, and the log would be lost.
  test('has exactly these resources, under these logical ids', () => {
    audit();

    expect(typesById()).toEqual({
      Audit3D8ADE0A: AUDIT,
      CdkIotFleetAuditCustomResourcesFunction4012EAE7: 'AWS::Lambda::Function',
      CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB: 'AWS::Lambda::EventInvokeConfig',
      CdkIotFleetAuditCustomResourcesLogsAB20C9D6: 'AWS::Logs::LogGroup',
      [START_POLICY]: 'AWS::IAM::Policy',
      CdkIotFleetAuditCustomResourcesRole53B7B95A: 'AWS::IAM::Role',
    });
  });

  test('has other permissions, and no more resources, when the deployment waits', () => {
    audit(DeploymentAudit.waitForCompletion());

    expect(typesById()).toHaveProperty(WAIT_POLICY, 'AWS::IAM::Policy');
    expect(Object.keys(typesById())).toHaveLength(6);
  });

  test('is started and not waited for by default, on update and delete as well', () => {
    audit();

    expect(onlyResource(stack, AUDIT)).toEqual({
      Type: AUDIT,
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
        ServiceTimeout: '1500',
        Checks: [
          { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
          { Name: 'DEVICE_CERTIFICATE_SHARED_CHECK', Severity: 'CRITICAL' },
        ],
        Mode: 'START',
      },
      DependsOn: [INVOKE_CONFIG, START_POLICY],
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
    });
  });

  test('is waited for by a function that may go on beyond its own time', () => {
    audit(DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(20), failOnTimeout: false }));

    const { Properties, DependsOn } = onlyResource(stack, AUDIT);
    expect(Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
      ServiceTimeout: '2700',
      Checks: [
        { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
        { Name: 'DEVICE_CERTIFICATE_SHARED_CHECK', Severity: 'CRITICAL' },
      ],
      Mode: 'WAIT',
      TimeoutSeconds: '1200',
      FailOnTimeout: 'false',
    });
    expect(DependsOn).toEqual([INVOKE_CONFIG, WAIT_POLICY]);
  });

  test.each([
    ['start', DeploymentAudit.start(), '1500'],
    ['wait a minute', DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(1) }), '1560'],
    ['wait 34 minutes', DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(34) }), '3540'],
    ['wait 35 minutes', DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(35) }), '3600'],
    ['wait 55 minutes', DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(55) }), '3600'],
  ])('is given up by CloudFormation when there has long been no answer: %s', (_, deploymentAudit, ServiceTimeout) => {
    audit(deploymentAudit);

    expect(onlyResource(stack, AUDIT).Properties.ServiceTimeout).toBe(ServiceTimeout);
  });

  test('does not compile without an audit, and fails where nothing is compiled', () => {
    // @ts-expect-error -- none() is for FleetAudit only
    expect(() => audit(DeploymentAudit.none())).toThrow(new Error(
      "Stack/Audit: 'deploymentAudit' must start an audit, got DeploymentAudit.none(); "
        + 'leave out the OnDemandAudit instead',
    ));
  });

  describe('the trigger', () => {
    test.each([
      ['start', DeploymentAudit.start],
      ['wait', DeploymentAudit.waitForCompletion],
    ])('is what the user gives to %s', (_, run) => {
      audit(run({ trigger: 'commit 4f2a' }));

      expect(onlyResource(stack, AUDIT).Properties.Trigger).toBe('commit 4f2a');
    });

    test.each([
      ['start', DeploymentAudit.start],
      ['wait', DeploymentAudit.waitForCompletion],
    ])('is absent from %s by default, so that nothing hidden runs another audit', (_, run) => {
      audit(run());

      expect(onlyResource(stack, AUDIT).Properties).not.toHaveProperty('Trigger');
    });

    test('passes as a token', () => {
      audit(DeploymentAudit.start({ trigger: new CfnParameter(stack, 'Commit').valueAsString }));

      expect(onlyResource(stack, AUDIT).Properties.Trigger).toEqual({ Ref: 'Commit' });
    });
  });

  test('tells what it found in attributes', () => {
    const {
      auditTaskId, auditTaskStatus, totalChecksCount, compliantChecksCount, nonCompliantChecksCount, failedChecksCount,
      nonCompliance,
      checksNotAudited,
    } = audit();
    const attribute = (name: string) => ({ 'Fn::GetAtt': ['Audit3D8ADE0A', name] });

    expect(stack.resolve({
      auditTaskId, auditTaskStatus, totalChecksCount, compliantChecksCount, nonCompliantChecksCount, failedChecksCount,
      nonCompliance,
      checksNotAudited,
    })).toEqual({
      auditTaskId: attribute('TaskId'),
      auditTaskStatus: attribute('TaskStatus'),
      totalChecksCount: attribute('TotalChecksCount'),
      compliantChecksCount: attribute('CompliantChecksCount'),
      nonCompliantChecksCount: attribute('NonCompliantChecksCount'),
      failedChecksCount: attribute('FailedChecksCount'),
      nonCompliance: attribute('NonCompliance'),
      checksNotAudited: attribute('ChecksNotAudited'),
    });
  });

  test('tells counts as numbers, which also serve where a string is needed', () => {
    const { nonCompliantChecksCount } = audit();
    new CfnOutput(stack, 'Count', { value: Token.asString(nonCompliantChecksCount) });
    new CfnOutput(stack, 'Text', { value: `${nonCompliantChecksCount} non-compliant` });

    expect(Token.isUnresolved(nonCompliantChecksCount)).toBe(true);
    expect(typeof nonCompliantChecksCount).toBe('number');
    expect(stack.resolve(nonCompliantChecksCount))
      .toEqual({ 'Fn::GetAtt': ['Audit3D8ADE0A', 'NonCompliantChecksCount'] });
    Template.fromStack(stack).hasOutput(
      'Count', { Value: { 'Fn::GetAtt': ['Audit3D8ADE0A', 'NonCompliantChecksCount'] } },
    );
  });

  test('has the custom resource as its default child', () => {
    const { defaultChild } = audit().node;

    expect(stack.resolve((defaultChild as { ref?: string } | undefined)?.ref)).toEqual({ Ref: 'Audit3D8ADE0A' });
  });

  describe('beside others', () => {
    test('shares the function of its stack', () => {
      audit(DeploymentAudit.start(), stack, 'First');
      audit(DeploymentAudit.waitForCompletion(), stack, 'Second');
      audit(DeploymentAudit.waitForCompletion(), stack, 'Third');

      expect(Object.values(typesById()).sort()).toEqual([
        'AWS::IAM::Policy', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::Lambda::EventInvokeConfig',
        'AWS::Lambda::Function',
        'AWS::Logs::LogGroup', AUDIT, AUDIT, AUDIT,
      ]);
      const tokens = Object.values(Template.fromStack(stack).findResources(AUDIT))
        .map(({ Properties }) => Properties.ServiceToken);
      expect(tokens).toEqual(Array(3).fill({ 'Fn::GetAtt': [FUNCTION, 'Arn'] }));
    });

    test('has the function of its own stack', () => {
      const other = new Stack(app, 'Other', { env: ENV });
      audit();
      audit(undefined, other);

      Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
      Template.fromStack(other).resourceCountIs('AWS::Lambda::Function', 1);
      expect(onlyResource(other, AUDIT).Properties.ServiceToken).toEqual({ 'Fn::GetAtt': [FUNCTION, 'Arn'] });
    });

    test('has the function of its own nested stack, whose status tells whether it rolls back', () => {
      const nested = new NestedStack(stack, 'Nested');
      audit();
      audit(undefined, nested);

      Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
      expect(onlyResource(nested, AUDIT).Properties.ServiceToken).toEqual({ 'Fn::GetAtt': [FUNCTION, 'Arn'] });
      expect(onlyResource(nested, 'AWS::IAM::Role').Properties.Policies[0].PolicyDocument.Statement)
        .toContainEqual({
          Action: ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], Effect: 'Allow',
          Resource: { Ref: 'AWS::StackId' },
        });
    });
  });
});
