import { AuditFinding } from '@aws-sdk/client-iot';
import { AuditFindings, DescribedAudit, resourceKey, resourceName } from './audit-findings.lambda-shared';
import { GateProperties } from './deployment-gate-protocol';
import { NAMED_RESOURCES, explainVerdict } from './gate-reason.lambda-shared';
import { JudgedCheck, judge, judgedChecks } from './gate-verdict.lambda-shared';
import { KnownResources, earlierAuditsOf, knownResourcesOf } from './known-findings.lambda-shared';
import { OnDemandAuditProperties } from './on-demand-audit-protocol';
import { RejectedAudits } from './rejected-audits.lambda-shared';
import { asError, describeError } from '../private/custom-resource/aws-calls.lambda-shared';
import { log } from '../private/custom-resource/log.lambda-shared';

/**
 * Judges an audit that has ended: whether the deployment may go on.
 */
export class DeploymentGate {
  private readonly gate: GateProperties;

  private readonly known = new Map<string, KnownResources | undefined>();

  constructor(
    private readonly properties: OnDemandAuditProperties,
    private readonly findings: AuditFindings,
    private readonly rejected: Pick<RejectedAudits, 'includes' | 'note'>,
  ) {
    this.gate = properties.Gate!;
  }

  /**
   * @param audit the audit
   * @param stackId the stack that is deployed, whose region and partition the audit is in
   * @returns why the deployment fails; undefined if it passes
   */
  public async reasonToFail(audit: DescribedAudit, stackId: string): Promise<string | undefined> {
    let checks = judgedChecks(this.properties, audit);
    let verdict = judge(this.gate, checks);
    if (verdict.offending.length > 0) {
      checks = await this.recount(checks, audit);
      verdict = judge(this.gate, checks);
    }
    log('verdict', { ...verdict, taskId: audit.taskId });
    if (verdict.passes) {
      return undefined;
    }
    await this.rejected.note(audit.taskId);
    const resources = new Map<string, string[]>();
    for (const { name } of verdict.offending) {
      // The verdict stands without the names.
      resources.set(name, await this.report(name, audit.taskId).catch(notListed(name, [])));
    }
    return explainVerdict({ gate: this.gate, verdict, resources, taskId: audit.taskId, stackId });
  }

  /** Counts what the audit's own counts do not tell, one check after the other to keep the pace. */
  private async recount(checks: readonly JudgedCheck[], audit: DescribedAudit): Promise<readonly JudgedCheck[]> {
    const counted: JudgedCheck[] = [];
    for (const check of checks) {
      if (check.count === 0) {
        counted.push(check);
      } else {
        counted.push(await (this.gate.AllowKnown === 'true' ? this.countNew(check, audit) : this.countUnsuppressed(check, audit)));
      }
    }
    return counted;
  }

  private async countNew(check: JudgedCheck, audit: DescribedAudit): Promise<JudgedCheck> {
    const earlier = await earlierAuditsOf(check.name, audit, this.findings, this.rejected);
    if (!earlier) {
      log('no earlier audit', { checkName: check.name, counts: this.gate.CountWithoutEarlierAudit });
      return this.gate.CountWithoutEarlierAudit === 'true'
        ? { ...await this.countUnsuppressed(check, audit), isUncompared: true } : { ...check, count: 0 };
    }
    const known = await knownResourcesOf(check.name, earlier, this.findings);
    this.known.set(check.name, known);
    return { ...check, count: await this.countFindings(check, audit, known) };
  }

  /** AWS does not document whether its count of non-compliant resources includes those that are suppressed. */
  private async countUnsuppressed(check: JudgedCheck, audit: DescribedAudit): Promise<JudgedCheck> {
    return check.hasSuppressed
      ? { ...check, count: await this.countFindings(check, audit).catch(notListed(check.name, check.count)) } : check;
  }

  private async countFindings({ name }: JudgedCheck, { taskId }: DescribedAudit, known?: KnownResources): Promise<number> {
    let count = 0;
    for await (const finding of this.findings.findingsOf(taskId, name, { suppressed: false })) {
      count += isNew(finding, known) ? 1 : 0;
    }
    return count;
  }

  /** Logs every finding of a check, as far as time allows, and names some of the resources that count. */
  private async report(checkName: string, taskId: string): Promise<string[]> {
    const known = this.known.get(checkName);
    const named: string[] = [];
    for await (const finding of this.findings.findingsOf(taskId, checkName, { suppressed: false })) {
      const counts = isNew(finding, known);
      logFinding(finding, counts);
      if (counts && named.length < NAMED_RESOURCES) {
        named.push(resourceName(finding.nonCompliantResource?.resourceIdentifier));
      }
      if (this.findings.isLate) {
        log('no time to log the other findings', { checkName });
        break;
      }
    }
    return named;
  }
}

/** A handler of rejections that goes on with something else. */
function notListed<Value>(checkName: string, otherwise: Value): (error: unknown) => Value {
  return (error) => {
    log('findings not listed', { checkName, error: describeError(asError(error)) });
    return otherwise;
  };
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

function isNew({ nonCompliantResource }: AuditFinding, known?: KnownResources): boolean {
  return !known?.has(resourceKey(nonCompliantResource?.resourceIdentifier));
}
