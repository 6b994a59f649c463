/**
 * The contract of the audit's event: between the function that publishes it, rules that match it, and consumers.
 */

/** The source of every event of this library. */
export const EVENT_SOURCE = 'cdk-iot-fleet-audit';

export const AUDIT_COMPLETED = 'IoT Device Defender Audit Completed';

/** The attribute that messages of this library have. Device Defender's have none. */
export const OWN_MESSAGE = 'cdk-iot-fleet-audit';

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
  readonly nonCompliantResourcesBySeverity: Readonly<Record<string, number>>;

  /** The worst severity with a non-compliant resource, or NONE. */
  readonly highestSeverity: string;
  readonly consoleUrl: string;

  /** The message of Device Defender as it came. */
  readonly notification: unknown;
}

export interface AuditedCheckDetail {
  readonly checkName: string;
  readonly checkRunStatus: string;

  /** LOW, MEDIUM, HIGH or CRITICAL; UNKNOWN for a compliant check that this library does not know. */
  readonly severity: string;
  readonly totalResources: number;
  readonly nonCompliantResources: number;
  readonly suppressedResources: number;
  readonly errorCode?: string;
  readonly message?: string;
}
