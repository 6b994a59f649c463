import { Duration } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

const DEFAULT_APPROVAL_TIMEOUT = Duration.days(1);
const SHORTEST_APPROVAL_TIMEOUT = Duration.minutes(5);
const LONGEST_APPROVAL_TIMEOUT = Duration.days(30);

/** The default age of an audit, beyond the time that an answer may take. */
const DEFAULT_AGE_AFTER_ANSWER = Duration.days(1);

/** AWS keeps the findings of an audit that long. */
const LONGEST_AUDIT_AGE = Duration.days(90);

export interface MitigationTimes {
  readonly approvalTimeout: Duration;
  readonly maximumAuditAge: Duration;
}

/**
 * The time limits of automatic mitigation, with the defaults.
 *
 * @throws if one is out of its range or only known at deployment
 */
export function resolveTimes(scope: IConstruct, given: Partial<MitigationTimes>): MitigationTimes {
  const { approvalTimeout = DEFAULT_APPROVAL_TIMEOUT } = given;
  requireBetween(scope, 'approvalTimeout', approvalTimeout, SHORTEST_APPROVAL_TIMEOUT, LONGEST_APPROVAL_TIMEOUT);
  const { maximumAuditAge = approvalTimeout.plus(DEFAULT_AGE_AFTER_ANSWER) } = given;
  requireBetween(scope, 'maximumAuditAge', maximumAuditAge, Duration.hours(1), LONGEST_AUDIT_AGE);
  if (maximumAuditAge.toSeconds() <= approvalTimeout.toSeconds()) {
    throw invalidInput(scope, {
      property: 'maximumAuditAge',
      rule: `must be longer than approvalTimeout, which is ${approvalTimeout.toHumanString()}`,
      given: maximumAuditAge.toHumanString(),
      fix: 'raise it, or lower approvalTimeout: what is approved at the last moment must not be outdated',
    });
  }
  return { approvalTimeout, maximumAuditAge };
}

function requireBetween(
  scope: IConstruct, property: string, given: Duration, shortest: Duration, longest: Duration,
): void {
  const range = `${shortest.toHumanString()} to ${longest.toHumanString()}`;
  if (given.isUnresolved()) {
    throw invalidInput(scope, {
      property, rule: `must be ${range} and known at synth`, given: 'a token', fix: 'give a duration',
    });
  }
  const seconds = given.toSeconds({ integral: false });
  if (!Number.isInteger(seconds) || seconds < shortest.toSeconds() || seconds > longest.toSeconds()) {
    throw invalidInput(scope, {
      property,
      rule: `must be ${range}, in whole seconds`,
      given: given.toHumanString(),
      fix: 'give a duration in that range',
    });
  }
}
