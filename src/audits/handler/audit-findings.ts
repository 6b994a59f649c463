import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { Request } from '../../function/runtime/request';
import { RequestFailure } from '../../function/runtime/request-failure';

/** An audit that AWS gives a start time. */
export interface DatedAudit extends DescribedAudit {
  readonly taskStartTime: Date;
}

const LAST_MINUTE = 60_000;

const SCHEDULED = 'SCHEDULED_AUDIT_TASK';

/**
 * The audits and findings that a gate reads while CloudFormation waits.
 */
export class AuditFindings extends AuditReader {
  private readonly lists = new Map<string, Promise<readonly DatedAudit[]>>();

  /**
   * @param request the request of CloudFormation; reading fails once its working time is over
   */
  constructor(private readonly request: Request) {
    super({
      iot: request.clients.iot,
      calls: request.calls,
      until: request.workUntil,
      tooLate: () => new RequestFailure('it and the audits before it have more findings than can be read in time; '
        + 'judge fewer checks, suppress findings, or let known findings count'),
    });
  }

  /** True if no time is left for what is merely good to have. */
  public get isLate(): boolean {
    return this.now > this.request.workUntil - LAST_MINUTE;
  }

  /** Lists the completed scheduled audits that started in a span of time, the newest first. */
  public async scheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const key = `${from} ${to}`;
    const audits = this.lists.get(key) ?? this.listScheduledAudits(from, to);
    this.lists.set(key, audits);
    return audits;
  }

  private async listScheduledAudits(from: number, to: number): Promise<readonly DatedAudit[]> {
    const audits: DatedAudit[] = [];
    const tasks = this.tasks({
      startTime: new Date(from), endTime: new Date(to), taskType: SCHEDULED, taskStatus: 'COMPLETED',
    });
    for await (const { taskId } of tasks) {
      const audit = await this.audit(taskId!);
      if (audit && isScheduledWithin(audit, from, to)) {
        audits.push(audit);
      }
    }
    return audits.sort((one, other) => other.taskStartTime.getTime() - one.taskStartTime.getTime());
  }
}

/** True if a check was carried out to its end, with a result that this library knows. */
export function hasCompleted({ checkRunStatus }: AuditCheckDetails = {}): boolean {
  return checkRunStatus === 'COMPLETED_COMPLIANT' || checkRunStatus === 'COMPLETED_NON_COMPLIANT';
}

/** Repeats the filter of the list: a gate's baseline must not depend on AWS applying it. */
function isScheduledWithin(audit: DescribedAudit, from: number, to: number): audit is DatedAudit {
  const started = audit.taskStartTime?.getTime() ?? NaN;
  return audit.taskType === SCHEDULED && audit.taskStatus === 'COMPLETED' && started >= from && started <= to;
}
