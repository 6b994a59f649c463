/**
 * The request and the answer between the construct `OnDemandAudit` and the function.
 */

/** The type of the custom resource. */
export const ON_DEMAND_AUDIT_TYPE = 'Custom::IotOnDemandAudit';

/** The function's task once the audit is started. */
export enum WaitMode {
  START = 'START',
  WAIT = 'WAIT',
  GATE = 'GATE',
}

export interface AuditedCheck {
  readonly Name: string;
  readonly Severity: string;

  /** In days, for a check that has a threshold. A changed threshold asks for another audit. */
  readonly Threshold?: string;

  /** `true` if the gate judges the findings of this check. */
  readonly Judged?: string;
}

/** The properties of the custom resource. CloudFormation turns every scalar into a string. */
export interface OnDemandAuditProperties {
  /** The configuration that the stack defines: a reference, so that the audit comes after it. */
  readonly Configuration?: string;

  readonly Checks: AuditedCheck[];

  /** `true` to leave out checks that the account does not enable. Otherwise they fail the deployment. */
  readonly EnabledChecksOnly?: string;

  readonly Trigger?: string;
  readonly Mode: WaitMode;

  /** The time to wait, in seconds. */
  readonly TimeoutSeconds?: string;

  /** `true` if the deployment fails when the time is over. */
  readonly FailOnTimeout?: string;

  /** What of the findings fails the deployment. */
  readonly Gate?: GateProperties;
}

/** The rules of a gate. CloudFormation turns every scalar into a string. */
export interface GateProperties {
  /**
   * The number of non-compliant resources that each judged check may find. Absent for any number if `AllowedInAll` is
   * given.
   */
  readonly AllowedPerCheck?: string;

  /** The number of non-compliant resources that all judged checks together may find. Absent for any number. */
  readonly AllowedInAll?: string;

  /** `true` if a judged check that could not be carried out fails the deployment. */
  readonly FailOnIncompleteCheck: string;

  /** `true` if a judged check that the account does not enable fails the deployment. Otherwise absent. */
  readonly FailOnDisabledCheck?: string;

  /** `true` if resources that were non-compliant before are ignored. */
  readonly AllowKnown: string;

  /** `true` if every resource counts as new if no earlier audit is known. */
  readonly CountWithoutEarlierAudit: string;
}

/** The attributes of the custom resource. */
export enum AuditAttribute {
  TASK_ID = 'TaskId',
  TASK_STATUS = 'TaskStatus',
  TOTAL_CHECKS = 'TotalChecksCount',
  COMPLIANT_CHECKS = 'CompliantChecksCount',
  NON_COMPLIANT_CHECKS = 'NonCompliantChecksCount',
  FAILED_CHECKS = 'FailedChecksCount',
  NON_COMPLIANCE = 'NonCompliance',
  CHECKS_NOT_AUDITED = 'ChecksNotAudited',
}
