import {
  AuditFinding, AuditTaskMetadata, DescribeAuditTaskCommand, ListAuditTasksCommand, paginateListAuditFindings,
} from '@aws-sdk/client-iot';
import { AccountState, stateOf } from '../cloudformation/account-state';
import type { RehearsedAccount } from '../cloudformation/rehearsed-account';
import { StackEvent, StackStatus, isSuccess } from '../cloudformation/rehearsed-stack';
import { DISCLAIMER } from '../device-defender/disclaimer';

/** The result of a rehearsal: the document that `--format json` prints. */
export interface RehearsalReport {
  /** A description of the model, with a list of what is unverified. */
  readonly disclaimer: string;
  /** `failed` if the deployment, or the deletion that was asked for, would fail. */
  readonly outcome: 'succeeded' | 'failed';
  /** The reason why nothing was deployed: the app cannot be synthesized, or the previous assembly fails. */
  readonly reason?: string;
  /** One entry for each operation on a stack, in order: `--delete` adds a second one. */
  readonly stacks: readonly StackReport[];
  readonly audits: readonly AuditReport[];
  readonly notifications: readonly NotificationReport[];
  /** The rest of each account after the deletion of the stacks; absent without `--delete`. */
  readonly remains?: readonly RemainsReport[];
}

export interface StackReport {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly operation: 'deploy' | 'delete';
  /** The last status; `REFUSED` if CloudFormation, or the rehearsal, would not begin. */
  readonly status: StackStatus | 'REFUSED';
  /** The reason of a refusal. */
  readonly reason?: string;
  /** Numbers of resources that were created, updated, deleted, or retained by their policies. */
  readonly resources: Readonly<Record<'created' | 'updated' | 'deleted' | 'retained', number>>;
  readonly failures: readonly (ResourceReport & { readonly action: 'create' | 'update' | 'delete' })[];
  /** Custom resources with functions that the rehearsal cannot run; they are taken for done. */
  readonly notRehearsed: readonly ResourceReport[];
}

export interface ResourceReport {
  /** The path of the construct in its stack, or the logical id. */
  readonly resource: string;
  readonly type: string;
  readonly reason: string;
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
  /** A summary of the message. */
  readonly text: string;
}

export interface RemainsReport extends Place, AccountState {
  readonly resources: readonly (ResourceReport & { readonly physicalId: string })[];
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];
const IS_STACK = 'AWS::CloudFormation::Stack';
/** Milliseconds. An audit of the model takes a fraction of a second, unless a fault is in its way. */
const LONGEST_AUDIT = 20_000;

export function emptyReport(): RehearsalReport {
  return { disclaimer: DISCLAIMER, outcome: 'succeeded', stacks: [], audits: [], notifications: [] };
}

/** @param end the status, or why nothing began */
export function stackReportOf(
  stackName: string, account: RehearsedAccount, operation: StackReport['operation'],
  end: StackStatus | { readonly refusal: string }, events: readonly StackEvent[],
): StackReport {
  const ofResources = events.filter(({ resourceType }) => resourceType !== IS_STACK);
  const count = (status: string) => ofResources.filter((event) => event.status === status).length;
  return {
    stackName,
    ...placeOf(account),
    operation,
    ...(typeof end === 'string' ? { status: end } : { status: 'REFUSED', reason: end.refusal }),
    resources: {
      created: count('CREATE_COMPLETE'), updated: count('UPDATE_COMPLETE'), deleted: count('DELETE_COMPLETE'),
      retained: count('DELETE_SKIPPED'),
    },
    failures: ofResources
      .filter(({ status }) => status.endsWith('FAILED'))
      .map((event) => ({
        action: actionOf(event),
        ...resourceReportOf(event, event.reason ?? ''),
      })),
    notRehearsed: ofResources.flatMap((event) =>
      event.notRehearsed === undefined ? [] : resourceReportOf(event, event.notRehearsed),
    ),
  };
}

export function succeeded({ status }: StackReport): boolean {
  return status !== 'REFUSED' && isSuccess(status);
}

export function actionOf({ status }: Pick<StackEvent, 'status'>): 'create' | 'update' | 'delete' {
  return status.split('_')[0].toLowerCase() as 'create' | 'update' | 'delete';
}

/**
 * The construct as its author knows it: its path without the stack and without the child that is the resource itself.
 */
export function nameOf({ path, logicalId }: Pick<StackEvent, 'path' | 'logicalId'>): string {
  return path?.split('/').slice(1).join('/').replace(/\/(Resource|Default)$/, '') || logicalId;
}

/** The audits that ran, and what each found, once all have ended. */
export async function auditReportsOf(account: RehearsedAccount): Promise<AuditReport[]> {
  const reports = [];
  for (const { taskId } of await endedAudits(account)) reports.push(await auditReportOf(account, taskId!));
  return reports;
}

export function notificationReportsOf(account: RehearsedAccount): NotificationReport[] {
  const { notifications, publishedFindings } = account.deviceDefender;
  const place = placeOf(account);
  return [
    ...notifications.map(
      ({ targetArn, payload: { taskId, taskStatus, nonCompliantChecksCount, totalChecksCount } }) => ({
        ...place,
        targetArn,
        text: `audit ${taskId} ${taskStatus}, ${nonCompliantChecksCount} of ${totalChecksCount} checks non-compliant`,
      }),
    ),
    ...publishedFindings.map(({ targetArn, payload }) => ({
      ...place,
      targetArn, text: `finding ${payload.findingId} of ${payload.checkName}`,
    })),
  ];
}

/** The state of an account without its stacks. */
export async function remainsOf(account: RehearsedAccount): Promise<RemainsReport> {
  const resources = account.left.map((resource) => {
    const { type, why, physicalId } = resource;
    return { resource: nameOf(resource), type, reason: why, physicalId };
  });
  return { ...placeOf(account), resources, ...await stateOf(account) };
}

function placeOf({ deviceDefender: { accountId: account, region } }: RehearsedAccount): Place {
  return { account, region };
}

function resourceReportOf(
  event: Pick<StackEvent, 'path' | 'logicalId' | 'resourceType'>, reason: string,
): ResourceReport {
  return { resource: nameOf(event), type: event.resourceType, reason };
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

async function auditReportOf(account: RehearsedAccount, taskId: string): Promise<AuditReport> {
  const { iot } = account;
  const {
    taskStatus, taskType, taskStatistics: count, auditDetails = {},
  } = await iot.send(new DescribeAuditTaskCommand({ taskId }));
  const findings: AuditFinding[] = [];
  for await (const page of paginateListAuditFindings({ client: iot }, { taskId, maxResults: 250 })) {
    findings.push(...(page.findings ?? []));
  }
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
