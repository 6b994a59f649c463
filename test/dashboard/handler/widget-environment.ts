import { randomUUID } from 'node:crypto';
import { IoTClient, ResourceIdentifier } from '@aws-sdk/client-iot';
import { HtmlElement, elementsOf, textOf } from './widget-html';
import { PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { DeviceDefenderOptions, DeviceDefenderServer } from '../../../rehearsal/device-defender/server';
import { directClient } from '../../../rehearsal/services/direct-client';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { FindingsWidget, WidgetContext } from '../../../src/dashboard/handler/findings-widget';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
export const CONFLICTING = 'CONFLICTING_CLIENT_IDS_CHECK';
export const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
export const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
export const LOGGING = 'LOGGING_DISABLED_CHECK';

export const AUDIT_ROLE = 'arn:aws:iam::123456789012:role/AuditRole';
export const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:Dashboard-Widget';
export const NIGHTLY = 'Nightly';

const CONTEXT: WidgetContext = {
  awsRequestId: '8c2f7f52-9d29-4a0f-a5c7-111111111111', invokedFunctionArn: FUNCTION, logGroupName: 'Dashboard-Logs',
};

/** Logging is on, so that a fleet has no findings but those that are planted. */
const LOGGING_ON = { roleArn: 'arn:aws:iam::123456789012:role/Logging', defaultLogLevel: 'ERROR' } as const;

/** A link of a widget that calls the function again. */
export interface Call {
  readonly label: string;
  readonly display: string;
  readonly body: Record<string, any>;
}

/** AWS IoT with schedules, time, and a widget on a dashboard. */
export class WidgetEnvironment {
  /** @param decorate changes what the function gets from AWS IoT */
  static async start(
    options: DeviceDefenderOptions = {}, decorate = (client: IoTClient) => client,
  ): Promise<WidgetEnvironment> {
    const time = new VirtualTime();
    const iot = await DeviceDefenderServer.start({
      clock: time.clock, auditDuration: MINUTE, fleet: { logging: LOGGING_ON }, ...options,
    });
    iot.ask('UpdateAccountAuditConfiguration', {
      roleArn: AUDIT_ROLE,
      auditCheckConfigurations: Object.fromEntries(
        [SHARED, CONFLICTING, POLICY, EXPIRING, LOGGING].map((check) => [check, { enabled: true }])),
    });
    return new WidgetEnvironment(iot, time, decorate);
  }

  private readonly openCalls = new OpenCalls();
  private widget: FindingsWidget;

  private constructor(
    readonly iot: DeviceDefenderServer, readonly time: VirtualTime,
    private readonly decorate: (client: IoTClient) => IoTClient,
  ) {
    iot.onHang = () => this.openCalls.hang();
    this.widget = this.newWidget();
  }

  /** Begins an execution environment, with nothing in its memory. */
  forget(): void {
    this.widget = this.newWidget();
  }

  private newWidget(): FindingsWidget {
    return new FindingsWidget({
      iot: this.decorate(directClient<IoTClient>(() => this.iot)),
      calls: new VirtualCalls(this.time, this.openCalls, 4_000),
    });
  }

  async stop(): Promise<void> {
    await this.iot.stop();
  }

  plant(checkName: string, ...identifiers: (string | ResourceIdentifier)[]): void {
    for (const identifier of identifiers) {
      const resourceIdentifier = typeof identifier === 'object' ? identifier
        : checkName === SHARED ? { deviceCertificateId: identifier } : { clientId: identifier };
      this.iot.fleet.plant({ checkName, resourceIdentifier } as PlantedFinding);
    }
  }

  suppress(checkName: string, resourceIdentifier: ResourceIdentifier): void {
    this.iot.ask('CreateAuditSuppression', {
      checkName, resourceIdentifier, suppressIndefinitely: true, clientRequestToken: randomUUID(),
    });
  }

  /** Runs a scheduled audit to its end, a day after whatever was before. */
  audit(scheduledAuditName = NIGHTLY, ...checks: string[]): string {
    const taskId = this.startAudit(scheduledAuditName, ...checks);
    this.time.pass(10 * MINUTE);
    return taskId;
  }

  startAudit(scheduledAuditName = NIGHTLY, ...checks: string[]): string {
    const names = (this.iot.ask('ListScheduledAudits', {}).scheduledAudits ?? [])
      .map((audit) => audit.scheduledAuditName);
    if (!names.includes(scheduledAuditName)) {
      const targetCheckNames = checks.length > 0 ? checks : [SHARED, CONFLICTING, POLICY, LOGGING];
      this.iot.ask('CreateScheduledAudit', { scheduledAuditName, frequency: 'DAILY', targetCheckNames });
    }
    this.time.pass(DAY);
    return this.iot.runScheduledAudit(scheduledAuditName);
  }

  /** Looks at the widget as a dashboard shows it, or as one of its links does. */
  async look(
    body: object = {}, { audits = [NIGHTLY], context = {} }: { audits?: unknown; context?: object } = {},
  ): Promise<string> {
    const isLink = Object.keys(body).length > 0;
    return this.answer({
      ...isLink ? body : { audits }, widgetContext: { theme: 'light', params: { audits }, ...context },
    });
  }

  /** Hands any event to the function. */
  async answer(event: unknown): Promise<string> {
    return this.time.during(() => this.widget.answer(event, CONTEXT));
  }

  /** The operations that are called while something happens. */
  async callsDuring(work: () => Promise<unknown>): Promise<string[]> {
    const before = this.iot.requests.length;
    await work();
    return this.iot.requests.slice(before).map(({ operation }) => operation);
  }
}

/** The links of a widget that call the function. */
export function callsOf(widget: string): Call[] {
  const elements = elementsOf(widget);
  return elements.flatMap((element: HtmlElement, index) => element.name !== 'cwdb-action' ? [] : [{
    label: elements[index - 1].text, display: element.attributes.display, body: JSON.parse(element.text),
  }]);
}

/** What the link with a label asks for. */
export function linkOf(widget: string, label: string): Record<string, any> {
  const call = callsOf(widget).find((one) => one.label === label);
  if (!call) throw new Error(`There is no link ${label} among ${callsOf(widget).map((one) => one.label).join(', ')}.`);
  return call.body;
}

/** The rows of the table of findings: the texts of their cells. */
export function rowsOf(widget: string): string[][] {
  const [table = ''] = widget.match(/<table><thead><tr><th>Severity.*?<\/table>/s) ?? [];
  return [...table.matchAll(/<tr><td.*?<\/tr>/gs)].map(([row]) =>
    [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => textOf(cell)));
}

/** The id of a certificate. */
export function certificate(number: number): string {
  return number.toString(16).padStart(64, '0');
}
