import {
  CreateAuditSuppressionCommand, CreateMitigationActionCommand, CreateScheduledAuditCommand, IoTClient,
  MitigationActionParams, ResourceIdentifier, StartAuditMitigationActionsTaskCommand, StartOnDemandAuditTaskCommand,
  UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { CheckName } from '../../../rehearsal/device-defender/checks/check-catalog';
import { FleetDescription, PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { DeviceDefenderOptions, DeviceDefenderServer } from '../../../rehearsal/device-defender/server';
import { CLIENT_CONFIG } from '../../../rehearsal/services/client-config';
import { directClient } from '../../../rehearsal/services/direct-client';
import { InProcessTransport } from '../../../rehearsal/services/in-process-transport';
import { VirtualTime } from '../../../rehearsal/services/virtual-time';
import { certificateId } from '../../../rehearsal/test/support/running-stand-in';
import { Invocation } from '../../../src/function/runtime/invocation';
import { carryOutStep } from '../../../src/mitigation/handler/mitigation-steps';
import {
  Answer, MitigationOutcome, MitigationPlan, MitigationRequest, MitigationSettings, PlannedCheck, RuleSettings,
  SwitchParameter,
} from '../../../src/mitigation/protocol';
import { OpenCalls, VirtualCalls } from '../../support/virtual-calls';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const KEY: CheckName = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
export const SHARED: CheckName = 'DEVICE_CERTIFICATE_SHARED_CHECK';
export const EXPIRING: CheckName = 'DEVICE_CERTIFICATE_EXPIRING_CHECK';
export const POLICY: CheckName = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
export const MISCONFIGURED: CheckName = 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK';
export const ISSUER: CheckName = 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK';
export const CA: CheckName = 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK';
export const CONFLICTING: CheckName = 'CONFLICTING_CLIENT_IDS_CHECK';

const STACK_ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Fleet/0f1e2d3c';
const ROLE = 'arn:aws:iam::123456789012:role/ActionRole';

export const DEACTIVATE = { name: 'Deactivate', type: 'UPDATE_DEVICE_CERTIFICATE' };
export const DEACTIVATE_CA = { name: 'DeactivateCa', type: 'UPDATE_CA_CERTIFICATE' };
export const BLANK = { name: 'Blank', type: 'REPLACE_DEFAULT_POLICY_VERSION' };
export const PUBLISH = { name: 'Publish', type: 'PUBLISH_FINDING_TO_SNS' };
export const QUARANTINE = { name: 'Quarantine', type: 'ADD_THINGS_TO_THING_GROUP' };

const ACTIONS: Record<string, MitigationActionParams> = {
  Deactivate: { updateDeviceCertificateParams: { action: 'DEACTIVATE' } },
  DeactivateCa: { updateCACertificateParams: { action: 'DEACTIVATE' } },
  Blank: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
  Publish: { publishFindingToSnsParams: { topicArn: 'arn:aws:sns:eu-west-1:123456789012:findings' } },
  Quarantine: { addThingsToThingGroupParams: { thingGroupNames: ['quarantine'] } },
};

/** A rule that deactivates certificates with weak keys, within 10 resources and 5 percent. */
export function rule(changes: Partial<RuleSettings> = {}): RuleSettings {
  return {
    checks: [KEY], actions: [DEACTIVATE], mode: 'APPLY', maximumResources: 10, maximumPercent: 5, minimumResources: 0,
    budget: { resources: 1000, days: 7 }, ...changes,
  };
}

/** A rule whose limit allows everything. */
export function wideRule(changes: Partial<RuleSettings> = {}): RuleSettings {
  const most = 1_000_000;
  return rule({ maximumResources: most, maximumPercent: 100, budget: { resources: most, days: 7 }, ...changes });
}

export interface StepParts {
  readonly answer?: Answer;
  readonly switch?: readonly SwitchParameter[];
  readonly formerChecks?: readonly PlannedCheck[];
  readonly settings?: Partial<MitigationSettings>;
}

/** The stand-in of AWS IoT, time, and the function, whose steps tests carry out as the state machine would. */
export class MitigationEnvironment {
  static async start(
    fleet: FleetDescription = {}, options: DeviceDefenderOptions = {},
  ): Promise<MitigationEnvironment> {
    const time = new VirtualTime();
    const iot = await DeviceDefenderServer.start({ clock: time.clock, auditDuration: MINUTE, fleet, ...options });
    const environment = new MitigationEnvironment(iot, time);
    await environment.setUp();
    return environment;
  }

  /** Milliseconds that an invocation may take. */
  functionTime = 15 * MINUTE;

  /** A name that the function sees in place of one that the stand-in knows. */
  alias: readonly [alias: string, name: string] = ['', ''];

  /** The SDK itself: requests that it refuses fail the test. */
  private readonly sdk: IoTClient;
  private readonly client: IoTClient;
  private readonly openCalls = new OpenCalls();

  private constructor(readonly iot: DeviceDefenderServer, readonly time: VirtualTime) {
    this.sdk = new IoTClient({
      ...CLIENT_CONFIG, endpoint: 'http://127.0.0.1', requestHandler: new InProcessTransport(() => iot),
    });
    const direct: IoTClient = directClient(() => iot);
    this.client = {
      send: async (command: { constructor: { name: string }; input: object }, options?: object) => {
        const [alias, name] = this.alias;
        const { constructor, input } = command;
        const asked = { constructor, input: renamed(input, alias, name) };
        const answer = renamed(await direct.send(asked as never, options as never) as object, name, alias);
        return this.alter(constructor.name.replace(/Command$/, ''), answer);
      },
    } as unknown as IoTClient;
    iot.onHang = () => this.openCalls.hang();
  }

  /** Changes the answers that the function gets. */
  alter: (operation: string, answer: object) => object = (_operation, answer) => answer;

  async stop(): Promise<void> {
    this.sdk.destroy();
    await this.iot.stop();
  }

  private async setUp(): Promise<void> {
    const checks = [KEY, SHARED, EXPIRING, POLICY, MISCONFIGURED, ISSUER, CA, CONFLICTING];
    await this.client.send(new UpdateAccountAuditConfigurationCommand({
      roleArn: 'arn:aws:iam::123456789012:role/AuditRole',
      auditCheckConfigurations: Object.fromEntries(checks.map((check) => [check, { enabled: true }])),
    }));
    for (const [actionName, actionParams] of Object.entries(ACTIONS)) {
      await this.client.send(new CreateMitigationActionCommand({ actionName, roleArn: ROLE, actionParams }));
    }
  }

  /** Runs an audit on demand to its end. */
  async audit(...targetCheckNames: CheckName[]): Promise<string> {
    const { taskId } = await this.client.send(new StartOnDemandAuditTaskCommand({ targetCheckNames }));
    this.time.pass(2 * MINUTE);
    return taskId!;
  }

  async createSchedule(scheduledAuditName: string, ...targetCheckNames: CheckName[]): Promise<void> {
    await this.client.send(new CreateScheduledAuditCommand({
      scheduledAuditName, frequency: 'DAILY', targetCheckNames,
    }));
  }

  /** Runs a scheduled audit to its end. */
  runSchedule(name: string): string {
    const taskId = this.iot.runScheduledAudit(name);
    this.time.pass(2 * MINUTE);
    return taskId;
  }

  async suppress(checkName: CheckName, resourceIdentifier: ResourceIdentifier): Promise<void> {
    await this.sdk.send(new CreateAuditSuppressionCommand({
      checkName, resourceIdentifier, suppressIndefinitely: true,
    }));
  }

  /** Carries out a step, which arrives and leaves as JSON. */
  async step<Result>(step: unknown): Promise<Result> {
    const { time, client } = this;
    const calls = new VirtualCalls(time, this.openCalls, 10_000);
    const never = () => {
      throw new Error('A step reads from AWS IoT and nothing else.');
    };
    const ends = time.now() + this.functionTime;
    const invocation = new Invocation({
      calls, stackId: STACK_ID, context: { getRemainingTimeInMillis: () => ends - time.now() },
      clients: { iot: client, cloudFormation: never, eventBridge: never, stepFunctions: never, sns: never, s3: never },
    });
    return asJson(await time.during(() => carryOutStep(asJson(step as object), invocation))) as Result;
  }

  async plan(taskId: string, rules: readonly RuleSettings[], parts: StepParts = {}): Promise<MitigationPlan> {
    return this.step({
      automaticMitigation: 'PLAN', taskId, answer: Answer.NOT_ASKED, switch: [], ...parts,
      settings: {
        name: 'Fleet', title: 'Fleet', switchName: '/switch', maximumAuditAgeHours: 24, rules, ...parts.settings,
      },
    });
  }

  async report(plan: MitigationPlan): Promise<MitigationOutcome> {
    return this.step({ automaticMitigation: 'REPORT', plan });
  }

  /** Starts a plan's tasks as the state machine does, and lets them end. */
  async start(requests: readonly MitigationRequest[]): Promise<void> {
    for (const request of requests) {
      const { TaskId: taskId, ClientRequestToken: clientRequestToken, Target, AuditCheckToActionsMapping } = request;
      await this.sdk.send(new StartAuditMitigationActionsTaskCommand({
        taskId, clientRequestToken,
        target: 'AuditTaskId' in Target ? { auditTaskId: Target.AuditTaskId } : { findingIds: [...Target.FindingIds] },
        auditCheckToActionsMapping: Object.fromEntries(
          Object.entries(AuditCheckToActionsMapping).map(([check, actions]) => [check, [...actions]])),
      }));
      this.time.pass(MINUTE);
    }
  }

  /** Goes through plan, tasks and report until no further round is left. */
  async run(taskId: string, rules: readonly RuleSettings[], parts: StepParts = {}): Promise<MitigationOutcome> {
    let plan = await this.plan(taskId, rules, parts);
    for (;;) {
      await this.start(plan.requests);
      const outcome = await this.report(plan);
      if (!outcome.isAgain) return outcome;
      plan = outcome.plan;
    }
  }

  /** Goes on after an answer, as the state machine does. */
  async answer(
    outcome: MitigationOutcome, rules: readonly RuleSettings[], parts: StepParts = {},
  ): Promise<MitigationOutcome> {
    return this.run(outcome.plan.auditTaskId, rules, {
      answer: Answer.APPROVED, formerChecks: outcome.plan.checks, ...parts,
    });
  }

  /** Calls of each operation since the beginning, or since a number of requests. */
  calls(since = 0): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.iot.requests.slice(since)) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  /** Numbers of the certificates that are not active. */
  inactive(): number[] {
    return [...this.iot.fleet.certificates.values()].filter(({ status }) => status === 'INACTIVE')
      .map((certificate) => parseInt(certificate.certificateId, 16));
  }
}

function asJson<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function renamed<Value>(value: Value, from: string, to: string): Value {
  if (from === to || value instanceof Date || typeof value === 'function') return value;
  if (value === from) return to as Value;
  if (Array.isArray(value)) return value.map((item) => renamed(item as unknown, from, to)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(
    ([key, member]) => [key === from ? to : key, renamed(member as unknown, from, to)])) as Value;
}

/** Outcomes of a plan's or a report's checks by name. */
export function outcomes({ checks }: { readonly checks: readonly PlannedCheck[] }): Record<string, string> {
  return Object.fromEntries(checks.map(({ checkName, outcome }) => [checkName, outcome]));
}

/** A finding about the certificate with a number. */
export function weakKey(number: number, checkName: CheckName = KEY, reasonCode?: string): PlantedFinding {
  return { checkName, reasonCode, resourceIdentifier: { deviceCertificateId: certificateId(number) } };
}

/** Certificates with numbers from 1, of which the first ones expire soon. */
export function certificates(count: number, expiring: number): FleetDescription['certificates'] {
  return numbers(count).map((number) => ({
    certificateId: certificateId(number), notAfter: number <= expiring ? '+5d' : '+900d', things: [`thing-${number}`],
  }));
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A finding about a version of a policy. */
export function broadPolicy(policyName: string, checkName: CheckName = POLICY, policyVersionId = '1'): PlantedFinding {
  return { checkName, resourceIdentifier: { policyVersionIdentifier: { policyName, policyVersionId } } };
}
