import { AuditCheckDetails, AuditFinding } from '@aws-sdk/client-iot';
import { NAMED_FINDINGS, WorstFindings } from './worst-findings';
import { SEVERITIES, severityOf } from '../../checks/check-table';
import { resourceDigest } from '../../function/runtime/resource-digest';

/** The severity of what a check has found that this library does not know, if AWS IoT does not tell it either. */
const UNKNOWN_SEVERITY = 'UNKNOWN';

/** From the best to the worst. What is unknown may be as bad as anything, but nothing is worse than critical. */
const RANKS = [...SEVERITIES.slice(0, -1), UNKNOWN_SEVERITY, ...SEVERITIES.slice(-1)];

/** The findings of one check in one audit, one at a time. What is suppressed is not among them. */
export class CheckFindings {
  public severity: string;

  /** The number of non-compliant resources, as AWS counts them; undefined if it does not. */
  public readonly expected?: number;

  /** The number of resources that were known before. */
  public known = 0;

  /** The number of all others that were read. */
  private others = 0;

  private readonly counted = new Set<string>();

  constructor(
    public readonly checkName: string, { checkRunStatus, nonCompliantResourcesCount }: AuditCheckDetails,
    private readonly worst: WorstFindings,
  ) {
    this.severity = severityOf(checkName) ?? UNKNOWN_SEVERITY;
    this.expected = nonCompliantResourcesCount ?? (checkRunStatus === 'COMPLETED_COMPLIANT' ? 0 : undefined);
  }

  /** The number of non-compliant resources. */
  public get count(): number {
    return this.expected ?? this.known + this.others;
  }

  public get isRead(): boolean {
    return this.known + this.others > 0;
  }

  /**
   * Reads findings, all of them only if that tells something.
   *
   * @param knownResources the digests of what was known before; undefined if nothing can be compared with
   * @returns the number of resources that were not known
   */
  public async read(
    findings: AsyncIterable<AuditFinding>, knownResources: ReadonlySet<string> | undefined,
  ): Promise<number> {
    const isWanted = Boolean(knownResources?.size) || this.expected === undefined;
    for await (const finding of findings) {
      this.add(finding, knownResources);
      if (!isWanted && this.others >= NAMED_FINDINGS) {
        break;
      }
    }
    return isWanted ? this.others : this.count;
  }

  /** Counts each resource once, however many findings it has. One that cannot be identified is never known. */
  private add(finding: AuditFinding, knownResources: ReadonlySet<string> | undefined): void {
    const digest = resourceDigest(finding.nonCompliantResource?.resourceIdentifier);
    if (digest !== undefined) {
      if (this.counted.has(digest)) {
        return;
      }
      this.counted.add(digest);
    }
    const isKnown = digest !== undefined && Boolean(knownResources?.has(digest));
    if (isKnown) {
      this.known++;
    } else {
      this.others++;
    }
    if (this.severity === UNKNOWN_SEVERITY && SEVERITIES.includes(finding.severity ?? '')) {
      this.severity = finding.severity!;
    }
    const { checkName, severity } = this;
    this.worst.add(finding, {
      checkName, severity, rank: rankOf(severity), isNew: knownResources !== undefined && !isKnown,
    });
  }
}

/** The worst severity has the highest. */
export function rankOf(severity: string): number {
  return RANKS.indexOf(severity);
}
