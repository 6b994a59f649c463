import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { AuditMessage } from './message';
import { severityOf, SEVERITIES } from '../../checks/check-table';
import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { consoleAddress } from '../../function/runtime/console-address';
import { Invocation } from '../../function/runtime/invocation';
import { AuditCompletedDetail, AuditedCheckDetail, NO_SEVERITY, UNKNOWN_SEVERITY } from '../protocol';

/** From the best to the worst. What is unknown may be as bad as anything, but nothing is worse than critical. */
const RANKS = [NO_SEVERITY, ...SEVERITIES.slice(0, -1), UNKNOWN_SEVERITY, ...SEVERITIES.slice(-1)];

/** Bytes of a detail: EventBridge has taken 256 kB for an entry. */
const LONGEST_DETAIL = 200_000;

/**
 * The detail of the event of an audit: what AWS IoT says about the audit. It depends on nothing else, so that a message
 * which is delivered several times gives the same event.
 */
export async function describeAudit(
  audit: DescribedAudit, { notification }: AuditMessage, invocation: Invocation,
): Promise<AuditCompletedDetail> {
  const { scheduledAuditName, taskId, taskStatus, taskType } = audit;
  const checks = (await describeChecks(audit, invocation)).sort(worstFirst);
  const nonCompliant = checks.filter(isNonCompliant);
  const detail: AuditCompletedDetail = {
    version: '1',
    taskId,
    taskType: required(taskType),
    taskStatus: required(taskStatus),
    ...scheduledAuditName !== undefined && { scheduledAuditName },
    taskStartTime: required(audit.taskStartTime).toISOString(),
    checks,
    nonCompliantChecks: nonCompliant.map(({ checkName }) => checkName),
    nonCompliantResourcesBySeverity: countBySeverity(nonCompliant),
    highestSeverity: nonCompliant[0]?.severity ?? NO_SEVERITY,
    consoleUrl: consoleAddress(invocation.stackId, taskId),
  };
  const complete = { ...detail, notification };
  return fits(complete) ? complete : detail;
}

async function describeChecks(audit: DescribedAudit, invocation: Invocation): Promise<AuditedCheckDetail[]> {
  const checks: AuditedCheckDetail[] = [];
  for (const [checkName, details] of Object.entries(audit.auditDetails ?? {})) {
    const check = describeCheck(checkName, details);
    checks.push(check.severity === UNKNOWN_SEVERITY && isNonCompliant(check)
      ? { ...check, severity: await severityFound(audit.taskId, checkName, invocation) }
      : check);
  }
  return checks;
}

function describeCheck(checkName: string, details: AuditCheckDetails): AuditedCheckDetail {
  const { errorCode, message } = details;
  return {
    checkName,
    checkRunStatus: required(details.checkRunStatus),
    severity: severityOf(checkName) ?? UNKNOWN_SEVERITY,
    totalResources: details.totalResourcesCount ?? 0,
    nonCompliantResources: details.nonCompliantResourcesCount ?? 0,
    suppressedResources: details.suppressedNonCompliantResourcesCount ?? 0,
    ...errorCode !== undefined && { errorCode },
    ...message !== undefined && { message },
  };
}

/** The severity that AWS IoT gives to what a check has found that is newer than this library. */
async function severityFound(taskId: string, checkName: string, invocation: Invocation): Promise<string> {
  const { calls, clients: { iot }, until } = invocation;
  const tooLate = () => new Error(`no time is left to read the findings of audit ${taskId}`);
  const reader = new AuditReader({ iot, calls, until, tooLate });
  for await (const { severity } of reader.findingsOf(taskId, checkName, { suppressed: false })) {
    return severity && SEVERITIES.includes(severity) ? severity : UNKNOWN_SEVERITY;
  }
  return UNKNOWN_SEVERITY;
}

function isNonCompliant({ checkRunStatus, nonCompliantResources }: AuditedCheckDetail): boolean {
  return nonCompliantResources > 0 || checkRunStatus === 'COMPLETED_NON_COMPLIANT';
}

function countBySeverity(checks: readonly AuditedCheckDetail[]): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries([...SEVERITIES].reverse().map((severity) => [severity, 0]));
  for (const { nonCompliantResources, severity } of checks) {
    counts[severity] = (counts[severity] ?? 0) + nonCompliantResources;
  }
  return counts;
}

function worstFirst(one: AuditedCheckDetail, other: AuditedCheckDetail): number {
  const byRank = RANKS.indexOf(other.severity) - RANKS.indexOf(one.severity);
  return byRank !== 0 ? byRank : one.checkName < other.checkName ? -1 : 1;
}

/** False for a detail that is too long, or nested too deep to be written: the message may be anybody's. */
function fits(detail: AuditCompletedDetail): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(detail)) <= LONGEST_DETAIL;
  } catch {
    return false;
  }
}

/** What the SDK's types call optional, and AWS IoT always gives. */
function required<Value>(value: Value | undefined): Value {
  if (value === undefined) {
    throw new Error('AWS IoT describes the audit incompletely');
  }
  return value;
}
