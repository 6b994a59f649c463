/**
 * What the construct `OnDemandAudit` and its function say to each other.
 */

/** The custom resource's type. */
export const ON_DEMAND_AUDIT_TYPE = 'Custom::IotOnDemandAudit';

/** What the function is to do once the audit is started. */
export enum WaitMode {
  START = 'START',
  WAIT = 'WAIT',
  GATE = 'GATE',
}

export interface AuditedCheck {
  readonly Name: string;
  readonly Severity: string;

  /** Days, for a check that has a threshold. Another threshold asks for another audit. */
  readonly Threshold?: string;

  /** Whether the gate judges what it finds. */
  readonly Judged?: string;
}

/** The custom resource's properties. CloudFormation turns every scalar into a string. */
export interface OnDemandAuditProperties {
  /** The configuration that the stack defines. The audit comes after it. */
  readonly Configuration?: string;

  readonly Checks: AuditedCheck[];

  /** Whether to leave out checks that the account does not enable instead of failing. */
  readonly EnabledChecksOnly?: string;

  readonly Trigger?: string;
  readonly Mode: WaitMode;

  /** How long to wait, in seconds. */
  readonly TimeoutSeconds?: string;

  /** Whether the deployment fails when the time is over. */
  readonly FailOnTimeout?: string;

  /** What else fails the deployment. */
  readonly Gate?: GateProperties;
}

/**
 * What fails a deployment, as the construct tells its function. CloudFormation turns every scalar into a string.
 */
export interface GateProperties {
  /** How many non-compliant resources a judged check may find. Absent for any number, or for none where nothing else is said. */
  readonly AllowedPerCheck?: string;

  /** How many non-compliant resources all judged checks together may find. Absent for any number. */
  readonly AllowedInAll?: string;

  /** Whether a judged check that could not be carried out fails the deployment. */
  readonly FailOnIncompleteCheck: string;

  /** Whether a judged check that the account does not enable fails the deployment. Absent for no. */
  readonly FailOnDisabledCheck?: string;

  /** Whether resources that were non-compliant before do not count. */
  readonly AllowKnown: string;

  /** Whether every resource counts as long as no earlier audit is known. */
  readonly CountWithoutEarlierAudit: string;
}

/** The custom resource's attributes. */
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
