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

/**
 * What the construct `AccountAuditConfiguration` and its function say to each other where a check can be removed from
 * CloudFormation's own resource in one deployment.
 */

/** The custom resource's type. */
export const CHECK_RELEASE_TYPE = 'Custom::IotAuditCheckRelease';

/** The place of the custom resource: before the configuration, or between it and the schedules. */
export enum ReleasePosition {
  BEFORE = 'BEFORE',
  AFTER = 'AFTER',
}

/** The custom resource's properties. It names no logical id, so that `cdk refactor` recognizes it under another one. */
export interface CheckReleaseProperties {
  readonly Position: string;

  /** The configuration that it comes after. */
  readonly Configuration?: string;

  /** The checks that the configuration enables. */
  readonly Checks: AdoptedCheck[];

  /** Changes with whatever else of the configuration changes. */
  readonly Watched?: { readonly RoleArn: string; readonly Targets?: unknown };
}
