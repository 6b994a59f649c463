import { Stack } from 'aws-cdk-lib';
import {
  Alarm, ComparisonOperator, IAlarmAction, MathExpression, Metric, MetricOptions, TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { addActions, resolveActions } from './alarm-targets';
import { findingAlarmText, overdueAlarmText } from './alarm-texts';
import { AuditAges, ageMetric } from './audit-ages';
import { OverdueAlarm } from './overdue-alarm';
import { resolveMaximumDays, resolveWatchedChecks } from './watched-audit';
import { IScheduledAudit } from '../audits/scheduled-audit';
import { AuditCheck } from '../checks/audit-check';
import { SEVERITIES } from '../checks/check-table';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { requireSameEnvironment } from '../private/same-environment';

/**
 * Options for the alarms of audits.
 */
export interface AuditAlarmsOptions {
  /**
   * The topic to notify when an alarm goes off: a standard topic in the stack's region, for example that of the audits.
   * Alarms may publish to it, and use its key, if both are of this app. A policy that you give to the topic afterwards
   * must let `cloudwatch.amazonaws.com` publish.
   *
   * @default - no topic
   */
  readonly alarmTopic?: ITopic;

  /**
   * Further actions when an alarm goes off: 5 at most, with the notification of `alarmTopic`.
   *
   * @default - none; without a topic, the alarms are seen in the console only
   */
  readonly alarmActions?: IAlarmAction[];

  /**
   * Whether, and when, an alarm says that the audit is overdue. It takes the stack's Lambda function.
   *
   * @default - OverdueAlarm.bySchedule(); OverdueAlarm.none() for an imported audit, whose schedule is not known
   */
  readonly overdueAlarm?: OverdueAlarm;
}

/**
 * Properties of `AuditAlarms`.
 */
export interface AuditAlarmsProps extends AuditAlarmsOptions {
  /**
   * The audit, in the account and region of the stack.
   */
  readonly scheduledAudit: IScheduledAudit;

  /**
   * The checks to watch, of those that the audit runs.
   *
   * @default - every check that the audit runs; they must be given for an imported audit
   */
  readonly checks?: AuditCheck[];
}

/** The limit of CloudWatch for an alarm on an expression. */
const MAXIMUM_METRICS = 10;

/**
 * The alarms of a scheduled audit: one for each severity of its checks, and one if the audit is overdue.
 *
 * An alarm for a severity goes off when a run has found non-compliant resources that are not suppressed, and stays so
 * until a run finds none. Between two runs it keeps its state. More than ten checks of a severity have several alarms.
 *
 * @example
 *
 * declare const configuration: AccountAuditConfiguration;
 * declare const alarmTopic: sns.ITopic;
 *
 * const scheduledAudit = new ScheduledAudit(this, 'WeeklyAudit', {
 *   configuration,
 *   schedule: AuditSchedule.weekly(Weekday.MONDAY),
 * });
 * new AuditAlarms(this, 'Alarms', { scheduledAudit, alarmTopic });
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export class AuditAlarms extends Construct {
  /**
   * The alarms for non-compliant resources, the worst severity first.
   */
  public readonly findingAlarms: Alarm[];

  /**
   * The alarm for an audit that is overdue; undefined with `OverdueAlarm.none()`. It also notifies if nobody measures
   * the age any more, so that it has no data.
   */
  public readonly overdueAlarm?: Alarm;

  private readonly scheduledAudit: IScheduledAudit;

  /**
   * @throws if the audit is known to be of another account or region; if no check is given, a check twice, or one that
   * the audit does not run; if the checks of an imported audit are not given, or its schedule is needed; if the audit
   * would be overdue before it is due; if the topic is a FIFO topic, of another region, or encrypted with AWS's own
   * key; if there are more than 5 actions; if the stack's synthesizer takes no assets for the function
   */
  constructor(scope: Construct, id: string, props: AuditAlarmsProps) {
    super(scope, id);
    this.scheduledAudit = props.scheduledAudit;
    // Alarms look at metrics of their own account and region.
    requireSameEnvironment(this, props.scheduledAudit, {
      property: 'scheduledAudit', fix: 'define its alarms in a stack of its account and region',
    });
    const checks = resolveWatchedChecks(this, props);
    const maximumDays = resolveMaximumDays(this, props);
    const actions = resolveActions(this, props);
    this.findingAlarms = [...SEVERITIES].reverse().concat(OTHER).flatMap((severity) =>
      this.createFindingAlarms(severity, checks.filter((check) => severityOf(check) === severity)));
    this.overdueAlarm = maximumDays === undefined ? undefined : this.createOverdueAlarm(maximumDays);
    for (const alarm of this.alarms) addActions(alarm, actions);
    // Without data nobody knows if the audit runs. A new alarm has none, but nothing has changed then.
    if (actions.length > 0) this.overdueAlarm?.addInsufficientDataAction(...actions);
  }

  /**
   * All alarms.
   */
  public get alarms(): Alarm[] {
    return [...this.findingAlarms, ...this.overdueAlarm ? [this.overdueAlarm] : []];
  }

  /**
   * The days since the last complete run of the audit began, or since the audit was defined or changed if that is
   * later. They are measured four times a day if there is an alarm for an audit that is overdue.
   *
   * @param options statistic, period and the like; the maximum of 6 hours by default
   */
  public metricDaysSinceLastAudit(options?: MetricOptions): Metric {
    return ageMetric(this.scheduledAudit, options);
  }

  private createFindingAlarms(severity: string, checks: AuditCheck[]): Alarm[] {
    const alarms: Alarm[] = [];
    for (let start = 0; start < checks.length; start += MAXIMUM_METRICS) {
      const ordinal = start === 0 ? '' : start / MAXIMUM_METRICS + 1;
      alarms.push(this.createFindingAlarm(
        `${capitalize(severity)}Findings${ordinal}`, checks.slice(start, start + MAXIMUM_METRICS)));
    }
    return alarms;
  }

  private createFindingAlarm(id: string, checks: AuditCheck[]): Alarm {
    const { scheduledAudit } = this;
    const metrics = checks.map((check, index) =>
      [`check${index + 1}`, scheduledAudit.metricNonCompliantResources(check)] as const);
    return new Alarm(this, id, {
      alarmDescription: findingAlarmText(Stack.of(this), scheduledAudit.scheduledAuditName, checks),
      metric: new MathExpression({
        expression: 'SUM(METRICS())',
        label: 'Non-compliant resources',
        usingMetrics: Object.fromEntries(metrics),
        period: metrics[0][1].period,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      // There is a data point only when an audit ends, and what it found stays true until the next one.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }

  private createOverdueAlarm(maximumDays: number): Alarm {
    AuditAges.of(this).watch(this.scheduledAudit);
    const { logGroup: { logGroupName } } = FleetAuditFunction.of(this);
    return new Alarm(this, 'Overdue', {
      alarmDescription: overdueAlarmText(
        Stack.of(this), this.scheduledAudit.scheduledAuditName, maximumDays, logGroupName),
      metric: this.metricDaysSinceLastAudit(),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: maximumDays,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.MISSING,
    });
  }
}

/** Stands for severities that only the deployment knows. */
const OTHER = 'OTHER';

function severityOf({ severity }: AuditCheck): string {
  return SEVERITIES.includes(severity) ? severity : OTHER;
}

function capitalize(word: string): string {
  return word.charAt(0) + word.slice(1).toLowerCase();
}
