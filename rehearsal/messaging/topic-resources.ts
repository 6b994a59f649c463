import { EventPattern, requireKnownOperators } from './event-pattern';
import type { Topics } from './topics';
import type { GenericResources, PhysicalNames } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import { Properties, TemplateError, isObject } from '../cloudformation/template';

/** AWS::SNS::Topic. Subscriptions within its own properties are not rehearsed. */
export class TopicHandler implements ResourceHandler {
  constructor(private readonly topics: Topics, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.create(resource, properties));
  }

  async update(resource: ResourceIdentity, physicalId: string): Promise<Handled> {
    return this.put(await this.generic.update(resource, physicalId));
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.topics.remove(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put({ physicalId }: Handled): Handled {
    this.topics.put(physicalId);
    return { physicalId, attributes: { TopicArn: physicalId, TopicName: physicalId.split(':').at(-1) } };
  }
}

/** AWS::SNS::Subscription. */
export class SubscriptionHandler implements ResourceHandler {
  constructor(private readonly topics: Topics, private readonly names: PhysicalNames) {}

  async create(_resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    return this.put(`${String(properties.TopicArn)}:${this.names.uuid()}`, properties);
  }

  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(physicalId, properties);
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.topics.unsubscribe(physicalId);
  }

  private put(arn: string, properties: Properties): Handled {
    const {
      TopicArn, Protocol, Endpoint, RawMessageDelivery, FilterPolicy, FilterPolicyScope, RedrivePolicy,
    } = properties;
    const policy = FilterPolicy === undefined ? undefined : asObject(FilterPolicy);
    if (policy !== undefined) requireValidPattern(policy);
    if (!this.topics.exists(String(TopicArn))) throw failed('NotFound', 'Topic does not exist');
    this.topics.subscribe({
      arn,
      topicArn: String(TopicArn),
      protocol: String(Protocol),
      endpoint: String(Endpoint),
      isRaw: String(RawMessageDelivery) === 'true',
      filter: policy && { policy, isOfBody: FilterPolicyScope === 'MessageBody' },
      deadLetterQueue: RedrivePolicy === undefined
        ? undefined
        : String(asObject(RedrivePolicy).deadLetterTargetArn),
    });
    return { physicalId: arn, attributes: { Arn: arn } };
  }
}

/** Templates may have such properties as objects or as JSON. */
export function asObject(value: unknown): EventPattern {
  return isObject(value) ? value : JSON.parse(String(value)) as EventPattern;
}

/** @throws HandlerFailure */
export function requireValidPattern(pattern: EventPattern): void {
  try {
    requireKnownOperators(pattern);
  } catch (error) {
    throw error instanceof TemplateError ? failed('InvalidRequest', error.message) : error;
  }
}
