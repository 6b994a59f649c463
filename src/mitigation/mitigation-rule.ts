import { Duration } from 'aws-cdk-lib';
import { IMitigationActionRef, IScheduledAuditRef } from 'aws-cdk-lib/aws-iot';
import { MitigationException } from './mitigation-exception';
import { AuditCheck } from '../checks/audit-check';

/**
 * What automatic mitigation does with findings that are within the limits of a rule.
 */
export enum MitigationMode {
  /** Reports what it would do, and does nothing: a dry run. */
  REPORT = 'REPORT',

  /** Asks people, and applies the actions if one of them agrees in time. */
  ASK = 'ASK',

  /** Applies the actions at once. */
  APPLY = 'APPLY',
}

/**
 * A rule of automatic mitigation: which findings are mitigated, how, and how many at most.
 *
 * The limits hold for each check as a whole. If an audit finds more than a limit allows, none of it is mitigated: an
 * unexpectedly large number is more likely a mistake than an incident.
 */
export interface MitigationRule {
  /**
   * The checks whose findings are mitigated. AWS must allow each action for each of them.
   *
   * A check can be in several rules only if their `reasonCodes` or their `scheduledAudits` do not overlap.
   */
  readonly checks: AuditCheck[];

  /**
   * The actions, in the order in which they are applied to each finding: 1 to 5, none twice. If one fails for a
   * finding, those after it are skipped for that finding.
   */
  readonly actions: IMitigationActionRef[];

  /**
   * Reports, asks or applies.
   *
   * @default - MitigationMode.REPORT if an action deactivates certificates, blanks policies or is of a type that is not
   * known, as that of an imported action; otherwise MitigationMode.APPLY
   */
  readonly mode?: MitigationMode;

  /**
   * The reasons of findings that are mitigated, as AWS documents them for each check, for example
   * `CERTIFICATE_PAST_EXPIRATION`: 1 to 25 codes, none twice.
   *
   * @default - findings of every reason
   * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/device-defender-audit-checks.html
   */
  readonly reasonCodes?: string[];

  /**
   * The scheduled audits whose findings are mitigated. Each check must be in one of them.
   *
   * @default - every audit, also those on demand
   */
  readonly scheduledAudits?: IScheduledAuditRef[];

  /**
   * The number of resources that may be mitigated for a check after one audit: 1 or more, and at most 2,500 if findings
   * have to be looked at one by one, which is the case with `reasonCodes` or `exceptions`, for actions that blank
   * policies, for the deactivation of shared certificates, and for the check of intermediate CAs.
   *
   * @default 10
   */
  readonly maximumResources?: number;

  /**
   * The part of the resources looked at by a check that may be mitigated after one audit, in percent: above 0 to 100.
   *
   * The check of intermediate CAs looks at issuers, while mitigation reaches the device certificates behind them: the
   * percentage is that of the issuers, and it limits the number of device certificates. There, `smallFleetAllowance`
   * and `maximumResources` are the limits to set.
   *
   * @default 5
   */
  readonly maximumPercent?: number;

  /**
   * The number of resources that may be mitigated whatever `maximumPercent` says: 0 to `maximumResources`. 5 percent of
   * a fleet of 12 devices are none.
   *
   * @default 1
   */
  readonly smallFleetAllowance?: number;

  /**
   * The number of resources that may be mitigated for the rule's checks within `budgetPeriod`: `maximumResources` or
   * more. It stops what stays within the limits of an audit, but comes back audit after audit.
   *
   * @default - three times `maximumResources`
   */
  readonly budget?: number;

  /**
   * The period to which `budget` applies, up to now: 1 to 89 whole days. AWS keeps its records of mitigation tasks
   * for 90 days.
   *
   * @default Duration.days(7)
   */
  readonly budgetPeriod?: Duration;

  /**
   * Resources that the rule never touches: at most 250. Each must be of a kind that one of the checks finds. Where an
   * action blanks policies, only policies can be exceptions, since every device that uses a blank policy is cut off.
   *
   * @default - none; findings that are suppressed in Device Defender are skipped in any case
   */
  readonly exceptions?: MitigationException[];
}
