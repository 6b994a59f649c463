import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { RuleSettings } from '../protocol';
import { isOfSchedules } from './concerned-checks';

/** The completed audits that began after an audit. */
export class NewerAudits {
  private audits: Promise<readonly DescribedAudit[]> | undefined;

  constructor(private readonly reader: AuditReader, private readonly audit: DescribedAudit) {}

  /** True if one of them, of the rule's schedules, carried out a check to its end. */
  public async report(checkName: string, rule: RuleSettings): Promise<boolean> {
    this.audits ??= this.list();
    return (await this.audits).some(({ scheduledAuditName, auditDetails }) => isOfSchedules(rule, scheduledAuditName)
      && auditDetails?.[checkName]?.checkRunStatus?.startsWith('COMPLETED_'));
  }

  private async list(): Promise<readonly DescribedAudit[]> {
    const began = this.audit.taskStartTime!;
    const tasks = this.reader.tasks({
      startTime: began, endTime: new Date(this.reader.now), taskStatus: 'COMPLETED',
    });
    const newer: DescribedAudit[] = [];
    for await (const { taskId } of tasks) {
      if (taskId === this.audit.taskId) {
        continue;
      }
      const other = await this.reader.audit(taskId!);
      // Repeats the filter of the list: what is mitigated must not depend on AWS applying it.
      if (other?.taskStatus === 'COMPLETED' && other.taskStartTime! > began) {
        newer.push(other);
      }
    }
    return newer;
  }
}
