import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { Invocation } from '../../function/runtime/invocation';

/**
 * Days to look back, further and further: AWS lists audits without their names and in no order, so each one has to be
 * asked for. AWS keeps audits for 90 days, and refuses to look back further.
 */
const SPANS = [2, 9, 16, 33, 89];

const DAY = 86_400_000;

/** The last complete runs of scheduled audits. */
export class LastRuns {
  private readonly reader: AuditReader;

  constructor({ clients: { iot }, calls, until }: Invocation) {
    const tooLate = () => new Error('the audits of the account are too many to find the last runs of the schedules');
    this.reader = new AuditReader({ iot, calls, until, tooLate });
  }

  /** The beginning of the last complete run of each audit, in milliseconds since 1970; none for one that has no run. */
  public async of(names: readonly string[]): Promise<Map<string, number>> {
    const { now } = this.reader;
    const found = new Map<string, number>();
    for (const days of SPANS) {
      const tasks = this.reader.tasks({
        startTime: new Date(now - days * DAY), endTime: new Date(now), taskType: 'SCHEDULED_AUDIT_TASK',
      });
      for await (const { taskId, taskStatus } of tasks) {
        const run = taskStatus === 'COMPLETED' ? await this.reader.audit(taskId!) : undefined;
        const { scheduledAuditName: name = '', taskStartTime } = run ?? {};
        const began = taskStartTime?.getTime() ?? 0;
        if (run && isComplete(run) && names.includes(name) && began > (found.get(name) ?? 0)) {
          found.set(name, began);
        }
      }
      if (found.size === new Set(names).size) break;
    }
    return found;
  }
}

/** False if a check could not be carried out: what it would have found is not known. */
function isComplete({ taskStatistics: { failedChecks = 0, canceledChecks = 0 } = {} }: DescribedAudit): boolean {
  return failedChecks + canceledChecks === 0;
}
