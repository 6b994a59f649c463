import { Duration, Token } from 'aws-cdk-lib';
import {
  AuditResourceType, AuditSeverity, CHECK_TABLE, CheckRow, isAbsentFrom, MitigationActionType, Place, PUBLISHING_ONLY,
  ThresholdRow,
} from './check-table';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for a check that this library does not know yet, as AWS documents it.
 */
export interface AuditCheckOptions {
  /**
   * The check's property of `AuditCheckConfigurations` in CloudFormation, for example `LoggingDisabledCheck`.
   *
   * It cannot be derived from the check's name: AWS spells some of them differently. Each check has its own.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-iot-accountauditconfiguration-auditcheckconfigurations.html
   */
  readonly propertyName: string;

  /**
   * The severity that AWS assigns to what the check finds.
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

/**
 * A check of AWS IoT Device Defender Audit.
 *
 * Compare checks with `isSameCheckAs()`. In Python, Java, C# and Go, two objects can stand for the same check, and an
 * operator takes them for different ones.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
 */
export class AuditCheck {
  /**
   * The role of an identity pool's authenticated users is too broad.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-auth-cognito-role-permissive.html
   */
  public static readonly AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE =
    new AuditCheck(CHECK_TABLE.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE);

  /**
   * A CA certificate expires within 30 days or has expired.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-approaching-expiration.html
   */
  public static readonly CA_CERTIFICATE_EXPIRING = new AuditCheck(CHECK_TABLE.CA_CERTIFICATE_EXPIRING);

  /**
   * A CA certificate's key comes from a flawed generator (CVE-2017-15361, CVE-2008-0166).
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-ca-cert-key-quality.html
   */
  public static readonly CA_CERTIFICATE_KEY_QUALITY = new AuditCheck(CHECK_TABLE.CA_CERTIFICATE_KEY_QUALITY);

  /**
   * Several devices connect with one client id and disconnect each other.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-conflicting-client-ids.html
   */
  public static readonly CONFLICTING_CLIENT_IDS = new AuditCheck(CHECK_TABLE.CONFLICTING_CLIENT_IDS);

  /**
   * A device certificate has been active for 365 days or more; `deviceCertificateAge()` sets another threshold.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
   */
  public static readonly DEVICE_CERTIFICATE_AGE = new AuditCheck(CHECK_TABLE.DEVICE_CERTIFICATE_AGE);

  /**
   * A device certificate expires within 30 days or has expired; `deviceCertificateExpiring()` sets another threshold.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
   */
  public static readonly DEVICE_CERTIFICATE_EXPIRING = new AuditCheck(CHECK_TABLE.DEVICE_CERTIFICATE_EXPIRING);

  /**
   * A device certificate's key comes from a flawed generator (CVE-2017-15361, CVE-2008-0166).
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-key-quality.html
   */
  public static readonly DEVICE_CERTIFICATE_KEY_QUALITY = new AuditCheck(CHECK_TABLE.DEVICE_CERTIFICATE_KEY_QUALITY);

  /**
   * Several devices are connected with one certificate at the same time.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-shared.html
   */
  public static readonly DEVICE_CERTIFICATE_SHARED = new AuditCheck(CHECK_TABLE.DEVICE_CERTIFICATE_SHARED);

  /**
   * A device certificate is active although the intermediate CA that issued it is revoked.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-active-intermediary-device-revoked-CA.html
   */
  public static readonly INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES =
    new AuditCheck(CHECK_TABLE.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES);

  /**
   * An AWS IoT policy gives a device more than its own topics, shadow and jobs.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
   */
  public static readonly IOT_POLICY_OVERLY_PERMISSIVE = new AuditCheck(CHECK_TABLE.IOT_POLICY_OVERLY_PERMISSIVE);

  /**
   * An AWS IoT policy possibly allows more than its author intends. AWS says to expect false positives.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
   */
  public static readonly IOT_POLICY_POTENTIAL_MISCONFIGURATION =
    new AuditCheck(CHECK_TABLE.IOT_POLICY_POTENTIAL_MISCONFIGURATION);

  /**
   * The role behind a role alias reaches services that no device used in the past year.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-role-alias-unused-svcs.html
   */
  public static readonly IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES =
    new AuditCheck(CHECK_TABLE.IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES);

  /**
   * The role behind a role alias gives devices broad or administrative access.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html
   */
  public static readonly IOT_ROLE_ALIAS_OVERLY_PERMISSIVE =
    new AuditCheck(CHECK_TABLE.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE);

  /**
   * AWS IoT logs are not enabled in Amazon CloudWatch.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-logging-disabled.html
   */
  public static readonly LOGGING_DISABLED = new AuditCheck(CHECK_TABLE.LOGGING_DISABLED);

  /**
   * A CA certificate is active although its issuer revoked it.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-revoked-ca-cert.html
   */
  public static readonly REVOKED_CA_CERTIFICATE_STILL_ACTIVE =
    new AuditCheck(CHECK_TABLE.REVOKED_CA_CERTIFICATE_STILL_ACTIVE);

  /**
   * A device certificate is active although its CA revoked it.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-revoked-device-cert.html
   */
  public static readonly REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE =
    new AuditCheck(CHECK_TABLE.REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE);

  /**
   * The role of an identity pool's guests is too broad.
   *
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-unauth-cognito-role-permissive.html
   */
  public static readonly UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE =
    new AuditCheck(CHECK_TABLE.UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE);

  /**
   * A device certificate has been active for a number of days.
   *
   * @param threshold the age from which a certificate is non-compliant: whole days, 30 to 3650
   * @throws if the threshold is not a whole number of days in that range
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-certificate-age-check.html
   */
  public static deviceCertificateAge(threshold: Duration): AuditCheck {
    const row = CHECK_TABLE.DEVICE_CERTIFICATE_AGE;
    validateThreshold('AuditCheck.deviceCertificateAge', row.threshold, threshold);
    return new AuditCheck(row, threshold);
  }

  /**
   * A device certificate expires within a number of days, or has expired.
   *
   * Give a threshold longer than the longest time that a device of yours sleeps,
   * or its certificate expires before it can be replaced.
   *
   * @param threshold the remaining days from which a certificate is non-compliant: whole days, 30 to 3652. A
   * configuration warns of more than 3650, which the service has refused for `deviceCertificateAge()`
   * @throws if the threshold is not a whole number of days in that range
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-approaching-expiration.html
   */
  public static deviceCertificateExpiring(threshold: Duration): AuditCheck {
    const row = CHECK_TABLE.DEVICE_CERTIFICATE_EXPIRING;
    validateThreshold('AuditCheck.deviceCertificateExpiring', row.threshold, threshold);
    return new AuditCheck(row, threshold);
  }

  /**
   * A check that this library does not know yet.
   *
   * The library assumes that every region has it.
   *
   * @param checkName the check's name in the API, for example `LOGGING_DISABLED_CHECK`
   * @param options the facts that AWS documents about the check
   * @throws if the severity is none of `AuditSeverity`, or the resource type none of `AuditResourceType`
   *
   * @example
   *
   * AuditCheck.of('BRAND_NEW_CHECK', {
   *   propertyName: 'BrandNewCheck',
   *   severity: AuditSeverity.HIGH,
   *   resourceType: AuditResourceType.IOT_POLICY,
   * });
   */
  public static of(checkName: string, options: AuditCheckOptions): AuditCheck {
    requireMember('severity', options.severity, 'AuditSeverity', AuditSeverity);
    requireMember('resourceType', options.resourceType, 'AuditResourceType', AuditResourceType);
    const { propertyName, severity, resourceType, mitigationActionTypes = PUBLISHING_ONLY } = options;
    return new AuditCheck({ checkName, propertyName, severity, resourceType, mitigationActionTypes });
  }

  /**
   * Every check that this library knows, in alphabetical order and with AWS's default thresholds.
   */
  public static all(): AuditCheck[] {
    // A row of the table without its constant does not compile here.
    return (Object.keys(CHECK_TABLE) as (keyof typeof CHECK_TABLE)[]).sort().map((name) => AuditCheck[name]);
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
   * The severity that AWS assigns to what the check finds.
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
  public readonly _thresholdRow?: ThresholdRow;

  /** @internal */
  public readonly _absentFrom: readonly Place[];

  private constructor(row: Omit<CheckRow, 'page'>, threshold?: Duration) {
    this.checkName = row.checkName;
    this.propertyName = row.propertyName;
    this.severity = row.severity;
    this.resourceType = row.resourceType;
    this.mitigationActionTypes = [...row.mitigationActionTypes];
    this.threshold = threshold ?? (row.threshold && Duration.days(row.threshold.defaultDays));
    this._thresholdRow = row.threshold;
    this._absentFrom = row.absentFrom ?? [];
  }

  /**
   * True if the check exists in a region.
   *
   * @param region the region's name, for example `us-gov-west-1`
   */
  public isAvailableIn(region: string): boolean {
    return !isAbsentFrom({ absentFrom: this._absentFrom }, region);
  }

  /**
   * True if the other object stands for the same check: one with the same name, also if its threshold differs.
   *
   * @param other the check to compare with
   */
  public isSameCheckAs(other: AuditCheck): boolean {
    return this.checkName === other.checkName;
  }

  /**
   * The check's name in the API, for example `LOGGING_DISABLED_CHECK`.
   */
  public toString(): string {
    return this.checkName;
  }
}

function requireMember(property: string, given: string, enumName: string, members: Record<string, string>): void {
  if (!Token.isUnresolved(given) && !Object.values(members).includes(given)) {
    throw invalidInput('AuditCheck.of', {
      property, rule: `must be an ${enumName}`, given: `'${given}'`, fix: 'take one of its members',
    });
  }
}

function validateThreshold(factory: string, row: ThresholdRow, threshold: Duration): void {
  if (threshold.isUnresolved()) {
    return;
  }
  const { minimumDays, maximumDays, confirmedMaximumDays, isRefusedAboveConfirmed } = row;
  const days = threshold.toDays({ integral: false });
  const maximum = isRefusedAboveConfirmed ? confirmedMaximumDays : maximumDays;
  if (!Number.isInteger(days) || days < minimumDays || days > maximum) {
    throw invalidInput(factory, {
      property: 'threshold',
      rule: `must be ${minimumDays} to ${maximum} whole days`,
      given: `${threshold.toHumanString()} (${Number(days.toFixed(3))} days)`,
      fix: `give a number of days in that range, for example Duration.days(${minimumDays})`,
    });
  }
}
