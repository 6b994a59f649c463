import { AuditReader, DescribedAudit } from '../../function/runtime/audit-reader';
import { Invocation } from '../../function/runtime/invocation';
import { Answer, MitigationPlan, NamedResource, Outcome, PlanStep } from '../protocol';
import { NAMED_RESOURCES } from './affected-resources';
import { CheckPlan, CheckPlanner } from './check-plan';
import { concernedChecks } from './concerned-checks';
import { MODE_ASK } from './mitigation-outcome';
import { batchRequests, planName, wholeRequest } from './mitigation-requests';
import { readerOf } from './step-reader';

const HOUR = 3_600_000;

/** The order in which resources are named: first those that people are asked about. */
const NAMED_FIRST: readonly Outcome[] = [Outcome.ASKED, Outcome.PLANNED];

/**
 * Decides what is to be done about the findings of an audit. It only reads.
 *
 * @throws if the audit is in progress: the state machine asks again for a while
 */
export async function planMitigation(step: PlanStep, invocation: Invocation): Promise<MitigationPlan> {
  const { settings, taskId, answer } = step;
  const reader = readerOf(invocation);
  const audit = await reader.audit(taskId);
  if (audit?.taskStatus === 'IN_PROGRESS') {
    // Somebody started the execution early, or AWS IoT is late to tell the end: the audit must not be skipped.
    throw new Error(`audit ${taskId} is still in progress`);
  }
  const plans = audit && audit.taskStatus !== 'COMPLETED' ? [] : await planChecks(step, audit, reader, invocation);
  const { taskStartTime, scheduledAuditName } = audit ?? {};
  const { name: settingsName, title, switchName } = settings;
  const head = { settingsName, title, switchName, auditTaskId: taskId, answer };
  const selected = plans.filter(({ check, findingIds }) => check.outcome === Outcome.PLANNED && findingIds);
  const whole = plans.filter(({ check, findingIds }) => check.outcome === Outcome.PLANNED && !findingIds);
  const name = planName(head);
  return {
    ...head,
    approvalHours: settings.approvalHours,
    scheduledAuditName,
    taskStartTime: taskStartTime?.toISOString(),
    outdatedTime: taskStartTime
      && new Date(taskStartTime.getTime() + settings.maximumAuditAgeHours * HOUR).toISOString(),
    checks: plans.map(({ check }) => check),
    resources: namedResources(plans),
    requests: [
      ...whole.length > 0 ? [wholeRequest(name, taskId, whole.map(({ check }) => check))] : [],
      ...selected.flatMap(({ check, findingIds }) => batchRequests(name, { ...check, findingIds: findingIds! })),
    ],
    formerTasks: [],
    round: 0,
  };
}

async function planChecks(
  step: PlanStep, audit: DescribedAudit | undefined, reader: AuditReader, invocation: Invocation,
): Promise<readonly CheckPlan[]> {
  const { settings, answer } = step;
  const concerned = await concernedChecks(settings.rules, audit, reader);
  const planner = new CheckPlanner({
    step, audit, reader, certificateArn: (id) => invocation.iotArn(`cert/${id}`), concerned,
  });
  for (const check of concerned) {
    // The other rules were dealt with before the question.
    if (answer === Answer.NOT_ASKED || check.rule.mode === MODE_ASK) {
      await planner.add(check);
    }
  }
  // What was asked about deserves an end; apart from that, people need not hear that nothing is left.
  const isQuiet = answer === Answer.NOT_ASKED && planner.plans.every(isNothingLeft);
  return isQuiet ? [] : planner.plans;
}

function isNothingLeft({ check: { outcome, obstacle } }: CheckPlan): boolean {
  return (obstacle ?? outcome) === Outcome.NOTHING_LEFT;
}

function namedResources(plans: readonly CheckPlan[]): NamedResource[] {
  const isFirst = ({ check }: CheckPlan, outcome: Outcome) => check.outcome === outcome;
  const ordered = [
    ...NAMED_FIRST.flatMap((outcome) => plans.filter((plan) => isFirst(plan, outcome))),
    ...plans.filter(({ check }) => !NAMED_FIRST.includes(check.outcome)),
  ];
  const chosen = new Set(ordered.flatMap(({ resources }) => resources).slice(0, NAMED_RESOURCES));
  return plans.flatMap(({ resources }) => resources.filter((resource) => chosen.has(resource)));
}
