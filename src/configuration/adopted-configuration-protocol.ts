/**
 * What the construct `AccountAuditConfiguration` and its function say to each other when it adopts what exists.
 */

/** The custom resource's type. */
export const ADOPTED_CONFIGURATION_TYPE = 'Custom::IotAccountAuditConfiguration';

export interface AdoptedCheck {
  readonly Name: string;

  /** As the API spells it; absent for a check without a threshold. */
  readonly Configuration?: Record<string, string>;
}

export interface AdoptedTarget {
  readonly TargetArn: string;
  readonly RoleArn: string;
}

/** The custom resource's properties. */
export interface AdoptedConfigurationProperties {
  readonly RoleArn: string;
  readonly Checks: AdoptedCheck[];
  readonly Target?: AdoptedTarget;

  /** An `OtherChecks`. */
  readonly OtherChecks: string;

  /** A `ConfigurationRemoval`. */
  readonly WhenRemoved: string;
}

/** The custom resource's attributes. */
export enum AdoptedConfigurationAttribute {
  FOUND_CONFIGURATION = 'FoundConfiguration',
  OTHER_CHECKS = 'OtherChecks',
}

/** A property of CloudFormation's `Configuration` of a check, in the spelling of the API. */
export const THRESHOLD_KEYS: Record<string, string> = {
  CertAgeThresholdInDays: 'CERT_AGE_THRESHOLD_IN_DAYS',
  CertExpirationThresholdInDays: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS',
};
