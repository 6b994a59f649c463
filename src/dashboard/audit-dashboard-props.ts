import { Duration, Token } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { OnDemandAudit } from '../audits/on-demand-audit';
import type { IScheduledAudit } from '../audits/scheduled-audit';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for a dashboard of audits.
 */
export interface AuditDashboardOptions {
  /**
   * The dashboard's name: 1 to 255 letters, digits, hyphens and underscores. Names are unique in the whole account, not
   * only in the region.
   *
   * @default - CloudFormation generates a name
   */
  readonly dashboardName?: string;

  /**
   * The time that graphs show when the dashboard is opened: from 1 day to 455 days, for which CloudWatch keeps data
   * points of an hour and more.
   *
   * @default Duration.days(90), the time for which AWS IoT keeps findings
   */
  readonly defaultInterval?: Duration;
}

/**
 * Properties of `AuditDashboard`.
 */
export interface AuditDashboardProps extends AuditDashboardOptions {
  /**
   * The scheduled audits, in the account and region of the stack. Each has a row of graphs. Of an imported one, whose
   * checks are not known, these show every check that the region has.
   */
  readonly scheduledAudits: IScheduledAudit[];

  /**
   * An audit on demand: the graphs show all audits on demand of the account.
   *
   * @default - no graphs of audits on demand
   */
  readonly onDemandAudit?: OnDemandAudit;

  /**
   * The alarms whose states the dashboard shows: 100 at most.
   *
   * @default - none
   */
  readonly alarms?: IAlarm[];

  /**
   * Further alarms, also those that are defined after the dashboard.
   *
   * @internal
   */
  readonly _laterAlarms?: () => IAlarm[];
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/** Days for which CloudWatch keeps data points of a day. */
const LONGEST_INTERVAL = Duration.days(455);

/** The limit of CloudWatch for a widget of alarms. */
const MOST_ALARMS = 100;

/** Throws as `AuditDashboard` does about its properties. */
export function validateDashboard(scope: Construct, props: AuditDashboardProps): void {
  const { alarms = [], dashboardName, defaultInterval, onDemandAudit, scheduledAudits } = props;
  if (dashboardName !== undefined && !Token.isUnresolved(dashboardName) && !NAME.test(dashboardName)) {
    throw invalidInput(scope, {
      property: 'dashboardName',
      rule: 'must be 1 to 255 letters, digits, hyphens and underscores',
      given: `'${dashboardName}'`,
      fix: 'give another name, or none',
    });
  }
  if (defaultInterval && !defaultInterval.isUnresolved() && !isShown(defaultInterval)) {
    throw invalidInput(scope, {
      property: 'defaultInterval',
      rule: 'must be from 1 day to 455 days, for which CloudWatch keeps the data points',
      given: defaultInterval.toString(),
      fix: 'give a time in between, or none for 90 days',
    });
  }
  if (scheduledAudits.length === 0 && !onDemandAudit) {
    throw invalidInput(scope, {
      property: 'scheduledAudits',
      rule: 'must hold an audit if there is no onDemandAudit',
      given: 'none',
      fix: 'name the audits to show',
    });
  }
  if (alarms.length > MOST_ALARMS) {
    throw invalidInput(scope, {
      property: 'alarms',
      rule: `must be ${MOST_ALARMS} at most, the limit of CloudWatch for one widget`,
      given: String(alarms.length),
      fix: 'add further widgets with addWidgets()',
    });
  }
}

function isShown(interval: Duration): boolean {
  const milliseconds = interval.toMilliseconds({ integral: false });
  return milliseconds >= Duration.days(1).toMilliseconds() && milliseconds <= LONGEST_INTERVAL.toMilliseconds();
}
