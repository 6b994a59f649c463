import type { AdoptedCheck } from './adopted-configuration-protocol';

/**
 * What the construct `AccountAuditConfiguration` and its function say to each other where a check can be removed from
 * CloudFormation's own resource in one deployment.
 */

/** The custom resource's type. */
export const CHECK_RELEASE_TYPE = 'Custom::IotAuditCheckRelease';

/** Whether the custom resource comes before the configuration, or between it and the schedules. */
export enum ReleasePosition {
  BEFORE = 'BEFORE',
  AFTER = 'AFTER',
}

export interface ReleasedSchedule {
  readonly LogicalId: string;
  readonly Checks: string[];
}

/** The custom resource's properties. */
export interface CheckReleaseProperties {
  readonly Position: string;

  /** The logical id of the configuration. */
  readonly Configuration: string;

  /** What the configuration enables. */
  readonly Checks: AdoptedCheck[];

  /** The scheduled audits of the stack. */
  readonly Schedules: ReleasedSchedule[];

  /** Changes with whatever else of the configuration changes. */
  readonly Watched?: unknown;
}
