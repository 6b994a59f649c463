import {
  AuditMitigationActionsTaskMetadata, DescribeAuditMitigationActionsTaskCommand,
  DescribeAuditMitigationActionsTaskCommandOutput, ListAuditMitigationActionsTasksCommand,
} from '@aws-sdk/client-iot';
import { AuditReader, DESCRIBING_PACE, LARGEST_PAGE } from '../../function/runtime/audit-reader';
import { asError } from '../../function/runtime/log';
import { MitigationSettings, RuleSettings } from '../protocol';
import { certificatesBehind } from './issuer-certificates';
import { taskIdPattern } from './mitigation-requests';

const DAY = 86_400_000;

/** AWS keeps tasks for 90 days, and refuses to list what is older. */
const LONGEST = 90 * DAY - 3_600_000;

/** Resources that a task has mitigated, by check. */
interface FormerTask {
  readonly startTime: number;
  readonly mitigated: ReadonlyMap<string, number>;
}

/** What tasks of earlier plans have mitigated, or are about to. */
export class FormerMitigation {
  private tasks: Promise<readonly FormerTask[]> | undefined;

  /**
   * @param settings of the automatic mitigation whose tasks count
   * @param isIssuerCheck true for checks whose findings stand for many device certificates each
   */
  constructor(
    private readonly reader: AuditReader, private readonly settings: MitigationSettings,
    private readonly isIssuerCheck: (checkName: string) => boolean,
  ) {}

  /** Resources that were mitigated for the checks of a rule in the days of its budget. */
  public async usedBy({ checks, budget: { days } }: RuleSettings): Promise<number> {
    this.tasks ??= this.read();
    const since = this.reader.now - days * DAY;
    return (await this.tasks)
      .filter(({ startTime }) => startTime >= since)
      .flatMap(({ mitigated }) => checks.map((checkName) => mitigated.get(checkName) ?? 0))
      .reduce((sum, count) => sum + count, 0);
  }

  private async read(): Promise<readonly FormerTask[]> {
    const { now } = this.reader;
    const span = Math.min(LONGEST, Math.max(...this.settings.rules.map(({ budget }) => budget.days)) * DAY);
    const isOwn = taskIdPattern(this.settings.name);
    const tasks: FormerTask[] = [];
    for await (const task of this.list(now - span, now)) {
      if (isOwn.test(task.taskId ?? '')) {
        tasks.push(await this.describe(task));
      }
    }
    return tasks;
  }

  private list(from: number, to: number): AsyncGenerator<AuditMitigationActionsTaskMetadata> {
    return this.reader.pages(async (nextToken) => {
      const page = await this.reader.ask((iot, options) => iot.send(new ListAuditMitigationActionsTasksCommand({
        startTime: new Date(from), endTime: new Date(to), maxResults: LARGEST_PAGE, nextToken,
      }), options));
      return { items: page.tasks, nextToken: page.nextToken };
    });
  }

  private async describe({ taskId, startTime }: AuditMitigationActionsTaskMetadata): Promise<FormerTask> {
    const task = await this.reader.ask((iot, options) => iot.send(
      new DescribeAuditMitigationActionsTaskCommand({ taskId }), options));
    await this.reader.pause(DESCRIBING_PACE);
    const mitigated = new Map<string, number>();
    for (const checkName of Object.keys(task.auditCheckToActionsMapping ?? {})) {
      mitigated.set(checkName, await this.mitigatedBy(task, checkName));
    }
    return { startTime: startTime?.getTime() ?? this.reader.now, mitigated };
  }

  private async mitigatedBy(
    task: DescribeAuditMitigationActionsTaskCommandOutput, checkName: string,
  ): Promise<number> {
    const findings = findingsMitigatedBy(task, checkName)
      ?? await this.nonCompliantResources(task.target?.auditTaskId, checkName);
    const { findingIds = [] } = task.target ?? {};
    if (findings === 0 || !this.isIssuerCheck(checkName) || findingIds.length === 0) {
      return findings;
    }
    // AWS tells how many findings were mitigated, not which: each counts, so that the budget errs on the safe side.
    let certificates = 0;
    for (const findingId of findingIds) {
      certificates += await this.countCertificates(findingId);
    }
    return certificates;
  }

  private async countCertificates(findingId: string): Promise<number> {
    let count = 0;
    try {
      for await (const _certificate of certificatesBehind(this.reader, findingId)) {
        count++;
      }
    } catch (error) {
      if (asError(error).name !== 'ResourceNotFoundException') {
        throw error;
      }
    }
    return Math.max(1, count);
  }

  /** The audit's count, for a task of which AWS tells no numbers yet. */
  private async nonCompliantResources(auditTaskId: string | undefined, checkName: string): Promise<number> {
    const audit = auditTaskId === undefined ? undefined : await this.reader.audit(auditTaskId);
    return audit?.auditDetails?.[checkName]?.nonCompliantResourcesCount ?? 0;
  }
}

/** Findings that a task has mitigated or, while it is in progress, may yet; undefined if AWS does not tell. */
function findingsMitigatedBy(
  { taskStatus, taskStatistics, target }: DescribeAuditMitigationActionsTaskCommandOutput, checkName: string,
): number | undefined {
  const statistics = taskStatistics?.[checkName];
  if (taskStatus !== 'IN_PROGRESS') {
    return statistics?.succeededFindingsCount ?? 0;
  }
  const {
    totalFindingsCount: total = target?.findingIds?.length, failedFindingsCount: failed = 0,
    skippedFindingsCount: skipped = 0, canceledFindingsCount: canceled = 0,
  } = statistics ?? {};
  return total === undefined ? undefined : total - failed - skipped - canceled;
}
