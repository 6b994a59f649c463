import { Duration } from 'aws-cdk-lib';
import { AuditCheckThreshold } from './audit-check-threshold';
import { AuditResourceType } from './audit-resource-type';
import { AuditSeverity } from './audit-severity';
import { RegionalAvailability } from './regional-availability';
import { MitigationActionType } from '../mitigation/mitigation-action-type';

/**
 * A check that this library does not know yet, as AWS documents it.
 */
export interface CustomAuditCheckProps {
  /**
   * The check's property of `AuditCheckConfigurations` in CloudFormation, for example `LoggingDisabledCheck`.
   *
   * It cannot be derived from the check's name: AWS spells some of them differently. No two checks share one.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-iot-accountauditconfiguration-auditcheckconfigurations.html
   */
  readonly propertyName: string;

  /**
   * How serious AWS rates what the check finds.
   */
  readonly severity: AuditSeverity;

  /**
   * The kind of resource that the check reports.
   */
  readonly resourceType: AuditResourceType;

  /**
   * The mitigation actions that AWS allows for the check's findings.
   *
   * @default - publishing findings to SNS only
   */
  readonly mitigationActionTypes?: MitigationActionType[];
}

interface AuditCheckRow extends CustomAuditCheckProps {
  readonly checkName: string;
  readonly mitigationActionTypes: MitigationActionType[];
  readonly availability: RegionalAvailability;
  readonly threshold?: AuditCheckThreshold;
}

/** Which actions AWS allows for the findings of a check. Every check's findings can be published. */
const MITIGATIONS = {
  NONE: [MitigationActionType.PUBLISH_FINDING_TO_SNS],
  DEVICE_CERTIFICATE: [
    MitigationActionType.PUBLISH_FINDING_TO_SNS,
    MitigationActionType.UPDATE_DEVICE_CERTIFICATE,
    MitigationActionType.ADD_THINGS_TO_THING_GROUP,
  ],
  CA_CERTIFICATE: [MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.UPDATE_CA_CERTIFICATE],
  POLICY: [MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.REPLACE_DEFAULT_POLICY_VERSION],
  LOGGING: [MitigationActionType.PUBLISH_FINDING_TO_SNS, MitigationActionType.ENABLE_IOT_LOGGING],
};

/**
 * A check of AWS IoT Device Defender Audit.
 *
 * This is the table of all checks; everything else derives from it.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export class AuditCheck {
  /**
   * The role of an identity pool's authenticated users is too broad.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-auth-cognito-role-permissive.html
   */
  public static readonly AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE = new AuditCheck({
    checkName: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'AuthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.COGNITO_IDENTITY_POOL,
    mitigationActionTypes: MITIGATIONS.NONE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD_AND_NINGXIA,
  });

  /**
   * A CA certificate expires within 30 days or has expired.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-approaching-expiration.html
   */
  public static readonly CA_CERTIFICATE_EXPIRING = new AuditCheck({
    checkName: 'CA_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'CaCertificateExpiringCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.CA_CERTIFICATE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * A CA certificate's key was made by a flawed generator (CVE-2017-15361, CVE-2008-0166).
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-key-quality.html
   */
  public static readonly CA_CERTIFICATE_KEY_QUALITY = new AuditCheck({
    checkName: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'CaCertificateKeyQualityCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.CA_CERTIFICATE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD,
  });

  /**
   * Several devices connect with one client id and disconnect each other.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-conflicting-client-ids.html
   */
  public static readonly CONFLICTING_CLIENT_IDS = new AuditCheck({
    checkName: 'CONFLICTING_CLIENT_IDS_CHECK',
    propertyName: 'ConflictingClientIdsCheck',
    severity: AuditSeverity.HIGH,
    resourceType: AuditResourceType.CLIENT_ID,
    mitigationActionTypes: MITIGATIONS.NONE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * A device certificate's key was made by a flawed generator (CVE-2017-15361, CVE-2008-0166).
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-key-quality.html
   */
  public static readonly DEVICE_CERTIFICATE_KEY_QUALITY = new AuditCheck({
    checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'DeviceCertificateKeyQualityCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.DEVICE_CERTIFICATE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD,
  });

  /**
   * Several devices are connected with one certificate at the same time.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-shared.html
   */
  public static readonly DEVICE_CERTIFICATE_SHARED = new AuditCheck({
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    propertyName: 'DeviceCertificateSharedCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.DEVICE_CERTIFICATE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * A device certificate is active although an intermediate CA that issued it is revoked.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-active-intermediary-device-revoked-CA.html
   */
  public static readonly INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES = new AuditCheck({
    checkName: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    propertyName: 'IntermediateCaRevokedForActiveDeviceCertificatesCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.ISSUER_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.DEVICE_CERTIFICATE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * An AWS IoT policy gives a device more than its own topics, shadow and jobs.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
   */
  public static readonly IOT_POLICY_OVERLY_PERMISSIVE = new AuditCheck({
    checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotPolicyOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.IOT_POLICY,
    mitigationActionTypes: MITIGATIONS.POLICY,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * An AWS IoT policy may allow what it means to deny. AWS says to expect false positives.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
   */
  public static readonly IOT_POLICY_POTENTIAL_MISCONFIGURATION = new AuditCheck({
    checkName: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    propertyName: 'IoTPolicyPotentialMisConfigurationCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.IOT_POLICY,
    mitigationActionTypes: MITIGATIONS.POLICY,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * The role behind a role alias reaches services that no device used in the past year.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-role-alias-unused-svcs.html
   */
  public static readonly IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES = new AuditCheck({
    checkName: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
    propertyName: 'IotRoleAliasAllowsAccessToUnusedServicesCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.ROLE_ALIAS,
    mitigationActionTypes: MITIGATIONS.NONE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD_AND_CHINA,
  });

  /**
   * The role behind a role alias gives devices broad or administrative access.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html
   */
  public static readonly IOT_ROLE_ALIAS_OVERLY_PERMISSIVE = new AuditCheck({
    checkName: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotRoleAliasOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.ROLE_ALIAS,
    mitigationActionTypes: MITIGATIONS.NONE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD_AND_CHINA,
  });

  /**
   * AWS IoT logs are not enabled in Amazon CloudWatch.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-logging-disabled.html
   */
  public static readonly LOGGING_DISABLED = new AuditCheck({
    checkName: 'LOGGING_DISABLED_CHECK',
    propertyName: 'LoggingDisabledCheck',
    severity: AuditSeverity.LOW,
    resourceType: AuditResourceType.ACCOUNT_SETTINGS,
    mitigationActionTypes: MITIGATIONS.LOGGING,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * A CA certificate is active although its issuer revoked it.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-revoked-ca-cert.html
   */
  public static readonly REVOKED_CA_CERTIFICATE_STILL_ACTIVE = new AuditCheck({
    checkName: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedCaCertificateStillActiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.CA_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.CA_CERTIFICATE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * A device certificate is active although its CA revoked it.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-revoked-device-cert.html
   */
  public static readonly REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE = new AuditCheck({
    checkName: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedDeviceCertificateStillActiveCheck',
    severity: AuditSeverity.MEDIUM,
    resourceType: AuditResourceType.DEVICE_CERTIFICATE,
    mitigationActionTypes: MITIGATIONS.DEVICE_CERTIFICATE,
    availability: RegionalAvailability.EVERYWHERE,
  });

  /**
   * The role of an identity pool's guests is too broad.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
   */
  public static readonly UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE = new AuditCheck({
    checkName: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'UnauthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: AuditSeverity.CRITICAL,
    resourceType: AuditResourceType.COGNITO_IDENTITY_POOL,
    mitigationActionTypes: MITIGATIONS.NONE,
    availability: RegionalAvailability.OUTSIDE_GOVCLOUD_AND_NINGXIA,
  });


  /**
   * A device certificate has been active for 365 days or more; `deviceCertificateAge()` takes another threshold.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
   */
  public static readonly DEVICE_CERTIFICATE_AGE = AuditCheck.deviceCertificateAge(Duration.days(365));

  /**
   * A device certificate expires within 30 days or has expired; `deviceCertificateExpiring()` takes another threshold.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
   */
  public static readonly DEVICE_CERTIFICATE_EXPIRING = AuditCheck.deviceCertificateExpiring(Duration.days(30));

  /**
   * A device certificate has been active for a number of days.
   *
   * @param threshold the age from which a certificate is non-compliant: whole days, 30 to 3650
   * @throws if the threshold is not a whole number of days in that range
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
   */
  public static deviceCertificateAge(threshold: Duration): AuditCheck {
    return new AuditCheck({
      checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
      propertyName: 'DeviceCertificateAgeCheck',
      severity: AuditSeverity.LOW,
      resourceType: AuditResourceType.DEVICE_CERTIFICATE,
      // AWS lists no action for this check, and a sample of AWS's says that the other certificate actions are refused.
      mitigationActionTypes: MITIGATIONS.NONE,
      availability: RegionalAvailability.EVERYWHERE,
      threshold: new AuditCheckThreshold({
        factory: 'AuditCheck.deviceCertificateAge', propertyName: 'CertAgeThresholdInDays', refusedAboveConfirmed: true,
      }, threshold),
    });
  }

  /**
   * A device certificate expires within a number of days, or has expired.
   *
   * Give a threshold longer than the longest time that a device of yours sleeps,
   * or its certificate expires before it can be replaced.
   *
   * @param threshold the remaining days from which a certificate is non-compliant: whole days, 30 to 3652. A configuration
   * warns of more than 3650, which the service has refused for `deviceCertificateAge()`
   * @throws if the threshold is not a whole number of days in that range
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
   */
  public static deviceCertificateExpiring(threshold: Duration): AuditCheck {
    return new AuditCheck({
      checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
      propertyName: 'DeviceCertificateExpiringCheck',
      severity: AuditSeverity.MEDIUM,
      resourceType: AuditResourceType.DEVICE_CERTIFICATE,
      mitigationActionTypes: MITIGATIONS.DEVICE_CERTIFICATE,
      availability: RegionalAvailability.EVERYWHERE,
      threshold: new AuditCheckThreshold({
        factory: 'AuditCheck.deviceCertificateExpiring', propertyName: 'CertExpirationThresholdInDays', refusedAboveConfirmed: false,
      }, threshold),
    });
  }

  /**
   * A check that this library does not know yet.
   *
   * It is taken to exist in every region, since nothing is known about it.
   *
   * @param checkName the check's name in the API, for example `LOGGING_DISABLED_CHECK`
   * @param props what AWS documents about the check
   *
   * @example
   *
   * AuditCheck.of('BRAND_NEW_CHECK', {
   *   propertyName: 'BrandNewCheck',
   *   severity: AuditSeverity.HIGH,
   *   resourceType: AuditResourceType.IOT_POLICY,
   * });
   */
  public static of(checkName: string, props: CustomAuditCheckProps): AuditCheck {
    return new AuditCheck({
      ...props,
      checkName,
      mitigationActionTypes: props.mitigationActionTypes ?? MITIGATIONS.NONE,
      availability: RegionalAvailability.EVERYWHERE,
    });
  }

  /**
   * Every check in this table, with AWS's default thresholds.
   */
  public static all(): AuditCheck[] {
    return [
      AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
      AuditCheck.CA_CERTIFICATE_EXPIRING,
      AuditCheck.CA_CERTIFICATE_KEY_QUALITY,
      AuditCheck.CONFLICTING_CLIENT_IDS,
      AuditCheck.DEVICE_CERTIFICATE_AGE,
      AuditCheck.DEVICE_CERTIFICATE_EXPIRING,
      AuditCheck.DEVICE_CERTIFICATE_KEY_QUALITY,
      AuditCheck.DEVICE_CERTIFICATE_SHARED,
      AuditCheck.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES,
      AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE,
      AuditCheck.IOT_POLICY_POTENTIAL_MISCONFIGURATION,
      AuditCheck.IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES,
      AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
      AuditCheck.LOGGING_DISABLED,
      AuditCheck.REVOKED_CA_CERTIFICATE_STILL_ACTIVE,
      AuditCheck.REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE,
      AuditCheck.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    ];
  }

  /**
   * The check's name in the API, for example `LOGGING_DISABLED_CHECK`.
   */
  public readonly checkName: string;

  /**
   * The check's property of `AuditCheckConfigurations` in CloudFormation, for example `LoggingDisabledCheck`.
   */
  public readonly propertyName: string;

  /**
   * How serious AWS rates what the check finds.
   */
  public readonly severity: AuditSeverity;

  /**
   * The kind of resource that the check reports.
   */
  public readonly resourceType: AuditResourceType;

  /**
   * The mitigation actions that AWS allows for the check's findings.
   */
  public readonly mitigationActionTypes: MitigationActionType[];

  /**
   * The number of days that the check compares certificates with; undefined for a check without a threshold.
   */
  public readonly threshold?: Duration;

  /** @internal */
  public readonly _availability: RegionalAvailability;

  /** @internal */
  public readonly _threshold?: AuditCheckThreshold;

  private constructor(row: AuditCheckRow) {
    this.checkName = row.checkName;
    this.propertyName = row.propertyName;
    this.severity = row.severity;
    this.resourceType = row.resourceType;
    this.mitigationActionTypes = [...row.mitigationActionTypes];
    this.threshold = row.threshold?.duration;
    this._availability = row.availability;
    this._threshold = row.threshold;
  }

  /**
   * Whether the check exists in a region.
   *
   * @param region the region's name, for example `us-gov-west-1`
   */
  public isAvailableIn(region: string): boolean {
    return this._availability.includes(region);
  }
}
