import { Annotations, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * Regions known at November 2026 to have no endpoint of Device Defender. Only a warning rests on this list, since AWS may
 * add one any day.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_defender.html
 */
const REGIONS_WITHOUT_DEVICE_DEFENDER = ['af-south-1', 'ap-northeast-3', 'eu-central-2', 'eu-south-1', 'sa-east-1'];

/** Warns where the stack's region, if it is known, is one without Device Defender. */
export function warnWithoutDeviceDefender(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (REGIONS_WITHOUT_DEVICE_DEFENDER.includes(region)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:regionWithoutDeviceDefender',
      `AWS IoT Device Defender had no endpoint in ${region} in November 2026, and without one the deployment fails; `
      + 'audit in another region, or acknowledge this warning if AWS has added the region');
  }
}
