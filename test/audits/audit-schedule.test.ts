import { App, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountAuditConfiguration, AuditCheck, AuditSchedule, ScheduledAudit, Weekday } from '../../src';
import { ENV } from '../support/templates';

describe('AuditSchedule', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function expectSchedule(schedule: AuditSchedule, expected: object): void {
    const checks = [AuditCheck.LOGGING_DISABLED];
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks });
    new ScheduledAudit(stack, 'Audit', { configuration, schedule });

    Template.fromStack(stack).hasResourceProperties('AWS::IoT::ScheduledAudit', Match.objectEquals({
      ...expected, TargetCheckNames: ['LOGGING_DISABLED_CHECK'],
    }));
  }

  test('daily() has no day', () => {
    const schedule = AuditSchedule.daily();

    expect({ ...schedule }).toEqual({ frequency: 'DAILY' });
    expectSchedule(schedule, { Frequency: 'DAILY' });
  });

  describe.each([
    [Weekday.MONDAY, 'MON'],
    [Weekday.TUESDAY, 'TUE'],
    [Weekday.WEDNESDAY, 'WED'],
    [Weekday.THURSDAY, 'THU'],
    [Weekday.FRIDAY, 'FRI'],
    [Weekday.SATURDAY, 'SAT'],
    [Weekday.SUNDAY, 'SUN'],
  ])('on %s', (day, name) => {
    test('weekly() has a day of the week', () => {
      const schedule = AuditSchedule.weekly(day);

      expect({ ...schedule }).toEqual({ frequency: 'WEEKLY', dayOfWeek: day });
      expectSchedule(schedule, { Frequency: 'WEEKLY', DayOfWeek: name });
    });

    test('biweekly() has a day of the week', () => {
      const schedule = AuditSchedule.biweekly(day);

      expect({ ...schedule }).toEqual({ frequency: 'BIWEEKLY', dayOfWeek: day });
      expectSchedule(schedule, { Frequency: 'BIWEEKLY', DayOfWeek: name });
    });
  });

  test.each([1, 15, 28, 29, 31])('monthly(%s) has a day of the month', (day) => {
    const schedule = AuditSchedule.monthly(day);

    expect({ ...schedule }).toEqual({ frequency: 'MONTHLY', dayOfMonth: `${day}` });
    expectSchedule(schedule, { Frequency: 'MONTHLY', DayOfMonth: `${day}` });
  });

  test('monthly() passes a token', () => {
    expectSchedule(
      AuditSchedule.monthly(Token.asNumber({ Ref: 'Day' })), { Frequency: 'MONTHLY', DayOfMonth: { Ref: 'Day' } },
    );
  });

  test.each([0, 32, 1.5, -1, NaN, Infinity])('fails for monthly(%s)', (day) => {
    expect(() => AuditSchedule.monthly(day)).toThrow(new Error(
      `AuditSchedule.monthly: 'day' must be a whole number from 1 to 31, got ${day}; `
      + 'choose a day in that range, or monthlyOnLastDay()',
    ));
  });

  test('monthlyOnLastDay() has the last day', () => {
    const schedule = AuditSchedule.monthlyOnLastDay();

    expect({ ...schedule }).toEqual({ frequency: 'MONTHLY', dayOfMonth: 'LAST' });
    expectSchedule(schedule, { Frequency: 'MONTHLY', DayOfMonth: 'LAST' });
  });
});
