import { AuditCheckDetails, AuditFinding, AuditTaskStatus, AuditTaskType } from '@aws-sdk/client-iot';
import { AuditFindings, DescribedAudit } from '../../src/audits/audit-findings.lambda-shared';
import { DeploymentGate } from '../../src/audits/deployment-gate.lambda-shared';
import { OnDemandAuditProperties } from '../../src/audits/on-demand-audit-protocol';

export const TASK = '0123456789abcdef0123456789abcdef';
export const STACK = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
export const CONSOLE = `. Audit ${TASK}: https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${TASK}`;

const NOW = Date.parse('2026-01-15T12:00:00Z');
const DAY = 86_400_000;

/** What an audit has to tell of a check. */
export interface ToldCheck extends AuditCheckDetails {
  /** Names of non-compliant resources that are not suppressed. */
  readonly found?: readonly string[];
  readonly suppressed?: readonly string[];
}

export interface ToldAudit {
  readonly checks: Readonly<Record<string, ToldCheck>>;
  readonly taskId?: string;
  readonly taskStatus?: AuditTaskStatus;
  readonly taskType?: AuditTaskType;
  readonly daysAgo?: number;
}

/** Audits as AWS tells of them, without anything behind them: the quick way to many verdicts. */
export class ToldAudits {
  readonly isLate = false;
  /** The spans of time that were asked for, in days before the audit that is judged. */
  readonly spans: [from: number, to: number][] = [];

  /** No gate has stopped anything. */
  private readonly rejected = { includes: async () => false, note: async () => undefined };

  constructor(private readonly current: ToldAudit, private readonly earlier: readonly ToldAudit[] = []) {}

  async reasonToFail(properties: OnDemandAuditProperties): Promise<string | undefined> {
    return new DeploymentGate(properties, this as unknown as AuditFindings, this.rejected).reasonToFail(described(this.current), STACK);
  }

  async *findingsOf(taskId: string, checkName: string, { suppressed }: { suppressed?: boolean } = {}): AsyncGenerator<AuditFinding> {
    const audit = [this.current, ...this.earlier].find((one) => described(one).taskId === taskId)!;
    const check = audit.checks[checkName];
    for (const name of [...suppressed === true ? [] : check.found ?? [], ...suppressed === false ? [] : check.suppressed ?? []]) {
      yield { checkName, nonCompliantResource: { resourceType: 'DEVICE_CERTIFICATE', resourceIdentifier: { deviceCertificateId: name } } };
    }
  }

  async completedAudits(from: number, to: number): Promise<readonly DescribedAudit[]> {
    this.spans.push([(from - NOW) / DAY, (to - NOW) / DAY]);
    return this.earlier.map(described).filter(({ taskStatus, taskStartTime }) => taskStatus === 'COMPLETED'
      && taskStartTime!.getTime() >= from && taskStartTime!.getTime() <= to)
      .sort((one, other) => other.taskStartTime!.getTime() - one.taskStartTime!.getTime());
  }
}

function described({ taskId, taskStatus = 'COMPLETED', taskType = 'ON_DEMAND_AUDIT_TASK', daysAgo = 0, checks }: ToldAudit): DescribedAudit {
  return {
    $metadata: {},
    taskId: taskId ?? (daysAgo === 0 ? TASK : `${daysAgo}-days-ago`),
    taskStatus,
    taskType,
    taskStartTime: new Date(NOW - daysAgo * DAY),
    auditDetails: Object.fromEntries(Object.entries(checks).map(([name, { found = [], suppressed = [], ...details }]) => [name, {
      checkRunStatus: found.length > 0 ? 'COMPLETED_NON_COMPLIANT' : 'COMPLETED_COMPLIANT',
      nonCompliantResourcesCount: found.length,
      suppressedNonCompliantResourcesCount: suppressed.length,
      ...details,
    }])),
  };
}
