import { AuditSummary, CurrentCheck, hasEnded, newestFirst } from './audit-summary';
import { labelOf } from './findings-view';
import { Content, Html, html } from './html';
import { LastAudits } from './last-audits';
import { consoleLink, dateOf, severityOf, WidgetFrame } from './widget-parts';
import { SEVERITIES } from '../../checks/check-table';
import { grouped, plural } from '../../function/runtime/message-text';
import { shorten } from '../../private/printable';

/** Rows of the table of audits. */
const MOST_AUDITS = 5;

/** Lines of checks that were not carried out. */
const MOST_FAILURES = 5;

const LONGEST_NAME = 128;
const LONGEST_REASON = 200;

/** What the audits have found, by severity, and what keeps this from being all. */
export function verdictOf(frame: WidgetFrame, checks: readonly CurrentCheck[], { audits, isCut }: LastAudits): Html {
  const open = checks.reduce((sum, check) => sum + check.open, 0);
  const failed = checks.filter(({ failure }) => failure !== undefined);
  const running = audits.filter((audit) => !hasEnded(audit));
  const title = open > 0 ? html`<h3>${plural(open, 'non-compliant resource')}</h3>`
    : failed.length > 0 ? html`<h3>Nothing found by the checks that were carried out</h3>`
      : html`<h3 class="good">No non-compliant resources</h3>`;
  return html`${title}<p>${severityCounts(checks)}</p>${summaryOf(frame, checks)}${running.map((audit) => html`<p class="notice">An audit is running: ${
    consoleLink(frame, audit.taskId, nameOf(audit))}, since ${dateOf(audit.started)}. What it finds is shown when it has ended.</p>`)}${
    failed.length > 0 && failuresOf(failed)}${isCut && html`<p class="notice">There are so many audits that not all were
looked at. Refresh the widget: it goes on where it stopped.</p>`}`;
}

function summaryOf(frame: WidgetFrame, checks: readonly CurrentCheck[]): Content {
  const [newest] = newestFirst(checks.map(({ audit }) => audit));
  const found = checks.filter(({ open }) => open > 0).length;
  return newest && html`<p class="muted">${grouped(found)} of ${plural(checks.length, 'check')} found something. Last audit: ${
    nameOf(newest)}, started ${consoleLink(frame, newest.taskId, dateOf(newest.started))}.</p>`;
}

function severityCounts(checks: readonly CurrentCheck[]): Content {
  return [...[...SEVERITIES].reverse(), undefined].flatMap((severity) => {
    const open = checks.filter((check) => check.severity === severity).reduce((sum, check) => sum + check.open, 0);
    return open > 0 ? [severityOf(severity, grouped(open)), ' '] : [];
  });
}

function failuresOf(failed: readonly CurrentCheck[]): Html {
  const more = failed.length - MOST_FAILURES;
  return html`<p class="notice problem">Not carried out, so that nobody knows what they would find:${
    failed.slice(0, MOST_FAILURES).map(({ checkName, failure }) =>
      html`<br>${labelOf(checkName)}: ${shorten(failure!, LONGEST_REASON)}`)}${
    more > 0 && html`<br>and ${plural(more, 'more check')}`}</p>`;
}

/** The last audits, the newest first. */
export function auditsTable(frame: WidgetFrame, { audits }: LastAudits): Html {
  const rows = audits.slice(0, MOST_AUDITS).map((audit) => html`<tr><td>${
    consoleLink(frame, audit.taskId, dateOf(audit.started))}</td><td class="name">${nameOf(audit)}</td><td class="name">${
    shorten(audit.status, LONGEST_NAME)}</td><td>${resultOf(audit)}</td></tr>`);
  return html`<h4>Last audits</h4><table><thead><tr><th>Started</th><th>Audit</th><th>Status</th><th>Non-compliant
checks</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function nameOf({ name }: AuditSummary): string {
  return name === undefined ? 'on demand' : shorten(name, LONGEST_NAME);
}

function resultOf({ checks }: AuditSummary): string {
  const all = Object.values(checks);
  const count = (status: string) => all.filter(({ checkRunStatus }) => checkRunStatus === status).length;
  const failed = count('FAILED') + count('CANCELED');
  return `${count('COMPLETED_NON_COMPLIANT')} of ${all.length}${failed > 0 ? `, ${failed} not carried out` : ''}`;
}
