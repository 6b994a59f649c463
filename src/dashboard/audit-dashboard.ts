import { Duration, Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget, CustomWidget, Dashboard, IAlarm, IWidget, PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AuditDashboardProps, validateDashboard } from './audit-dashboard-props';
import { graphsOf } from './audit-graphs';
import { DashboardFunction } from './dashboard-function';
import { LateWidget } from './late-widget';
import { FindingsWidgetParameters } from './protocol';
import { OnDemandAudit } from '../audits/on-demand-audit';
import { IScheduledAudit, ScheduledAudit } from '../audits/scheduled-audit';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';
import { requireSameEnvironment } from '../private/same-environment';

/** The whole width of a dashboard. */
const WIDTH = 24;

/**
 * A dashboard of audits: what they find now, the states of alarms, and what they have found over time.
 *
 * Its widget for findings is drawn by a Lambda function of its own, which can only read audits: whoever looks at the
 * dashboard needs to invoke it. `grantView()` allows that.
 *
 * @example
 *
 * declare const scheduledAudit: ScheduledAudit;
 * declare const securityTeam: iam.IRole;
 *
 * const dashboard = new AuditDashboard(this, 'Dashboard', {
 *   scheduledAudits: [scheduledAudit],
 *   dashboardName: 'FleetAudit',
 * });
 * dashboard.grantView(securityTeam);
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html
 */
export class AuditDashboard extends Construct {
  /**
   * The dashboard.
   */
  public readonly dashboard: Dashboard;

  /**
   * The function that draws the findings. It may read audits, and nothing else.
   */
  public readonly function: LambdaFunction;

  /**
   * The log of the function.
   */
  public readonly logGroup: ILogGroup;

  private readonly scheduledAudits: IScheduledAudit[] = [];

  /**
   * @throws if there is no audit, or one that is known to be of another account or region; if the name or the interval
   * is not one of CloudWatch; if there are more than 100 alarms; if the stack's synthesizer takes no assets
   */
  constructor(scope: Construct, id: string, props: AuditDashboardProps) {
    super(scope, id);
    validateDashboard(this, props);
    ({ function: this.function, logGroup: this.logGroup } = new DashboardFunction(this, 'Widget'));
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: props.dashboardName,
      defaultInterval: props.defaultInterval ?? Duration.days(90),
      // An audit has a data point a day at most: shorter periods would show gaps, longer ones less.
      periodOverride: PeriodOverride.INHERIT,
    });
    this.dashboard.addWidgets(this.findingsWidget());
    this.dashboard.addWidgets(alarmsWidget(() => [...props.alarms ?? [], ...props._laterAlarms?.() ?? []]));
    props.scheduledAudits.forEach((audit) => this.addScheduledAudit(audit));
    if (props.onDemandAudit) this.addOnDemandAudit(props.onDemandAudit);
  }

  /**
   * Adds the graphs of a scheduled audit, and its findings.
   *
   * @param audit an audit in the account and region of the stack
   * @throws if the audit is known to be of another account or region
   */
  public addScheduledAudit(audit: IScheduledAudit): void {
    requireSameEnvironment(this, audit, {
      property: 'scheduledAudits', fix: 'define its dashboard in a stack of its account and region',
    });
    this.scheduledAudits.push(audit);
    this.addRows(graphsOf({
      title: `## Audit ${audit.scheduledAuditName}`,
      checks: (audit as Partial<ScheduledAudit>).checks ?? this.checksOfRegion,
      nonCompliantResources: (check, options) => audit.metricNonCompliantResources(check, options),
      resourcesEvaluated: (check, options) => audit.metricResourcesEvaluated(check, options),
    }));
  }

  /**
   * Adds widgets of your own below the others, next to each other.
   *
   * @param widgets the widgets of a row
   */
  public addWidgets(...widgets: IWidget[]): void {
    this.dashboard.addWidgets(...widgets);
  }

  /**
   * Grants looking at the dashboard: at the findings of all audits, and at all metrics and the states of all alarms of
   * the account, which cannot be narrowed.
   *
   * @param grantee the people who look at it, in the account of the stack
   */
  public grantView(grantee: IGrantable): Grant {
    const allow = (actions: string[], ...resourceArns: string[]) =>
      Grant.addToPrincipal({ grantee, actions, resourceArns });
    // The CDK's own ARN of a dashboard lacks a name that CloudFormation generates.
    const dashboardArn = Stack.of(this).formatArn({
      service: 'cloudwatch', region: '', resource: 'dashboard', resourceName: this.dashboard.dashboardName,
    });
    return allow(['cloudwatch:GetDashboard'], dashboardArn)
      .combine(allow(['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'cloudwatch:ListDashboards'], '*'))
      .combine(allow(['lambda:InvokeFunction'], this.function.functionArn));
  }

  private addOnDemandAudit(audit: OnDemandAudit): void {
    this.addRows(graphsOf({
      title: '## Audits on demand',
      checks: audit.checks ?? this.checksOfRegion,
      nonCompliantResources: (check, options) => audit.metricNonCompliantResources(check, options),
      resourcesEvaluated: (check, options) => audit.metricResourcesEvaluated(check, options),
    }));
  }

  private addRows(rows: IWidget[][]): void {
    rows.forEach((row) => this.dashboard.addWidgets(...row));
  }

  private findingsWidget(): IWidget {
    const size = { width: WIDTH, height: 14 };
    return new LateWidget(size.width, size.height, () => new CustomWidget({
      ...size,
      title: 'Findings',
      functionArn: this.function.functionArn,
      params: {
        audits: this.scheduledAudits.map(({ scheduledAuditName }) => scheduledAuditName),
      } satisfies FindingsWidgetParameters,
      updateOnTimeRangeChange: false,
      // The size is the browser's matter.
      updateOnResize: false,
    }));
  }

  private get checksOfRegion(): AuditCheck[] {
    return checksAvailableIn(Stack.of(this));
  }
}

function alarmsWidget(alarms: () => IAlarm[]): IWidget {
  const size = { width: WIDTH, height: 3 };
  return new LateWidget(size.width, size.height, () => {
    const shown = alarms();
    return shown.length === 0 ? undefined : new AlarmStatusWidget({ ...size, title: 'Alarms', alarms: shown });
  });
}
