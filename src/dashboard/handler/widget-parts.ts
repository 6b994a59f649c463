import { Content, Html, html, inertJson } from './html';
import { Filter, PagePosition, WidgetSurroundings } from './widget-request';
import { consoleAddress } from '../../function/runtime/console-address';
import { timeOf } from '../../function/runtime/message-text';
import { isTaskId } from '../../function/runtime/task-id';

/** What every view of the widget needs. */
export interface WidgetFrame extends WidgetSurroundings {
  /** The ARN of this function, which the widget calls again. */
  readonly functionArn: string;
}

/** The colors of severities, legible under white letters. */
const SEVERITY_COLORS: Readonly<Record<string, string>> = {
  CRITICAL: '#b3150b', HIGH: '#b5490a', MEDIUM: '#80680a', LOW: '#2b6cb0',
};

const COLORS = {
  light: { text: '#16191f', muted: '#5f6b7a', line: '#d5dbdb', link: '#0972d3', box: '#f2f3f3', good: '#037f0c', bad: '#b3150b' },
  dark: { text: '#d1d5db', muted: '#95a5b8', line: '#414d5c', link: '#539fe5', box: '#192534', good: '#29ad32', bad: '#ff7a7a' },
};

/** The widget around a view. Its class keeps the style to itself. */
export function widgetOf({ isDark }: WidgetFrame, ...contents: Content[]): string {
  return html`<div class="fleet-audit">${styleOf(isDark)}${contents}</div>`.text;
}

function styleOf(isDark: boolean): Html {
  const { bad, box, good, line, link, muted, text } = isDark ? COLORS.dark : COLORS.light;
  return html`<style>
.fleet-audit { color: ${text}; font-size: 14px; line-height: 20px; padding: 0 4px 8px; }
.fleet-audit h3 { color: ${text}; font-size: 16px; font-weight: 700; margin: 4px 0; }
.fleet-audit h4 { color: ${text}; font-size: 14px; font-weight: 700; margin: 16px 0 4px; }
.fleet-audit p { margin: 4px 0; }
.fleet-audit a { color: ${link}; cursor: pointer; text-decoration: none; }
.fleet-audit a:hover { text-decoration: underline; }
.fleet-audit table { border-collapse: collapse; margin-top: 8px; width: 100%; }
.fleet-audit th { border-bottom: 2px solid ${line}; color: ${muted}; font-weight: 700; padding: 4px 8px; text-align: left; }
.fleet-audit td { border-bottom: 1px solid ${line}; padding: 6px 8px; text-align: left; vertical-align: top; }
.fleet-audit tbody th { border-bottom: 1px solid ${line}; vertical-align: top; }
.fleet-audit .resource { width: 45%; }
.fleet-audit .reason { width: 55%; }
.fleet-audit .name { overflow-wrap: anywhere; }
.fleet-audit .once { white-space: nowrap; }
.fleet-audit .muted { color: ${muted}; font-size: 12px; line-height: 16px; }
.fleet-audit .good { color: ${good}; }
.fleet-audit .bad { color: ${bad}; }
.fleet-audit .notice { background: ${box}; border-left: 4px solid ${link}; margin: 8px 0; padding: 6px 10px; overflow-wrap: anywhere; }
.fleet-audit .problem { border-left-color: ${bad}; }
.fleet-audit .severity { border-radius: 4px; color: #ffffff; display: inline-block; font-size: 12px; font-weight: 700; line-height: 16px; padding: 1px 6px; white-space: nowrap; }
.fleet-audit .filter { border: 1px solid ${line}; border-radius: 12px; display: inline-block; font-size: 12px; line-height: 16px; margin: 2px 4px 2px 0; padding: 3px 10px; overflow-wrap: anywhere; }
.fleet-audit cwdb-action { display: none; }
.fleet-audit .chosen { background: ${link}; border-color: ${link}; color: ${isDark ? '#0f1b2a' : '#ffffff'}; }
</style>`;
}

export function severityOf(severity: string | undefined, count?: string): Html {
  const color = severity !== undefined && Object.hasOwn(SEVERITY_COLORS, severity) ? SEVERITY_COLORS[severity] : '#5f6b7a';
  return html`<span class="severity" style="background: ${color}">${severity ?? 'UNKNOWN'}${count !== undefined && ` ${count}`}</span>`;
}

/** A link that calls this function again: for another view in the widget, or for a window over it. */
export function callLink(
  { functionArn }: WidgetFrame, label: Content, body: object, { display = 'widget', style = '' } = {},
): Html {
  // The action belongs to the element just before it.
  return html`<a class="${style}">${label}</a><cwdb-action action="call" display="${display}" endpoint="${functionArn}">${
    inertJson(body)}</cwdb-action>`;
}

/** What a link to findings asks for. */
export function findingsOf(filter: Filter, from?: PagePosition): object {
  return { findings: { ...filter, from } };
}

/** A link to an audit in the console. */
export function consoleLink({ functionArn }: WidgetFrame, taskId: string | undefined, label: Content): Content {
  return isTaskId(taskId)
    ? html`<a href="${consoleAddress(functionArn, taskId)}" target="_blank" rel="noopener">${label}</a>` : label;
}

/** A time for people. */
export function dateOf(time: Date | number | undefined): string {
  const date = new Date(time ?? NaN);
  return Number.isNaN(date.getTime()) || date.getTime() === 0 ? 'unknown' : timeOf(date.toISOString());
}
