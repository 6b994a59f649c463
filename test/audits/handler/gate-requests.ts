import { CreateAuditSuppressionCommand, CreateScheduledAuditCommand, ResourceIdentifier } from '@aws-sdk/client-iot';
import { create, update } from './on-demand-audit-requests';
import { CheckName, factsOf } from '../../../rehearsal/device-defender/checks/check-catalog';
import { PlantedFinding } from '../../../rehearsal/device-defender/fleet';
import { Answer } from '../../../rehearsal/services/surrounding-services';
import { certificateId, clientFor } from '../../../rehearsal/test/support/running-stand-in';
import { GateProperties, OnDemandAuditProperties, WaitMode } from '../../../src/audits/protocol';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const KEY: CheckName = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
export const POLICY: CheckName = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
export const CONFLICTING: CheckName = 'CONFLICTING_CLIENT_IDS_CHECK';
export const REVOKED: CheckName = 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK';
export const CA: CheckName = 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK';

/** The properties of a gate without options. */
export const STRICT: GateProperties = {
  AllowedPerCheck: '0', FailOnIncompleteCheck: 'true', AllowKnown: 'false', CountWithoutEarlierAudit: 'true',
};

/** The same, for new findings. */
export const NEW_ONLY: GateProperties = { ...STRICT, AllowKnown: 'true' };

export interface GateRequest {
  readonly judged: readonly CheckName[];
  readonly reported?: readonly CheckName[];
  readonly gate?: GateProperties;
}

/** The properties of an audit with a gate that judges some of its checks, as the construct renders them. */
export function gated({ judged, reported = [], gate = STRICT }: GateRequest): OnDemandAuditProperties {
  return {
    Checks: [
      ...judged.map((name) => ({ Name: name, Severity: factsOf(name).severity, Judged: 'true' })),
      ...reported.map((name) => ({ Name: name, Severity: factsOf(name).severity })),
    ],
    Mode: WaitMode.GATE,
    TimeoutSeconds: '1800',
    FailOnTimeout: 'true',
    Gate: gate,
  };
}

/** The certificate with a number, as a reason names it. */
export function named(number: number): string {
  return `"${certificateId(number)}"`;
}

/** A finding about the certificate with a number. */
export function weakKey(number: number, checkName: CheckName = KEY): PlantedFinding {
  return { checkName, resourceIdentifier: { deviceCertificateId: certificateId(number) } };
}

/**
 * The verdict on a deployment: the part of the reason between its constant beginning and end, or `passes`.
 */
export async function verdictOn(
  environment: FunctionEnvironment, properties: OnDemandAuditProperties,
): Promise<string> {
  return verdictIn(await create(environment, properties), environment.iot.audits.at(-1)!.taskId);
}

/**
 * Deployments of one stack, each with another audit. Keeps the resource's id as CloudFormation does.
 */
export class Deployments {
  physicalResourceId: string | undefined;
  private count = 0;

  constructor(private readonly environment: FunctionEnvironment) {}

  /** Deploys once more, and returns the verdict. */
  async verdictOn(properties: OnDemandAuditProperties): Promise<string> {
    return verdictIn(await this.deploy(properties), this.environment.iot.audits.at(-1)!.taskId);
  }

  async deploy(properties: OnDemandAuditProperties): Promise<Answer> {
    const { environment, physicalResourceId } = this;
    const wanted = { ...properties, Trigger: String(++this.count) };
    environment.services.stackStatuses.set(
      STACK_ID, physicalResourceId === undefined ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS',
    );
    const answer = physicalResourceId === undefined ? await create(environment, wanted) : await update(
      environment, physicalResourceId, wanted,
    );
    if (answer.Status === 'SUCCESS') this.physicalResourceId = answer.PhysicalResourceId;
    environment.time.pass(HOUR);
    return answer;
  }
}

export function verdictIn({ Status, Reason }: Answer, taskId: string): string {
  if (Status === 'SUCCESS') return 'passes';
  const begin = 'the audit stops the deployment: ';
  const end = `. Audit ${taskId}: `
    + `https://eu-west-1.console.aws.amazon.com/iot/home?region=eu-west-1#/dd/audit/results/${taskId}`;
  expect(Reason!.slice(0, begin.length)).toBe(begin);
  expect(Reason!.slice(-end.length)).toBe(end);
  return Reason!.slice(begin.length, -end.length);
}

/** Suppresses findings about a resource for good, or until a time. */
export async function suppress(
  environment: FunctionEnvironment, checkName: CheckName, resourceIdentifier: ResourceIdentifier, expirationDate?: Date,
): Promise<void> {
  await clientFor(environment.iot).send(new CreateAuditSuppressionCommand({
    checkName, resourceIdentifier, expirationDate,
    suppressIndefinitely: expirationDate === undefined ? true : undefined,
  }));
}

/** Creates a schedule that the test runs itself. */
export async function createSchedule(
  environment: FunctionEnvironment, scheduledAuditName: string, ...targetCheckNames: CheckName[]
): Promise<void> {
  await clientFor(environment.iot).send(new CreateScheduledAuditCommand({
    scheduledAuditName, frequency: 'DAILY', targetCheckNames,
  }));
}

/** Runs a schedule, and lets the audit end. */
export function runSchedule({ iot, time }: FunctionEnvironment, name: string): string {
  const taskId = iot.runScheduledAudit(name);
  time.pass(HOUR);
  return taskId;
}

/** Runs an on-demand audit of another client, and lets it end. */
export async function runAudit(environment: FunctionEnvironment, ...checks: CheckName[]): Promise<string> {
  const taskId = await environment.startAudit(...checks);
  environment.time.pass(HOUR);
  return taskId;
}
