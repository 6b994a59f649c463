import { Duration, Tokenization } from 'aws-cdk-lib';
import { invalidInput } from '../private/invalid-input';

/** In days, as AWS documents it. */
const MINIMUM_DAYS = 30;
const DOCUMENTED_MAXIMUM_DAYS = 3652;

/**
 * What the service is known to accept: it has refused more for the age check, whatever is documented.
 *
 * @see https://github.com/aws/aws-cdk/pull/35365
 */
const CONFIRMED_MAXIMUM_DAYS = 3650;

/** What a threshold is for. */
export interface AuditCheckThresholdKind {
  /** The public factory that was called, for the message of an error. */
  readonly factory: string;

  /** The threshold's property in CloudFormation. */
  readonly propertyName: string;

  /** More than the service is known to accept would be refused at deployment for certain. */
  readonly refusedAboveConfirmed: boolean;
}

/** The number of days that a check compares certificates with. */
export class AuditCheckThreshold {
  public readonly propertyName: string;

  /**
   * @param kind what the threshold is for
   * @param duration whole days, 30 or more
   */
  constructor({ factory, propertyName, refusedAboveConfirmed }: AuditCheckThresholdKind, public readonly duration: Duration) {
    this.propertyName = propertyName;
    if (duration.isUnresolved()) {
      return;
    }
    const days = duration.toDays({ integral: false });
    const maximum = refusedAboveConfirmed ? CONFIRMED_MAXIMUM_DAYS : DOCUMENTED_MAXIMUM_DAYS;
    if (!Number.isInteger(days) || days < MINIMUM_DAYS || days > maximum) {
      throw invalidInput(factory, {
        property: 'threshold',
        rule: `must be ${MINIMUM_DAYS} to ${maximum} whole days`,
        given: `${duration.toHumanString()} (${Number(days.toFixed(3))} days)`,
        fix: `give a number of days in that range, for example Duration.days(${MINIMUM_DAYS})`,
      });
    }
  }

  /** A threshold that AWS documents, although the service may refuse it. */
  public get isUnconfirmed(): boolean {
    return !this.duration.isUnresolved() && this.duration.toDays() > CONFIRMED_MAXIMUM_DAYS;
  }

  /** The threshold as the service wants it: days, in a string. */
  public render(): string {
    return Tokenization.stringifyNumber(this.duration.toDays());
  }
}
