import type { PhysicalNames } from './physical-names';
import { Handled, ResourceHandler, ResourceIdentity } from './resource-handler';
import type { Properties } from './template';
import { failed } from '../native/service-calls';
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

const regional = (service: string, prefix: string, suffix = '') =>
  (name: string, { partition, region, accountId }: Place) => `arn:${partition}:${service}:${region}:${accountId}:${prefix}${name}${suffix}`;
const global = (prefix: string) => (name: string, { partition, accountId }: Place) => `arn:${partition}:iam::${accountId}:${prefix}${name}`;

const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::IAM::Role': { nameProperty: 'RoleName', arn: global('role/') },
  'AWS::IAM::ManagedPolicy': { nameProperty: 'ManagedPolicyName', arn: global('policy/'), refIsArn: true },
  'AWS::SNS::Topic': { nameProperty: 'TopicName', arn: regional('sns', ''), refIsArn: true },
  'AWS::SQS::Queue': { nameProperty: 'QueueName', arn: regional('sqs', '') },
  'AWS::KMS::Key': { arn: regional('kms', 'key/'), uuid: true },
  'AWS::KMS::Alias': { nameProperty: 'AliasName', arn: regional('kms', '') },
  'AWS::Logs::LogGroup': { nameProperty: 'LogGroupName', arn: regional('logs', 'log-group:', ':*') },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', arn: regional('lambda', 'function:') },
  'AWS::Events::Rule': { nameProperty: 'Name', arn: regional('events', 'rule/') },
  'AWS::IoT::Policy': { nameProperty: 'PolicyName', arn: regional('iot', 'policy/') },
  'AWS::IoT::ThingGroup': { nameProperty: 'ThingGroupName', arn: regional('iot', 'thinggroup/') },
};

/** Resources that nothing stands behind: they exist, have plausible names and ARNs, and clash when two bear one name. */
export class GenericResources implements ResourceHandler {
  private readonly existing = new Set<string>();
  private readonly deleted = new Set<string>();

  constructor(private readonly place: Place, private readonly names: PhysicalNames) {}

  async create(resource: ResourceIdentity, properties: Properties, generatedName?: string): Promise<Handled> {
    const { nameProperty, arn, refIsArn, uuid } = kindOf(resource.type);
    const given = nameProperty === undefined ? undefined : properties[nameProperty];
    const name = given === undefined ? generatedName ?? (uuid ? this.names.uuid() : this.names.next(resource)) : String(given);
    const physicalId = refIsArn ? arn(name, this.place) : name;
    const key = keyOf(resource.type, physicalId);
    if (this.existing.has(key)) throw failed('AlreadyExists', `Resource of type '${resource.type}' with identifier '${name}' already exists.`);
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

  /** Whether a stack made it and it is gone by now. */
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
