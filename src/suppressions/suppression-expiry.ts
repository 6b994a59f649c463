import { Token } from 'aws-cdk-lib';
import { endOf, FOREVER } from './protocol';
import { invalidInput } from '../private/invalid-input';

/**
 * The end of a suppression. Afterwards, the finding counts again.
 */
export class SuppressionExpiry {
  /**
   * The suppression ends at a time, the same whenever the stack is deployed.
   *
   * @param date a date such as `2027-03-31`, which includes the whole day in UTC, or a time with its offset from UTC
   * such as `2027-03-31T12:00:00Z`
   * @throws if it is neither
   */
  public static on(date: string): SuppressionExpiry {
    if (!Token.isUnresolved(date) && !Number.isFinite(endOf(date))) {
      throw invalidInput('SuppressionExpiry.on', {
        property: 'date',
        rule: 'must be a date of the calendar, or a time with its offset from UTC',
        given: `'${date}'`,
        fix: 'write it like 2027-03-31 or 2027-03-31T12:00:00Z',
      });
    }
    return new SuppressionExpiry(date);
  }

  /**
   * The suppression does not end until it is removed from the stack.
   *
   * Prefer a date: nobody looks again at what is accepted forever.
   */
  public static never(): SuppressionExpiry {
    return new SuppressionExpiry(FOREVER);
  }

  private constructor(private readonly until: string) {}

  /**
   * The end as the template shows it.
   *
   * @internal
   */
  public get _until(): string {
    return this.until;
  }

  /**
   * The end in milliseconds since 1970: infinity if there is none, or if only the deployment knows it.
   *
   * @internal
   */
  public get _end(): number {
    return Token.isUnresolved(this.until) ? Infinity : endOf(this.until);
  }
}
