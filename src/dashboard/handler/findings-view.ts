import { AuditFinding } from '@aws-sdk/client-iot';
import { CurrentCheck } from './audit-summary';
import { FindingsPage } from './findings-page';
import { Content, Html, html } from './html';
import { callLink, consoleLink, dateOf, findingsOf, severityOf, WidgetFrame } from './widget-parts';
import { Filter, FindingsRequest, isCheckName, isIdentifier, isToken, Shown } from './widget-request';
import { grouped } from '../../function/runtime/message-text';
import { resourceName } from '../../function/runtime/resource-name';
import { shorten } from '../../private/printable';

const TITLES: Readonly<Record<Shown, string>> = { open: 'Open', suppressed: 'Suppressed', all: 'Open and suppressed' };

/** Bytes of what AWS, or somebody, has written. */
const LONGEST_REASON = 240;
const LONGEST_NAME = 100;

/** Bytes of an identifier that the widget hands back: those of AWS are far shorter. */
const LONGEST_IDENTIFIER = 8_000;

/** The filters: open or suppressed, and the checks that have found something. */
export function filtersOf(frame: WidgetFrame, checks: readonly CurrentCheck[], filter: Filter): Html {
  const found = checks.filter(({ open, suppressed }) => open + suppressed > 0);
  const choices = [
    choice(frame, 'All checks', { ...filter, check: undefined }, filter.check === undefined),
    ...found.filter(({ checkName }) => isCheckName(checkName)).map(({ checkName, open, suppressed }) => choice(
      frame, `${labelOf(checkName)} ${grouped(countOf({ open, suppressed }, filter.shown))}`,
      { ...filter, check: checkName }, filter.check === checkName)),
  ];
  const shown = (Object.keys(TITLES) as Shown[])
    .map((one) => choice(frame, `${TITLES[one]} ${grouped(checks.reduce((sum, check) => sum + countOf(check, one), 0))}`,
      { ...filter, shown: one }, filter.shown === one));
  return html`<p>${shown}</p><p>${choices}</p>`;
}

function choice(frame: WidgetFrame, label: string, filter: Filter, isChosen: boolean): Html {
  return callLink(frame, label, findingsOf(filter), { style: isChosen ? 'filter chosen' : 'filter' });
}

export function countOf({ open, suppressed }: Pick<CurrentCheck, 'open' | 'suppressed'>, shown: Shown): number {
  return shown === 'open' ? open : shown === 'suppressed' ? suppressed : open + suppressed;
}

/** The findings of a page, with the way to the next one. */
export function findingsTable(frame: WidgetFrame, { findings, next }: FindingsPage, request: FindingsRequest): Html {
  const { filter, from } = request;
  const before = from?.before ?? 0;
  if (findings.length === 0 && !next) {
    return html`<p class="muted">${before > 0 ? 'There are no further findings.' : 'There are no such findings.'}</p>`;
  }
  return html`<table><thead><tr><th>Severity</th><th class="resource">Resource</th><th class="reason">Reason</th>
<th>Found</th></tr></thead><tbody>${findings.map((finding) =>
  findingRow(frame, finding))}</tbody></table><p>Findings ${grouped(before + 1)} to ${grouped(before + findings.length)}. ${from && callLink(frame, 'First page', findingsOf(filter))} ${
  nextLink(frame, filter, next)}</p>`;
}

function nextLink(frame: WidgetFrame, filter: Filter, next: FindingsPage['next']): Content {
  if (!next) {
    return '';
  }
  const isReadBack = isCheckName(next.check) && (next.token === undefined || isToken(next.token));
  return isReadBack ? callLink(frame, 'Next page', findingsOf(filter, next))
    : 'There are more, which only the console shows.';
}

function findingRow(frame: WidgetFrame, finding: AuditFinding): Html {
  const {
    checkName = 'unknown', findingTime, isSuppressed, nonCompliantResource: { resourceType = 'unknown' } = {},
    reasonForNonCompliance, reasonForNonComplianceCode, severity = 'UNKNOWN', taskId,
  } = finding;
  const reason = reasonForNonCompliance || reasonForNonComplianceCode || 'no reason given';
  return html`<tr><td class="once">${severityOf(shorten(severity, LONGEST_NAME))}${
    isSuppressed === true && html`<br><span class="muted">suppressed</span>`}</td><td class="name">${
    historyLink(frame, finding)}<br><span class="muted">${shorten(resourceType, LONGEST_NAME)}</span></td><td class="name">${
    shorten(reason, LONGEST_REASON)}<br><span class="muted">${labelOf(checkName)}</span></td><td>${
    consoleLink(frame, taskId, narrowly(dateOf(findingTime)))}</td></tr>`;
}

/** A time that breaks in a narrow column, but not within its date. */
function narrowly(time: string): Content {
  const [date, ...clock] = time.split(' ');
  return html`<span class="once">${date}</span> <span class="once">${clock.join(' ')}</span>`;
}

/** The resource, with a link to when AWS has first found it. */
function historyLink(frame: WidgetFrame, { checkName, nonCompliantResource }: AuditFinding): Content {
  const { resourceIdentifier } = nonCompliantResource ?? {};
  const name = resourceName(resourceIdentifier);
  const isReadBack = isCheckName(checkName) && isIdentifier(resourceIdentifier)
    && JSON.stringify(resourceIdentifier).length <= LONGEST_IDENTIFIER;
  return isReadBack
    ? callLink(frame, name, { history: { check: checkName, resource: resourceIdentifier } }, { display: 'popup' }) : name;
}

/** The name of a check without what all of them end with. */
export function labelOf(checkName: string): string {
  return shorten(checkName.replace(/_CHECK$/, ''), LONGEST_NAME);
}
