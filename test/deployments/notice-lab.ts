import { StartOnDemandAuditTaskCommand } from '@aws-sdk/client-iot';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { impatientAccount, stackOf } from './real-accounts';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { PublishedMessage } from '../../rehearsal/messaging/topics';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { AuditCheck, AuditNoticeOptions, DeploymentAudit, FleetAudit } from '../../src';

const CHECKS = [AuditCheck.CONFLICTING_CLIENT_IDS, AuditCheck.LOGGING_DISABLED];
const [CONFLICTING] = CHECKS;
const MINUTE = 60_000;

/** An account whose people are told of audits, and the fleet behind it. */
export class NoticeLab {
  static async deploy(options: Partial<AuditNoticeOptions> = {}): Promise<NoticeLab> {
    const time = new VirtualTime();
    const account = await impatientAccount({ time, isDirect: true, auditDuration: MINUTE }, 30);
    const lab = new NoticeLab(account, time);
    await lab.update((audit) => {
      audit.notifyPeople({ topic: new Topic(audit, 'Oncall', { topicName: 'oncall' }), ...options });
    });
    return lab;
  }

  private devices = 0;

  private constructor(readonly account: RehearsedAccount, readonly time: VirtualTime) {}

  /** Deploys the audit with what is given. */
  async update(define: (audit: FleetAudit) => void): Promise<void> {
    const { events } = await this.account.deploy(stackOf((stack) => define(new FleetAudit(stack, 'FleetAudit', {
      checks: CHECKS, schedules: [], deploymentAudit: DeploymentAudit.none(),
    }))));
    const reasons = events.flatMap(({ status, reason }) => status.endsWith('FAILED') ? reason ?? '' : []);
    if (reasons.length > 0) throw new Error(reasons.join('\n'));
  }

  /** One more device has the client id of another one. */
  breakOneMore(): void {
    this.account.deviceDefender.fleet.plant({
      checkName: CONFLICTING.checkName, resourceIdentifier: { clientId: `pump-${++this.devices}` },
    });
  }

  /** Lets an audit run to its end. */
  async audit(): Promise<string> {
    const targetCheckNames = CHECKS.map(({ checkName }) => checkName);
    const { taskId } = await this.account.iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }));
    this.time.pass(targetCheckNames.length * MINUTE);
    return taskId!;
  }

  /** Until nothing goes on any more. */
  async settle(): Promise<void> {
    await this.account.functions.whenIdle();
  }

  /** Publishes the message about an audit once more. */
  repeat(taskId: string): void {
    const { topics } = this.account.messaging;
    const { message, topicArn } = topics.published
      .find(({ attributes, message: text }) => attributes === undefined && text.includes(taskId))!;
    topics.publish(topicArn, { message });
  }

  /** The notices about an audit. */
  notices(taskId: string): PublishedMessage[] {
    return this.account.messaging.topics.published.filter(({ attributes, message }) =>
      attributes?.['cdk-iot-fleet-audit']?.StringValue === 'notice' && message.includes(`results/${taskId}`));
  }

  get deadLetters(): readonly string[] {
    return this.account.messaging.deadLetters.map(({ body }) => body);
  }

}
