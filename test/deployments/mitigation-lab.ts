import {
  DescribeAccountAuditConfigurationCommand, ListAuditFindingsCommand, ListAuditMitigationActionsExecutionsCommand,
  ListAuditMitigationActionsTasksCommand, StartOnDemandAuditTaskCommand,
} from '@aws-sdk/client-iot';
import type { Stack } from 'aws-cdk-lib';
import { CfnThingGroup } from 'aws-cdk-lib/aws-iot';
import { impatientAccount, stackOf } from './real-accounts';
import type { RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { FleetDescription } from '../../rehearsal/device-defender/fleet';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import type { OpenToken } from '../../rehearsal/step-functions/task-tokens';
import {
  AuditCheck, AutomaticMitigation, AutomaticMitigationOptions, DeploymentAudit, FleetAudit, IMitigationAction,
  Mitigation, MitigationMode, MitigationRule,
} from '../../src';
import { MITIGATION_COMPLETED, MitigationCompletedDetail, PlannedCheck } from '../../src/mitigation/protocol';

export const [SHARED, LOGGING] = [AuditCheck.DEVICE_CERTIFICATE_SHARED, AuditCheck.LOGGING_DISABLED];
export const CERTIFICATE = 'c'.repeat(64);
export const THINGS = ['valve-1', 'valve-2'];
const QUARANTINE = 'quarantine';
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Names of the mitigation actions. */
const [ISOLATE, DEACTIVATE] = ['Isolate', 'Deactivate'];
export const ENABLE_LOGGING = 'EnableLogging';

/** What the actions are applied to, in the order of `MitigationEnd.applied`. */
export const LOGS_APPLIED = `${LOGGING.checkName} ${ENABLE_LOGGING}`;
export const ALL_APPLIED = [`${SHARED.checkName} ${DEACTIVATE}`, `${SHARED.checkName} ${ISOLATE}`, LOGS_APPLIED];

/** The fleet of the lab: two devices share a certificate, and nothing is logged. */
const FLEET: FleetDescription = { certificates: [certificate(CERTIFICATE, THINGS)] };

/** A certificate that is connected by its things all the time: several of them share it. */
function certificate(certificateId: string, things: readonly string[]) {
  return {
    certificateId,
    things,
    // So long that audits find them for years.
    connections: things.map((clientId) => ({ clientId, from: '-30h' })),
  };
}

/** A fleet of which the first certificates are shared by two devices each. */
export function fleetOf(certificates: number, shared: number): FleetDescription {
  return {
    certificates: Array.from({ length: certificates }, (_, index) => certificate(
      idOf(index), index < shared ? [`pump-${index}`, `copy-${index}`] : [`pump-${index}`])),
  };
}

export function idOf(index: number): string {
  return index.toString(16).padStart(64, '0');
}

export interface LabStack {
  readonly stack: Stack;
  readonly audit: FleetAudit;
  action(name: string, mitigation: Mitigation): IMitigationAction;
}

export interface LabProps {
  readonly fleet?: FleetDescription;

  /** Changes the rule for shared certificates. */
  readonly rule?: Partial<MitigationRule> | ((lab: LabStack) => Partial<MitigationRule>);

  /** What rules share. */
  readonly options?: AutomaticMitigationOptions;

  /** Checks that are enabled and audited besides those of the lab. */
  readonly checks?: readonly AuditCheck[];

  /** Adds to the stack. */
  readonly more?: (lab: LabStack) => void;
}

/** What became of an audit. */
export interface MitigationEnd {
  /** The statuses of the executions for the audit. */
  readonly executions: readonly string[];

  /** Reports that differ. */
  readonly reports: ReadonlySet<string>;

  /** All reports, also those that came twice. */
  readonly published: readonly string[];

  /** The outcome of each check in each report, by its event. */
  readonly outcomes: readonly (readonly string[])[];

  /** The details of the events. */
  readonly events: readonly MitigationCompletedDetail[];

  /** For each finding of the audit, how often each action was applied to it. */
  readonly applied: readonly string[];
}

/** The second half of the lab in an account: a fleet with two problems, and rules for both. */
export class MitigationLab {
  static async deploy(props: LabProps = {}): Promise<MitigationLab> {
    const time = new VirtualTime();
    const { fleet = FLEET } = props;
    const account = await impatientAccount({ fleet, time, isDirect: true, auditDuration: MINUTE }, 30);
    const lab = new MitigationLab(account, time, props);
    await lab.update({});
    return lab;
  }

  /** Answers questions; nobody answers if absent. No time passes but what it lets pass. */
  answer: ((question: OpenToken) => unknown) | undefined;

  /** Questions so far. */
  readonly questions: OpenToken[] = [];

  private readonly answers: Promise<unknown>[] = [];

  /** The name of the stop switch. */
  private switchName = '';

  private constructor(readonly account: RehearsedAccount, readonly time: VirtualTime, private props: LabProps) {
    account.stateMachines.tokens.onAsked = (question) => {
      this.questions.push(question);
      this.answers.push(time.during(async () => this.answer?.(question)));
    };
  }

  /** Deploys the stack with something changed. */
  async update(props: LabProps): Promise<void> {
    this.props = { ...this.props, ...props };
    const result = await this.account.deploy(stackOf((stack) => {
      this.switchName = defineLab(stack, this.props).switchParameterName;
    }));
    const reasons = result.events.flatMap(({ status, reason }) => status.endsWith('FAILED') ? reason ?? '' : []);
    if (reasons.length > 0) throw new Error(reasons.join('\n'));
  }

  approve = ({ token }: OpenToken): void => this.account.stateMachines.tokens.sendTaskSuccess(token, '{}');

  decline = ({ token }: OpenToken): void => this.account.stateMachines.tokens.sendTaskFailure(token, 'Declined');

  /** Starts an audit and lets it end, if that much time passes. */
  async audit(minutes?: number): Promise<string> {
    const targetCheckNames = [SHARED, LOGGING, ...this.props.checks ?? []].map(({ checkName }) => checkName);
    const { taskId } = await this.account.iot.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }));
    this.time.pass((minutes ?? targetCheckNames.length) * MINUTE);
    return taskId!;
  }

  /** Lets an audit run, and waits for all that follows it. */
  async mitigated(): Promise<MitigationEnd> {
    const taskId = await this.audit();
    await this.settle();
    return this.end(taskId);
  }

  /** Until nothing goes on any more: questions are answered, or their time is over. */
  async settle(): Promise<void> {
    const { functions, stateMachines } = this.account;
    do {
      await functions.whenIdle();
      await Promise.all(stateMachines.executions.map(async ({ ended }) => ended));
      await Promise.all(this.answers);
      await functions.whenIdle();
    } while (stateMachines.executions.some(({ status }) => status === 'RUNNING'));
  }

  /** Publishes a message to the audit's topic, as anybody who may. */
  async publish(message: string): Promise<void> {
    this.account.messaging.topics.publish(await this.auditTopic(), { message });
  }

  async auditTopic(): Promise<string> {
    const { auditNotificationTargetConfigurations: targets } =
      await this.account.iot.send(new DescribeAccountAuditConfigurationCommand({}));
    return targets!.SNS!.targetArn!;
  }

  /** Publishes the message about an audit once more. */
  async repeat(auditTaskId: string): Promise<void> {
    await this.publish(this.notificationOf(auditTaskId));
  }

  /** The message of Device Defender about an audit. */
  private notificationOf(auditTaskId: string): string {
    return this.account.messaging.topics.published
      .find(({ attributes, message }) => attributes === undefined && message.includes(auditTaskId))!.message;
  }

  /** Sets the stop switch. */
  stop(): void {
    this.account.parameters.put(this.switchName, 'report-only');
  }

  /** The fleet as it was before anything was mitigated. */
  breakAgain(): void {
    const { fleet } = this.account.deviceDefender;
    fleet.certificates.get(CERTIFICATE)!.status = 'ACTIVE';
    THINGS.forEach((thing) => fleet.groupsOfThing.set(thing, new Set()));
    fleet.logging = undefined;
  }

  /** What the actions of the rules have done to the fleet. */
  get state() {
    const { fleet } = this.account.deviceDefender;
    return {
      certificate: fleet.certificates.get(CERTIFICATE)!.status,
      groups: THINGS.map((thing) => [...fleet.groupsOfThing.get(thing) ?? []]),
      logs: fleet.logging !== undefined && fleet.logging.disableAllLogs !== true,
    };
  }

  /** Ids of the certificates that are not active any more. */
  get deactivated(): string[] {
    return [...this.account.deviceDefender.fleet.certificates.values()]
      .filter(({ status }) => status !== 'ACTIVE').map(({ certificateId: id }) => id);
  }

  get deadLetters(): number {
    return this.account.messaging.deadLetters.length;
  }

  async end(auditTaskId: string): Promise<MitigationEnd> {
    const { stateMachines, messaging } = this.account;
    const published = messaging.topics.published
      .filter(({ attributes, message }) => attributes?.['cdk-iot-fleet-audit']?.StringValue === 'report'
        && message.includes(auditTaskId))
      .map(({ message }) => message);
    const events = messaging.bus.events
      .filter(({ 'detail-type': type, detail }) => type === MITIGATION_COMPLETED && detail.auditTaskId === auditTaskId)
      .map(({ detail }) => detail as unknown as MitigationCompletedDetail);
    return {
      executions: stateMachines.executions.filter(({ name }) => name === auditTaskId).map(({ status }) => status),
      published,
      reports: new Set(published),
      events,
      outcomes: events.map(({ checks }) => checks.map(describeOutcome)),
      applied: await this.applied(auditTaskId),
    };
  }

  private async applied(auditTaskId: string): Promise<string[]> {
    const { iot } = this.account;
    const span = { startTime: new Date(this.time.now() - 80 * DAY), endTime: new Date(this.time.now() + DAY) };
    const applied: string[] = [];
    const { findings = [] } = await iot.send(new ListAuditFindingsCommand({ taskId: auditTaskId }));
    const { tasks = [] } = await iot.send(new ListAuditMitigationActionsTasksCommand({ ...span, maxResults: 250 }));
    for (const { taskId } of tasks.filter((task) => task.taskId!.includes(auditTaskId))) {
      for (const { findingId, checkName } of findings) {
        const { actionsExecutions = [] } = await iot.send(new ListAuditMitigationActionsExecutionsCommand({
          taskId, findingId, actionStatus: 'COMPLETED',
        }));
        applied.push(...actionsExecutions.map(({ actionName }) => `${checkName} ${actionName}`));
      }
    }
    return applied.sort();
  }
}

function describeOutcome({ checkName, outcome, obstacle }: PlannedCheck): string {
  const short = checkName === SHARED.checkName ? 'shared' : checkName === LOGGING.checkName ? 'logging' : checkName;
  return `${short} ${[outcome, obstacle].filter(Boolean).join(': ')}`;
}

function defineLab(stack: Stack, { rule, options, checks = [], more }: LabProps): AutomaticMitigation {
  const audit = new FleetAudit(stack, 'FleetAudit', {
    checks: [SHARED, LOGGING, ...checks], schedules: [], deploymentAudit: DeploymentAudit.none(),
  });
  const quarantine = new CfnThingGroup(stack, 'Quarantine', { thingGroupName: QUARANTINE });
  const action = (name: string, mitigation: Mitigation) =>
    audit.addMitigationAction(name, { mitigation, mitigationActionName: name });
  const lab = { stack, audit, action };
  const mitigation = audit.mitigateAutomatically({
    checks: [LOGGING], actions: [action(ENABLE_LOGGING, Mitigation.enableIotLogging())], budget: 1_000_000,
  }, options);
  audit.mitigateAutomatically({
    checks: [SHARED],
    actions: [
      action(ISOLATE, Mitigation.addThingsToThingGroup([quarantine])),
      action(DEACTIVATE, Mitigation.updateDeviceCertificate()),
    ],
    mode: MitigationMode.ASK,
    budget: 1_000_000,
    ...typeof rule === 'function' ? rule(lab) : rule,
  });
  more?.(lab);
  return mitigation;
}
