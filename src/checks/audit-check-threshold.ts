import { Duration, Tokenization } from 'aws-cdk-lib';
import { invalidInput } from '../private/invalid-input';

/**
 * The documented maximum is 3652, yet the service has refused more than 3650 for the age check.
 *
 * @see https://github.com/aws/aws-cdk/pull/35365
 */
const MINIMUM_DAYS = 30;
const MAXIMUM_DAYS = 3650;

/** The number of days that a check compares certificates with. */
export class AuditCheckThreshold {
  /**
   * @param factory the public factory that was called, for the message of an error
   * @param propertyName the threshold's property in CloudFormation
   * @param duration whole days, 30 to 3650
   */
  constructor(factory: string, public readonly propertyName: string, public readonly duration: Duration) {
    if (duration.isUnresolved()) {
      return;
    }
    const days = duration.toDays({ integral: false });
    if (!Number.isInteger(days) || days < MINIMUM_DAYS || days > MAXIMUM_DAYS) {
      throw invalidInput(factory, {
        property: 'threshold',
        rule: `must be ${MINIMUM_DAYS} to ${MAXIMUM_DAYS} whole days`,
        given: `${duration.toHumanString()} (${Number(days.toFixed(3))} days)`,
        fix: `give a number of days in that range, for example Duration.days(${MINIMUM_DAYS})`,
      });
    }
  }

  /** The threshold as the service wants it: days, in a string. */
  public render(): string {
    return Tokenization.stringifyNumber(this.duration.toDays());
  }
}
