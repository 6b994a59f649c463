import { App, Stack } from 'aws-cdk-lib';
import { AccountAuditConfiguration } from '../../src';
import { ACCOUNT, onlyResource, warningsOf } from '../support/templates';

describe('AccountAuditConfiguration', () => {
  function stackIn(region?: string): Stack {
    return new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region } });
  }

  test.each(['af-south-1', 'ap-northeast-3', 'eu-central-2', 'eu-south-1', 'sa-east-1'])(
    'warns in %s, where Device Defender is not known to be',
    (region) => {
      const stack = stackIn(region);

      expect(warningsOf(new AccountAuditConfiguration(stack, 'Configuration'))).toEqual([
        `AWS IoT Device Defender had no endpoint in ${region} in November 2026, and without one the deployment fails; `
        + 'audit in another region, or acknowledge this warning if AWS has added the region '
        + '[ack: cdk-iot-fleet-audit:regionWithoutDeviceDefender]',
      ]);
      expect(onlyResource(stack, 'AWS::IoT::AccountAuditConfiguration').DeletionPolicy).toBe('RetainExceptOnCreate');
    },
  );

  test.each(['eu-south-2', 'us-gov-west-1', 'cn-north-1', undefined])('does not warn in %s', (region) => {
    expect(warningsOf(new AccountAuditConfiguration(stackIn(region), 'Configuration'))).toEqual([]);
  });
});
