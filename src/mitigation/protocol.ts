/**
 * The contract between the state machine of `AutomaticMitigation` and the steps that the function carries out for it.
 *
 * The function decides and words; the state machine acts. Names of requests are those of the service's API as Step
 * Functions spells them.
 */

/** The member of a step by which the function recognizes it. */
export const STEP = 'automaticMitigation';

/** The value of the parameter that lets rules act. With any other, they only report. */
export const SWITCH_ON = 'on';

/** The detail type of the event that tells what was done. */
export const MITIGATION_COMPLETED = 'IoT Device Defender Mitigation Completed';

/** The error with which a person declines. */
export const DECLINED_ERROR = 'Declined';

/** The most findings that a plan can name one by one, so that it fits into the 256 KiB of a state. */
export const MOST_FINDINGS_BY_ID = 2500;

/** The namespace and the dimension of metrics. */
export const METRIC_NAMESPACE = 'CdkIotFleetAudit';
export const METRIC_DIMENSION = 'AutomaticMitigation';

/** The metrics, each a number of resources. */
export enum MitigationMetric {
  MITIGATED = 'MitigatedResources',
  FAILED = 'FailedResources',
  LEFT_ALONE = 'ResourcesLeftAlone',
}

/** One rule, as the template has it. */
export interface RuleSettings {
  readonly checks: readonly string[];
  readonly reasonCodes?: readonly string[];

  /** Names of scheduled audits. Absent: audits of every schedule, and on-demand ones. */
  readonly scheduledAudits?: readonly string[];

  /** In order. The type is absent for an action that was imported. */
  readonly actions: readonly { readonly name: string; readonly type?: string }[];

  /** REPORT, ASK or APPLY. */
  readonly mode: string;
  readonly maximumResources: number;
  readonly maximumPercent: number;

  /** Resources that are allowed whatever the percentage says. */
  readonly minimumResources: number;

  /** Resources that may be mitigated in a number of days. */
  readonly budget: { readonly resources: number; readonly days: number };
  readonly exceptions?: ExceptionSettings;
}

/** Resources that are never touched. */
export interface ExceptionSettings {
  readonly deviceCertificates?: readonly string[];
  readonly caCertificates?: readonly string[];
  readonly policies?: readonly string[];
  readonly things?: readonly string[];
  readonly thingGroups?: readonly string[];
}

export interface MitigationSettings {
  /** Begins the ids of mitigation tasks: 1 to 40 letters, digits and hyphens. */
  readonly name: string;
  readonly rules: readonly RuleSettings[];
  readonly maximumAuditAgeHours: number;

  /** In the question, so that people know how long they have. Absent if no rule asks. */
  readonly approvalHours?: number;
}

/** The answer to the question whether mitigation may be applied. */
export enum Answer {
  NOT_ASKED = 'NOT_ASKED',
  APPROVED = 'APPROVED',
  DECLINED = 'DECLINED',
  UNANSWERED = 'UNANSWERED',
}

export interface PlanStep {
  readonly automaticMitigation: 'PLAN';
  readonly settings: MitigationSettings;
  readonly taskId: string;
  readonly answer: Answer;
  readonly switch: string;
}

export interface ReportStep {
  readonly automaticMitigation: 'REPORT';
  readonly plan: MitigationPlan;
}

export type MitigationStep = PlanStep | ReportStep;

/** What became of the findings of a check under a rule. */
export enum Outcome {
  /** The rule only reports. */
  REPORTED = 'REPORTED',

  /** People are asked. */
  ASKED = 'ASKED',

  /** In a plan: about to be applied. */
  PLANNED = 'PLANNED',

  /** Every finding was mitigated, or skipped by the service. */
  APPLIED = 'APPLIED',

  /** At least one finding could not be mitigated. */
  FAILED = 'FAILED',

  OVER_LIMIT = 'OVER_LIMIT',
  OVER_BUDGET = 'OVER_BUDGET',

  /** The audit is older than the rules allow, or AWS no longer keeps it. */
  OUTDATED = 'OUTDATED',

  /** A newer audit reports the check. */
  SUPERSEDED = 'SUPERSEDED',

  /** The parameter says that rules only report. */
  STOPPED = 'STOPPED',

  DECLINED = 'DECLINED',
  UNANSWERED = 'UNANSWERED',

  /** Nothing is left to mitigate: each resource is an exception, or was repaired meanwhile. */
  NOTHING_LEFT = 'NOTHING_LEFT',
}

/** The findings of a check under a rule. */
export interface PlannedCheck {
  readonly checkName: string;
  readonly severity: string;
  readonly mode: string;
  readonly outcome: Outcome;

  /** Names of the actions, in order. */
  readonly actions: readonly string[];

  /** The audit's own counts. */
  readonly totalResources: number;
  readonly nonCompliantResources: number;

  /** The number of resources that mitigation reaches; at least this many if counting stopped at the limit. */
  readonly affectedResources: number;
  readonly isMinimum?: boolean;

  /** Resources that the rule never touches, and those repaired meanwhile, as far as they were counted. */
  readonly exceptedResources?: number;
  readonly repairedResources?: number;

  readonly allowedResources: number;

  /** Resources that the rule has mitigated in its days, and may. */
  readonly budget: { readonly used: number; readonly resources: number; readonly days: number };

  /** For a check that is only reported: the reason why it would be left alone all the same. */
  readonly obstacle?: Outcome;

  /** After the report. */
  readonly succeeded?: number;
  readonly failed?: number;
  readonly skipped?: number;
}

/** A resource by name, for people. */
export interface NamedResource {
  readonly checkName: string;
  readonly resource: string;
  readonly reason: string;
}

/** The input of StartAuditMitigationActionsTask, as Step Functions spells it. */
export interface MitigationRequest {
  readonly TaskId: string;
  readonly ClientRequestToken: string;
  readonly Target: { readonly AuditTaskId: string } | { readonly FindingIds: readonly string[] };
  readonly AuditCheckToActionsMapping: Readonly<Record<string, readonly string[]>>;
}

export interface MitigationPlan {
  readonly settingsName: string;
  readonly approvalHours?: number;
  readonly auditTaskId: string;
  readonly scheduledAuditName?: string;
  readonly taskStartTime?: string;
  readonly answer: Answer;

  /** Empty if no rule concerns the audit. */
  readonly checks: readonly PlannedCheck[];

  /** At most 20, the worst first. */
  readonly resources: readonly NamedResource[];

  /** Tasks to start now. */
  readonly requests: readonly MitigationRequest[];

  /** Ids of the tasks of earlier rounds, whose results count as well. */
  readonly formerTasks: readonly string[];
  readonly round: number;
}

export interface MitigationOutcome {
  /** True if a further round of requests is in the plan. */
  readonly isAgain: boolean;
  readonly plan: MitigationPlan;
  readonly subject: string;
  readonly text: string;

  /** The detail of the event. */
  readonly detail: MitigationCompletedDetail;
  readonly isAsking: boolean;

  /** The message to approvers, around the token that answers: before, between and after its two places. */
  readonly question?: {
    readonly subject: string; readonly before: string; readonly between: string; readonly after: string;
  };
}

/** The detail of the event that tells what was done. */
export interface MitigationCompletedDetail {
  readonly version: '1';
  readonly auditTaskId: string;
  readonly scheduledAuditName?: string;
  readonly answer: Answer;
  readonly checks: readonly PlannedCheck[];

  /** At most 20. */
  readonly resources: readonly NamedResource[];

  /** Resources that could not be mitigated: at most 20. */
  readonly failures: readonly (NamedResource & { readonly error: string })[];
  readonly mitigationTaskIds: readonly string[];
}
