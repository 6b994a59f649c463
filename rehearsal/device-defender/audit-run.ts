import { randomUUID } from 'node:crypto';
import type { AuditCheckDetails, AuditTaskStatus, AuditTaskType, TaskStatistics } from '@aws-sdk/client-iot';
import type { Account } from './account';
import type { CheckName } from './checks/check-catalog';

interface CheckRun {
  details: AuditCheckDetails;
  /** Calls off what the check waits for. */
  stop: () => void;
}

export interface AuditOrder {
  readonly checks: readonly CheckName[];
  readonly taskType: AuditTaskType;
  readonly scheduledAuditName?: string;
  readonly window: { readonly from: number; readonly to: number };
}

/** One audit from start to end: every check on its own timer, all at the same time. */
export class AuditRun {
  readonly taskId = randomUUID().replace(/-/g, '');
  readonly taskStartTime: number;
  status: AuditTaskStatus = 'IN_PROGRESS';
  private readonly runs = new Map<CheckName, CheckRun>();

  /**
   * @param settle gives the outcome of a check when its time has come
   * @param ended is told once, when no check is left in progress
   */
  constructor(
    readonly number: number,
    readonly order: AuditOrder,
    private readonly account: Account,
    private readonly settle: (run: AuditRun, check: CheckName) => AuditCheckDetails,
    private readonly ended: (run: AuditRun) => void,
  ) {
    this.taskStartTime = account.clock.now();
    for (const check of order.checks) this.begin(check);
  }

  get details(): ReadonlyMap<CheckName, AuditCheckDetails> {
    return new Map([...this.runs].map(([check, { details }]) => [check, details]));
  }

  get statistics(): Required<TaskStatistics> {
    const count = (status: string) =>
      [...this.runs.values()].filter(({ details }) => details.checkRunStatus === status).length;
    return {
      totalChecks: this.runs.size,
      inProgressChecks: count('IN_PROGRESS'),
      waitingForDataCollectionChecks: count('WAITING_FOR_DATA_COLLECTION'),
      compliantChecks: count('COMPLETED_COMPLIANT'),
      nonCompliantChecks: count('COMPLETED_NON_COMPLIANT'),
      failedChecks: count('FAILED'),
      canceledChecks: count('CANCELED'),
    };
  }

  cancel(): void {
    for (const run of this.runs.values()) {
      if (!isPending(run)) continue;
      run.stop();
      run.details = { checkRunStatus: 'CANCELED' };
    }
    this.status = 'CANCELED';
    this.ended(this);
  }

  /** Ends the timers without an outcome, when the stand-in itself stops. */
  abandon(): void {
    for (const run of this.runs.values()) run.stop();
  }

  private begin(check: CheckName): void {
    const { dataCollectionDurations, checkDurations, auditDuration } = this.account.timing;
    const wait = dataCollectionDurations[check] ?? 0;
    const duration = checkDurations[check] ?? auditDuration;
    const run: CheckRun = {
      details: { checkRunStatus: wait > 0 ? 'WAITING_FOR_DATA_COLLECTION' : 'IN_PROGRESS' }, stop: () => undefined,
    };
    this.runs.set(check, run);
    const evaluate = () => {
      run.details = { checkRunStatus: 'IN_PROGRESS' };
      run.stop = this.account.clock.after(duration, () => this.finish(check, run));
    };
    if (wait > 0) run.stop = this.account.clock.after(wait, evaluate);
    else evaluate();
  }

  private finish(check: CheckName, run: CheckRun): void {
    run.details = this.settle(this, check);
    if ([...this.runs.values()].some(isPending)) return;
    // An audit with some failed checks is documented as COMPLETED. That one with nothing but failed checks is FAILED
    // is inferred: no source tells when the status occurs.
    this.status = [...this.runs.values()].every(({ details }) => details.checkRunStatus === 'FAILED')
      ? 'FAILED'
      : 'COMPLETED';
    this.ended(this);
  }
}

function isPending({ details }: CheckRun): boolean {
  return details.checkRunStatus === 'IN_PROGRESS' || details.checkRunStatus === 'WAITING_FOR_DATA_COLLECTION';
}
