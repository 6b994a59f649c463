import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { CompletedAudits, DatedAudit, newestFirst } from '../../function/runtime/completed-audits';

/**
 * The completed audits before an audit that are of the same kind: those of the same schedule, or all on demand.
 *
 * They are looked for only as far back as somebody asks.
 */
export class EarlierAudits {
  private readonly found: DatedAudit[] = [];
  private readonly others: AsyncGenerator<DatedAudit>;

  constructor(private readonly audit: DescribedAudit, reader: AuditReader) {
    const completed = new CompletedAudits(reader, audit.taskType!);
    this.others = newestFirst((from, to) => completed.startedBetween(from, to), {
      now: reader.now, until: (audit.taskStartTime?.getTime() ?? reader.now) - 1,
    });
  }

  /** The newest one for which something holds; undefined if AWS keeps none. */
  public async newest(holds: (audit: DatedAudit) => boolean): Promise<DatedAudit | undefined> {
    return this.found.find(holds) ?? this.findOlder(holds);
  }

  private async findOlder(holds: (audit: DatedAudit) => boolean): Promise<DatedAudit | undefined> {
    for (;;) {
      const { done, value } = await this.others.next();
      if (done) {
        return undefined;
      }
      if (value.scheduledAuditName === this.audit.scheduledAuditName) {
        this.found.push(value);
        if (holds(value)) {
          return value;
        }
      }
    }
  }
}
