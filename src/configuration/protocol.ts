import { WhenRemoved } from '../adoption/protocol';
import type { ApiCheck } from '../checks/check-table';

/**
 * The messages between the construct `AccountAuditConfiguration` and its function when it adopts a configuration.
 */

/** The custom resource's type. */
export const ADOPTED_CONFIGURATION_TYPE = 'Custom::IotAccountAuditConfiguration';

export interface AdoptedTarget {
  readonly TargetArn: string;
  readonly RoleArn: string;
}

/** The custom resource's properties. */
export interface AdoptedConfigurationProperties {
  readonly RoleArn: string;
  readonly Checks: ApiCheck[];
  readonly Target?: AdoptedTarget;

  /** An `OtherChecks`. */
  readonly OtherChecks: string;

  readonly WhenRemoved: WhenRemoved;
}

/** The custom resource's attributes. */
export enum AdoptedConfigurationAttribute {
  FOUND_CONFIGURATION = 'FoundConfiguration',
  OTHER_CHECKS = 'OtherChecks',
}

/**
 * The messages between the construct `AccountAuditConfiguration` and its function where one deployment can remove a
 * check from CloudFormation's own resource.
 */

/** The custom resource's type. */
export const CHECK_RELEASE_TYPE = 'Custom::IotAuditCheckRelease';

/** The position of the custom resource: before the configuration, or between it and the schedules. */
export enum ReleasePosition {
  BEFORE = 'BEFORE',
  AFTER = 'AFTER',
}

/**
 * The custom resource's properties, without a logical id: `cdk refactor` has to recognize the resource under another
 * one.
 */
export interface CheckReleaseProperties {
  readonly Position: string;

  /** The configuration, if this resource comes after it. */
  readonly Configuration?: string;

  /** The checks that the configuration enables. */
  readonly Checks: ApiCheck[];

  /** The other properties of the configuration: a change of them updates this resource, too. */
  readonly Watched?: { readonly RoleArn: string; readonly Targets?: unknown };
}
