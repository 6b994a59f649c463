import { Annotations, Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';

/**
 * Regions with endpoints in November 2026. The lists are used for warnings only, since AWS may add a region any day.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/iot_device_defender.html
 */
const DEVICE_DEFENDER_REGIONS = [
  'ap-east-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-5',
  'ca-central-1', 'cn-north-1', 'cn-northwest-1', 'eu-central-1', 'eu-north-1', 'eu-south-2', 'eu-west-1', 'eu-west-2',
  'eu-west-3', 'me-central-1', 'me-south-1', 'us-east-1', 'us-east-2', 'us-gov-east-1', 'us-gov-west-1', 'us-west-1',
  'us-west-2',
];

/** @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html */
const IOT_CORE_REGIONS = [...DEVICE_DEFENDER_REGIONS, 'eu-south-1', 'il-central-1', 'sa-east-1'];

/** The stacks that have a warning already. */
const warned = new WeakSet<Stack>();

/** Warns if the stack's region is known to have no Device Defender: once per stack, at its first construct. */
export function warnWithoutDeviceDefender(scope: Construct): void {
  const stack = Stack.of(scope);
  if (isWithout(stack.region, DEVICE_DEFENDER_REGIONS) && !warned.has(stack)) {
    warned.add(stack);
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:regionWithoutDeviceDefender',
      `AWS IoT Device Defender had no endpoint in ${stack.region} in November 2026, and without one the deployment `
      + 'fails; audit in another region, or acknowledge this warning if AWS has added the region');
  }
}

/** Warns if the stack's region is known to have no AWS IoT Core, and so nothing that could log. */
export function warnWithoutIotCore(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (isWithout(region, IOT_CORE_REGIONS)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:regionWithoutIotCore',
      `AWS IoT Core had no endpoint in ${region} in November 2026, so nothing logs there and the deployment fails; `
      + 'leave the logging out, or acknowledge this warning if AWS has added the region');
  }
}

/** False for a region that the CDK does not know. Asking the CDK takes a while, so it comes last. */
function isWithout(region: string, regions: readonly string[]): boolean {
  return !regions.includes(region) && RegionInfo.regions.some(({ name }) => name === region);
}
