/**
 * The actions of AWS IoT as the pages of the audit checks divide them.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
 */

/** "Manage or modify things." */
export const THING_MANAGING_ACTIONS: readonly string[] = [
  'AddThingToThingGroup', 'AttachThingPrincipal', 'CreateThing', 'DeleteThing', 'DetachThingPrincipal', 'ListThings',
  'ListThingsInThingGroup', 'RegisterThing', 'RemoveThingFromThingGroup', 'UpdateThing', 'UpdateThingGroupsForThing',
];

/** "Read thing administrative data." */
export const THING_READING_ACTIONS: readonly string[] = [
  'DescribeThing', 'ListJobExecutionsForThing', 'ListThingGroupsForThing', 'ListThingPrincipals',
];

/** "Read or modify shadow or job data." */
export const SHADOW_ACTIONS: readonly string[] = ['DeleteThingShadow', 'GetThingShadow', 'UpdateThingShadow'];
export const JOB_ACTIONS: readonly string[] = [
  'DescribeJobExecution', 'GetPendingJobExecutions', 'StartNextPendingJobExecution', 'UpdateJobExecution',
];

/** The actions that the pages discuss, MQTT among them. */
export const DISCUSSED_ACTIONS: readonly string[] = [
  ...THING_MANAGING_ACTIONS, ...THING_READING_ACTIONS, ...SHADOW_ACTIONS, ...JOB_ACTIONS,
  'Connect', 'Publish', 'Receive', 'Subscribe',
];

/** Actions of devices that are younger than the pages, and not mentioned there. */
export const UNDOCUMENTED_DEVICE_ACTIONS: readonly string[] = [
  'AssumeRoleWithCertificate', 'DeleteConnection', 'GetRetainedMessage', 'ListNamedShadowsForThing',
  'ListRetainedMessages', 'RetainPublish', 'SendDirectMessage',
];
