import { EventPattern, OnEventOptions } from 'aws-cdk-lib/aws-events';
import { IScheduledAuditRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { refuseOverlap } from './event-pattern-overlap';
import { AUDIT_COMPLETED, AuditCompletedDetail, EVENT_SOURCE, UNKNOWN_SEVERITY } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { AuditSeverity, SEVERITIES } from '../checks/check-table';
import { validateChecks } from '../checks/validate-checks';
import { invalidInput } from '../private/invalid-input';

/**
 * Options for a rule that matches the event of an audit. Of several restrictions, all must hold.
 */
export interface AuditCompletedOptions extends OnEventOptions {
  /**
   * The scheduled audits whose runs match. An audit on demand then never matches.
   *
   * @default - every audit of the account in the region, on a schedule or on demand
   */
  readonly scheduledAudits?: IScheduledAuditRef[];

  /**
   * The checks of which at least one must have found something that is not suppressed.
   *
   * @default - an audit matches whatever its checks have found, even if all is compliant
   */
  readonly checks?: AuditCheck[];

  /**
   * The least of the worst severity that the audit has found. What is suppressed does not count.
   *
   * @default - an audit matches whatever its checks have found, even if all is compliant
   */
  readonly minimumSeverity?: AuditSeverity;
}

type DetailPattern = Partial<Record<keyof AuditCompletedDetail, string[]>>;

/**
 * The pattern of the events that a rule matches.
 *
 * @throws as `AuditEvents.onAuditCompleted()` does
 */
export function renderEventPattern(scope: Construct, options: AuditCompletedOptions): EventPattern {
  const { eventPattern = {} } = options;
  const detail = renderDetailPattern(scope, options);
  refuseOverlap(scope, eventPattern, 'onAuditCompleted()', Object.keys(detail)
    .filter((field) => field in (eventPattern.detail ?? {})).map((field) => `detail.${field}`));
  const wholeDetail = { ...eventPattern.detail, ...detail };
  return {
    ...eventPattern,
    source: [EVENT_SOURCE],
    detailType: [AUDIT_COMPLETED],
    ...Object.keys(wholeDetail).length > 0 && { detail: wholeDetail },
  };
}

function renderDetailPattern(
  scope: Construct, { checks, minimumSeverity, scheduledAudits }: AuditCompletedOptions,
): DetailPattern {
  if (scheduledAudits?.length === 0) {
    throw invalidInput(scope, {
      property: 'scheduledAudits',
      rule: 'must hold at least one scheduled audit',
      given: 'none',
      fix: 'add one, or leave the property out for every audit',
    });
  }
  if (checks) {
    validateChecks(scope, 'checks', checks);
  }
  return {
    ...scheduledAudits && {
      scheduledAuditName: scheduledAudits.map(({ scheduledAuditRef }) => scheduledAuditRef.scheduledAuditName),
    },
    ...checks && { nonCompliantChecks: checks.map(({ checkName }) => checkName) },
    ...minimumSeverity && { highestSeverity: severitiesFrom(minimumSeverity) },
  };
}

/** What has an unknown severity may be as bad as anything. */
function severitiesFrom(minimum: AuditSeverity): string[] {
  return [...SEVERITIES.slice(SEVERITIES.indexOf(minimum)), UNKNOWN_SEVERITY];
}
