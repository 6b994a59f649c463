import { ComparedAudit, ComparedCheck, FailedCheck } from './compared-audit';
import { NamedFinding } from './worst-findings';
import { SEVERITIES } from '../../checks/check-table';
import { asciiLine, grouped, LONGEST_SUBJECT, paragraphs, plural, section, timeOf } from '../../function/runtime/message-text';
import { shorten } from '../../private/printable';

/** What a notice is about. */
export interface Notice extends ComparedAudit {
  /** The name of the stack. */
  readonly title: string;
  readonly accountId: string;
  readonly region: string;
  readonly consoleUrl: string;
}

/** Bytes of the title, which leave room for the sentence in a subject. */
const LONGEST_TITLE = 35;

/** Bytes of a name, and of a reason of AWS why a check was not carried out. */
const LONGEST_NAME = 128;
const LONGEST_REASON = 200;

/** Lines of checks. */
const MOST_CHECKS = 40;

/** The sentence that says what an audit has found, as the subject of a message: printable ASCII in one line. */
export function subjectOf(notice: Notice): string {
  return asciiLine(summaryOf(notice), LONGEST_SUBJECT);
}

/** The notice as a mail. */
export function textOf(notice: Notice): string {
  const { audit, accountId, region, consoleUrl, findings, failedChecks } = notice;
  const started = audit.taskStartTime === undefined ? '' : `, started ${timeOf(audit.taskStartTime.toISOString())}`;
  return paragraphs([
    [`${summaryOf(notice)}.`],
    [`${kindOf(notice)} in account ${accountId}, ${region}${started}`, consoleUrl],
    [severityLine(notice), ...checkLines(notice)],
    section('The worst findings:', findings.map((finding) => `  ${findingLine(finding)}`)),
    section('Not carried out:', failedChecks.slice(0, MOST_CHECKS).map((check) => `  ${failureLine(check)}`)),
    comparisonLines(notice),
  ]);
}

/** What an audit has found, in one sentence. */
export function summaryOf({ title, audit: { taskStatus }, checks, failedChecks }: Notice): string {
  const status = taskStatus === 'COMPLETED' ? '' : taskStatus === 'CANCELED' ? 'the audit was canceled'
    : 'the audit failed';
  const failed = failedChecks.length > 0 && taskStatus !== 'CANCELED'
    ? `${plural(failedChecks.length, 'check')} not carried out` : '';
  const found = foundBy(checks);
  const parts = [status, found === NOTHING && status ? '' : found, failed].filter(Boolean);
  return `${shorten(title, LONGEST_TITLE)}: ${parts.join('; ')}`;
}

const NOTHING = 'nothing found';

function foundBy(checks: readonly ComparedCheck[]): string {
  const found = checks.filter(({ nonCompliantResources }) => nonCompliantResources > 0);
  if (found.length === 0) {
    return NOTHING;
  }
  const total = found.reduce((sum, { nonCompliantResources }) => sum + nonCompliantResources, 0);
  const resources = `non-compliant resource${total === 1 ? '' : 's'}`;
  if (!isCompared(checks) || found.some(({ isUnread }) => isUnread)) {
    return `${grouped(total)} ${resources}, ${found[0].severity} at worst`;
  }
  const fresh = found.reduce((sum, check) => sum + newBy(check), 0);
  const worst = found.find((check) => newBy(check) > 0)?.severity;
  return worst === undefined ? `nothing new; ${grouped(total)} ${resources}`
    : `${grouped(fresh)} new of ${grouped(total)} ${resources}, ${worst} at worst`;
}

/** True if an earlier audit could be compared with. */
function isCompared(checks: readonly ComparedCheck[]): boolean {
  return checks.some(({ changes }) => changes !== undefined);
}

/** All is new that a check finds which no earlier audit has carried out. */
function newBy({ changes, nonCompliantResources }: ComparedCheck): number {
  return changes?.found ?? nonCompliantResources;
}

/** The kind of the audit: on demand, or its schedule. */
function kindOf({ audit: { scheduledAuditName } }: Notice): string {
  return scheduledAuditName === undefined ? 'Audit on demand' : `Scheduled audit ${shorten(scheduledAuditName, LONGEST_NAME)}`;
}

/** Counts of non-compliant resources by severity, the worst first. */
export function severityLine({ checks }: Notice): string {
  const counts = new Map([...SEVERITIES].reverse().map((severity) => [severity, 0]));
  for (const { severity, nonCompliantResources } of checks) {
    counts.set(severity, (counts.get(severity) ?? 0) + nonCompliantResources);
  }
  return [...counts].map(([severity, count]) => `${severity} ${grouped(count)}`).join(', ');
}

/** A line for each check that has found something, or finds something no longer. */
export function checkLines({ checks }: Notice): string[] {
  const lines = checks
    .filter(({ nonCompliantResources, changes }) => nonCompliantResources > 0 || (changes?.gone ?? 0) > 0)
    .map((check) => checkLine(check, isCompared(checks)));
  return lines.length > MOST_CHECKS
    ? [...lines.slice(0, MOST_CHECKS), `and ${plural(lines.length - MOST_CHECKS, 'more check')}`] : lines;
}

function checkLine(check: ComparedCheck, isAnyCompared: boolean): string {
  const { severity, checkName, nonCompliantResources: count, totalResources, suppressedResources, changes } = check;
  return `${severity} ${shorten(checkName, LONGEST_NAME)}: ${[
    totalResources === undefined ? plural(count, 'resource') : `${grouped(count)} of ${plural(totalResources, 'resource')}`,
    changes && changes.found > 0 ? `${grouped(changes.found)} new` : '',
    changes && changes.gone > 0 ? `${grouped(changes.gone)} no longer found` : '',
    suppressedResources > 0 ? `${grouped(suppressedResources)} suppressed` : '',
    check.isUnread ? 'not compared: too many findings' : '',
    isAnyCompared && !changes && !check.isUnread ? 'not audited before' : '',
  ].filter(Boolean).join(', ')}`;
}

/** A resource with the reason, in one line. */
export function findingLine({ checkName, severity, resource, reason, isNew }: NamedFinding): string {
  return `${isNew ? 'new ' : ''}${severity} ${resource}: ${reason} [${shorten(checkName, LONGEST_NAME)}]`;
}

/** A check with the reason why it was not carried out, in one line. */
export function failureLine({ checkName, reason, isNew }: FailedCheck): string {
  return `${isNew ? 'new ' : ''}${shorten(checkName, LONGEST_NAME)}: ${shorten(reason, LONGEST_REASON)}`;
}

/** What the audit was compared with. */
function comparisonLines({ audit: { taskStatus }, checks }: Notice): string[] {
  const earlier = new Map(checks.flatMap(({ changes }) => changes ? [[changes.since.taskId, changes.since]] : []));
  const [first, ...others] = earlier.values();
  if (first === undefined) {
    const isFirst = taskStatus === 'COMPLETED' && checks.every(({ isUnread }) => !isUnread);
    return isFirst ? ['There is no earlier audit of this kind to compare with.'] : [];
  }
  const { taskId, taskStartTime } = first;
  return [others.length > 0 ? 'Compared, check by check, with the last audit of this kind.'
    : `Compared with audit ${taskId}, started ${timeOf(taskStartTime.toISOString())}.`];
}
