import { Token, Tokenization } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { OverdueAlarm } from './overdue-alarm';
import { AuditFrequency } from '../audits/audit-schedule';
import { IScheduledAudit, ScheduledAudit } from '../audits/scheduled-audit';
import { AuditCheck } from '../checks/audit-check';
import { validateChecks } from '../checks/validate-checks';
import { invalidInput } from '../private/invalid-input';

/** What is watched. Of an imported audit, neither the checks nor the schedule are known. */
interface WatchedAuditProps {
  readonly scheduledAudit: IScheduledAudit;
  readonly checks?: AuditCheck[];
  readonly overdueAlarm?: OverdueAlarm;
}

/** Days between two runs, at most. */
const INTERVALS: Record<AuditFrequency, number> = { DAILY: 1, WEEKLY: 7, BIWEEKLY: 14, MONTHLY: 31 };

/** Days for the time of day, which Device Defender chooses, and for the run itself. */
const TOLERANCE = 2;

/**
 * The checks to watch: those given, or all that the audit runs.
 *
 * @throws as `AuditAlarms` does
 */
export function resolveWatchedChecks(scope: Construct, { checks, scheduledAudit }: WatchedAuditProps): AuditCheck[] {
  const run = (scheduledAudit as Partial<ScheduledAudit>).checks;
  const watched = checks ?? run;
  if (!watched) {
    throw invalidInput(scope, {
      property: 'checks',
      rule: 'must be given for an imported audit',
      given: 'none',
      fix: 'name the checks that the audit runs',
    });
  }
  validateChecks(scope, 'checks', watched);
  const notRun = watched.filter((check) => run && !run.some((other) => other.isSameCheckAs(check)));
  if (notRun.length > 0) {
    throw invalidInput(scope, {
      property: 'checks',
      rule: `must be checks that ${scheduledAudit.node.path} runs`,
      given: notRun.map(String).join(', '),
      fix: 'add them to the audit, or leave them out here',
    });
  }
  return watched;
}

/**
 * The age in days from which the audit is overdue; undefined if there is to be no alarm.
 *
 * @throws as `AuditAlarms` does
 */
export function resolveMaximumDays(scope: Construct, props: WatchedAuditProps): number | undefined {
  const { _frequency: frequency } = props.scheduledAudit as Partial<ScheduledAudit>;
  const overdueAlarm = props.overdueAlarm ?? (frequency ? OverdueAlarm.bySchedule() : OverdueAlarm.none());
  if (!overdueAlarm._isWanted) {
    return undefined;
  }
  const interval = frequency && INTERVALS[frequency];
  const maximumDays = overdueAlarm._maximumAge?.toDays();
  if (maximumDays === undefined) {
    if (interval === undefined) {
      throw invalidInput(scope, {
        property: 'overdueAlarm',
        rule: 'must be a time for an imported audit, whose schedule is not known',
        given: 'OverdueAlarm.bySchedule()',
        fix: 'give OverdueAlarm.after() or OverdueAlarm.none()',
      });
    }
    return interval + TOLERANCE;
  }
  if (interval !== undefined && !Token.isUnresolved(maximumDays) && maximumDays <= interval) {
    throw invalidInput(scope, {
      property: 'overdueAlarm',
      rule: `must be later than ${interval} days, the interval of a ${frequency} audit`,
      given: `OverdueAlarm.after() with ${Tokenization.stringifyNumber(maximumDays)} days`,
      fix: `give ${interval + TOLERANCE} days or more, or OverdueAlarm.bySchedule()`,
    });
  }
  return maximumDays;
}
