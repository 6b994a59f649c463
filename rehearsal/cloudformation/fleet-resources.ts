import type { GenericResources, PhysicalNames } from './generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from './resource-handler';
import type { Properties } from './template';
import type { Fleet } from '../device-defender/fleet';

const MOST_VERSIONS = 5;

/** AWS::IoT::Policy: in the fleet, so that audits look at it. */
export class PolicyHandler implements ResourceHandler {
  constructor(
    private readonly fleet: Fleet, private readonly generic: GenericResources, private readonly names: PhysicalNames,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const policyName = (properties.PolicyName as string | undefined) ?? this.names.nextPolicyName(resource.logicalId);
    if (this.fleet.policies.has(policyName)) {
      throw failed('AlreadyExists', `Policy cannot be created - name already exists (name=${policyName})`);
    }
    const handled = await this.generic.create(resource, properties, policyName);
    this.fleet.policies.set(policyName, {
      policyName, versions: [{ versionId: '1', document: properties.PolicyDocument }], defaultVersionId: '1',
    });
    return handled;
  }

  /** A new default version; of five, the one that comes first as text is deleted, as the handler has it. */
  async update(
    resource: ResourceIdentity, physicalId: string, { PolicyDocument: document }: Properties,
  ): Promise<Handled> {
    const policy = this.fleet.policies.get(physicalId);
    if (policy === undefined) throw failed('NotFound', `The policy ${physicalId} does not exist.`);
    const versionId = String(Math.max(...policy.versions.map((version) => Number(version.versionId))) + 1);
    if (policy.versions.length === MOST_VERSIONS) {
      const [oldest] = policy.versions
        .map((version) => version.versionId)
        .filter((id) => id !== policy.defaultVersionId)
        .sort();
      policy.versions = policy.versions.filter((version) => version.versionId !== oldest);
    }
    policy.versions.push({ versionId, document });
    policy.defaultVersionId = versionId;
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.fleet.policies.delete(physicalId);
    await this.generic.delete(resource, physicalId);
  }
}

/** AWS::IoT::ThingGroup: in the fleet, so that mitigation finds it. */
export class ThingGroupHandler implements ResourceHandler {
  constructor(
    private readonly fleet: Fleet, private readonly generic: GenericResources, private readonly names: PhysicalNames,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const thingGroupName = properties.ThingGroupName as string | undefined ?? this.names.next(resource);
    if (this.fleet.thingGroups.has(thingGroupName)) {
      throw failed('AlreadyExists', `Thing Group ${thingGroupName} already exists`);
    }
    const handled = await this.generic.create(resource, properties, thingGroupName);
    this.fleet.thingGroups.set(thingGroupName, {
      thingGroupName, parentGroupName: properties.ParentGroupName as string | undefined,
      dynamic: properties.QueryString !== undefined,
    });
    return handled;
  }

  async update(resource: ResourceIdentity, physicalId: string): Promise<Handled> {
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.fleet.thingGroups.delete(physicalId);
    await this.generic.delete(resource, physicalId);
  }
}
