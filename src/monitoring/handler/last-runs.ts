import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { CompletedAudits, newestFirst } from '../../function/runtime/completed-audits';
import { Invocation } from '../../function/runtime/invocation';

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
    const completed = new CompletedAudits(this.reader, 'SCHEDULED_AUDIT_TASK');
    const runs = newestFirst((from, to) => completed.startedBetween(from, to), { now, until: now });
    const wanted = new Set(names);
    const found = new Map<string, number>();
    for await (const run of runs) {
      const { scheduledAuditName: name = '', taskStartTime } = run;
      if (isComplete(run) && wanted.has(name) && !found.has(name)) {
        found.set(name, taskStartTime.getTime());
        if (found.size === wanted.size) break;
      }
    }
    return found;
  }
}

/** False if a check could not be carried out: what it would have found is not known. */
function isComplete({ taskStatistics: { failedChecks = 0, canceledChecks = 0 } = {} }: DescribedAudit): boolean {
  return failedChecks + canceledChecks === 0;
}
