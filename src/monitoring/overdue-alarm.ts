import { Duration } from 'aws-cdk-lib';
import { invalidInput } from '../private/invalid-input';

/** AWS keeps audits for 90 days, and an age must still be found out when it is too high. */
const MAXIMUM_DAYS = 80;

/**
 * Whether, and when, an alarm says that an audit is overdue: that no complete run of it has begun for too long.
 *
 * A run is complete if the audit ended and each of its checks could be carried out.
 */
export class OverdueAlarm {
  /**
   * An alarm if the audit misses its schedule: after 3 days if it runs daily, 9 if weekly, 16 if every second week, and
   * 33 if monthly. This is its interval and two days, since Device Defender chooses the time of day and a run takes
   * time.
   */
  public static bySchedule(): OverdueAlarm {
    return new OverdueAlarm(true);
  }

  /**
   * An alarm after a time of your choice.
   *
   * @param maximumAge the time since the beginning of the last complete run: whole days, 1 to 80, and longer than the
   * interval of the audit's schedule
   * @throws if it is not a whole number of days in that range
   */
  public static after(maximumAge: Duration): OverdueAlarm {
    if (!maximumAge.isUnresolved()) {
      const days = maximumAge.toDays({ integral: false });
      if (!Number.isInteger(days) || days < 1 || days > MAXIMUM_DAYS) {
        throw invalidInput('OverdueAlarm.after', {
          property: 'maximumAge',
          rule: `must be 1 to ${MAXIMUM_DAYS} whole days`,
          given: maximumAge.toHumanString(),
          fix: 'give a number of days in that range, or OverdueAlarm.bySchedule()',
        });
      }
    }
    return new OverdueAlarm(true, maximumAge);
  }

  /**
   * No alarm. Nothing then needs the stack's Lambda function.
   */
  public static none(): OverdueAlarm {
    return new OverdueAlarm(false);
  }

  /** @internal */
  public readonly _isWanted: boolean;

  /** @internal */
  public readonly _maximumAge?: Duration;

  private constructor(isWanted: boolean, maximumAge?: Duration) {
    this._isWanted = isWanted;
    this._maximumAge = maximumAge;
  }
}
