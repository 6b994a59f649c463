import { ResourceIdentifier } from '@aws-sdk/client-iot';
import { PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { DeviceDefenderOptions } from '../../../rehearsal/device-defender/server';
import { NoticeRequest } from '../../../src/monitoring/protocol';
import { MessageServices, queueEvent } from '../../events/handler/message-services';
import { FunctionEnvironment } from '../../support/function-environment';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const SHARED = 'DEVICE_CERTIFICATE_SHARED_CHECK';
export const CONFLICTING = 'CONFLICTING_CLIENT_IDS_CHECK';
export const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
export const EXPIRING = 'CA_CERTIFICATE_EXPIRING_CHECK';
export const LOGGING = 'LOGGING_DISABLED_CHECK';

export const AUDIT_ROLE = 'arn:aws:iam::123456789012:role/AuditRole';
export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:Oncall';
export const NIGHTLY = 'Nightly';

export interface PublishedText {
  readonly subject: string;
  readonly text: string;
}

/** AWS IoT with schedules, SNS, time, and the function, which is asked for notices as the rule would. */
export class NoticeEnvironment {
  static async start(options: DeviceDefenderOptions = {}): Promise<NoticeEnvironment> {
    const env = await FunctionEnvironment.startDirect(options);
    await env.enableChecks(SHARED, CONFLICTING, POLICY, EXPIRING, LOGGING);
    return new NoticeEnvironment(env);
  }

  readonly services = new MessageServices();

  private constructor(readonly env: FunctionEnvironment) {}

  async stop(): Promise<void> {
    await this.env.stop();
  }

  /** Lets somebody make the resource with this name non-compliant. */
  plant(checkName: string, ...identifiers: (string | ResourceIdentifier)[]): void {
    for (const identifier of identifiers) {
      const resourceIdentifier = typeof identifier === 'object' ? identifier
        : checkName === SHARED ? { deviceCertificateId: identifier } : { clientId: identifier };
      this.env.iot.fleet.plant({ checkName, resourceIdentifier });
    }
  }

  /** Lets somebody repair everything that a check finds among what was planted. */
  repair(checkName: string): void {
    (this.env.iot.fleet.plantedFor(checkName) as PlantedFinding[]).splice(0);
  }

  /** Runs a scheduled audit to its end, a day after the one before. */
  scheduled(scheduledAuditName = NIGHTLY, ...checks: string[]): string {
    const { iot, time } = this.env;
    const targetCheckNames = checks.length > 0 ? checks : [SHARED, CONFLICTING, LOGGING];
    const names = (iot.ask('ListScheduledAudits', {}).scheduledAudits ?? []).map((audit) => audit.scheduledAuditName);
    if (!names.includes(scheduledAuditName)) {
      iot.ask('CreateScheduledAudit', { scheduledAuditName, frequency: 'DAILY', targetCheckNames });
    }
    time.pass(DAY);
    const taskId = iot.runScheduledAudit(scheduledAuditName);
    time.pass(10 * MINUTE);
    return taskId;
  }

  /** Runs an audit on demand to its end, an hour after whatever was before. */
  async onDemand(...checks: string[]): Promise<string> {
    this.env.time.pass(HOUR);
    const taskId = await this.env.startAudit(...checks);
    this.env.time.pass(10 * MINUTE);
    return taskId;
  }

  /** Asks for a notice, and returns what is published. */
  async notice(taskId: string, parts: Partial<NoticeRequest> = {}): Promise<PublishedText | undefined> {
    const published = this.services.published.length;
    await this.handle({
      publishNotice: { taskId, topicArn: TOPIC, format: 'TEXT', trigger: 'NEW_FINDINGS', ...parts },
    });
    const message = this.services.published[published];
    return message && { subject: message.Subject, text: message.Message };
  }

  /** Asks for a notice for a chat, and returns it. */
  async chat(taskId: string, parts: Partial<NoticeRequest> = {}): Promise<Record<string, any>> {
    const published = await this.notice(taskId, { format: 'CHAT', trigger: 'EVERY_AUDIT', ...parts });
    return JSON.parse(published!.text);
  }

  async handle(message: object): Promise<void> {
    await this.env.dispatch(queueEvent(JSON.stringify(message)), this.services);
  }

  /** Numbers of calls by operation, since a number of them. */
  calls(since = 0): Record<string, number> {
    const calls: Record<string, number> = {};
    for (const { operation } of this.env.iot.requests.slice(since)) {
      calls[operation] = (calls[operation] ?? 0) + 1;
    }
    return calls;
  }
}

/** The id of a certificate. */
export function certificate(number: number): string {
  return number.toString(16).padStart(64, '0');
}
