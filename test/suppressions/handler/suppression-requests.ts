import { randomUUID } from 'node:crypto';
import { DeviceDefenderOptions } from '../../../rehearsal/device-defender/server';
import type { Answer } from '../../../rehearsal/services/surrounding-services';
import type { CustomResourceEvent } from '../../../src/function/runtime/custom-resource-event';
import { SUPPRESSIONS_TYPE, SuppressionEntry } from '../../../src/suppressions/protocol';
import { FunctionEnvironment, STACK_ID } from '../../support/function-environment';

export const KEYS = 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK';
export const POLICY = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
export const DAY = 86_400_000;

export const certificate = (number: number) => number.toString(16).padStart(64, '0');

/** An entry about a device certificate. */
export function entry(number: number, rest: Partial<SuppressionEntry> = {}): SuppressionEntry {
  return {
    Check: KEYS, Resource: { deviceCertificateId: certificate(number) }, Description: `Accepted ${number}.`,
    Until: 'forever', ...rest,
  };
}

/** An entry about whatever version of a policy is the default. */
export function following(rest: Partial<SuppressionEntry> = {}): SuppressionEntry {
  return {
    Check: POLICY, Resource: { policyName: 'gateway' }, Description: 'Gateways publish for their sensors.',
    Until: 'forever', ...rest,
  };
}

export const document = { Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: '*' }] };

export type Parts = Partial<Omit<CustomResourceEvent, 'ResourceProperties'>>;

const RUNNING = new Set<SuppressionEnvironment>();

/** Lists of suppressions in an account, and CloudFormation's requests for them. */
export class SuppressionEnvironment {
  static async start(options: DeviceDefenderOptions = {}): Promise<SuppressionEnvironment> {
    const policies = [{
      policyName: 'gateway', versions: ['1', '2', '3'].map((versionId) => ({ versionId, document })),
    }];
    const environment = await FunctionEnvironment.startDirect({ fleet: { policies }, ...options });
    await environment.enableChecks(KEYS, POLICY);
    return new SuppressionEnvironment(environment);
  }

  /** Also after a test that failed: what listens would keep the tests from ending. */
  static async stopAll(): Promise<void> {
    for (const account of RUNNING) await account.stop();
  }

  private operation = 0;

  private constructor(readonly environment: FunctionEnvironment) {
    RUNNING.add(this);
  }

  get iot() {
    return this.environment.iot;
  }

  /** Lets the stack begin an operation, or turn in one. */
  enter(status: string): void {
    if (/^(CREATE|UPDATE|DELETE)_IN_PROGRESS$/.test(status)) {
      this.operation += 1;
      this.environment.services.stackTimes.set(STACK_ID, { creation: 1_000, lastUpdate: this.operation * 1_000 });
    }
    this.environment.services.stackStatuses.set(STACK_ID, status);
  }

  event(RequestType: CustomResourceEvent['RequestType'], entries: unknown, parts: Parts = {}): CustomResourceEvent {
    return this.environment.event({
      RequestType, ResourceType: SUPPRESSIONS_TYPE, LogicalResourceId: 'List',
      ResourceProperties: { Suppressions: entries }, ...parts,
    });
  }

  async send(event: CustomResourceEvent): Promise<Answer> {
    await this.environment.invoke(event);
    return this.environment.answers.at(-1)!;
  }

  async create(entries: unknown, parts: Parts = {}): Promise<Answer> {
    return this.send(this.event('Create', entries, parts));
  }

  /** A list that the stack has. */
  async created(entries: SuppressionEntry[], parts: Parts = {}): Promise<string> {
    const { PhysicalResourceId, Reason, Status } = await this.create(entries, parts);
    if (Status !== 'SUCCESS') throw new Error(Reason);
    return PhysicalResourceId!;
  }

  async update(
    PhysicalResourceId: string, former: SuppressionEntry[], entries: unknown, parts: Parts = {},
  ): Promise<Answer> {
    return this.send(this.event('Update', entries, {
      PhysicalResourceId, OldResourceProperties: { Suppressions: former }, ...parts,
    }));
  }

  async delete(PhysicalResourceId: string, entries: unknown, parts: Parts = {}): Promise<Answer> {
    return this.send(this.event('Delete', entries, { PhysicalResourceId, ...parts }));
  }

  /** Suppresses by hand. */
  suppress(number: number, description: string | undefined = 'By hand.', expirationDate?: Date): void {
    this.iot.ask('CreateAuditSuppression', {
      ...identityOf(number), description,
      // The wire has seconds.
      expirationDate: expirationDate && expirationDate.getTime() / 1000 as unknown as Date,
      ...expirationDate ? {} : { suppressIndefinitely: true }, clientRequestToken: randomUUID(),
    });
  }

  unsuppress(number: number): void {
    this.iot.ask('DeleteAuditSuppression', identityOf(number));
  }

  setDefaultVersion(versionId: string): void {
    this.iot.fleet.policies.get('gateway')!.defaultVersionId = versionId;
  }

  /** The account's suppressions in a few words each. */
  get live(): string[] {
    const { suppressions = [] } = this.iot.ask('ListAuditSuppressions', { maxResults: 250 });
    return suppressions.map(({ resourceIdentifier, description, expirationDate }) => {
      const { deviceCertificateId, policyVersionIdentifier: policy } = resourceIdentifier!;
      const name = deviceCertificateId ? parseInt(deviceCertificateId, 16) : `${policy!.policyName} ${policy!.policyVersionId}`;
      return [name, description, ...expirationDate ? [expirationDate.toISOString().slice(0, 10)] : []].join(': ');
    }).sort();
  }

  /** Forgets the calls so far. */
  forgetCalls(): void {
    this.iot.requests.length = 0;
  }

  /** Operations of AWS IoT that the function has asked for since, with how often. */
  get calls(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.iot.requests) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  async stop(): Promise<void> {
    RUNNING.delete(this);
    await this.environment.stop();
  }
}

function identityOf(number: number) {
  return { checkName: KEYS, resourceIdentifier: { deviceCertificateId: certificate(number) } };
}
