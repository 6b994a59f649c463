import {
  asciiLine, grouped, LONGEST_SUBJECT, paragraphs, plural, section, timeOf,
} from '../../function/runtime/message-text';
import { shorten } from '../../private/printable';
import { MitigationPlan, NamedFailure, NamedResource, Outcome, PlannedCheck } from '../protocol';
import { shareOf } from './mitigation-limits';

/** Bytes of a check's name and of an action's, so that the text has room for many. */
const LONGEST_NAME = 128;

/** Bytes of the title, which leave room for the sentence in a subject. */
export const LONGEST_TITLE = 45;

/** Lines of checks. */
const MOST_CHECKS = 40;

/** The sentence that says what came of a plan, as the subject of a message: printable ASCII in one line. */
export function subjectOf(plan: MitigationPlan): string {
  return asciiLine(summaryOf(plan), LONGEST_SUBJECT);
}

/** The report for people. */
export function textOf(plan: MitigationPlan, failures: readonly NamedFailure[], consoleUrl: string): string {
  const { auditTaskId, scheduledAuditName, taskStartTime, checks, resources } = plan;
  const schedule = scheduledAuditName === undefined ? '' : ` of the schedule ${cut(scheduledAuditName)}`;
  return paragraphs([
    [`${summaryOf(plan)}.`],
    [`Audit ${auditTaskId}${schedule}${taskStartTime === undefined ? '' : `, started ${timeOf(taskStartTime)}`}`,
      consoleUrl],
    checkLines(checks),
    section('Resources, the worst first:', resources.map(resourceLine)),
    section('Could not be mitigated:', failures.map((one) => `${resourceLine(one)} - ${one.error}`)),
    section('What to do:', [...new Set(checks.flatMap(adviceFor))].map((line) => `* ${line}`)),
  ]);
}

/** What came of a plan, in one sentence. */
export function summaryOf({ title, checks }: MitigationPlan): string {
  const sum = (numberOf: (check: PlannedCheck) => number) =>
    checks.reduce((total, check) => total + numberOf(check), 0);
  const affected = (...outcomes: readonly Outcome[]) => sum(({ outcome, affectedResources }) =>
    outcomes.includes(outcome) ? affectedResources : 0);
  const isMinimum = checks.some((check) => check.isMinimum && LEFT_ALONE.includes(check.outcome));
  const failed = sum((check) => (check.failed ?? 0) + (check.canceled ?? 0));
  const succeeded = sum((check) => check.succeeded ?? 0);
  const parts = [
    said(failed, 'finding', 'could not be mitigated'),
    said(succeeded, 'finding', 'mitigated'),
    said(affected(Outcome.ASKED), 'resource', 'waiting for approval'),
    said(affected(...LEFT_ALONE), 'resource', 'left alone', isMinimum),
    said(affected(Outcome.REPORTED), 'resource', 'only reported'),
  ].filter(Boolean);
  const untouched = checks.some(({ outcome }) => outcome !== Outcome.NOTHING_LEFT)
    ? 'nothing was touched' : 'nothing was left to mitigate';
  return `${shorten(title, LONGEST_TITLE)}: ${[parts.join(', '), failed + succeeded > 0 ? '' : untouched].filter(Boolean).join('; ')}`;
}

/** A part of the sentence; nothing if there is nothing to say. */
function said(count: number, noun: string, what: string, isMinimum = false): string {
  return count > 0 ? `${isMinimum ? 'at least ' : ''}${plural(count, noun)} ${what}` : '';
}

const LEFT_ALONE: readonly Outcome[] = [
  Outcome.OVER_LIMIT, Outcome.OVER_BUDGET, Outcome.UNKNOWN, Outcome.OUTDATED, Outcome.SUPERSEDED, Outcome.STOPPED,
  Outcome.DECLINED, Outcome.UNANSWERED,
];

/** A line for each check. */
export function checkLines(checks: readonly PlannedCheck[]): string[] {
  const lines = checks.slice(0, MOST_CHECKS).map((check) => `${headOf(check)}; ${outcomeOf(check)}`);
  return checks.length > MOST_CHECKS ? [...lines, `and ${checks.length - MOST_CHECKS} more checks`] : lines;
}

/** Severity and name of a check, and what it found. */
export function headOf(check: PlannedCheck): string {
  const { severity, checkName, affectedResources, totalResources, isMinimum } = check;
  const { exceptedFindings, repairedFindings, nonCompliantResources = Infinity } = check;
  const of = totalResources === undefined ? '' : ` of ${grouped(totalResources)}`;
  if (affectedResources > nonCompliantResources) {
    // AWS counts issuers, and mitigation reaches the device certificates behind them.
    return `${cut(severity)} ${cut(checkName)}: ${isMinimum ? 'at least ' : ''}`
      + `${plural(affectedResources, 'device certificate')} behind ${grouped(nonCompliantResources)}${of} issuers`;
  }
  const left = [
    exceptedFindings ? `${plural(exceptedFindings, 'finding')} about exceptions left out` : '',
    repairedFindings ? `${plural(repairedFindings, 'finding')} about what was repaired meanwhile left out` : '',
  ].filter(Boolean).join(', ');
  return `${cut(severity)} ${cut(checkName)}: ${isMinimum ? 'at least ' : ''}${grouped(affectedResources)}${of} `
    + `resource${of || affectedResources !== 1 ? 's' : ''}${left && ` (${left})`}`;
}

/** What a limit allows, and why. */
export function allowanceOf({ limit, allowedResources, totalResources = 0 }: PlannedCheck): string {
  const share = shareOf(limit, totalResources);
  const least = limit.minimumResources > share ? ` but at least ${grouped(limit.minimumResources)}` : '';
  const own = Math.min(limit.maximumResources, Math.max(limit.minimumResources, share));
  const reason = allowedResources < own ? 'as many as were asked about'
    : `${grouped(limit.maximumResources)}, or ${limit.maximumPercent} % = ${grouped(share)}${least}`;
  return `at most ${grouped(allowedResources)} allowed (${reason})`;
}

function outcomeOf(check: PlannedCheck): string {
  if (check.outcome === Outcome.REPORTED) {
    return check.obstacle === undefined
      ? `the rule only reports: it would apply ${actionsOf(check)}`
      : `the rule only reports: ${obstacleOf(check, check.obstacle)}; it would touch nothing`;
  }
  switch (check.outcome) {
    case Outcome.APPLIED:
    case Outcome.FAILED:
    case Outcome.PLANNED: return `${actionsOf(check)}: ${numbersOf(check)}`;
    case Outcome.ASKED: return `${allowanceOf(check)}; approval is asked for ${actionsOf(check)}`;
    case Outcome.NOTHING_LEFT: return 'nothing is left to mitigate';
    default: return `${obstacleOf(check, check.outcome)}; nothing was touched`;
  }
}

function obstacleOf(check: PlannedCheck, obstacle: Outcome): string {
  const { budget: { used = 0, resources, days }, affectedResources, allowedResources, totalResources } = check;
  switch (obstacle) {
    case Outcome.OVER_LIMIT: return affectedResources > allowedResources
      ? allowanceOf(check) : 'more findings than one plan can name';
    case Outcome.OVER_BUDGET: return `the budget is ${plural(resources, 'resource')} in ${plural(days, 'day')}, `
      + `and ${grouped(used)} of it ${used === 1 ? 'is' : 'are'} used`;
    case Outcome.UNKNOWN: return 'AWS does not tell how many resources the check '
      + `${totalResources === undefined ? 'looked at' : 'found non-compliant'}`;
    case Outcome.OUTDATED: return 'the audit is too old';
    case Outcome.SUPERSEDED: return 'a newer audit reports the check';
    case Outcome.STOPPED: return 'the stop switch is set';
    case Outcome.DECLINED: return 'declined';
    case Outcome.UNANSWERED: return 'nobody answered in time';
    default: return 'nothing is left to mitigate';
  }
}

function numbersOf({ succeeded = 0, failed = 0, skipped = 0, canceled = 0 }: PlannedCheck): string {
  return [
    `${plural(succeeded, 'finding')} mitigated`, failed > 0 ? `${grouped(failed)} failed` : '',
    skipped > 0 ? `${grouped(skipped)} skipped` : '', canceled > 0 ? `${grouped(canceled)} canceled` : '',
  ].filter(Boolean).join(', ');
}

/** The names of actions, in order. */
export function actionsOf({ actions }: Pick<PlannedCheck, 'actions'>): string {
  return actions.map((name) => cut(name)).join(', then ');
}

function adviceFor({ outcome, obstacle, mode }: PlannedCheck): readonly string[] {
  switch (obstacle ?? outcome) {
    case Outcome.OVER_LIMIT: return ['Over the limit: look at the findings in the console. If they are right, raise the '
      + 'limit and let a new audit run, or mitigate by hand there; if they are not, suppress them.'];
    case Outcome.OVER_BUDGET: return ['Over the budget: find out why so much had to be mitigated. Then wait, raise the '
      + 'budget and let a new audit run, or mitigate by hand in the console.'];
    case Outcome.UNKNOWN: return ['Without numbers: look at the audit in the console, and let a new one run.'];
    case Outcome.OUTDATED: return ['Too old: let a new audit run, and answer sooner if people were asked.'];
    case Outcome.STOPPED: return ['Stopped: delete the parameter of the stop switch, and let a new audit run.'];
    case Outcome.FAILED: return ['Failed: repair what the errors say, often a permission of the action\'s role, and let '
      + 'a new audit run.'];
    case Outcome.UNANSWERED: return ['Unanswered: the next audit asks again.'];
    case Outcome.ASKED: return ['Waiting: whoever receives the approval message answers.'];
    case Outcome.REPORTED: return mode === 'REPORT'
      ? ['Reported: change the mode of the rule once its reports are what you expect.'] : [];
    default: return [];
  }
}

/** A resource in a line of its own. */
export function resourceLine({ checkName, resource, reason }: NamedResource): string {
  return `  ${resource}: ${reason} [${cut(checkName)}]`;
}

function cut(name: string): string {
  return shorten(name, LONGEST_NAME);
}
