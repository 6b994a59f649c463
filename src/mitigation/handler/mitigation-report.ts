import { consoleAddress } from '../../function/runtime/console-address';
import { Invocation } from '../../function/runtime/invocation';
import { MitigationCompletedDetail, MitigationOutcome, MitigationPlan, NamedFailure, Outcome } from '../protocol';
import { NAMED_RESOURCES } from './affected-resources';
import { FailedFinding, nameFailures, readFailures } from './mitigation-failures';
import { emitMetrics } from './mitigation-metrics';
import { approvalQuestion } from './mitigation-question';
import { batchRequests, planName } from './mitigation-requests';
import { readResults, withOutcomes, withResults } from './mitigation-results';
import { subjectOf, textOf } from './mitigation-wording';
import { readerOf } from './step-reader';

/** Rounds for findings that failed with an error that may pass by itself. */
const MOST_FURTHER_ROUNDS = 2;

/** Reads what the tasks of a plan have done, and words it; or plans a further round for what may yet succeed. */
export async function reportMitigation(plan: MitigationPlan, invocation: Invocation): Promise<MitigationOutcome> {
  const reader = readerOf(invocation);
  const results = await readResults(plan, reader);
  const checks = withResults(plan.checks, results, plan.round);
  const failed = await readFailures(plan, results, reader);
  const further = furtherRound(plan, failed);
  const final = further ? failed.filter((failure) => !isRepeated(plan, failure)) : failed;
  const failures = [...plan.failures ?? [], ...await nameFailures(plan, final, reader)].slice(0, NAMED_RESOURCES);
  const formerTasks = [...plan.formerTasks, ...plan.requests.map(({ TaskId }) => TaskId)];
  const left = { ...plan, failures, formerTasks };
  if (further) {
    const { requests, batches } = further;
    const again = {
      ...left, requests, round: plan.round + 1,
      checks: checks.map((check, index) => ({ ...check, batches: batches.get(index) ?? 0 })),
    };
    return wordOutcome(again, { isAgain: true, failures, invocation });
  }
  const over = { ...left, requests: [], checks: withOutcomes(checks) };
  emitMetrics(over, reader.now);
  return wordOutcome(over, { isAgain: false, failures, invocation });
}

function wordOutcome(
  plan: MitigationPlan, { isAgain, failures, invocation }: {
    readonly isAgain: boolean; readonly failures: readonly NamedFailure[]; readonly invocation: Invocation;
  },
): MitigationOutcome {
  const { stackId, calls: { clock } } = invocation;
  const consoleUrl = consoleAddress(stackId, plan.auditTaskId);
  const isAsking = !isAgain && plan.checks.some(({ outcome }) => outcome === Outcome.ASKED);
  return {
    isAgain,
    plan: isAgain ? plan : { ...plan, resources: [] },
    subject: subjectOf(plan),
    text: textOf(plan, failures, consoleUrl),
    detail: detailOf(plan, failures),
    isAsking,
    question: isAsking
      ? approvalQuestion(plan, { consoleUrl, region: stackId.split(':')[3], now: clock.now() }) : undefined,
  };
}

function detailOf(plan: MitigationPlan, failures: readonly NamedFailure[]): MitigationCompletedDetail {
  const { auditTaskId, scheduledAuditName, answer, checks, resources, formerTasks } = plan;
  return {
    version: '1', auditTaskId, scheduledAuditName, answer, checks, resources, failures,
    mitigationTaskIds: formerTasks,
  };
}

interface FurtherRound {
  readonly requests: MitigationPlan['requests'];

  /** The number of requests by the place of their check. */
  readonly batches: ReadonlyMap<number, number>;
}

/** Requests for the findings whose errors may pass, in the order of checks; undefined if there are none. */
function furtherRound(plan: MitigationPlan, failed: readonly FailedFinding[]): FurtherRound | undefined {
  const groups = new Map<string, FailedFinding[]>();
  for (const failure of failed.filter((one) => isRepeated(plan, one))) {
    const key = JSON.stringify([failure.check, failure.actions]);
    groups.set(key, [...groups.get(key) ?? [], failure]);
  }
  if (groups.size === 0) {
    return undefined;
  }
  const requests: MitigationPlan['requests'][number][] = [];
  const batches = new Map<number, number>();
  for (const group of [...groups.values()].sort(([one], [other]) => one.check - other.check)) {
    const [{ check, actions }] = group;
    const findingIds = group.map(({ findingId }) => findingId);
    const own = batchRequests(
      planName(plan), { checkName: plan.checks[check].checkName, actions, findingIds }, plan.round + 1);
    requests.push(...own);
    batches.set(check, (batches.get(check) ?? 0) + own.length);
  }
  return { requests, batches };
}

function isRepeated({ round }: MitigationPlan, { isPassing, actions }: FailedFinding): boolean {
  return round < MOST_FURTHER_ROUNDS && isPassing && actions.length > 0;
}
