import { AuditFinding, RelatedResource } from '@aws-sdk/client-iot';
import { FindingHistory, KEPT_DAYS } from './finding-history';
import { labelOf } from './findings-view';
import { Content, Html, html } from './html';
import { consoleLink, dateOf, severityOf, WidgetFrame } from './widget-parts';
import { HistoryRequest } from './widget-request';
import { grouped, plural } from '../../function/runtime/message-text';
import { resourceName } from '../../function/runtime/resource-name';
import { shorten } from '../../private/printable';

const LONGEST_VALUE = 600;

/** Related resources, and entries of other lists, that are shown. */
const MOST_ENTRIES = 10;

/** When audits have found a resource, and what they say about it. */
export function historyView(frame: WidgetFrame, { check, resource }: HistoryRequest, history: FindingHistory): Html {
  const { audits, isCut, newest, oldest } = history;
  const title = html`<h3 class="name">${resourceName(resource)}</h3>`;
  if (!newest) {
    return html`${title}<p>No audit of the last ${KEPT_DAYS} days has found anything about it with ${labelOf(check)}.</p>`;
  }
  const { nonCompliantResource, reasonForNonCompliance, reasonForNonComplianceCode, relatedResources = [] } = newest;
  return html`${title}<table><tbody>${[
    row('Check', html`${severityOf(shorten(newest.severity ?? 'UNKNOWN', LONGEST_VALUE))} ${labelOf(check)}`),
    row('Reason', textOf(reasonForNonCompliance ?? reasonForNonComplianceCode)),
    row('First found', html`${foundBy(frame, oldest)}${isCut && ', or earlier'}`),
    row('Last found', foundBy(frame, newest)),
    row('Found by', `${isCut ? 'at least ' : ''}${plural(audits, 'audit')} of the last ${KEPT_DAYS} days`),
    row('Suppressed', newest.isSuppressed === true ? 'yes, when it was last found' : 'no'),
    ...entriesOf(resource).map(([name, value]) => row(name, textOf(value))),
    ...entriesOf(nonCompliantResource?.additionalInfo).map(([name, value]) => row(name, textOf(value))),
    relatedResources.length > 0 && row('Related resources', relatedOf(relatedResources)),
  ]}</tbody></table><p class="muted">AWS keeps findings for 90 days. What it found before that is not counted.</p>`;
}

function row(name: string, value: Content): Html {
  return html`<tr><th class="once">${shorten(name, LONGEST_VALUE)}</th><td class="name">${value}</td></tr>`;
}

function foundBy(frame: WidgetFrame, finding: AuditFinding | undefined): Content {
  return consoleLink(frame, finding?.taskId, dateOf(finding?.findingTime));
}

function relatedOf(related: readonly RelatedResource[]): Content {
  const more = related.length - MOST_ENTRIES;
  return [
    ...related.slice(0, MOST_ENTRIES).map(({ resourceIdentifier, resourceType = 'unknown' }, index) =>
      html`${index > 0 && html`<br>`}${resourceName(resourceIdentifier)} <span class="muted">${
        shorten(resourceType, LONGEST_VALUE)}</span>`),
    more > 0 && html`<br>and ${grouped(more)} more`,
  ];
}

/** The members of an identifier or of other facts, with those of its parts. */
function entriesOf(value: object | undefined): [name: string, value: unknown][] {
  return Object.entries(value ?? {}).flatMap(([name, part]): [string, unknown][] =>
    typeof part === 'object' && part !== null ? entriesOf(part) : [[name, part]]).slice(0, MOST_ENTRIES);
}

function textOf(value: unknown): string {
  return value === undefined || value === null || value === '' ? 'unknown' : shorten(String(value), LONGEST_VALUE);
}
