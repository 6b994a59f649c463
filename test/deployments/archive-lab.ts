import { gunzipSync } from 'node:zlib';
import { StartOnDemandAuditTaskCommand } from '@aws-sdk/client-iot';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { impatientAccount, stackOf } from './real-accounts';
import type { StackDefinition } from '../../rehearsal/cloudformation/assembly';
import type { DeploymentOptions } from '../../rehearsal/cloudformation/deployment';
import type { OperationResult, RehearsedAccount } from '../../rehearsal/cloudformation/rehearsed-account';
import type { StackResource } from '../../rehearsal/cloudformation/rehearsed-stack';
import { VirtualTime } from '../../rehearsal/services/virtual-time';
import { AuditCheck, AuditNoticeOptions, DeploymentAudit, FindingsArchiveOptions, FleetAudit } from '../../src';

const CHECK = AuditCheck.CONFLICTING_CLIENT_IDS;
const MINUTE = 60_000;
export const STACK = 'Fleet';

/** What is deployed beside the audit; the archive is left out with `false`. */
export interface Kept {
  readonly archive?: ((stack: Stack) => FindingsArchiveOptions) | false;
  readonly notice?: Omit<AuditNoticeOptions, 'topic'> | false;
  /** The topic of the people; one of the stack, `people`, if absent. */
  readonly topicOf?: (stack: Stack) => ITopic;
}

const DEFAULTS: Kept = {};

/** The stacks so far: what is deployed again and again is synthesized once. */
const stacks = new WeakMap<Kept, StackDefinition>();

function stackWith(kept: Kept): StackDefinition {
  const definition = stacks.get(kept) ?? synthesized(kept);
  stacks.set(kept, definition);
  return definition;
}

function synthesized({ archive, notice, topicOf }: Kept): StackDefinition {
  return stackOf((stack) => {
    const audit = new FleetAudit(stack, 'FleetAudit', {
      checks: [CHECK], schedules: [], deploymentAudit: DeploymentAudit.none(), removalPolicy: RemovalPolicy.DESTROY,
    });
    if (archive !== false) audit.archiveFindings(archive?.(stack));
    if (notice !== false) {
      audit.notifyPeople({ topic: topicOf?.(stack) ?? new Topic(audit, 'People', { topicName: 'people' }), ...notice });
    }
  }, STACK);
}

/** An account that keeps what audits find, and tells people of it. */
export class ArchiveLab {
  static async start(): Promise<ArchiveLab> {
    const time = new VirtualTime();
    return new ArchiveLab(await impatientAccount({ time, isDirect: true, auditDuration: MINUTE }, 30), time);
  }

  static async deployed(kept?: Kept): Promise<ArchiveLab> {
    const lab = await ArchiveLab.start();
    expect((await lab.deploy(kept)).outcome).toBe('CREATE_COMPLETE');
    return lab;
  }

  private devices = 0;

  private constructor(readonly account: RehearsedAccount, readonly time: VirtualTime) {}

  async deploy(kept: Kept = DEFAULTS, options: DeploymentOptions = {}): Promise<OperationResult> {
    const result = await this.account.deploy(stackWith(kept), options);
    await this.settle();
    return result;
  }

  /** Lets one more device have the client id of another one, and audits. */
  async audit(): Promise<string> {
    this.account.deviceDefender.fleet.plant({
      checkName: CHECK.checkName, resourceIdentifier: { clientId: `pump-${++this.devices}` },
    });
    const command = new StartOnDemandAuditTaskCommand({ targetCheckNames: [CHECK.checkName] });
    const { taskId } = await this.account.iot.send(command);
    this.time.pass(2 * MINUTE);
    return taskId!;
  }

  async settle(): Promise<void> {
    await this.account.functions.whenIdle();
  }

  /** The names of buckets, of stacks or not. */
  get buckets(): string[] {
    return this.account.services.buckets.names;
  }

  /** Files about an audit: bucket and key, with the day and the audit left out, and the number of lines. */
  files(taskId: string): string[] {
    const { buckets } = this.account.services;
    return buckets.names.flatMap((bucket) => buckets.objectsOf(bucket).filter(({ key }) => key.includes(taskId))
      .map(({ key, body }) => `${bucket}/${key.replace(/day=[\d-]+/, '<day>').replace(taskId, '<audit>')} `
        + String(gunzipSync(body).toString().split('\n').length - 1)));
  }

  /** The number of notices about an audit, for each topic. */
  notices(taskId: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { attributes, message, topicArn } of this.account.messaging.topics.published) {
      const isNotice = attributes?.['cdk-iot-fleet-audit']?.StringValue === 'notice' && message.includes(`results/${taskId}`);
      const name = topicArn.split(':').at(-1)!;
      if (isNotice) counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** What is left to be handled, and what could not be. */
  get messages(): number {
    return this.account.messaging.queues.all.reduce((count, queue) => count + queue.inspect().length, 0);
  }

  get stackResources(): StackResource[] {
    return [...this.account.stacks.get(STACK)?.resources.values() ?? []];
  }

  /** Identity and properties of each resource, to compare. */
  get state(): Record<string, unknown> {
    return Object.fromEntries(this.stackResources.map(({ logicalId, physicalId, properties }) =>
      [logicalId, { physicalId, properties }]));
  }

  idOf(type: string): string {
    const found = this.stackResources.filter((resource) => resource.type === type);
    expect(found).toHaveLength(1);
    return found[0].physicalId;
  }
}

/** The account and region of the rehearsal, with which the names of files begin. */
const PLACE = '123456789012.eu-west-1';

/** The files of an audit in a bucket, as `files()` lists them. */
export function filesIn(bucket: string, findings: number, prefix = ''): string[] {
  return [
    `${bucket}/${prefix}checks/<day>/${PLACE}.<audit>.json.gz 1`,
    `${bucket}/${prefix}findings/<day>/${PLACE}.<audit>.${CHECK.checkName}.json.gz ${findings}`,
  ];
}
