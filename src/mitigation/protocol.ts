/**
 * The contract between the state machine of `AutomaticMitigation` and the steps that the function carries out for it.
 *
 * The function decides and words; the state machine acts. Names of requests are those of the service's API as Step
 * Functions spells them.
 */

/** The member of a step by which the function recognizes it. */
export const STEP = 'automaticMitigation';

/**
 * The value of the stop switch that lets rules act, as if there were no such parameter. With any other value they only
 * report.
 */
export const SWITCH_ON = 'on';

/** The detail type of the event that tells what was done. */
export const MITIGATION_COMPLETED = 'IoT Device Defender Mitigation Completed';

/** The error with which a person declines. */
export const DECLINED_ERROR = 'Declined';

/** The most findings that a plan can name one by one, so that it fits into the 256 KiB of a state. */
export const MOST_FINDINGS_BY_ID = 2500;

/** What the steps read with: the function needs these permissions, and no other. */
export const READ_ACTIONS = [
  'iot:DescribeAuditFinding', 'iot:DescribeAuditMitigationActionsTask', 'iot:DescribeAuditTask',
  'iot:DescribeCertificate', 'iot:DescribeThingGroup', 'iot:GetPolicy', 'iot:ListAuditFindings',
  'iot:ListAuditMitigationActionsExecutions', 'iot:ListAuditMitigationActionsTasks', 'iot:ListAuditTasks',
  'iot:ListPrincipalThings', 'iot:ListRelatedResourcesForAuditFinding', 'iot:ListThingGroupsForThing',
] as const;

/** The namespace and the dimension of metrics. */
export const METRIC_NAMESPACE = 'CdkIotFleetAudit';
export const METRIC_DIMENSION = 'AutomaticMitigation';

/** The metrics, each a number of resources. */
export enum MitigationMetric {
  MITIGATED = 'MitigatedResources',
  FAILED = 'FailedResources',
  LEFT_ALONE = 'ResourcesLeftAlone',
}

/** The limit of a rule for each check of an audit. */
export interface LimitSettings {
  readonly maximumResources: number;
  readonly maximumPercent: number;

  /** Resources that are allowed whatever the percentage says. */
  readonly minimumResources: number;
}

/** One rule, as the template has it. */
export interface RuleSettings extends LimitSettings {
  readonly checks: readonly string[];
  readonly reasonCodes?: readonly string[];

  /** Names of scheduled audits. Absent: audits of every schedule, and on-demand ones. */
  readonly scheduledAudits?: readonly string[];

  /** In order. The type is absent for an action that was imported. */
  readonly actions: readonly { readonly name: string; readonly type?: string }[];

  /** REPORT, ASK or APPLY. */
  readonly mode: string;

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

  /** Begins subjects of messages. */
  readonly title: string;

  /** The name of the stop switch. */
  readonly switchName: string;
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

/** A parameter, as far as it matters. */
export interface SwitchParameter {
  readonly Value?: string;
}

export interface PlanStep {
  readonly automaticMitigation: 'PLAN';
  readonly settings: MitigationSettings;
  readonly taskId: string;
  readonly answer: Answer;
  /** The stop switch, as Parameter Store lists it: nothing, or one parameter. */
  readonly switch: readonly SwitchParameter[];

  /**
   * After an answer: the checks of the plan that was asked about. Only those are planned that were asked about, and
   * no more of their resources. Absent: everything that a rule asks about.
   */
  readonly formerChecks?: readonly PlannedCheck[];
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

  /** The audit does not say how many resources it looked at, or found non-compliant. */
  UNKNOWN = 'UNKNOWN',

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
  /** The place of the rule among the rules, from 0. */
  readonly rule: number;
  readonly checkName: string;
  readonly severity: string;
  readonly mode: string;
  readonly outcome: Outcome;

  /** Names of the actions, in order. */
  readonly actions: readonly string[];

  /** The audit's own counts. Absent if AWS does not tell them. */
  readonly totalResources?: number;
  readonly nonCompliantResources?: number;

  /** The number of resources that mitigation reaches; at least this many if counting stopped at the limit. */
  readonly affectedResources: number;
  readonly isMinimum?: boolean;

  /** Findings about what the rule never touches, and about what was repaired meanwhile, as far as they were read. */
  readonly exceptedFindings?: number;
  readonly repairedFindings?: number;

  readonly limit: LimitSettings;

  /** What the limit allows, or the number of resources that were asked about if that is less. */
  readonly allowedResources: number;

  /** Resources that the rule has mitigated in its days, if they were counted, and may. */
  readonly budget: { readonly used?: number; readonly resources: number; readonly days: number };

  /** For a check that is only reported: the reason why it would be left alone all the same. */
  readonly obstacle?: Outcome;

  /** The number of the plan's requests that are about findings of this check by id: see `MitigationPlan.requests`. */
  readonly batches?: number;

  /** Findings, after the report. */
  readonly succeeded?: number;
  readonly failed?: number;
  readonly skipped?: number;
  readonly canceled?: number;
}

/** A resource by name, for people. */
export interface NamedResource {
  readonly checkName: string;
  readonly resource: string;
  readonly reason: string;
}

/** A resource that could not be mitigated, with the error of AWS. */
export interface NamedFailure extends NamedResource {
  readonly error: string;
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
  readonly title: string;
  readonly switchName: string;
  readonly approvalHours?: number;
  readonly auditTaskId: string;
  readonly scheduledAuditName?: string;

  /** ISO 8601. Absent if AWS no longer keeps the audit. */
  readonly taskStartTime?: string;

  /** The time from which on the audit is too old, in ISO 8601. */
  readonly outdatedTime?: string;
  readonly answer: Answer;

  /** Worst severity first. Empty if no rule concerns the audit. */
  readonly checks: readonly PlannedCheck[];

  /** At most 20, the worst first. */
  readonly resources: readonly NamedResource[];

  /** Tasks to start now: one for whole checks if there are any, then those of each check by finding id, in order. */
  readonly requests: readonly MitigationRequest[];

  /** Ids of the tasks of earlier rounds, whose results count as well. */
  readonly formerTasks: readonly string[];

  /** Findings of earlier rounds that could not be mitigated, and that no further round is about: at most 20. */
  readonly failures?: readonly NamedFailure[];

  /** 0, or the number of the further round, of which there are two at most. */
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
  readonly failures: readonly NamedFailure[];
  readonly mitigationTaskIds: readonly string[];
}
