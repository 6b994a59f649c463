import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, CheckRemoval, DeploymentAudit, ExistingConfiguration,
  FleetAudit, ScheduledAudit,
} from '../../src';
import { ENV, arn, policiesOf } from '../support/templates';

const RELEASE = 'Custom::IotAuditCheckRelease';
const NATIVE = 'AWS::IoT::AccountAuditConfiguration';
const CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_EXPIRING];
const SCHEDULED_AUDITS = arn('iot:us-east-1:111111111111:scheduledaudit/*');

let stack: Stack;

beforeEach(() => {
  stack = new Stack(new App(), 'Stack', { env: ENV });
});

describe('a configuration whose checks are removed in one deployment', () => {
  function configure(checkRemoval?: CheckRemoval) {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: CHECKS, checkRemoval });
    const schedule = new ScheduledAudit(stack, 'Audit', { configuration, schedule: AuditSchedule.daily() });
    return { configuration, schedule };
  }

  test('has a custom resource before it, and one between it and its schedules', () => {
    configure(CheckRemoval.IN_ONE_DEPLOYMENT);

    const template = Template.fromStack(stack);
    const [after, before] = Object.entries(template.findResources(RELEASE)).sort(
      ([one], [other]) => one.localeCompare(other),
    );
    const properties = (position: string) => ({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^CdkIotFleetAuditCustomResourcesFunction/), 'Arn'] },
      ServiceTimeout: '1500',
      Position: position,
      Checks: [
        { Name: 'LOGGING_DISABLED_CHECK' },
        { Name: 'DEVICE_CERTIFICATE_EXPIRING_CHECK', Configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '30' } },
      ],
      Watched: { RoleArn: { 'Fn::GetAtt': ['ConfigurationAuditRoleB389F878', 'Arn'] } },
    });
    expect(before[1].Properties).toEqual(properties('BEFORE'));
    expect(after[1].Properties).toEqual({ ...properties('AFTER'), Configuration: { Ref: 'Configuration6A36F2CE' } });
    template.hasResource(NATIVE, { DependsOn: Match.arrayWith([before[0]]) });
    template.hasResource('AWS::IoT::ScheduledAudit', { DependsOn: Match.arrayWith([after[0]]) });
  });

  test.each([[undefined], [CheckRemoval.IN_TWO_DEPLOYMENTS]])('has none with %s', (checkRemoval) => {
    configure(checkRemoval);

    Template.fromStack(stack).resourceCountIs(RELEASE, 0);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('may change the stack\'s schedules, and nothing else', () => {
    configure(CheckRemoval.IN_ONE_DEPLOYMENT);

    expect(policiesOf(stack)).toEqual({
      ReleaseChecks: [
        {
          Action: [
            'iot:DescribeAccountAuditConfiguration', 'iot:ListScheduledAudits', 'iot:UpdateAccountAuditConfiguration',
          ],
          Effect: 'Allow', Resource: '*',
        },
        {
          Action: ['iot:DescribeScheduledAudit', 'iot:UpdateScheduledAudit'],
          Effect: 'Allow',
          Resource: SCHEDULED_AUDITS,
        },
      ],
    });
  });

  test.each([
    ['in one deployment by default', {}, 2],
    ['in two without a function', { deploymentAudit: DeploymentAudit.none() }, 0],
    ['in two when asked to', { checkRemoval: CheckRemoval.IN_TWO_DEPLOYMENTS }, 0],
    ['without further resources when it adopts', { existing: ExistingConfiguration.adopt() }, 0],
  ])('is that of FleetAudit %s', (_, props, count) => {
    new FleetAudit(stack, 'FleetAudit', props);

    Template.fromStack(stack).resourceCountIs(RELEASE, count);
  });
});
