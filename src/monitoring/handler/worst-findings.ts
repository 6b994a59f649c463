import { AuditFinding } from '@aws-sdk/client-iot';
import { resourceName } from '../../function/runtime/resource-name';
import { shorten } from '../../private/printable';

/** The findings that a notice names. */
export const NAMED_FINDINGS = 5;

/** Bytes of a reason. AWS's own ones have no limit. */
const LONGEST_REASON = 200;

/** A finding for people. Devices may have chosen the name of the resource: it is printable and quoted. */
export interface NamedFinding {
  readonly checkName: string;
  readonly severity: string;
  readonly resource: string;
  readonly reason: string;

  /** True if the audit before did not find it. */
  readonly isNew: boolean;
}

/** The findings that come first: those of the worst severity, and among these what is new. */
export class WorstFindings {
  private readonly ranked: { readonly rank: number; readonly finding: NamedFinding }[] = [];

  public get all(): readonly NamedFinding[] {
    return this.ranked.map(({ finding }) => finding);
  }

  /**
   * @param rank of the severity: the worst one has the highest
   */
  public add(
    finding: AuditFinding, check: Pick<NamedFinding, 'checkName' | 'severity' | 'isNew'> & { readonly rank: number },
  ): void {
    const { rank: severityRank, ...facts } = check;
    const rank = 2 * severityRank + (facts.isNew ? 1 : 0);
    const place = this.ranked.findIndex((other) => other.rank < rank);
    if (place === -1 && this.ranked.length >= NAMED_FINDINGS) {
      return;
    }
    const ranked = { rank, finding: { ...facts, ...named(finding) } };
    this.ranked.splice(place === -1 ? this.ranked.length : place, 0, ranked);
    this.ranked.splice(NAMED_FINDINGS);
  }
}

function named(
  { nonCompliantResource, reasonForNonCompliance, reasonForNonComplianceCode: code }: AuditFinding,
): Pick<NamedFinding, 'resource' | 'reason'> {
  return {
    resource: resourceName(nonCompliantResource?.resourceIdentifier),
    reason: shorten(reasonForNonCompliance || code || 'no reason given', LONGEST_REASON),
  };
}
