import {
  AuditCheckDetails, AuditFinding, AuditTaskMetadata, DescribeAuditTaskCommand, ListAuditTasksCommand, ResourceIdentifier, paginateListAuditFindings,
} from '@aws-sdk/client-iot';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
/** An audit of the stand-in takes a fraction of a second, unless a fault has its way. */
const LONGEST_AUDIT = 20_000;

/** What audits ran, and what each found, once all have ended. */
export async function auditLines(account: RehearsedAccount): Promise<string[]> {
  const tasks = await endedAudits(account);
  if (tasks.length === 0) return ['No audit ran.'];
  const lines = [];
  for (const { taskId } of tasks) lines.push(...await linesOf(account, taskId!));
  return lines;
}

/** The notifications that went out. */
export function notificationLines({ deviceDefender: { notifications, publishedFindings } }: RehearsedAccount): string[] {
  const lines = notifications.map(({ targetArn, payload }) =>
    `  ${targetArn}: audit ${payload.taskId} ${payload.taskStatus}, ${payload.nonCompliantChecksCount} of ${payload.totalChecksCount} checks non-compliant`);
  lines.push(...publishedFindings.map(({ targetArn, payload }) => `  ${targetArn}: finding ${payload.findingId} of ${payload.checkName}`));
  return lines.length === 0 ? ['No notification went out.'] : ['Notifications', ...lines];
}

async function endedAudits({ iot }: RehearsedAccount): Promise<AuditTaskMetadata[]> {
  const deadline = Date.now() + LONGEST_AUDIT;
  for (;;) {
    // A time before now and after every task; the service keeps 90 days.
    const period = { startTime: new Date(Date.now() - 86_400_000), endTime: new Date(Date.now() + 86_400_000) };
    const { tasks = [] } = await iot.send(new ListAuditTasksCommand({ ...period, maxResults: 250 }));
    if (!tasks.some(({ taskStatus }) => taskStatus === 'IN_PROGRESS') || Date.now() > deadline) return tasks;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function linesOf({ iot }: RehearsedAccount, taskId: string): Promise<string[]> {
  const { taskStatus, taskType, taskStatistics: count, auditDetails = {} } = await iot.send(new DescribeAuditTaskCommand({ taskId }));
  const findings: AuditFinding[] = [];
  for await (const page of paginateListAuditFindings({ client: iot }, { taskId, maxResults: 250 })) findings.push(...page.findings ?? []);
  findings.sort((one, other) => SEVERITIES.indexOf(one.severity!) - SEVERITIES.indexOf(other.severity!));
  const kind = taskType === 'ON_DEMAND_AUDIT_TASK' ? 'on demand' : 'scheduled';
  return [
    `Audit ${taskId} (${kind}) ${taskStatus}: ${count?.nonCompliantChecks} of ${count?.totalChecks} checks non-compliant`,
    ...findings.map(({ severity, checkName, nonCompliantResource, reasonForNonCompliance }) =>
      `  ${severity!.padEnd(8)} ${checkName!.padEnd(36)} ${resourceText(nonCompliantResource?.resourceIdentifier)}: ${reasonForNonCompliance}`),
    ...Object.entries(auditDetails).filter(([, { checkRunStatus }]) => checkRunStatus === 'FAILED').map(failedLine),
  ];
}

function failedLine([check, { errorCode, message }]: [string, AuditCheckDetails]): string {
  return `  FAILED   ${check}: ${errorCode}: ${message}`;
}

function resourceText({ policyVersionIdentifier: policy, ...identifier }: ResourceIdentifier = {}): string {
  if (policy !== undefined) return `policy ${policy.policyName}, version ${policy.policyVersionId}`;
  return Object.entries(identifier).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`).join(', ');
}
