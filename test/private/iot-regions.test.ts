import { App, Stack } from 'aws-cdk-lib';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct, IConstruct } from 'constructs';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, ExistingConfiguration, ExistingLogging, FleetAudit, Logging,
  Mitigation, MitigationAction,
  OnDemandAudit, ScheduledAudit,
} from '../../src';
import { ACCOUNT, onlyResource, warningsOf } from '../support/templates';

/** In AWS's table of Device Defender's endpoints. */
const WITH_DEVICE_DEFENDER = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ap-east-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2',
  'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-5', 'ca-central-1', 'eu-central-1', 'eu-west-1', 'eu-west-2',
  'eu-west-3', 'eu-south-2', 'eu-north-1',
  'me-south-1', 'me-central-1', 'us-gov-east-1', 'us-gov-west-1', 'cn-north-1', 'cn-northwest-1',
];
const WITH_IOT_CORE_ALONE = ['eu-south-1', 'il-central-1', 'sa-east-1'];
const WITHOUT_DEVICE_DEFENDER = [
  'af-south-1', 'ap-east-2', 'ap-northeast-3', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-6',
  'ap-southeast-7', 'ca-west-1',
  'eu-central-2', 'mx-central-1', ...WITH_IOT_CORE_ALONE,
];

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region } });
}

/** The warnings about regions in a stack, with the paths of the constructs that have them. */
function warningsIn(stack: Stack): [path: string, warning: string][] {
  return stack.node.findAll().flatMap(
    (node: IConstruct) => warningsOf(node).map((warning): [string, string] => [node.node.path, warning]),
  )
    .filter(([, warning]) => warning.includes('cdk-iot-fleet-audit:region'));
}

function noDeviceDefender(region: string): string {
  return `AWS IoT Device Defender had no endpoint in ${region} in November 2026, and without one the deployment fails; `
    + 'audit in another region, or acknowledge this warning if AWS has added the region [ack: '
    + 'cdk-iot-fleet-audit:regionWithoutDeviceDefender]';
}

describe('a region without Device Defender', () => {
  test.each(WITHOUT_DEVICE_DEFENDER)('is warned of: %s', (region) => {
    const stack = stackIn(region);
    new AccountAuditConfiguration(stack, 'Configuration');

    expect(warningsIn(stack)).toEqual([['Stack/Configuration', noDeviceDefender(region)]]);
    expect(onlyResource(stack, 'AWS::IoT::AccountAuditConfiguration').DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('is each that CDK knows and AWS does not list, also of partitions of their own', () => {
    const warned = RegionInfo.regions.map(({ name }) => name).filter((region) => {
      const stack = stackIn(region);
      new AccountAuditConfiguration(stack, 'Configuration');
      return warningsIn(stack).length > 0;
    });

    expect(warned).toEqual(expect.arrayContaining([...WITHOUT_DEVICE_DEFENDER, 'us-iso-east-1']));
    expect(warned.filter((region) => WITH_DEVICE_DEFENDER.includes(region))).toEqual([]);
    expect(warned.length + WITH_DEVICE_DEFENDER.length).toBe(RegionInfo.regions.length);
  });

  test.each([...WITH_DEVICE_DEFENDER, 'us-east-99', undefined])('is not %s', (region) => {
    const stack = stackIn(region);
    new FleetAudit(stack, 'FleetAudit');

    expect(warningsIn(stack)).toEqual([]);
  });

  test.each<[string, (stack: Stack) => Construct]>([
    [
      'a configuration that adopts',
      (stack) => new AccountAuditConfiguration(stack, 'It', { existing: ExistingConfiguration.adopt() }),
    ],
    ['a scheduled audit', (stack) => new ScheduledAudit(stack, 'It', {
      configuration: new CfnAccountAuditConfiguration(stack, 'Raw', {
        accountId: ACCOUNT, roleArn: 'arn', auditCheckConfigurations: { loggingDisabledCheck: { enabled: true } },
      }),
      schedule: AuditSchedule.daily(),
      checks: [AuditCheck.LOGGING_DISABLED],
    })],
    ['an audit at deployment', (stack) => new OnDemandAudit(stack, 'It', {
      configuration: AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Import'),
    })],
    [
      'a mitigation action',
      (stack) => new MitigationAction(stack, 'It', { mitigation: Mitigation.updateDeviceCertificate() }),
    ],
  ])('is warned of by %s alone', (_, make) => {
    const stack = stackIn('ca-west-1');
    make(stack);

    expect(warningsIn(stack)).toEqual([['Stack/It', noDeviceDefender('ca-west-1')]]);
  });

  test('is warned of once for each stack, whatever it has', () => {
    const stack = stackIn('ca-west-1');
    const other = new Stack(stack.node.root as App, 'Other', { env: { account: '222222222222', region: 'ca-west-1' } });
    [stack, other].forEach(
      (each) => new FleetAudit(each, 'FleetAudit').addMitigationAction('Action', {
        mitigation: Mitigation.updateDeviceCertificate(),
      }),
    );

    expect([...warningsIn(stack), ...warningsIn(other)].map(([path]) => path))
      .toEqual(['Stack/FleetAudit/Configuration', 'Other/FleetAudit/Configuration']);
  });
});

describe('a region without AWS IoT Core', () => {
  test.each([
    ExistingLogging.refuse(), ExistingLogging.keep(), ExistingLogging.adopt(),
  ])('is warned of by logging (%#)', (existing) => {
    const stack = stackIn('ca-west-1');
    new Logging(stack, 'Logging', { existing });

    expect(warningsIn(stack)).toEqual([['Stack/Logging',
      'AWS IoT Core had no endpoint in ca-west-1 in November 2026, so nothing logs there and the deployment fails; '
      + 'leave the logging out, or acknowledge this warning if AWS has added the region [ack: '
      + 'cdk-iot-fleet-audit:regionWithoutIotCore]']]);
  });

  test.each([...WITH_DEVICE_DEFENDER, ...WITH_IOT_CORE_ALONE, 'us-east-99', undefined])('is not %s', (region) => {
    const stack = stackIn(region);
    new Logging(stack, 'Logging');

    expect(warningsIn(stack)).toEqual([]);
  });
});
