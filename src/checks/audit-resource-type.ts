/**
 * The kind of resource that a check reports as non-compliant.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_NonCompliantResource.html
 */
export enum AuditResourceType {
  /** An X.509 certificate of a device. */
  DEVICE_CERTIFICATE = 'DEVICE_CERTIFICATE',

  /** A certificate authority's certificate registered with AWS IoT. */
  CA_CERTIFICATE = 'CA_CERTIFICATE',

  /** A version of an AWS IoT policy. */
  IOT_POLICY = 'IOT_POLICY',

  /** An Amazon Cognito identity pool used to connect to AWS IoT. */
  COGNITO_IDENTITY_POOL = 'COGNITO_IDENTITY_POOL',

  /** An MQTT client id. */
  CLIENT_ID = 'CLIENT_ID',

  /** A setting of the account. */
  ACCOUNT_SETTINGS = 'ACCOUNT_SETTINGS',

  /** An AWS IoT role alias. */
  ROLE_ALIAS = 'ROLE_ALIAS',

  /** An IAM role. */
  IAM_ROLE = 'IAM_ROLE',

  /** The certificate of an intermediate certificate authority. */
  ISSUER_CERTIFICATE = 'ISSUER_CERTIFICATE',
}
