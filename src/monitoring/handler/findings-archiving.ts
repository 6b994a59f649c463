import { ArchiveObjects, LONGEST_UPLOAD } from './archive-objects';
import { validArchiveRequest } from './archive-request';
import { AuditPlace, checkRow, findingRow } from './archive-rows';
import { CompressedRows } from './compressed-rows';
import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { endedAudit } from '../../function/runtime/ended-audit';
import { Invocation } from '../../function/runtime/invocation';
import { asError, log } from '../../function/runtime/log';
import { ArchiveTable, DAY } from '../protocol';

/**
 * Archives an audit: all findings of each check, suppressed ones too, and last the audit's own account of its checks.
 *
 * A run that is cut off leaves whole files of some checks. The next one goes on with the others. As long as the last
 * file is missing, no saved query looks at the audit.
 *
 * @throws if it could not be archived as a whole: the queue delivers the message again, and keeps it in the end
 */
export async function archiveFindings(request: unknown, invocation: Invocation): Promise<void> {
  const { bucketName, prefix, taskId } = validArchiveRequest(request);
  const audit = await keptAudit(taskId, invocation);
  const reader = readerOf(taskId, invocation);
  const archive = new AuditArchive(audit, prefix, reader, new ArchiveObjects(bucketName, invocation), {
    account_id: invocation.accountId, region: invocation.region,
  });
  await archive.write();
}

function readerOf(taskId: string, { calls, clients: { iot }, until }: Invocation): AuditReader {
  return new AuditReader({
    iot, calls,
    // What has been read must be uploaded, too.
    until: until - LONGEST_UPLOAD,
    tooLate: () => new Error(`audit ${taskId} has more findings than can be archived in the time that the function has; `
      + 'another attempt goes on with the checks that are left'),
  });
}

async function keptAudit(taskId: string, invocation: Invocation): Promise<DescribedAudit> {
  const audit = await endedAudit(taskId, invocation).catch((error) => {
    if (asError(error).name === 'ResourceNotFoundException') {
      throw new Error(`AWS IoT has no audit ${taskId}, and keeps none for more than 90 days`);
    }
    throw error;
  });
  if (!audit.taskStartTime) {
    throw new Error(`AWS IoT does not say when audit ${taskId} started`);
  }
  return audit;
}

class AuditArchive {
  private readonly day: string;

  /** What the names of all its files begin with. A bucket's policy knows by it whose they are. */
  private readonly name: string;

  constructor(
    private readonly audit: DescribedAudit, private readonly prefix: string, private readonly reader: AuditReader,
    private readonly objects: ArchiveObjects, private readonly place: AuditPlace,
  ) {
    this.day = audit.taskStartTime!.toISOString().slice(0, 'yyyy-MM-dd'.length);
    this.name = `${place.account_id}.${place.region}.${audit.taskId}`;
  }

  public async write(): Promise<void> {
    const { taskId } = this.audit;
    const summary = this.key(ArchiveTable.CHECKS, `${this.name}.json.gz`);
    if ((await this.objects.keys(summary)).has(summary)) {
      log('findings archived before', { taskId });
      return;
    }
    const there = await this.objects.keys(this.key(ArchiveTable.FINDINGS, `${this.name}.`));
    const files = new Map<string, string>();
    for (const name of checksOf(this.audit)) {
      const file = `${this.name}.${name}.json.gz`;
      if (there.has(this.key(ArchiveTable.FINDINGS, file)) || await this.writeFindings(name, file)) {
        files.set(name, file);
      }
    }
    await this.writeSummary(summary, files);
    log('findings archived', { taskId, day: this.day, files: files.size });
  }

  /** @returns false if the check has found nothing */
  private async writeFindings(checkName: string, file: string): Promise<boolean> {
    const rows = await CompressedRows.write(this.findingRows(checkName));
    try {
      if (rows.count > 0) {
        const isNew = await this.objects.create(this.key(ArchiveTable.FINDINGS, file), rows);
        log('findings of a check archived', { checkName, findings: rows.count, bytes: rows.bytes, isNew });
      }
      return rows.count > 0;
    } finally {
      await rows.close();
    }
  }

  private async *findingRows(checkName: string): AsyncGenerator<object> {
    for await (const finding of this.reader.findingsOf(this.audit.taskId, checkName)) {
      yield findingRow(finding, this.audit, this.place);
    }
  }

  private async writeSummary(key: string, files: ReadonlyMap<string, string>): Promise<void> {
    const names = checksOf(this.audit).sort();
    const rows = await CompressedRows.write(names.length === 0 ? [checkRow(this.audit, this.place)]
      : names.map((name) => checkRow(this.audit, this.place, { name, findingsFile: files.get(name) })));
    try {
      await this.objects.create(key, rows);
    } finally {
      await rows.close();
    }
  }

  private key(table: ArchiveTable, file: string): string {
    return `${this.prefix}${table}/${DAY}=${this.day}/${file}`;
  }
}

/** The names of an audit's checks. Those that take the most time come first, while there is time. */
function checksOf({ auditDetails = {} }: DescribedAudit): string[] {
  const found = ({ nonCompliantResourcesCount: counted = 0, suppressedNonCompliantResourcesCount: suppressed = 0 }) =>
    counted + suppressed;
  return Object.keys(auditDetails).sort((one, other) =>
    found(auditDetails[other]) - found(auditDetails[one]) || (one < other ? -1 : 1));
}
