/*
 * The checks of AWS IoT Device Defender Audit as plain data, from which everything else about checks derives.
 *
 * Constructs and the function's code both read it, so it imports nothing.
 */

/**
 * The severity that Device Defender assigns to what a check finds.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_AuditFinding.html
 */
export enum AuditSeverity {
  /** Fix it when convenient. */
  LOW = 'LOW',

  /** Fix it soon. */
  MEDIUM = 'MEDIUM',

  /** Needs attention. */
  HIGH = 'HIGH',

  /** Needs attention at once: devices or the account are exposed. */
  CRITICAL = 'CRITICAL',
}

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

/**
 * The kinds of mitigation actions, which differ in their effect on what an audit found.
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

/** All severities, from the least to the most serious. */
export const SEVERITIES: readonly string[] = [
  AuditSeverity.LOW, AuditSeverity.MEDIUM, AuditSeverity.HIGH, AuditSeverity.CRITICAL,
];

/** A partition or a region that lacks some checks. */
export interface Place {
  /** Part of the id of a condition in templates, which must not change. */
  readonly name: string;

  /** The names of its regions. */
  readonly regions: RegExp;

  /** Its name, if it is a partition. */
  readonly partition?: string;

  /** Its name, if it is one region. */
  readonly region?: string;
}

/** The number of days that a check compares certificates with. */
export interface ThresholdRow {
  /** The key of the check's `Configuration` in CloudFormation. */
  readonly propertyName: string;

  /** The key of the check's configuration in the API. */
  readonly apiName: string;

  /** The number of days that AWS takes if none is configured. */
  readonly defaultDays: number;

  /** The least number of days that AWS documents. */
  readonly minimumDays: number;

  /** The largest number of days that AWS documents. */
  readonly maximumDays: number;

  /** The largest number of days that the service is known to accept. */
  readonly confirmedMaximumDays: number;

  /** True if the service has refused more days than confirmed, whatever is documented. */
  readonly isRefusedAboveConfirmed: boolean;
}

/** A check in the spelling of the API, as a custom resource passes it on. */
export interface ApiCheck {
  readonly Name: string;

  /** Absent for a check without a threshold. */
  readonly Configuration?: Record<string, string>;
}

/** A check as AWS documents it. */
export interface CheckRow {
  /** The check's name in the API. */
  readonly checkName: string;

  /** The check's property of `AuditCheckConfigurations` in CloudFormation. */
  readonly propertyName: string;

  readonly severity: AuditSeverity;
  readonly resourceType: AuditResourceType;

  /** The mitigation actions that AWS allows for the check's findings. */
  readonly mitigationActionTypes: readonly MitigationActionType[];

  /** The places without the check; absent for a check that exists everywhere. */
  readonly absentFrom?: readonly Place[];

  /** Absent for a check that compares nothing with a number of days. */
  readonly threshold?: ThresholdRow;

  /** The number of days that an audit on demand looks back; absent for a check of the present state. */
  readonly spanDays?: number;

  /** The name of the check's page in the developer guide. */
  readonly page: string;
}

/** A check that compares certificates with a number of days. */
export interface ThresholdCheckRow extends CheckRow {
  readonly threshold: ThresholdRow;
}

/**
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-IotDevDefender.html
 * @see https://docs.amazonaws.cn/aws/latest/userguide/iot.md
 */
const GOVCLOUD: Place = { name: 'GovCloud', regions: /^us-gov-/, partition: 'aws-us-gov' };
const CHINA: Place = { name: 'China', regions: /^cn-/, partition: 'aws-cn' };
const NINGXIA: Place = { name: 'Ningxia', regions: /^cn-northwest-1$/, region: 'cn-northwest-1' };

/** Mitigation actions for the findings of a check. Every check allows publishing them. */
export const PUBLISHING_ONLY = [MitigationActionType.PUBLISH_FINDING_TO_SNS];
const FOR_DEVICE_CERTIFICATES = [
  MitigationActionType.PUBLISH_FINDING_TO_SNS,
  MitigationActionType.UPDATE_DEVICE_CERTIFICATE,
  MitigationActionType.ADD_THINGS_TO_THING_GROUP,
];
const FOR_CA_CERTIFICATES = [MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.UPDATE_CA_CERTIFICATE];
const FOR_POLICIES = [
  MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION,
];
const FOR_LOGGING = [MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.ENABLE_IOT_LOGGING];

/**
 * The documented range, and the most that the service is known to accept: it has refused a greater age.
 *
 * @see https://github.com/aws/aws-cdk/pull/35365
 */
const CERTIFICATE_DAYS = { minimumDays: 30, maximumDays: 3652, confirmedMaximumDays: 3650 };

/** Checks that compare certificates with a number of days. */
export const THRESHOLD_CHECKS = {
  DEVICE_CERTIFICATE_AGE: {
    checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
    propertyName: 'DeviceCertificateAgeCheck',
    severity: AuditSeverity.LOW,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    // AWS lists no action for this check, and one of its samples says that the other certificate actions are refused.
    mitigationActionTypes: PUBLISHING_ONLY,
    threshold: {
      propertyName: 'CertAgeThresholdInDays',
      apiName: 'CERT_AGE_THRESHOLD_IN_DAYS',
      defaultDays: 365,
      isRefusedAboveConfirmed: true,
      ...CERTIFICATE_DAYS,
    },
    page: 'device-certificate-age-check',
  },
  DEVICE_CERTIFICATE_EXPIRING: {
    checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'DeviceCertificateExpiringCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: FOR_DEVICE_CERTIFICATES,
    threshold: {
      propertyName: 'CertExpirationThresholdInDays',
      apiName: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS',
      defaultDays: 30,
      isRefusedAboveConfirmed: false,
      ...CERTIFICATE_DAYS,
    },
    page: 'audit-chk-device-cert-approaching-expiration',
  },
} satisfies Record<string, ThresholdCheckRow>;

/** Checks that look at a span of time. A scheduled audit looks at the time since its previous run. */
export const SPAN_CHECKS = {
  CONFLICTING_CLIENT_IDS: {
    checkName: 'CONFLICTING_CLIENT_IDS_CHECK',
    propertyName: 'ConflictingClientIdsCheck',
    severity: AuditSeverity.HIGH,
    resourceType: AuditResourceType.CLIENT_ID,
    mitigationActionTypes: PUBLISHING_ONLY,
    spanDays: 31,
    page: 'audit-chk-conflicting-client-ids',
  },
  DEVICE_CERTIFICATE_SHARED: {
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    propertyName: 'DeviceCertificateSharedCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: FOR_DEVICE_CERTIFICATES,
    spanDays: 31,
    page: 'audit-chk-device-cert-shared',
  },
} satisfies Record<string, CheckRow & { spanDays: number }>;

/** Checks that look at the present state. */
const STATE_CHECKS = {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: {
    checkName: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'AuthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.COGNITO_IDENTITY_POOL,
    mitigationActionTypes: PUBLISHING_ONLY,
    absentFrom: [GOVCLOUD, NINGXIA],
    page: 'audit-chk-auth-cognito-role-permissive',
  },
  CA_CERTIFICATE_EXPIRING: {
    checkName: 'CA_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'CaCertificateExpiringCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: FOR_CA_CERTIFICATES,
    page: 'audit-chk-ca-cert-approaching-expiration',
  },
  CA_CERTIFICATE_KEY_QUALITY: {
    checkName: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'CaCertificateKeyQualityCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: FOR_CA_CERTIFICATES,
    absentFrom: [GOVCLOUD],
    page: 'audit-chk-ca-cert-key-quality',
  },
  DEVICE_CERTIFICATE_KEY_QUALITY: {
    checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'DeviceCertificateKeyQualityCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: FOR_DEVICE_CERTIFICATES,
    absentFrom: [GOVCLOUD],
    page: 'audit-chk-device-cert-key-quality',
  },
  INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES: {
    checkName: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    propertyName: 'IntermediateCaRevokedForActiveDeviceCertificatesCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.ISSUER_CERTIFICATE,
    mitigationActionTypes: FOR_DEVICE_CERTIFICATES,
    page: 'audit-chk-active-intermediary-device-revoked-CA',
  },
  IOT_POLICY_OVERLY_PERMISSIVE: {
    checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotPolicyOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.IOT_POLICY,
    mitigationActionTypes: FOR_POLICIES,
    page: 'audit-chk-iot-policy-permissive',
  },
  IOT_POLICY_POTENTIAL_MISCONFIGURATION: {
    checkName: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    propertyName: 'IoTPolicyPotentialMisConfigurationCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.IOT_POLICY,
    mitigationActionTypes: FOR_POLICIES,
    page: 'audit-chk-iot-misconfigured-policies',
  },
  IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES: {
    checkName: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
    propertyName: 'IotRoleAliasAllowsAccessToUnusedServicesCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.ROLE_ALIAS,
    mitigationActionTypes: PUBLISHING_ONLY,
    absentFrom: [GOVCLOUD, CHINA],
    page: 'audit-chk-role-alias-unused-svcs',
  },
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE: {
    checkName: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotRoleAliasOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.ROLE_ALIAS,
    mitigationActionTypes: PUBLISHING_ONLY,
    absentFrom: [GOVCLOUD, CHINA],
    page: 'audit-chk-iot-role-alias-permissive',
  },
  LOGGING_DISABLED: {
    checkName: 'LOGGING_DISABLED_CHECK',
    propertyName: 'LoggingDisabledCheck',
    severity: AuditSeverity.LOW,
    resourceType: AuditResourceType.ACCOUNT_SETTINGS,
    mitigationActionTypes: FOR_LOGGING,
    page: 'audit-chk-logging-disabled',
  },
  REVOKED_CA_CERTIFICATE_STILL_ACTIVE: {
    checkName: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedCaCertificateStillActiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: FOR_CA_CERTIFICATES,
    page: 'audit-chk-revoked-ca-cert',
  },
  REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE: {
    checkName: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedDeviceCertificateStillActiveCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: FOR_DEVICE_CERTIFICATES,
    page: 'audit-chk-revoked-device-cert',
  },
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE: {
    checkName: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'UnauthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.COGNITO_IDENTITY_POOL,
    mitigationActionTypes: PUBLISHING_ONLY,
    absentFrom: [GOVCLOUD, NINGXIA],
    page: 'audit-chk-unauth-cognito-role-permissive',
  },
} satisfies Record<string, CheckRow>;

/**
 * All checks, by the name of their constant in `AuditCheck`.
 *
 * The annotation lets the function's bundle leave out the rows that the function does not use.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export const CHECK_TABLE = /* @__PURE__ */ Object.assign({}, STATE_CHECKS, SPAN_CHECKS, THRESHOLD_CHECKS);

const GUIDE = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide';

/** The page on which AWS documents a check, or that of all checks for a check that the table does not have. */
export function pageOf(check: { readonly checkName: string } | undefined): string {
  return `${GUIDE}/${rowOf(check?.checkName)?.page ?? 'device-defender-audit-checks'}.html`;
}

/** The severity that AWS assigns to what a check finds; undefined for a check that the table does not have. */
export function severityOf(checkName: string): AuditSeverity | undefined {
  return rowOf(checkName)?.severity;
}

/** True if audits in a region do not have a check. */
export function isAbsentFrom({ absentFrom = [] }: Pick<CheckRow, 'absentFrom'>, region: string): boolean {
  return absentFrom.some((place) => place.regions.test(region));
}

function rowOf(name: string | undefined): CheckRow | undefined {
  const rows: CheckRow[] = Object.values(CHECK_TABLE);
  return rows.find(({ checkName }) => checkName === name);
}
