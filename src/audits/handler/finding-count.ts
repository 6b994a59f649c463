import { AuditFinding } from '@aws-sdk/client-iot';
import { resourceDigest, resourceName } from './audited-resource';
import { NAMED_RESOURCES } from './gate-reason';
import { log } from '../../function/runtime/log';

/**
 * Counts the resources that findings are about, each once however many reasons it has, and logs every finding.
 */
export class FindingCount {
  /** How many findings there were. */
  public findings = 0;

  /** How many resources count. */
  public resources = 0;

  /** Names of the first of them. */
  public readonly names: string[] = [];

  private readonly counted = new Set<string>();

  /**
   * @param known the digests of resources that do not count
   */
  constructor(private readonly known?: ReadonlySet<string>) {}

  public add(finding: AuditFinding): void {
    const identifier = finding.nonCompliantResource?.resourceIdentifier;
    // What nobody can tell from others is never known, and each a resource of its own.
    const digest = resourceDigest(identifier);
    const counts = digest === undefined || !this.known?.has(digest);
    logFinding(finding, counts);
    this.findings++;
    if (!counts || (digest !== undefined && this.counted.has(digest))) {
      return;
    }
    if (digest !== undefined) {
      this.counted.add(digest);
    }
    this.resources++;
    if (this.names.length < NAMED_RESOURCES) {
      this.names.push(resourceName(identifier));
    }
  }
}

function logFinding({ checkName, severity, nonCompliantResource, reasonForNonCompliance, findingId }: AuditFinding, counts: boolean): void {
  log('finding', {
    counts,
    checkName,
    severity,
    resourceType: nonCompliantResource?.resourceType,
    resource: nonCompliantResource?.resourceIdentifier,
    reason: reasonForNonCompliance,
    findingId,
  });
}
