import { IoTClient } from '@aws-sdk/client-iot';
import { AuditMemory, AuditSummary, currentChecks, isTelling, newestFirst } from './audit-summary';
import { auditsTable, verdictOf } from './audits-view';
import { DashboardCalls } from './dashboard-calls';
import { readHistory } from './finding-history';
import { readPage } from './findings-page';
import { filtersOf, findingsTable } from './findings-view';
import { historyView } from './history-view';
import { Content, html } from './html';
import { AuditSearch, LastAudits } from './last-audits';
import { problemView } from './problem-view';
import { DOCUMENTATION } from './widget-documentation';
import { WidgetFrame, widgetOf } from './widget-parts';
import { FindingsRequest, PagePosition, requestOf, surroundingsOf, WidgetRequest } from './widget-request';
import { AwsCalls } from '../../function/runtime/aws-calls';
import { asError, log } from '../../function/runtime/log';

/** The facts that Lambda gives the function about its invocation. */
export interface WidgetContext {
  readonly awsRequestId: string;
  readonly invokedFunctionArn: string;
  readonly logGroupName: string;
}

export interface FindingsWidgetProps {
  readonly iot: IoTClient;
  readonly calls: AwsCalls;
}

/** Milliseconds in which a view is put together: somebody waits for it. */
const PATIENCE = 12_000;

/** The widget of a dashboard that shows what audits find now. It only reads. */
export class FindingsWidget {
  private readonly memory = new AuditMemory();

  constructor(private readonly props: FindingsWidgetProps) {}

  /**
   * Answers a call of a dashboard with HTML, whatever it asks for and whatever happens.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
   */
  public async answer(event: unknown, context: WidgetContext): Promise<string> {
    const frame = { ...surroundingsOf(event), functionArn: context.invokedFunctionArn };
    const { iot, calls: { clock } } = this.props;
    const calls = new DashboardCalls({ iot, calls: this.props.calls, until: clock.now() + PATIENCE });
    try {
      const request = requestOf(event);
      const answer = request.view === 'documentation' ? DOCUMENTATION
        : widgetOf(frame, await this.view(request, frame, calls, context));
      log('shown', { view: request.view, calls: calls.count });
      return answer;
    } catch (error) {
      return widgetOf(frame, problem(error, frame, context));
    }
  }

  private async view(
    request: Exclude<WidgetRequest, { readonly view: 'documentation' }>, frame: WidgetFrame, calls: DashboardCalls,
    context: WidgetContext,
  ): Promise<Content> {
    if (request.view === 'history') {
      return historyView(frame, request, await readHistory(request, calls));
    }
    const last = request.from ? await this.auditsOf(request.from, calls)
      : await new AuditSearch(this.memory, calls).find(frame.audits);
    return last.audits.some(isTelling) || request.from ? this.findings(request, last, frame, calls, context)
      : noAudit(frame, last);
  }

  private async findings(
    request: FindingsRequest, last: LastAudits, frame: WidgetFrame, calls: DashboardCalls, context: WidgetContext,
  ): Promise<Content> {
    const checks = currentChecks(last.audits);
    let page: Content;
    try {
      page = findingsTable(frame, await readPage(checks, request.filter, request.from, calls), request);
    } catch (error) {
      // What the audits say of their checks is worth seeing without the findings.
      page = problem(error, frame, context);
    }
    return [
      verdictOf(frame, checks, last), filtersOf(frame, checks, request.filter), page,
      request.from === undefined && auditsTable(frame, last),
    ];
  }

  /** The audits of the page before: this one goes on in them. */
  private async auditsOf({ audits: ids }: PagePosition, calls: DashboardCalls): Promise<LastAudits> {
    const audits: AuditSummary[] = [];
    for (const taskId of ids) {
      const audit = await this.memory.audit(taskId, calls);
      if (audit) audits.push(audit);
    }
    return { audits: newestFirst(audits), isCut: false };
  }
}

function noAudit(frame: WidgetFrame, last: LastAudits): Content {
  return last.audits.length > 0 ? [html`<h3>No audit has ended yet</h3>`, auditsTable(frame, last)]
    : html`<h3>No audit has ended yet</h3><p>AWS IoT Device Defender keeps audits for 90 days, and knows none. Scheduled audits
run at a time of day that it chooses.</p>`;
}

function problem(error: unknown, frame: WidgetFrame, context: WidgetContext): Content {
  const { awsRequestId: requestId, logGroupName } = context;
  const { action, error: cause = error } = Object(error) as { action?: string; error?: unknown };
  log('not shown', { action, error: asError(cause) });
  return problemView(frame, error, { logGroupName, requestId });
}
