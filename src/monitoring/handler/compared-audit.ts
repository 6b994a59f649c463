import { AuditCheckDetails } from '@aws-sdk/client-iot';
import { CheckFindings, rankOf } from './check-findings';
import { EarlierAudits } from './earlier-audits';
import { NamedFinding, WorstFindings } from './worst-findings';
import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { failureKindOf } from '../../function/runtime/aws-calls';
import { DatedAudit, hasCompleted } from '../../function/runtime/completed-audits';
import { Invocation } from '../../function/runtime/invocation';
import { asError, log } from '../../function/runtime/log';
import { resourceDigest } from '../../function/runtime/resource-digest';

/** An audit for people: what it has found, and what is new. */
export interface ComparedAudit {
  readonly audit: DescribedAudit;

  /** The worst severity first. */
  readonly checks: readonly ComparedCheck[];
  readonly failedChecks: readonly FailedCheck[];

  /** The worst first. */
  readonly findings: readonly NamedFinding[];
}

/** A check that was carried out. What is suppressed counts as compliant. */
export interface ComparedCheck {
  readonly checkName: string;
  readonly severity: string;

  /** Undefined if AWS does not tell. */
  readonly totalResources?: number;
  readonly nonCompliantResources: number;
  readonly suppressedResources: number;

  /** Undefined if no earlier audit carried out the check, or if there was no time to read it. */
  readonly changes?: Changes;

  /** True if there was no time to compare. */
  readonly isUnread: boolean;
}

/** Numbers of resources that an audit finds and the one before did not, and the other way round. */
export interface Changes {
  readonly found: number;
  readonly gone: number;
  readonly since: DatedAudit;
}

/** A check that was not carried out to its end. */
export interface FailedCheck {
  readonly checkName: string;
  readonly reason: string;

  /** False if the audit before did not carry it out, either. */
  readonly isNew: boolean;
}

/** Milliseconds that are left for names of findings when the time for comparing is over, and for the notice itself. */
const TIME_FOR_NAMES = 60_000;
const TIME_FOR_NOTICE = 60_000;

class OutOfTime extends Error {}

/** Compares an audit with those before it, as far as there is time, and finds out what is worst. */
export class AuditComparison {
  private readonly worst = new WorstFindings();
  private readonly reader: AuditReader;
  private readonly nameReader: AuditReader;
  private readonly earlier: EarlierAudits;

  /** True once the time for comparing is over. */
  private isLate = false;

  constructor(private readonly audit: DescribedAudit, { calls, clients: { iot }, until }: Invocation) {
    const tooLate = () => new OutOfTime('no time is left to read findings');
    const nameUntil = until - TIME_FOR_NOTICE;
    this.reader = new AuditReader({ iot, calls, until: nameUntil - TIME_FOR_NAMES, tooLate });
    this.nameReader = new AuditReader({ iot, calls, until: nameUntil, tooLate });
    this.earlier = new EarlierAudits(audit, this.reader);
  }

  public async carryOut(): Promise<ComparedAudit> {
    const checks: ComparedCheck[] = [];
    const failedChecks: FailedCheck[] = [];
    for (const [checkName, details] of Object.entries(this.audit.auditDetails ?? {})) {
      if (hasCompleted(details)) {
        checks.push(await this.compare(checkName, details));
      } else {
        failedChecks.push(await this.compareFailure(checkName, details));
      }
    }
    return {
      audit: this.audit, findings: this.worst.all,
      checks: checks.sort((one, other) => rankOf(other.severity) - rankOf(one.severity)
        || (one.checkName < other.checkName ? -1 : 1)),
      failedChecks: failedChecks.sort((one, other) => one.checkName < other.checkName ? -1 : 1),
    };
  }

  private async compare(checkName: string, details: AuditCheckDetails): Promise<ComparedCheck> {
    const findings = new CheckFindings(checkName, details, this.worst);
    const changes = await this.inTime(() => this.changesOf(findings));
    const isUnread = this.isLate && findings.expected !== 0;
    if (isUnread && !findings.isRead) {
      await untilLate(() => findings.read(this.findingsOf(this.nameReader, checkName), undefined));
    }
    return {
      checkName,
      severity: findings.severity,
      totalResources: details.totalResourcesCount,
      nonCompliantResources: findings.count,
      suppressedResources: details.suppressedNonCompliantResourcesCount ?? 0,
      isUnread,
      ...changes && { changes },
    };
  }

  private async changesOf(findings: CheckFindings): Promise<Changes | undefined> {
    const { checkName, expected } = findings;
    const since = await this.earlier.newest(({ auditDetails }) => hasCompleted(auditDetails?.[checkName]));
    const before = since?.auditDetails?.[checkName].nonCompliantResourcesCount;
    if (expected === 0 && (since === undefined || before !== undefined)) {
      return since && { found: 0, gone: before!, since };
    }
    const known = since && (before === 0 ? new Set<string>() : await this.digestsOf(since, checkName));
    const found = await findings.read(this.findingsOf(this.reader, checkName), known);
    return since && { found, gone: known!.size - findings.known, since };
  }

  /** Few bytes for each resource: an audit can find hundreds of thousands. */
  private async digestsOf(audit: DatedAudit, checkName: string): Promise<ReadonlySet<string>> {
    const digests = new Set<string>();
    for await (const { nonCompliantResource } of this.findingsOf(this.reader, checkName, audit)) {
      const digest = resourceDigest(nonCompliantResource?.resourceIdentifier);
      if (digest !== undefined) {
        digests.add(digest);
      }
    }
    return digests;
  }

  private findingsOf(reader: AuditReader, checkName: string, { taskId } = this.audit) {
    return reader.findingsOf(taskId, checkName, { suppressed: false });
  }

  private async compareFailure(
    checkName: string, { checkRunStatus, errorCode, message }: AuditCheckDetails,
  ): Promise<FailedCheck> {
    const before = await this.inTime(() =>
      this.earlier.newest(({ auditDetails }) => auditDetails?.[checkName] !== undefined));
    return {
      checkName,
      reason: [errorCode ?? checkRunStatus, message].filter(Boolean).join(': '),
      isNew: !before || hasCompleted(before.auditDetails![checkName]),
    };
  }

  /** @returns undefined if the time for comparing is over */
  private async inTime<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
    if (this.isLate) {
      return undefined;
    }
    const result = await untilLate(read);
    this.isLate = result.isLate;
    return result.value;
  }
}

/** Reads as long as there is time: AWS may not answer until it is over. Other errors stay errors. */
async function untilLate<Value>(
  read: () => Promise<Value>,
): Promise<{ readonly isLate: boolean; readonly value?: Value }> {
  try {
    return { isLate: false, value: await read() };
  } catch (thrown) {
    const error = asError(thrown);
    if (!(error instanceof OutOfTime) && !['throttled', 'unavailable'].includes(failureKindOf(error))) {
      throw error;
    }
    log('not all findings are read', { error });
    return { isLate: true };
  }
}
