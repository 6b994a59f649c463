import { Token, Tokenization } from 'aws-cdk-lib';
import { DayOfWeek } from './day-of-week';
import { invalidInput } from '../private/invalid-input';

/**
 * How often a scheduled audit runs, and on which day. Device Defender chooses the time of day.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateScheduledAudit.html
 */
export class AuditSchedule {
  /**
   * Every day.
   */
  public static daily(): AuditSchedule {
    return new AuditSchedule('DAILY');
  }

  /**
   * Every week, on a day.
   *
   * @param day the day of the week
   */
  public static weekly(day: DayOfWeek): AuditSchedule {
    return new AuditSchedule('WEEKLY', day);
  }

  /**
   * Every second week, on a day.
   *
   * @param day the day of the week
   */
  public static biweekly(day: DayOfWeek): AuditSchedule {
    return new AuditSchedule('BIWEEKLY', day);
  }

  /**
   * Every month, on a day. In a month that is too short for day 29, 30 or 31, on its last day.
   *
   * @param day the day of the month, 1 to 31
   * @throws if the day is not a whole number from 1 to 31
   */
  public static monthly(day: number): AuditSchedule {
    if (!Token.isUnresolved(day) && !(Number.isInteger(day) && day >= 1 && day <= 31)) {
      throw invalidInput('AuditSchedule.monthly', {
        property: 'day',
        rule: 'must be a whole number from 1 to 31',
        given: String(day),
        fix: 'choose a day in that range, or monthlyOnLastDay()',
      });
    }
    return new AuditSchedule('MONTHLY', undefined, Tokenization.stringifyNumber(day));
  }

  /**
   * Every month, on its last day.
   */
  public static monthlyOnLastDay(): AuditSchedule {
    return new AuditSchedule('MONTHLY', undefined, 'LAST');
  }

  /**
   * The frequency as AWS names it: DAILY, WEEKLY, BIWEEKLY or MONTHLY.
   */
  public readonly frequency: string;

  /**
   * The day of the week; undefined unless the audit runs weekly or every second week.
   */
  public readonly dayOfWeek?: DayOfWeek;

  /**
   * The day of the month, `1` to `31` or `LAST`; undefined unless the audit runs monthly.
   */
  public readonly dayOfMonth?: string;

  private constructor(frequency: string, dayOfWeek?: DayOfWeek, dayOfMonth?: string) {
    this.frequency = frequency;
    this.dayOfWeek = dayOfWeek;
    this.dayOfMonth = dayOfMonth;
  }
}
