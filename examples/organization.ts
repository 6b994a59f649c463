/**
 * What the app that rolls out to an organization and the one that views it must agree on. Replace all of it.
 */

/** The organization, whose accounts may read the code of the function, and write to the bus and the evidence. */
export const ORGANIZATION_ID = 'o-abcdef1234';

/** The account that manages StackSets: the management account, or one to which it has delegated that. */
export const DEPLOYMENT_ACCOUNT = '111122223333';

/** The account of the security team. It should also administer AWS Config for the organization. */
export const SECURITY_ACCOUNT = '444455556666';

/** The regions that have fleets. The first one is the home of what there is once. */
export const REGIONS = ['eu-west-1', 'us-east-1'];

/** The event bus in the security account, with the same name in each region. */
export const EVENT_BUS_NAME = 'iot-fleet-audits';

/** The bucket for evidence in the security account: one for each region, where the functions are. */
export function evidenceBucketName(region: string): string {
  return `iot-fleet-audit-evidence-${SECURITY_ACCOUNT}-${region}`;
}

/** The bucket with the code of the function: one for each region, since Lambda reads in its own region only. */
export function codeBucketName(region: string): string {
  return `iot-fleet-audit-code-${DEPLOYMENT_ACCOUNT}-${region}`;
}
