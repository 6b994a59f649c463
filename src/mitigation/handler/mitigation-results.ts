import {
  DescribeAuditMitigationActionsTaskCommand, DescribeAuditMitigationActionsTaskCommandOutput,
} from '@aws-sdk/client-iot';
import { AuditReader, DESCRIBING_PACE } from '../../function/runtime/audit-reader';
import { MitigationPlan, MitigationRequest, Outcome, PlannedCheck } from '../protocol';

/** What tasks of one round have done about the findings of a check. */
export interface CheckResult {
  succeeded: number;
  failed: number;
  skipped: number;
  canceled: number;
}

/** A request, the check that it is about, and what became of it. */
export interface RequestResult extends CheckResult {
  readonly request: MitigationRequest;

  /** The place of the check in the plan. */
  readonly check: number;
}

/** Reads what the tasks of a plan's round have done, by request and check. */
export async function readResults(plan: MitigationPlan, reader: AuditReader): Promise<readonly RequestResult[]> {
  const results: RequestResult[] = [];
  for (const [request, checks] of checksOfRequests(plan)) {
    const task = await reader.ask((iot, options) => iot.send(
      new DescribeAuditMitigationActionsTaskCommand({ taskId: request.TaskId }), options));
    await reader.pause(DESCRIBING_PACE);
    for (const check of checks) {
      results.push({ request, check, ...resultOf(task, plan.checks[check].checkName) });
    }
  }
  return results;
}

/**
 * Adds the results of a round to checks. Each finding of a further round had failed in the round before.
 */
export function withResults(
  checks: readonly PlannedCheck[], results: readonly RequestResult[], round: number,
): PlannedCheck[] {
  return checks.map((check, index) => {
    const own = results.filter((result) => result.check === index);
    if (own.length === 0) {
      return check;
    }
    const sum = (member: keyof CheckResult) =>
      own.reduce((total, result) => total + result[member], check[member] ?? 0);
    const again = round === 0 ? 0 : own.reduce((total, { request }) => total + findingIdsOf(request).length, 0);
    return {
      ...check,
      succeeded: sum('succeeded'), failed: sum('failed') - again, skipped: sum('skipped'), canceled: sum('canceled'),
    };
  });
}

/** Checks of a plan that is over: what was about to be applied was, or failed. */
export function withOutcomes(checks: readonly PlannedCheck[]): PlannedCheck[] {
  return checks.map((check) => check.outcome !== Outcome.PLANNED ? check : {
    ...check, outcome: (check.failed ?? 0) + (check.canceled ?? 0) > 0 ? Outcome.FAILED : Outcome.APPLIED,
  });
}

export function findingIdsOf({ Target }: MitigationRequest): readonly string[] {
  return 'FindingIds' in Target ? Target.FindingIds : [];
}

/** The places of the checks that each request is about. Whole checks stand in the first request. */
function checksOfRequests({ checks, requests, round }: MitigationPlan): [MitigationRequest, number[]][] {
  const selected = checks.flatMap(({ batches = 0 }, index) => Array.from({ length: batches }, () => index));
  const whole = requests.length - selected.length;
  return requests.map((request, index) => [
    request,
    index >= whole ? [selected[index - whole]] : checks.flatMap(({ outcome, batches, checkName }, place) =>
      round === 0 && outcome === Outcome.PLANNED && batches === undefined
        && Object.hasOwn(request.AuditCheckToActionsMapping, checkName) ? [place] : []),
  ]);
}

function resultOf(
  { taskStatistics, taskStatus }: DescribeAuditMitigationActionsTaskCommandOutput, checkName: string,
): CheckResult {
  const {
    succeededFindingsCount: succeeded = 0, failedFindingsCount: failed = 0, skippedFindingsCount: skipped = 0,
    canceledFindingsCount: canceled = 0,
  } = taskStatistics?.[checkName] ?? {};
  // A canceled task may tell no numbers.
  return { succeeded, failed, skipped, canceled: canceled || (taskStatus === 'CANCELED' && !taskStatistics ? 1 : 0) };
}
