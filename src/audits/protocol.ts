/**
 * The contract between the construct `OnDemandAudit` and its handler.
 */

/** The type of the custom resource. */
export const ON_DEMAND_AUDIT_TYPE = 'Custom::IotOnDemandAudit';

/** The work of the handler: start the audit, wait for its end as well, or also judge what it found. */
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

  /** True if the gate judges the findings of the check. */
  readonly Judged?: string;
}

/** The properties of the custom resource. CloudFormation turns every scalar into a string. */
export interface OnDemandAuditProperties {
  /** The configuration that the stack defines: a reference, so that the audit comes after it. */
  readonly Configuration?: string;

  readonly Checks: AuditedCheck[];

  /** True to leave out checks that the account does not enable; they fail the audit otherwise. */
  readonly EnabledChecksOnly?: string;

  readonly Trigger?: string;
  readonly Mode: WaitMode;

  /** Seconds to wait for the end of the audit. */
  readonly TimeoutSeconds?: string;

  /** True if the deployment fails when that time is over. */
  readonly FailOnTimeout?: string;

  /** The conditions of the gate, in the mode `GATE`. */
  readonly Gate?: GateProperties;
}

/** The conditions under which the gate lets a deployment pass. CloudFormation turns every scalar into a string. */
export interface GateProperties {
  /** Non-compliant resources that each judged check may find. Absent: no limit with `AllowedInAll`, none without. */
  readonly AllowedPerCheck?: string;

  /** Non-compliant resources that all judged checks together may find. Absent: no limit. */
  readonly AllowedInAll?: string;

  /** True if a judged check that could not be carried out fails the deployment. */
  readonly FailOnIncompleteCheck: string;

  /** True if a judged check that the account does not enable fails the deployment. Absent: false. */
  readonly FailOnDisabledCheck?: string;

  /** True to ignore resources that were non-compliant before. */
  readonly AllowKnown: string;

  /** True to count every resource if no earlier audit is known. */
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
