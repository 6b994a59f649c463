/**
 * What a mitigation action does to the resources that an audit found.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/dd-mitigation-actions.html
 */
export enum MitigationActionType {
  /** Deactivates the device certificate. Devices that use it are disconnected. */
  UPDATE_DEVICE_CERTIFICATE = 'UPDATE_DEVICE_CERTIFICATE',

  /** Deactivates the CA certificate. */
  UPDATE_CA_CERTIFICATE = 'UPDATE_CA_CERTIFICATE',

  /** Adds the things of the certificate to thing groups, for example a quarantine. */
  ADD_THINGS_TO_THING_GROUP = 'ADD_THINGS_TO_THING_GROUP',

  /** Gives the policy a new default version that permits nothing. */
  REPLACE_DEFAULT_POLICY_VERSION = 'REPLACE_DEFAULT_POLICY_VERSION',

  /** Turns on AWS IoT logging for the account. */
  ENABLE_IOT_LOGGING = 'ENABLE_IOT_LOGGING',

  /** Publishes each finding to an SNS topic. */
  PUBLISH_FINDING_TO_SNS = 'PUBLISH_FINDING_TO_SNS',
}
