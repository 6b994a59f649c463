import { AuditCheckDetails, AuditFinding } from '@aws-sdk/client-iot';
import { AuditResourceType, CHECK_TABLE, CheckRow, SEVERITIES } from '../../checks/check-table';
import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { log } from '../../function/runtime/log';
import { RuleSettings } from '../protocol';

/** A check of a rule that an audit found non-compliant. */
export interface ConcernedCheck {
  readonly rule: RuleSettings;

  /** The place of the rule among the rules. */
  readonly index: number;
  readonly checkName: string;
  readonly severity: string;

  /** Undefined if neither the table of checks nor a finding tells. */
  readonly resourceType: string | undefined;

  /** Empty for an audit that AWS no longer keeps. */
  readonly details: AuditCheckDetails;
}

const ROWS: readonly CheckRow[] = Object.values(CHECK_TABLE);

/**
 * The checks that rules have to deal with after an audit, worst severity first, then in the order of the rules.
 *
 * A check that failed or was canceled is not among them: nobody knows what it would have found.
 */
export async function concernedChecks(
  rules: readonly RuleSettings[], audit: DescribedAudit | undefined, reader: AuditReader,
): Promise<readonly ConcernedCheck[]> {
  const concerned: ConcernedCheck[] = [];
  for (const [index, rule] of rules.entries()) {
    if (audit && !isOfSchedules(rule, audit.scheduledAuditName)) {
      continue;
    }
    for (const checkName of new Set(rule.checks)) {
      const details = audit ? audit.auditDetails?.[checkName] : {};
      if (!details || (audit && !isNonCompliant(details))) {
        continue;
      }
      if (concerned.some((other) => other.checkName === checkName && overlap(other.rule, rule))) {
        // Synthesis refuses such rules. Two of them would mitigate a finding twice.
        log('an earlier rule is about these findings', { rule: index, checkName });
        continue;
      }
      concerned.push({ rule, index, checkName, details, ...await factsOf(checkName, audit, reader) });
    }
  }
  return concerned.sort((one, other) => rankOf(other.severity) - rankOf(one.severity)
    || one.index - other.index || (one.checkName < other.checkName ? -1 : 1));
}

/** True if a rule is about audits of this schedule; an audit on demand has none. */
export function isOfSchedules({ scheduledAudits }: RuleSettings, scheduledAuditName: string | undefined): boolean {
  return scheduledAudits === undefined
    || (scheduledAuditName !== undefined && scheduledAudits.includes(scheduledAuditName));
}

/** An unknown count may be any number. */
function isNonCompliant({ checkRunStatus, nonCompliantResourcesCount: count }: AuditCheckDetails): boolean {
  return checkRunStatus === 'COMPLETED_NON_COMPLIANT' && count !== 0;
}

function overlap(one: RuleSettings, other: RuleSettings): boolean {
  return !one.reasonCodes || !other.reasonCodes || one.reasonCodes.some((code) => other.reasonCodes!.includes(code));
}

/** Severity and type as the table has them, or as a finding tells for a check that is newer than this library. */
async function factsOf(
  checkName: string, audit: DescribedAudit | undefined, reader: AuditReader,
): Promise<Pick<ConcernedCheck, 'severity' | 'resourceType'>> {
  const row = ROWS.find((other) => other.checkName === checkName);
  if (row) {
    return { severity: row.severity, resourceType: row.resourceType };
  }
  const finding = audit && await firstOf(reader.findingsOf(audit.taskId, checkName, { suppressed: false }));
  return {
    severity: finding?.severity ?? 'UNKNOWN',
    resourceType: finding?.nonCompliantResource?.resourceType,
  };
}

async function firstOf(findings: AsyncIterable<AuditFinding>): Promise<AuditFinding | undefined> {
  for await (const finding of findings) {
    return finding;
  }
  return undefined;
}

/** An unknown severity comes last. */
function rankOf(severity: string): number {
  return SEVERITIES.indexOf(severity);
}

/** True if findings of the check are about versions of IoT policies, or nobody knows what they are about. */
export function mayConcernPolicies({ resourceType }: ConcernedCheck): boolean {
  return resourceType === undefined || resourceType === AuditResourceType.IOT_POLICY;
}

/** True if each finding of the check stands for many device certificates. */
export function concernsIssuers({ resourceType }: ConcernedCheck): boolean {
  return resourceType === AuditResourceType.ISSUER_CERTIFICATE;
}
