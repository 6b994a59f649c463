import { Fn, Token } from 'aws-cdk-lib';
import { SuppressionExpiry } from '../../src';
import { endOf } from '../../src/suppressions/protocol';

describe('the end of a suppression', () => {
  test.each([
    ['a date is over when its last second in UTC is', '2027-03-31', '2027-03-31T23:59:59.000Z'],
    ['a leap day', '2028-02-29', '2028-02-29T23:59:59.000Z'],
    ['a time in UTC', '2027-03-31T12:00:00Z', '2027-03-31T12:00:00.000Z'],
    ['a time without seconds', '2027-03-31T12:00Z', '2027-03-31T12:00:00.000Z'],
    ['a time with an offset', '2027-03-31T01:00:00+02:00', '2027-03-30T23:00:00.000Z'],
  ])('%s: %s', (_, date, expected) => {
    const expiry = SuppressionExpiry.on(date);

    expect(expiry._until).toBe(date);
    expect(new Date(expiry._end).toISOString()).toBe(expected);
  });

  test('never comes, in the word of the template', () => {
    expect(SuppressionExpiry.never()).toMatchObject({ _until: 'forever', _end: Infinity });
  });

  test('is not known at synth if it is a token', () => {
    const until = Fn.ref('Until');

    expect(SuppressionExpiry.on(until)).toMatchObject({ _until: until, _end: Infinity });
    expect(Token.isUnresolved(until)).toBe(true);
  });

  test.each([
    '', 'tomorrow', '31.03.2027', '2027-3-31', '2027-13-01', '2027-02-29', '2027-02-30', '2027-03-31T12:00:00',
    '2027-03-31T25:00:00Z', '2027-02-30T12:00:00Z', '2027-03-31T12:00:00.5Z', '2027-03-31Z', 'P30D', 'forever',
  ])('is no such text: %p', (date) => {
    expect(() => SuppressionExpiry.on(date)).toThrow(new Error(
      `SuppressionExpiry.on: 'date' must be a date of the calendar, or a time with its offset from UTC, got '${date}'; `
        + 'write it like 2027-03-31 or 2027-03-31T12:00:00Z',
    ));
  });

  test('is infinite for the function where the template says forever, and no number for anything odd', () => {
    expect([endOf('forever'), endOf('Forever'), endOf('')]).toEqual([Infinity, NaN, NaN]);
  });
});
