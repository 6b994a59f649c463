import type {
  AuditCheckDetails, AuditTaskStatus, DescribeAuditTaskResponse, ListAuditTasksRequest, StartOnDemandAuditTaskRequest,
} from '@aws-sdk/client-iot';
import { Account, RETENTION } from './account';
import type { AccountAuditConfiguration } from './account-audit-configuration';
import type { AuditFindings } from './audit-findings';
import { AuditOrder, AuditRun } from './audit-run';
import type { AuditSuppressions } from './audit-suppressions';
import type { CheckName } from './checks/check-catalog';
import { evaluate } from './checks/evaluation';
import type { AuditNotification, Publications, SuppressedCountField } from './notifications';
import type { Handlers } from './operations';
import { pageOf } from './paging';
import type { ScheduledAudits } from './scheduled-audits';
import { invalidRequest, limitExceeded, notFound } from './service-error';

const MOST_ON_DEMAND = 10;
const HOUR = 3_600_000;
/** The period before an on-demand audit whose connections count. */
const ON_DEMAND_WINDOW = 31 * 24 * HOUR;
/** Connections of the last two hours are not yet considered. */
const SETTLING_TIME = 2 * HOUR;

type Own = 'StartOnDemandAuditTask' | 'DescribeAuditTask' | 'CancelAuditTask' | 'ListAuditTasks';
type Named = { taskId: string | undefined };

export interface AuditTaskParts {
  readonly account: Account;
  readonly configuration: AccountAuditConfiguration;
  readonly schedules: ScheduledAudits;
  readonly suppressions: AuditSuppressions;
  readonly findings: AuditFindings;
  readonly publications: Publications;
  readonly suppressedCountField: SuppressedCountField;
}

export class AuditTasks implements Handlers<Own> {
  private readonly runs = new Map<string, AuditRun>();

  constructor(private readonly parts: AuditTaskParts) {}

  readonly StartOnDemandAuditTask = ({ targetCheckNames }: StartOnDemandAuditTaskRequest) => {
    const checks = this.parts.configuration.requireEnabled(targetCheckNames!);
    const running = [...this.runs.values()].filter(
      ({ status, order }) => status === 'IN_PROGRESS' && order.taskType === 'ON_DEMAND_AUDIT_TASK',
    );
    if (running.length >= MOST_ON_DEMAND) {
      throw limitExceeded(`At most ${MOST_ON_DEMAND} on-demand audits can be in progress.`);
    }
    const now = this.now;
    // The API has no client token, so each call starts another audit.
    return this.start({
      checks, taskType: 'ON_DEMAND_AUDIT_TASK', window: { from: now - ON_DEMAND_WINDOW, to: now - SETTLING_TIME },
    });
  };

  /** Starts a scheduled audit now; the service would choose the time itself. */
  runSchedule(name: string): { readonly taskId: string } {
    const audit = this.parts.schedules.require(name);
    const now = this.now;
    // No source says what the first run looks back on: taken to be the same as an on-demand audit.
    const from = audit.previousRun === undefined ? now - ON_DEMAND_WINDOW : audit.previousRun - SETTLING_TIME;
    audit.previousRun = now;
    return this.start({
      checks: audit.targetCheckNames,
      taskType: 'SCHEDULED_AUDIT_TASK',
      scheduledAuditName: name,
      window: { from, to: now - SETTLING_TIME },
    });
  }

  readonly DescribeAuditTask = ({ taskId }: Named): DescribeAuditTaskResponse => {
    const run = this.require(taskId!);
    return {
      taskStatus: run.status,
      taskType: run.order.taskType,
      taskStartTime: new Date(run.taskStartTime),
      taskStatistics: run.statistics,
      scheduledAuditName: run.order.scheduledAuditName,
      auditDetails: Object.fromEntries(run.details),
    };
  };

  readonly CancelAuditTask = ({ taskId }: Named) => {
    const run = this.require(taskId!);
    if (run.status !== 'IN_PROGRESS') throw invalidRequest(`The audit task ${taskId} is not in progress.`);
    run.cancel();
    return {};
  };

  readonly ListAuditTasks = (input: ListAuditTasksRequest) => {
    requireRetained(this.parts.account, input);
    const { taskType, taskStatus } = input;
    const [from, to] = [input.startTime!.getTime(), input.endTime!.getTime()];
    const { page, nextToken } = pageOf(
      `audit tasks ${from} ${to} ${taskType} ${taskStatus}`, this.runs.values(), input,
      (run) =>
        run.taskStartTime >= from
        && run.taskStartTime <= to
        && (taskType === undefined || run.order.taskType === taskType)
        && (taskStatus === undefined || run.status === taskStatus),
    );
    return {
      tasks: page.map(({ taskId, status, order }) => ({ taskId, taskStatus: status, taskType: order.taskType })),
      nextToken,
    };
  };

  has(taskId: string): boolean {
    return this.runs.has(taskId);
  }

  /** Every audit so far, in the order of their starts. */
  all(): readonly { readonly taskId: string; readonly status: AuditTaskStatus; readonly checks: readonly string[] }[] {
    return [...this.runs.values()].map(({ taskId, status, order }) => ({ taskId, status, checks: order.checks }));
  }

  stop(): void {
    for (const run of this.runs.values()) run.abandon();
  }

  private get now(): number {
    return this.parts.account.clock.now();
  }

  private start(order: AuditOrder): { readonly taskId: string } {
    const run = new AuditRun(
      this.runs.size, order, this.parts.account, this.settle.bind(this), this.announce.bind(this),
    );
    this.runs.set(run.taskId, run);
    return { taskId: run.taskId };
  }

  private require(taskId: string): AuditRun {
    const run = this.runs.get(taskId);
    if (run === undefined || run.taskStartTime < this.now - RETENTION) {
      throw notFound(`The audit task ${taskId} does not exist.`);
    }
    return run;
  }

  /** Evaluates a check whose time has come, and keeps its findings. */
  private settle(run: AuditRun, checkName: CheckName): AuditCheckDetails {
    const { account, configuration, suppressions, findings } = this.parts;
    const { fleet, accountId } = account;
    if (!configuration.isEnabled(checkName)) {
      return {
        checkRunStatus: 'FAILED', errorCode: 'AUDIT_CHECK_DISABLED',
        message: `The audit check ${checkName} was disabled.`,
      };
    }
    if (fleet.isDenied(configuration.auditRole, checkName)) {
      return {
        checkRunStatus: 'FAILED',
        errorCode: 'INSUFFICIENT_PERMISSIONS',
        message: `The audit role lacks a permission that ${checkName} needs.`,
      };
    }
    const { taskId, taskStartTime, order: { window } } = run;
    const thresholdDays = configuration.thresholdDays(checkName);
    const { totalResources, nonCompliances } = evaluate(checkName, {
      fleet, accountId, now: taskStartTime, window, thresholdDays,
    });
    const suppressed = suppressions.among(checkName, nonCompliances);
    findings.record({ taskId, taskStartTime, checkName, nonCompliances, suppressed });
    const counted = nonCompliances.length - suppressed.size;
    return {
      checkRunStatus: counted === 0 ? 'COMPLETED_COMPLIANT' : 'COMPLETED_NON_COMPLIANT',
      checkCompliant: counted === 0,
      totalResourcesCount: totalResources,
      nonCompliantResourcesCount: counted,
      suppressedNonCompliantResourcesCount: suppressed.size,
    };
  }

  private announce(run: AuditRun): void {
    const { account, configuration, publications } = this.parts;
    const target = configuration.notificationTarget;
    if (target?.enabled !== true) return;
    const { failedChecks, canceledChecks, nonCompliantChecks, compliantChecks, totalChecks } = run.statistics;
    publications.announceAudit(target.targetArn!, target.roleArn!, {
      accountId: account.accountId,
      taskId: run.taskId,
      taskStatus: run.status as AuditNotification['taskStatus'],
      taskType: run.order.taskType,
      ...(run.order.scheduledAuditName === undefined ? {} : { scheduledAuditName: run.order.scheduledAuditName }),
      failedChecksCount: failedChecks,
      canceledChecksCount: canceledChecks,
      nonCompliantChecksCount: nonCompliantChecks,
      compliantChecksCount: compliantChecks,
      totalChecksCount: totalChecks,
      taskStartTime: run.taskStartTime,
      auditDetails: [...run.details].map(([checkName, details]) => ({
        checkName,
        checkRunStatus: details.checkRunStatus!,
        nonCompliantResourcesCount: details.nonCompliantResourcesCount ?? 0,
        totalResourcesCount: details.totalResourcesCount ?? 0,
        [this.parts.suppressedCountField]: details.suppressedNonCompliantResourcesCount ?? 0,
        ...(details.errorCode === undefined ? {} : { errorCode: details.errorCode, message: details.message }),
      })),
    });
  }
}

/** Both kinds of tasks are kept for 90 days; that listing mitigation tasks refuses an older start is inferred. */
export function requireRetained(
  account: Account, { startTime, endTime }: { startTime: Date | undefined; endTime: Date | undefined },
): void {
  if (startTime!.getTime() < account.clock.now() - RETENTION) {
    throw invalidRequest('The startTime is before the retention period of 90 days.');
  }
  if (startTime! > endTime!) throw invalidRequest('The startTime is after the endTime.');
}
