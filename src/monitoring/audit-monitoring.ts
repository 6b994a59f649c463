import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { addActions, resolveActions } from './alarm-targets';
import { FAILED_MITIGATIONS_TEXT } from './alarm-texts';
import { AuditAlarms, AuditAlarmsOptions } from './audit-alarms';
import { OverdueAlarm } from './overdue-alarm';
import { ScheduledAudit } from '../audits/scheduled-audit';
import { AuditEvents } from '../events/audit-events';
import { AutomaticMitigation } from '../mitigation/automatic-mitigation';

/** The alarms of a `FleetAudit`: those of its audits, and those of what follows an audit. All have the same actions. */
export class AuditMonitoring extends Construct {
  /** In the order of their definition. */
  public readonly alarms: Alarm[] = [];

  private readonly actions: IAlarmAction[];
  private readonly overdueAlarm?: OverdueAlarm;

  /**
   * @throws as `AuditAlarms` does about its topic and its actions
   */
  constructor(scope: Construct, id: string, options: AuditAlarmsOptions) {
    super(scope, id);
    this.actions = resolveActions(this, options);
    this.overdueAlarm = options.overdueAlarm;
  }

  public watchAudit(scheduledAudit: ScheduledAudit): void {
    const { alarms } = new AuditAlarms(this, scheduledAudit.node.id, {
      scheduledAudit, alarmActions: this.actions, overdueAlarm: this.overdueAlarm,
    });
    this.alarms.push(...alarms);
  }

  public watchEvents({ deadLetterAlarm }: AuditEvents): void {
    this.watchAlarm(deadLetterAlarm);
  }

  public watchMitigation(mitigation: AutomaticMitigation): void {
    this.watchAlarm(mitigation.failedExecutionsAlarm);
    // Defined here: mitigation without monitoring keeps its template.
    this.watchAlarm(new Alarm(mitigation, 'FailedResourcesAlarm', {
      alarmDescription: FAILED_MITIGATIONS_TEXT,
      // A report gives one data point.
      metric: mitigation.metricFailedResources({ period: Duration.days(1) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: 1,
      evaluationPeriods: 1,
      // An audit that finds nothing to mitigate gives none.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }));
  }

  private watchAlarm(alarm: Alarm): void {
    addActions(alarm, this.actions);
    this.alarms.push(alarm);
  }
}
