import type { GenericResources } from '../cloudformation/generic-resources';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';
import type { PolicyDocument } from '../iam/policy-document';

/** What can have a policy: queues, or topics. */
interface PolicyHolders {
  setPolicy(id: string, policy: PolicyDocument | undefined): void;
}

/**
 * AWS::SQS::QueuePolicy and AWS::SNS::TopicPolicy. It is the only policy of each of its queues or topics; whichever is
 * written last counts. A topic's counts for services that publish: a role needs no more than its own policies.
 */
export class PolicyHandler implements ResourceHandler {
  /** @param property the property that lists the queues or topics */
  constructor(
    private readonly holders: PolicyHolders, private readonly property: 'Queues' | 'Topics',
    private readonly generic: GenericResources,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    this.put(properties, properties.PolicyDocument as PolicyDocument);
    return this.generic.create(resource, properties);
  }

  async update(
    resource: ResourceIdentity, physicalId: string, properties: Properties, oldProperties: Properties,
  ): Promise<Handled> {
    this.put(oldProperties, undefined);
    this.put(properties, properties.PolicyDocument as PolicyDocument);
    return this.generic.update(resource, physicalId);
  }

  async delete(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<void> {
    this.put(properties, undefined);
    await this.generic.delete(resource, physicalId);
  }

  private put(properties: Properties, policy: PolicyDocument | undefined): void {
    for (const id of properties[this.property] as readonly string[]) this.holders.setPolicy(id, policy);
  }
}
