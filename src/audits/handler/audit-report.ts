import { AuditCheckDetails, DescribeAuditTaskCommandOutput } from '@aws-sdk/client-iot';
import { joinWithin } from './join-within';
import { AuditAttribute, AuditedCheck } from '../protocol';
import { bySeverity } from './severity-order';

/** The value of an output in CloudFormation may have 1024 bytes. */
const LONGEST_NON_COMPLIANCE = 1000;

/** Room for about ten checks. */
const LONGEST_NOT_AUDITED = 500;

/** What is known of an audit. */
export type AuditTask = Pick<DescribeAuditTaskCommandOutput, 'taskStatus' | 'taskStatistics' | 'auditDetails'>;

/**
 * The custom resource's attributes.
 */
export function reportAudit(taskId: string, task: AuditTask, checks: readonly AuditedCheck[]): Record<AuditAttribute, string | number> {
  const { taskStatus, taskStatistics = {}, auditDetails = {} } = task;
  return {
    [AuditAttribute.TASK_ID]: taskId,
    [AuditAttribute.TASK_STATUS]: taskStatus ?? 'UNKNOWN',
    [AuditAttribute.TOTAL_CHECKS]: taskStatistics.totalChecks ?? 0,
    [AuditAttribute.COMPLIANT_CHECKS]: taskStatistics.compliantChecks ?? 0,
    [AuditAttribute.NON_COMPLIANT_CHECKS]: taskStatistics.nonCompliantChecks ?? 0,
    [AuditAttribute.FAILED_CHECKS]: taskStatistics.failedChecks ?? 0,
    [AuditAttribute.NON_COMPLIANCE]: listNonCompliance(auditDetails, checks),
    [AuditAttribute.CHECKS_NOT_AUDITED]: listNotAudited(auditDetails, checks),
  };
}

/** One entry per non-compliant check, the worst first: `CRITICAL DEVICE_CERTIFICATE_SHARED_CHECK 3/120`. */
function listNonCompliance(details: Record<string, AuditCheckDetails>, checks: readonly AuditedCheck[]): string {
  const severityOf = new Map(checks.map(({ Name, Severity }) => [Name, Severity]));
  const entries = Object.entries(details)
    .filter(([, { checkRunStatus }]) => checkRunStatus === 'COMPLETED_NON_COMPLIANT')
    .map(([name, { nonCompliantResourcesCount = 0, totalResourcesCount = 0 }]) => ({
      name, severity: severityOf.get(name) ?? 'UNKNOWN', count: nonCompliantResourcesCount, of: totalResourcesCount,
    }))
    .sort(bySeverity)
    .map(({ name, severity, count, of }) => `${severity} ${name} ${count}/${of}`);
  return joinWithin(entries, LONGEST_NON_COMPLIANCE);
}

/** The checks that a gate was to judge and of which the audit says nothing, as far as it says anything. */
function listNotAudited(details: Record<string, AuditCheckDetails>, checks: readonly AuditedCheck[]): string {
  const isTold = Object.keys(details).length > 0;
  const entries = checks.filter(({ Name, Judged }) => isTold && Judged === 'true' && !details[Name])
    .map(({ Name, Severity }) => ({ name: Name, severity: Severity, count: 0 }))
    .sort(bySeverity)
    .map(({ name, severity }) => `${severity} ${name}`);
  return joinWithin(entries, LONGEST_NOT_AUDITED);
}
