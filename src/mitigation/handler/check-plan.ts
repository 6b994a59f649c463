import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import {
  Answer, MitigationRequest, MOST_FINDINGS_BY_ID, NamedResource, Outcome, PlannedCheck, PlanStep,
} from '../protocol';
import { AffectedResources, AffectedResourcesReader } from './affected-resources';
import { ConcernedCheck, concernsIssuers } from './concerned-checks';
import { FormerMitigation } from './mitigation-budget';
import { allowedResources, mitigatedBefore } from './mitigation-limits';
import { decide, isRefusal } from './mitigation-outcome';
import { batchRequests, MOST_BYTES_OF_REQUESTS, planName } from './mitigation-requests';
import { NewerAudits } from './newer-audits';

const HOUR = 3_600_000;

/** What is to be done about a check, with what only the plan itself needs. */
export interface CheckPlan {
  readonly check: PlannedCheck;

  /** Undefined for all findings of the check. */
  readonly findingIds?: readonly string[];
  readonly resources: readonly NamedResource[];
}

export interface CheckPlannerProps {
  readonly step: PlanStep;

  /** Undefined if AWS no longer keeps it. */
  readonly audit: DescribedAudit | undefined;
  readonly reader: AuditReader;
  readonly certificateArn: (id: string) => string;
  readonly concerned: readonly ConcernedCheck[];
}

const NOTHING_READ: AffectedResources = { count: 0, isMinimum: false, resources: [] };

/** Plans one check after the other, each with what the ones before it leave of budgets and of room. */
export class CheckPlanner {
  public readonly plans: CheckPlan[] = [];

  private readonly affected: AffectedResourcesReader;
  private readonly former: FormerMitigation;
  private readonly newer: NewerAudits | undefined;
  private readonly policies = new Set<string>();

  /** Finding ids and bytes of requests by mode: what people are asked about is applied by a plan of its own. */
  private readonly taken = new Map<string, { readonly findings: number; readonly bytes: number }>();

  constructor(private readonly props: CheckPlannerProps) {
    const { step: { settings, taskId }, audit, reader, certificateArn, concerned } = props;
    this.affected = new AffectedResourcesReader({ reader, auditTaskId: taskId, certificateArn });
    this.former = new FormerMitigation(reader, settings, (checkName) =>
      concerned.some((check) => check.checkName === checkName && concernsIssuers(check)));
    this.newer = audit && new NewerAudits(reader, audit);
  }

  /** Plans a check. It is left out if nobody was asked about it, or if none of its findings is the rule's. */
  public async add(check: ConcernedCheck): Promise<void> {
    const { step: { answer, formerChecks } } = this.props;
    const asked = formerChecks?.find((former) => former.rule === check.index
      && former.checkName === check.checkName && former.outcome === Outcome.ASKED);
    if (answer !== Answer.NOT_ASKED && formerChecks && !asked) {
      return;
    }
    if (asked && isRefusal(answer)) {
      const { outcome } = decide({ ...this.props.step, mode: check.rule.mode, obstacle: undefined });
      this.plans.push({ check: { ...asked, outcome }, resources: [] });
      return;
    }
    await this.plan(check, asked);
  }

  private async plan(check: ConcernedCheck, asked: PlannedCheck | undefined): Promise<void> {
    const { rule, index, checkName, severity, details } = check;
    const { answer, switch: parameters } = this.props.step;
    const { totalResourcesCount: totalResources, nonCompliantResourcesCount: nonCompliantResources } = details;
    const limited = allowedResources(rule, totalResources ?? 0);
    const allowed = Math.min(limited, asked?.affectedResources ?? Infinity);
    let obstacle = await this.obstacleToReading(check);
    let affected = NOTHING_READ;
    let used: number | undefined;
    if (!obstacle) {
      affected = await this.affected.of(check, allowed, this.policies);
      if (affected.findings === 0 && !asked) {
        return;
      }
      obstacle = this.obstacleOf(affected, allowed, check);
    }
    if (!obstacle) {
      used = await this.former.usedBy(rule);
      const before = mitigatedBefore(this.plans.map((plan) => plan.check), index, rule.checks);
      obstacle = used + before + affected.count > rule.budget.resources ? Outcome.OVER_BUDGET : undefined;
    }
    const decided = decide({ mode: rule.mode, answer, switch: parameters, obstacle });
    const findingIds = decided.outcome === Outcome.PLANNED ? affected.findingIds : undefined;
    this.take(check, affected, decided.outcome);
    const { maximumResources, maximumPercent, minimumResources, budget, mode } = rule;
    const planned: PlannedCheck = {
      rule: index, checkName, severity, mode, ...decided,
      actions: rule.actions.map(({ name }) => name),
      totalResources, nonCompliantResources,
      affectedResources: affected === NOTHING_READ ? nonCompliantResources ?? 0 : affected.count,
      isMinimum: affected.isMinimum || undefined,
      exceptedFindings: affected.excepted || undefined,
      repairedFindings: affected.repaired || undefined,
      limit: { maximumResources, maximumPercent, minimumResources },
      allowedResources: allowed,
      budget: { used, resources: budget.resources, days: budget.days },
      batches: findingIds && this.batchesOf(check, findingIds).length,
    };
    this.plans.push({ check: planned, findingIds, resources: affected.resources });
  }

  /** The reason to leave a check alone whatever it found. */
  private async obstacleToReading({ checkName, rule, details }: ConcernedCheck): Promise<Outcome | undefined> {
    const { audit, step: { settings }, reader } = this.props;
    const began = audit?.taskStartTime?.getTime() ?? -Infinity;
    if (reader.now >= began + settings.maximumAuditAgeHours * HOUR) {
      return Outcome.OUTDATED;
    }
    if (await this.newer!.report(checkName, rule)) {
      return Outcome.SUPERSEDED;
    }
    return details.totalResourcesCount === undefined || details.nonCompliantResourcesCount === undefined
      ? Outcome.UNKNOWN : undefined;
  }

  private obstacleOf(
    { count, isMinimum, findingIds }: AffectedResources, allowed: number, check: ConcernedCheck,
  ): Outcome | undefined {
    if (count === 0) {
      return Outcome.NOTHING_LEFT;
    }
    const { findings, bytes } = this.roomWith(check, findingIds);
    const isTooLong = findings > MOST_FINDINGS_BY_ID || bytes > MOST_BYTES_OF_REQUESTS;
    return count > allowed || isMinimum || isTooLong ? Outcome.OVER_LIMIT : undefined;
  }

  /** Remembers what a check takes of the room, and the policies that must not be replaced a second time. */
  private take(check: ConcernedCheck, affected: AffectedResources, outcome: Outcome): void {
    if (outcome !== Outcome.PLANNED && outcome !== Outcome.ASKED) {
      return;
    }
    this.taken.set(check.rule.mode, this.roomWith(check, affected.findingIds));
    if (outcome === Outcome.PLANNED) {
      affected.policies?.forEach((name) => this.policies.add(name));
    }
  }

  private roomWith({ rule, checkName }: ConcernedCheck, findingIds: readonly string[] = []) {
    const { findings, bytes } = this.taken.get(rule.mode) ?? { findings: 0, bytes: 0 };
    const requests = this.batchesOf({ rule, checkName }, findingIds);
    return {
      findings: findings + findingIds.length, bytes: bytes + Buffer.byteLength(JSON.stringify(requests)),
    };
  }

  private batchesOf(
    { checkName, rule: { actions } }: Pick<ConcernedCheck, 'checkName' | 'rule'>, findingIds: readonly string[],
  ): MitigationRequest[] {
    const { step: { settings, taskId, answer } } = this.props;
    const name = planName({ settingsName: settings.name, auditTaskId: taskId, answer });
    return batchRequests(name, { checkName, actions: actions.map((action) => action.name), findingIds });
  }
}
