import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { AuditCheck, DeploymentAudit, FleetAudit } from '../src';
import { ENV, onlyResource } from './support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';

describe('FleetAudit at deployment', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('starts an audit of every enabled check, once the configuration is there', () => {
    const { onDemandAudit, configuration } = new FleetAudit(
      stack, 'FleetAudit', { checks: [AuditCheck.LOGGING_DISABLED] },
    );
    const configurationId = stack.getLogicalId(configuration.node.defaultChild as CfnAccountAuditConfiguration);

    const { Properties, DependsOn } = onlyResource(stack, AUDIT);
    expect(Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': ['CdkIotFleetAuditCustomResourcesFunction4012EAE7', 'Arn'] },
      ServiceTimeout: '1500',
      Checks: [{ Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' }],
      Mode: 'START',
      Configuration: { Ref: configurationId },
    });
    expect(DependsOn).not.toContain(configurationId);
    expect(onDemandAudit?.node.path).toBe('Stack/FleetAudit/OnDemandAudit');
    expect(onDemandAudit?.checks).toEqual([AuditCheck.LOGGING_DISABLED]);
  });

  test('waits for it when asked to', () => {
    const { onDemandAudit } = new FleetAudit(stack, 'FleetAudit', {
      deploymentAudit: DeploymentAudit.waitForCompletion({ timeout: Duration.minutes(45), trigger: 'release 7' }),
    });

    const { Mode, TimeoutSeconds, FailOnTimeout, Trigger } = onlyResource(stack, AUDIT).Properties;
    expect({ Mode, TimeoutSeconds, FailOnTimeout, Trigger })
      .toEqual({ Mode: 'WAIT', TimeoutSeconds: '2700', FailOnTimeout: 'true', Trigger: 'release 7' });
    expect(onDemandAudit).toBeDefined();
  });

  test('has exactly these resources without an audit', () => {
    const fleetAudit = new FleetAudit(stack, 'FleetAudit', { deploymentAudit: DeploymentAudit.none() });

    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    expect(Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))).toEqual({
      FleetAuditNotificationTopicKey8DC13B73: 'AWS::KMS::Key',
      FleetAuditNotificationTopicBA3EB8B8: 'AWS::SNS::Topic',
      FleetAuditNotificationTopicPolicy8650E61A: 'AWS::SNS::TopicPolicy',
      FleetAuditConfigurationAuditRoleCC526B43: 'AWS::IAM::Role',
      FleetAuditConfigurationNotificationRole79869758: 'AWS::IAM::Role',
      FleetAuditConfiguration6B655EB6: 'AWS::IoT::AccountAuditConfiguration',
      FleetAuditDailyAudit0459CE8A: 'AWS::IoT::ScheduledAudit',
    });
    expect(fleetAudit.onDemandAudit).toBeUndefined();
  });
});
