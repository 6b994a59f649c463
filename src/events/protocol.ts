/**
 * The contract of the audit's event: between the function that publishes it, rules that match it, and consumers.
 */

/** The source of every event of this library. */
export const EVENT_SOURCE = 'cdk-iot-fleet-audit';

export const AUDIT_COMPLETED = 'IoT Device Defender Audit Completed';

/** The attribute that messages of this library have. Device Defender's have none. */
export const OWN_MESSAGE = 'cdk-iot-fleet-audit';

/**
 * The severity of what a check has found that this library does not know, if AWS IoT does not tell it either. It ranks
 * just below CRITICAL, since it may be anything.
 */
export const UNKNOWN_SEVERITY = 'UNKNOWN';

/** The highest severity of an audit that has found nothing which is not suppressed. */
export const NO_SEVERITY = 'NONE';

/** A message in the queue that asks for an execution of a state machine, named after the audit. */
export interface StartExecutionMessage {
  readonly startExecution: { readonly stateMachineArn: string; readonly taskId: string };
}

/** The detail of the event. */
export interface AuditCompletedDetail {
  /** Changes only if a consumer could misunderstand a later detail. */
  readonly version: '1';
  readonly taskId: string;

  /** ON_DEMAND_AUDIT_TASK or SCHEDULED_AUDIT_TASK. */
  readonly taskType: string;

  /** COMPLETED, FAILED or CANCELED. COMPLETED does not mean compliant. */
  readonly taskStatus: string;

  /** Absent for an audit on demand. */
  readonly scheduledAuditName?: string;

  /** ISO 8601. */
  readonly taskStartTime: string;

  /** The worst severity first. */
  readonly checks: readonly AuditedCheckDetail[];

  /** Names of the checks that found something which is not suppressed. */
  readonly nonCompliantChecks: readonly string[];

  /** Of CRITICAL, HIGH, MEDIUM and LOW. UNKNOWN is there only if there is something to count. */
  readonly nonCompliantResourcesBySeverity: Readonly<Record<string, number>>;

  /** The worst severity of the non-compliant checks, or NONE. */
  readonly highestSeverity: string;
  readonly consoleUrl: string;

  /** The message of Device Defender as it came. Absent if it is too long for an event. */
  readonly notification?: object;
}

export interface AuditedCheckDetail {
  readonly checkName: string;
  readonly checkRunStatus: string;

  /**
   * LOW, MEDIUM, HIGH or CRITICAL. A check that this library does not know has the severity of what it has found, or
   * UNKNOWN if it has found nothing.
   */
  readonly severity: string;
  readonly totalResources: number;
  readonly nonCompliantResources: number;
  readonly suppressedResources: number;
  readonly errorCode?: string;
  readonly message?: string;
}
