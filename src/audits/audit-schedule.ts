import { Token, Tokenization } from 'aws-cdk-lib';
import { invalidInput } from '../private/invalid-input';

/**
 * The frequency of a scheduled audit.
 */
export enum AuditFrequency {
  /** Every day. */
  DAILY = 'DAILY',

  /** Every week. */
  WEEKLY = 'WEEKLY',

  /** Every second week. */
  BIWEEKLY = 'BIWEEKLY',

  /** Every month. */
  MONTHLY = 'MONTHLY',
}

/**
 * A day of the week.
 */
export enum Weekday {
  /** Monday. */
  MONDAY = 'MON',

  /** Tuesday. */
  TUESDAY = 'TUE',

  /** Wednesday. */
  WEDNESDAY = 'WED',

  /** Thursday. */
  THURSDAY = 'THU',

  /** Friday. */
  FRIDAY = 'FRI',

  /** Saturday. */
  SATURDAY = 'SAT',

  /** Sunday. */
  SUNDAY = 'SUN',
}

/**
 * The frequency and the day of a scheduled audit. Device Defender chooses the time of day.
 *
 * @see https://docs.aws.amazon.com/iot/latest/apireference/API_CreateScheduledAudit.html
 */
export class AuditSchedule {
  /**
   * Every day.
   */
  public static daily(): AuditSchedule {
    return new AuditSchedule(AuditFrequency.DAILY);
  }

  /**
   * Every week, on a day of the week.
   *
   * @param day the day of the week
   */
  public static weekly(day: Weekday): AuditSchedule {
    return new AuditSchedule(AuditFrequency.WEEKLY, day);
  }

  /**
   * Every second week, on a day of the week.
   *
   * @param day the day of the week
   */
  public static biweekly(day: Weekday): AuditSchedule {
    return new AuditSchedule(AuditFrequency.BIWEEKLY, day);
  }

  /**
   * Every month, on a day of the month. A month that is too short for day 29, 30 or 31 is audited on its last day.
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
    return new AuditSchedule(AuditFrequency.MONTHLY, undefined, Tokenization.stringifyNumber(day));
  }

  /**
   * Every month, on its last day.
   */
  public static monthlyOnLastDay(): AuditSchedule {
    return new AuditSchedule(AuditFrequency.MONTHLY, undefined, 'LAST');
  }

  /**
   * The frequency of the audit.
   */
  public readonly frequency: AuditFrequency;

  /**
   * The day of the week; undefined unless the audit runs weekly or every second week.
   */
  public readonly dayOfWeek?: Weekday;

  /**
   * The day of the month, `1` to `31` or `LAST`; undefined unless the audit runs monthly.
   */
  public readonly dayOfMonth?: string;

  private constructor(frequency: AuditFrequency, dayOfWeek?: Weekday, dayOfMonth?: string) {
    this.frequency = frequency;
    this.dayOfWeek = dayOfWeek;
    this.dayOfMonth = dayOfMonth;
  }
}
