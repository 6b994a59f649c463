import {
  AfterAuditReport, AnswerStep, EventStep, MessageStep, MitigationTaskStep, NextAuditReport, Step, isEmpty,
} from './after-audit';
import { alarmLines } from './alarm-reports';
import { cut } from './cut';
import { countsOf, detailLines, plural } from './event-words';
import type { ExecutionReport } from './execution-reports';
import { storedObjectLines } from './stored-objects';
import { auditLines } from './text';
import type { FleetChange } from '../device-defender/fleet-change';

/** Characters of a line that names a resource with the reason of a finding. */
const LONGEST_LINE = 160;
/** The check that finds certificates by what happened in the past. */
const LOOKING_BACK = 'DEVICE_CERTIFICATE_SHARED_CHECK';

/** What followed the audits, as a story; nothing if nothing did. */
export function afterAuditLines(report: AfterAuditReport, verbose: boolean): string[] {
  if (isEmpty(report)) return [];
  const { alarms, steps, executions, fleetChanges, nextAudit, storedObjects } = report;
  return [
    '', 'What followed the audit',
    ...steps.flatMap((step) => stepLines(step, verbose)),
    ...executions.flatMap(executionLines),
    ...messagesLeftLines(report),
    ...alarms === undefined ? [] : ['', 'Alarms', ...alarmLines(alarms, verbose)],
    ...storedObjects === undefined ? [] : ['', 'What was stored', ...storedObjectLines(storedObjects)],
    // Where no state machine ran, nothing could change.
    ...executions.length === 0 ? [] : ['', 'What changed in the fleet', ...changeLines(fleetChanges)],
    ...nextAudit === undefined ? [] : ['', 'The next audit', ...nextAuditLines(nextAudit, verbose)],
  ];
}

/** For the summary: nothing if no state machine ran and no message is left. */
export function mitigationSummary(reports: readonly AfterAuditReport[]): string[] {
  const sum = (numberOf: (report: AfterAuditReport) => number) =>
    reports.reduce((total, report) => total + numberOf(report), 0);
  const executions = reports.flatMap((report) => report.executions);
  const checks = reports.flatMap(({ steps }) => steps).flatMap((step) => 'checks' in step ? step.checks : []);
  const findings = (outcome: 'succeeded' | 'failed' | 'skipped' | 'canceled') =>
    checks.reduce((total, check) => total + check[outcome], 0);
  const left = sum(({ messagesLeft: { inQueues, inDeadLetterQueues } }) => inQueues + inDeadLetterQueues);
  if (executions.length + left === 0) return [];
  const failed = executions.filter(({ status }) => status !== 'SUCCEEDED' && status !== 'RUNNING').length;
  const asking = executions.filter(({ isAsking }) => isAsking).length;
  return [`  mitigation: ${[
    countsOf({
      succeeded: findings('succeeded'), failed: findings('failed'), skipped: findings('skipped'),
      canceled: findings('canceled'),
    }),
    `${plural(sum(({ fleetChanges }) => fleetChanges.length), 'change')} in the fleet`,
    ...reports.flatMap(({ nextAudit }) => nextAudit === undefined ? [] : [`next audit: ${comparisonOf(nextAudit)}`]),
    ...asking > 0 ? [`${plural(asking, 'question')} without an answer`] : [],
    ...failed > 0 ? [`${plural(failed, 'execution')} failed`] : [],
    ...left > 0 ? [`${plural(left, 'message')} not handled`] : [],
  ].join(', ')}`];
}

function stepLines(step: Step, verbose: boolean): string[] {
  switch (step.step) {
    case 'event': return eventLines(step);
    case 'mitigation task': return mitigationLines(step, verbose);
    case 'answer': return [`  answer: ${ANSWER_WORDS[step.answer]} (--answer ${step.answer})`];
    default: return messageLines(step, verbose);
  }
}

const ANSWER_WORDS: Readonly<Record<AnswerStep['answer'], string>> = {
  approve: 'yes', decline: 'no', none: 'nobody answers',
};

function eventLines({ detailType, detail, deliveries }: EventStep): string[] {
  return [
    `  event "${detailType}"`,
    ...detailLines(detailType, detail).map((line) => `    ${line}`),
    ...deliveries.map(({ rule, target, outcome }) => `    rule ${rule} to ${target}: ${outcome}`),
  ];
}

function mitigationLines({ taskId, status, checks }: MitigationTaskStep, verbose: boolean): string[] {
  const end = status === 'COMPLETED' ? '' : `, ${status}`;
  return checks.map(({ checkName, actions, ...counts }) =>
    `  mitigation of ${checkName} with ${actions.join(', then ')}: ${countsOf(counts)}${end}`
    + (verbose ? ` (task ${taskId})` : ''));
}

function messageLines({ step, topic, subject, text }: MessageStep, verbose: boolean): string[] {
  const lines = readable(text).split('\n').filter((line) => line !== '').map((line) => verbose ? line : shortened(line));
  const { title, body } = titled(subject, lines);
  return [
    `  ${step} to ${topic}${title === '' ? '' : `: ${title}`}`,
    ...body.map((line) => `    | ${line}`),
  ];
}

/** What a chat application shows of a custom notification; any other text as it is. */
function readable(text: string): string {
  try {
    const { source, content } = JSON.parse(text) as { source?: unknown; content?: Record<string, unknown> };
    return source === 'custom' && content !== undefined
      ? [content.title, content.description, content.nextSteps].flat().join('\n') : text;
  } catch {
    return text;
  }
}

/** The subject, or the sentence that a text begins with if the subject repeats it, as far as there was room. */
function titled(
  subject: string | undefined, lines: readonly string[],
): { readonly title: string; readonly body: readonly string[] } {
  const [first = '', ...others] = lines;
  if (subject === undefined) {
    const finding = findingIn(first);
    return finding === undefined ? { title: '', body: lines } : { title: finding, body: [] };
  }
  const isRepeated = first.startsWith(subject.replace(/\.\.\.$/, ''));
  return isRepeated ? { title: first.replace(/\.$/, ''), body: others } : { title: subject, body: lines };
}

/** What a mitigation action publishes for a finding. */
function findingIn(text: string): string | undefined {
  try {
    const { findingId, checkName } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return findingId === undefined ? undefined : `finding ${String(findingId)} of ${String(checkName)}`;
  } catch {
    return undefined;
  }
}

/** A token is of no use to people, and long; so are some reasons of findings. */
function shortened(line: string): string {
  const shown = line.replace(/(--task-token) \S{40,}/, '$1 <token>');
  return /^(\s+(new )?([A-Z]+ )?|`.*)"/.test(shown) ? cut(shown, LONGEST_LINE) : shown;
}

function executionLines(
  { stateMachine, status, state, isAsking, error, cause = '', retries }: ExecutionReport,
): string[] {
  const what = isAsking ? 'still waits for an answer'
    : status === 'RUNNING' ? `still runs, at ${state}` : `${status}${error === undefined ? '' : `: ${error}`} ${cause}`;
  return [
    ...retries.map((retry) =>
      `  ${stateMachine} tried ${retry.state} again, ${plural(retry.times, 'time')}, after ${retry.error}`),
    ...status === 'SUCCEEDED' ? [] : [`  ${stateMachine} ${what}`.trimEnd()],
  ];
}

function messagesLeftLines({ messagesLeft: { inQueues, inDeadLetterQueues }, stoppedWaitingAfter }: AfterAuditReport) {
  return [
    ...stoppedWaitingAfter === undefined ? [] : [
      `  The rehearsal has waited for ${Math.round(stoppedWaitingAfter / 1000)} s and goes on: something has not come to its end.`,
    ],
    ...inQueues > 0 ? [`  messages left in a queue, which AWS would try again later: ${inQueues}`] : [],
    ...inDeadLetterQueues > 0 ? [`  messages in a dead-letter queue, since they could not be handled: ${inDeadLetterQueues}`] : [],
  ];
}

function changeLines(changes: readonly FleetChange[]): string[] {
  return changes.length === 0 ? ['  nothing changed'] : changes.map((change) => `  ${changeText(change)}`);
}

function changeText(change: FleetChange): string {
  switch (change.change) {
    case 'certificate status': return `certificate ${change.certificateId}: ${change.before} before, ${change.after} now`;
    case 'CA certificate status': return `CA certificate ${change.certificateId}: ${change.before} before, ${change.after} now`;
    case 'default version of a policy':
      return `policy ${change.policyName}: version ${change.before} before, version ${change.after} now, which is blank`;
    case 'logging': return `logging of AWS IoT: ${change.before} before, ${change.after} now`;
    case 'thing groups': return `thing ${change.thingName}: joined the thing group ${change.joined}`
      + (change.left === undefined ? '' : `, and left ${change.left}`);
  }
}

function nextAuditLines(audit: NextAuditReport, verbose: boolean): string[] {
  const { inactiveCertificates, findings } = audit;
  const looksBack = findings.some(({ checkName, nonCompliantResource }) => checkName === LOOKING_BACK
    && inactiveCertificates.includes(nonCompliantResource?.resourceIdentifier?.deviceCertificateId ?? ''));
  return [
    ...auditLines([audit], verbose, inactiveCertificates),
    `  ${comparisonOf(audit)}`,
    ...looksBack ? [
      `  ${LOOKING_BACK} looks back a month: it finds what happened before a certificate was deactivated.`,
      '  Whether AWS still lists a certificate that is inactive by now is unverified.',
    ] : [],
  ];
}

function comparisonOf({ before, nonCompliantChecks, totalChecks }: NextAuditReport): string {
  if (before === undefined) return `${nonCompliantChecks} of ${totalChecks} checks non-compliant`;
  const isSame = before.totalChecks === totalChecks;
  return `${before.nonCompliantChecks} of ${before.totalChecks} checks non-compliant before, `
    + `${nonCompliantChecks}${isSame ? '' : ` of ${totalChecks}`} now`;
}
