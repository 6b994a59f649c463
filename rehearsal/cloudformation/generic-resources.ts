import { createHash } from 'node:crypto';
import { Handled, ResourceHandler, ResourceIdentity, failed } from './resource-handler';
import type { Properties } from './template';
import type { LogStreams } from '../services/log-streams';

export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
}

interface Kind {
  /** The property that names the resource, if the template wants to. */
  readonly nameProperty?: string;
  readonly arn: (name: string, place: Place) => string;
  /** Ref gives the ARN instead of the name. */
  readonly refIsArn?: boolean;
  /** Its id is of this form, and no name. */
  readonly uuid?: boolean;
}

const regional =
  (service: string, prefix: string, suffix = '') =>
    (name: string, { partition, region, accountId }: Place) =>
      `arn:${partition}:${service}:${region}:${accountId}:${prefix}${name}${suffix}`;
const global =
  (prefix: string) =>
    (name: string, { partition, accountId }: Place) =>
      `arn:${partition}:iam::${accountId}:${prefix}${name}`;

const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::IAM::Role': { nameProperty: 'RoleName', arn: global('role/') },
  'AWS::IAM::ManagedPolicy': { nameProperty: 'ManagedPolicyName', arn: global('policy/'), refIsArn: true },
  'AWS::S3::Bucket': { nameProperty: 'BucketName', arn: (name, { partition }) => `arn:${partition}:s3:::${name}` },
  'AWS::CloudWatch::Alarm': { nameProperty: 'AlarmName', arn: regional('cloudwatch', 'alarm:') },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', arn: regional('sns', ''), refIsArn: true },
  'AWS::SQS::Queue': { nameProperty: 'QueueName', arn: regional('sqs', '') },
  'AWS::KMS::Key': { arn: regional('kms', 'key/'), uuid: true },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', arn: regional('kms', '') },
  'AWS::Logs::LogGroup': { nameProperty: 'LogGroupName', arn: regional('logs', 'log-group:', ':*') },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', arn: regional('lambda', 'function:') },
  'AWS::Lambda::EventSourceMapping': { arn: regional('lambda', 'event-source-mapping:'), uuid: true },
  'AWS::Events::Rule': { nameProperty: 'Name', arn: regional('events', 'rule/') },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName', arn: regional('states', 'stateMachine:'), refIsArn: true,
  },
  'AWS::IoT::Policy': { nameProperty: 'PolicyName', arn: regional('iot', 'policy/') },
  'AWS::IoT::ThingGroup': { nameProperty: 'ThingGroupName', arn: regional('iot', 'thinggroup/') },
};

/**
 * Resources that nothing stands behind: they exist, have plausible names and ARNs, and clash when two bear one name.
 */
export class GenericResources implements ResourceHandler {
  private readonly existing = new Set<string>();
  private readonly deleted = new Set<string>();

  constructor(private readonly place: Place, private readonly names: PhysicalNames) {}

  async create(resource: ResourceIdentity, properties: Properties, generatedName?: string): Promise<Handled> {
    const { nameProperty, arn, refIsArn, uuid } = kindOf(resource.type);
    const given = nameProperty === undefined ? undefined : properties[nameProperty];
    const name =
      given === undefined ? (generatedName ?? (uuid ? this.names.uuid() : this.names.next(resource))) : String(given);
    const physicalId = refIsArn ? arn(name, this.place) : name;
    const key = keyOf(resource.type, physicalId);
    if (this.existing.has(key)) {
      throw failed('AlreadyExists', `Resource of type '${resource.type}' with identifier '${name}' already exists.`);
    }
    this.existing.add(key);
    this.deleted.delete(key);
    return this.handled(resource.type, physicalId);
  }

  async update(resource: ResourceIdentity, physicalId: string): Promise<Handled> {
    return this.handled(resource.type, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    const key = keyOf(resource.type, physicalId);
    this.existing.delete(key);
    this.deleted.add(key);
  }

  /** True if a stack made it and has deleted it. */
  isDeleted(type: string, physicalId: string): boolean {
    return this.deleted.has(keyOf(type, physicalId));
  }

  private handled(type: string, physicalId: string): Handled {
    const { arn, refIsArn } = kindOf(type);
    const ownArn = refIsArn ? physicalId : arn(physicalId, this.place);
    return { physicalId, attributes: {}, inventAttribute: (name) => name.endsWith('Arn') ? ownArn : physicalId };
  }
}

/** AWS::Logs::LogGroup: its streams go with it. */
export class LogGroupHandler implements ResourceHandler {
  constructor(private readonly logs: LogStreams, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const handled = await this.generic.create(resource, properties);
    this.logs.createGroup(handled.physicalId);
    return handled;
  }

  async update(resource: ResourceIdentity, physicalId: string): Promise<Handled> {
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.logs.deleteGroup(physicalId);
    await this.generic.delete(resource, physicalId);
  }
}

function kindOf(type: string): Kind {
  const [, service, name] = type.split('::');
  return KINDS[type] ?? { arn: regional(service.toLowerCase(), `${name?.toLowerCase()}/`) };
}

function keyOf(type: string, physicalId: string): string {
  return `${type} ${physicalId}`;
}

/** Names for resources whose template gives none: new ones each time, and the same ones in each run of a rehearsal. */
export class PhysicalNames {
  private count = 0;

  /** `<stack>-<logical id>-<12 characters>`, cut to a length. */
  next({ stackName, logicalId }: Pick<ResourceIdentity, 'stackName' | 'logicalId'>, maximum = 64): string {
    const room = maximum - 14;
    const id = logicalId.slice(0, Math.max(Math.floor(room / 2), room - stackName.length));
    return `${stackName.slice(0, room - id.length)}-${id}-${this.suffix().toUpperCase()}`;
  }

  /** `<logical id>_<12 characters>`, as the handlers of IoT policies have it. */
  nextPolicyName(logicalId: string): string {
    return `${logicalId.slice(0, 115).replace(/-/g, '_')}_${this.suffix()}`;
  }

  uuid(): string {
    const hex = createHash('sha256').update(`uuid ${this.count++}`).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  }

  private suffix(): string {
    const number = BigInt(`0x${createHash('sha256').update(`name ${this.count++}`).digest('hex').slice(0, 20)}`);
    return number.toString(36).padStart(12, '0').slice(-12);
  }
}
