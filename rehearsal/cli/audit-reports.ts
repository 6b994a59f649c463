import type { AuditFinding } from '@aws-sdk/client-iot';
import type { NameOf } from './resource-names';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

export interface Place {
  readonly account: string;
  readonly region: string;
}

export interface AuditReport extends Place {
  readonly taskId: string;
  readonly kind: 'on demand' | 'scheduled';
  readonly status: string;
  readonly totalChecks: number;
  readonly nonCompliantChecks: number;
  /** The worst first. */
  readonly findings: readonly AuditFinding[];
  /** Numbers of findings by severity. */
  readonly bySeverity: Readonly<Record<string, number>>;
  /** Checks that could not be carried out. */
  readonly failedChecks: readonly { readonly check: string; readonly errorCode?: string; readonly message?: string }[];
}

export interface NotificationReport extends Place {
  readonly targetArn: string;
  /** The topic's construct, or its name. */
  readonly target: string;
  /** A summary of the message. */
  readonly text: string;
}

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
/** Milliseconds. An audit of the model takes a fraction of a second, unless a fault is in its way. */
const LONGEST_AUDIT = 20_000;

export function placeOf({ deviceDefender: { accountId: account, region } }: RehearsedAccount): Place {
  return { account, region };
}

/** The audits that ran, and what each found, once all have ended: in the order of their starts. */
export async function auditReportsOf(account: RehearsedAccount): Promise<AuditReport[]> {
  await auditsEnded(account);
  return account.deviceDefender.audits.map(({ taskId }) => auditReportOf(account, taskId));
}

export function notificationReportsOf(account: RehearsedAccount, nameOf: NameOf): NotificationReport[] {
  const { notifications, publishedFindings } = account.deviceDefender;
  const place = placeOf(account);
  return [
    ...notifications.map(
      ({ targetArn, payload: { taskId, taskStatus, nonCompliantChecksCount, totalChecksCount } }) => ({
        ...place,
        targetArn,
        target: nameOf(targetArn),
        text: `audit ${taskId} ${taskStatus}, ${nonCompliantChecksCount} of ${totalChecksCount} checks non-compliant`,
      }),
    ),
    ...publishedFindings.map(({ targetArn, payload }) => ({
      ...place,
      targetArn, target: nameOf(targetArn), text: `finding ${payload.findingId} of ${payload.checkName}`,
    })),
  ];
}

/** Until no audit runs any more. */
export async function auditsEnded({ deviceDefender }: RehearsedAccount): Promise<void> {
  const deadline = Date.now() + LONGEST_AUDIT;
  while (deviceDefender.audits.some(({ status }) => status === 'IN_PROGRESS') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Asks without requests, which faults would disturb. */
function auditReportOf(account: RehearsedAccount, taskId: string): AuditReport {
  const { deviceDefender } = account;
  const {
    taskStatus, taskType, taskStatistics: count, auditDetails = {},
  } = deviceDefender.ask('DescribeAuditTask', { taskId });
  const findings: AuditFinding[] = [];
  let nextToken: string | undefined;
  do {
    const page = deviceDefender.ask('ListAuditFindings', { taskId, maxResults: 250, nextToken });
    findings.push(...page.findings ?? []);
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  findings.sort((one, other) => SEVERITIES.indexOf(one.severity!) - SEVERITIES.indexOf(other.severity!));
  return {
    ...placeOf(account),
    taskId,
    kind: taskType === 'ON_DEMAND_AUDIT_TASK' ? 'on demand' : 'scheduled',
    status: taskStatus!,
    totalChecks: count?.totalChecks ?? 0,
    nonCompliantChecks: count?.nonCompliantChecks ?? 0,
    findings,
    bySeverity: countBySeverity(findings),
    failedChecks: Object.entries(auditDetails).filter(([, { checkRunStatus }]) => checkRunStatus === 'FAILED')
      .map(([check, { errorCode, message }]) => ({ check, errorCode, message })),
  };
}

/** Counts by severity, the worst first, without those that have none. */
function countBySeverity(findings: readonly AuditFinding[]): Record<string, number> {
  const counts = SEVERITIES.map(
    (severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
