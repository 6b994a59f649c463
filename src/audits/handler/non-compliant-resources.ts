import { AuditFinding } from '@aws-sdk/client-iot';
import { log } from '../../function/runtime/log';
import { resourceDigest } from '../../function/runtime/resource-digest';
import { resourceName } from '../../function/runtime/resource-name';

/** Resources that a reason names for each check, if there is room. */
export const NAMED_RESOURCES = 3;

/**
 * The non-compliant resources that findings are about, each counted once however many findings it has.
 *
 * Logs every finding.
 */
export class NonCompliantResources {
  /** The number of findings. */
  public findings = 0;

  /** The number of resources that count. */
  public count = 0;

  /** Names of the first of them. */
  public readonly names: string[] = [];

  private readonly counted = new Set<string>();

  /**
   * @param known the digests of resources that do not count
   */
  constructor(private readonly known?: ReadonlySet<string>) {}

  public add(finding: AuditFinding): void {
    const identifier = finding.nonCompliantResource?.resourceIdentifier;
    const digest = resourceDigest(identifier);
    // A resource that cannot be identified is never known, and each counts as another one.
    const counts = digest === undefined || !this.known?.has(digest);
    logFinding(finding, counts);
    this.findings++;
    if (!counts || (digest !== undefined && this.counted.has(digest))) {
      return;
    }
    if (digest !== undefined) {
      this.counted.add(digest);
    }
    this.count++;
    if (this.names.length < NAMED_RESOURCES) {
      this.names.push(resourceName(identifier));
    }
  }
}

function logFinding(finding: AuditFinding, counts: boolean): void {
  const { checkName, severity, nonCompliantResource, reasonForNonCompliance, findingId } = finding;
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
