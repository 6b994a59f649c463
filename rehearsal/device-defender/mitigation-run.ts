import type {
  AuditFinding, AuditMitigationActionExecutionMetadata, AuditMitigationActionsTaskStatus,
  StartAuditMitigationActionsTaskRequest,
  TaskStatisticsForAuditCheck,
} from '@aws-sdk/client-iot';
import type { Account } from './account';
import type { ActionDefinition } from './mitigation-actions';
import { MitigationFailure, applyAction } from './mitigation-effects';
import type { Publications } from './notifications';

interface Work {
  readonly finding: AuditFinding;
  readonly actions: readonly ActionDefinition[];
  executions: AuditMitigationActionExecutionMetadata[];
  outcome?: 'succeeded' | 'failed' | 'skipped' | 'canceled';
}

/** One mitigation task: goes through its findings in steps, so that there is a time to cancel it. */
export class MitigationRun {
  readonly startTime: Date;
  endTime: Date | undefined;
  status: AuditMitigationActionsTaskStatus = 'IN_PROGRESS';
  private readonly work: Map<string, Work>;
  private readonly queue: Work[];
  private next = 0;
  private stopTimer: (() => void) | undefined;

  constructor(
    readonly number: number,
    readonly request: StartAuditMitigationActionsTaskRequest,
    readonly actionsDefinition: readonly ActionDefinition[],
    findings: readonly AuditFinding[],
    private readonly account: Account,
    private readonly publications: Publications,
  ) {
    this.startTime = new Date(account.clock.now());
    const byName = new Map(actionsDefinition.map((action) => [action.name, action]));
    this.queue = findings.map((finding) => {
      const actions = request.auditCheckToActionsMapping![finding.checkName!].map((name) => byName.get(name)!);
      return { finding, actions, executions: actions.map((action) => this.execution(finding, action, 'PENDING')) };
    });
    this.work = new Map(this.queue.map((work) => [work.finding.findingId!, work]));
    this.wait();
  }

  get taskId(): string {
    return this.request.taskId!;
  }

  concerns(findingId: string): boolean {
    return this.work.has(findingId);
  }

  executionsOf(findingId: string): readonly AuditMitigationActionExecutionMetadata[] {
    return this.work.get(findingId)?.executions ?? [];
  }

  get statistics(): Record<string, TaskStatisticsForAuditCheck> {
    const counts: Record<string, Required<TaskStatisticsForAuditCheck>> = {};
    for (const { finding, outcome } of this.queue) {
      const count = (counts[finding.checkName!] ??= {
        totalFindingsCount: 0, failedFindingsCount: 0, succeededFindingsCount: 0, skippedFindingsCount: 0,
        canceledFindingsCount: 0,
      });
      count.totalFindingsCount = (count.totalFindingsCount ?? 0) + 1;
      if (outcome !== undefined) count[`${outcome}FindingsCount`] = (count[`${outcome}FindingsCount`] ?? 0) + 1;
    }
    return counts;
  }

  /** Stops what has not begun; what is done stays done. */
  cancel(): void {
    this.stopTimer?.();
    for (const work of this.queue.slice(this.next)) {
      work.outcome = 'canceled';
      work.executions = work.actions.map((action) => this.execution(work.finding, action, 'CANCELED'));
    }
    this.end('CANCELED');
  }

  abandon(): void {
    this.stopTimer?.();
  }

  private wait(): void {
    this.stopTimer = this.account.clock.after(this.account.timing.mitigationDuration, () => this.step());
  }

  private step(): void {
    const end = Math.min(this.queue.length, this.next + this.account.timing.mitigationStep);
    for (; this.next < end; this.next++) this.mitigate(this.queue[this.next]);
    if (this.next < this.queue.length) this.wait();
    else this.end(this.queue.some(({ outcome }) => outcome === 'failed') ? 'FAILED' : 'COMPLETED');
  }

  private end(status: AuditMitigationActionsTaskStatus): void {
    this.status = status;
    this.endTime = new Date(this.account.clock.now());
  }

  private mitigate(work: Work): void {
    if (work.finding.isSuppressed === true) {
      work.outcome = 'skipped';
      work.executions = work.actions.map((action) =>
        this.execution(work.finding, action, 'SKIPPED', { message: 'The finding is suppressed.' }),
      );
      return;
    }
    work.outcome = 'succeeded';
    work.executions = work.actions.map((action) => {
      if (work.outcome === 'failed') {
        return this.execution(work.finding, action, 'SKIPPED', { message: 'An earlier action failed.' });
      }
      try {
        applyAction(this.account.fleet, this.publications, action, work.finding);
        return this.execution(work.finding, action, 'COMPLETED');
      } catch (error) {
        if (!(error instanceof MitigationFailure)) throw error;
        work.outcome = 'failed';
        return this.execution(work.finding, action, 'FAILED', { errorCode: error.errorCode, message: error.message });
      }
    });
  }

  private execution(
    finding: AuditFinding, action: ActionDefinition, status: AuditMitigationActionExecutionMetadata['status'],
    more: { readonly errorCode?: string; readonly message?: string } = {},
  ): AuditMitigationActionExecutionMetadata {
    const ran = status === 'COMPLETED' || status === 'FAILED';
    return {
      taskId: this.taskId,
      findingId: finding.findingId,
      actionName: action.name,
      actionId: action.id,
      status,
      ...(ran ? { startTime: new Date(this.account.clock.now()), endTime: new Date(this.account.clock.now()) } : {}),
      ...more,
    };
  }
}
