import { AuditCheckDetails, AuditFinding, AuditTaskStatus, AuditTaskType } from '@aws-sdk/client-iot';
import { AuditFindings } from '../../../src/audits/handler/audit-findings';
import { explainVerdict } from '../../../src/audits/handler/audit-report';
import { DeploymentGate } from '../../../src/audits/handler/deployment-gate';
import { Baseline } from '../../../src/audits/handler/known-findings';
import { OnDemandAuditProperties } from '../../../src/audits/protocol';
import { DescribedAudit } from '../../../src/function/runtime/audit-reader';

export const TASK = '0123456789abcdef0123456789abcdef';
export const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
export const CONSOLE = `. Audit ${TASK}: https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1`
  + `#/dd/audit/results/${TASK}`;

export const NOW = Date.parse('2026-01-15T12:00:00Z');
export const DAY = 86_400_000;

/** The result of a check. */
export interface FakeCheck extends AuditCheckDetails {
  /** Names of non-compliant resources that are not suppressed. */
  readonly found?: readonly string[];
  readonly suppressed?: readonly string[];
  /** More findings, as AWS lists them. */
  readonly findings?: readonly AuditFinding[];
}

export interface FakeAudit {
  readonly checks: Readonly<Record<string, FakeCheck>>;
  readonly taskId?: string;
  readonly taskStatus?: AuditTaskStatus;
  readonly taskType?: AuditTaskType;
  readonly daysAgo?: number;
  readonly totalChecks?: number;
}

/** Audits and findings from memory, without a stand-in of the service: the quick way to many verdicts. */
export class FakeAuditFindings {
  readonly isLate = false;
  /** The spans of time that scheduled audits were listed for, in days before the audit that is judged. */
  readonly spans: [from: number, to: number][] = [];

  readonly now = NOW;

  /**
   * @param earlier other audits, by default scheduled ones
   * @param baseline the gate's baseline, by default one that never passed
   */
  constructor(
    private readonly current: FakeAudit, private readonly earlier: readonly FakeAudit[] = [],
    private readonly baseline: Baseline = { until: NOW },
  ) {}

  async reasonToFail(properties: OnDemandAuditProperties): Promise<string | undefined> {
    const gate = new DeploymentGate(properties, this as unknown as AuditFindings, this.baseline);
    const audit = described(this.current);
    const verdict = await gate.judge(audit);
    return verdict.passes ? undefined : explainVerdict({
      gate: properties.Gate!, verdict, taskId: audit.taskId, stackId: STACK,
    });
  }

  async *findingsOf(
    taskId: string, checkName: string, { suppressed }: { suppressed?: boolean } = {},
  ): AsyncGenerator<AuditFinding> {
    const audit = [this.current, ...this.earlier].find((one) => described(one).taskId === taskId)!;
    const check = audit.checks[checkName];
    for (const name of [
      ...suppressed === true ? [] : check.found ?? [], ...suppressed === false ? [] : check.suppressed ?? [],
    ]) {
      yield {
        checkName,
        nonCompliantResource: { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: name } },
      };
    }
    yield* check.findings ?? [];
  }

  async audit(taskId: string): Promise<DescribedAudit | undefined> {
    return this.earlier.map(described).find((audit) => audit.taskId === taskId);
  }

  async scheduledAudits(from: number, to: number): Promise<readonly DescribedAudit[]> {
    this.spans.push([(from - NOW) / DAY, (to - NOW) / DAY]);
    return this.earlier.map(described)
      .filter(({ taskStatus, taskType }) => taskStatus === 'COMPLETED' && taskType === 'SCHEDULED_AUDIT_TASK')
      .filter(({ taskStartTime }) => taskStartTime!.getTime() >= from && taskStartTime!.getTime() <= to)
      .sort((one, other) => other.taskStartTime!.getTime() - one.taskStartTime!.getTime());
  }
}

function described(
  { taskId, taskStatus = 'COMPLETED', taskType, daysAgo = 0, checks, totalChecks }: FakeAudit,
): DescribedAudit {
  return {
    $metadata: {},
    taskId: taskId ?? (daysAgo === 0 ? TASK : `${daysAgo}-days-ago`),
    taskStatus,
    taskType: taskType ?? (daysAgo === 0 ? 'ON_DEMAND_AUDIT_TASK' : 'SCHEDULED_AUDIT_TASK'),
    taskStartTime: new Date(NOW - daysAgo * DAY),
    taskStatistics: { totalChecks },
    auditDetails: Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, detailsOf(check)])),
  };
}

function detailsOf({ found = [], suppressed = [], findings: _findings, ...details }: FakeCheck): AuditCheckDetails {
  return {
    checkRunStatus: found.length > 0 ? 'COMPLETED_NON_COMPLIANT' : 'COMPLETED_COMPLIANT',
    nonCompliantResourcesCount: found.length,
    suppressedNonCompliantResourcesCount: suppressed.length,
    ...details,
  };
}
