import type { EventBus, RuleTarget } from './event-bus';
import { MappingSettings, POLLING_ACTIONS } from './event-source-mappings';
import type { Messaging } from './messaging';
import { PolicyHandler } from './policy-resources';
import { QueueHandler } from './queue-resources';
import {
  SubscriptionHandler, TopicHandler, asObject, requireValidPattern,
} from './topic-resources';
import type { GenericResources, PhysicalNames, Place } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** The handlers of resources that carry messages. */
export function messagingHandlers({ messaging, generic, names, place }: {
  readonly messaging: Messaging;
  readonly generic: GenericResources;
  readonly names: PhysicalNames;
  readonly place: Place;
}): Readonly<Record<string, ResourceHandler>> {
  const { queues, topics, bus } = messaging;
  return {
    'AWS::Events::Rule': new RuleHandler(bus, generic),
    'AWS::Lambda::EventSourceMapping': new EventSourceMappingHandler(messaging, generic),
    'AWS::SNS::Subscription': new SubscriptionHandler(topics, names),
    'AWS::SNS::Topic': new TopicHandler(topics, generic),
    'AWS::SNS::TopicPolicy': new PolicyHandler(topics, 'Topics', generic),
    'AWS::SQS::Queue': new QueueHandler(queues, generic, place),
    'AWS::SQS::QueuePolicy': new PolicyHandler(queues, 'Queues', generic),
  };
}

/** AWS::Events::Rule with a pattern on the default bus. Schedules and rules of other buses only exist. */
class RuleHandler implements ResourceHandler {
  constructor(private readonly bus: EventBus, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    requirePattern(properties);
    return this.put(await this.generic.create(resource, properties), properties);
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    requirePattern(properties);
    return this.put(await this.generic.update(resource, physicalId), properties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.bus.removeRule(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put(handled: Handled, properties: Properties): Handled {
    const { EventPattern, EventBusName = 'default', State = 'ENABLED', Targets = [] } = properties;
    const name = handled.physicalId;
    this.bus.removeRule(name);
    if (EventPattern !== undefined && String(EventBusName).split('/').at(-1) === 'default') {
      this.bus.putRule({
        name, arn: handled.inventAttribute!('Arn'), pattern: asObject(EventPattern),
        targets: Targets as readonly RuleTarget[], isEnabled: State !== 'DISABLED',
      });
    }
    return handled;
  }
}

function requirePattern({ EventPattern }: Properties): void {
  if (EventPattern !== undefined) requireValidPattern(asObject(EventPattern));
}

/** AWS::Lambda::EventSourceMapping of a queue. Others, and those with a filter, only exist. */
class EventSourceMappingHandler implements ResourceHandler {
  constructor(private readonly messaging: Messaging, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    this.requirePermissions(properties);
    return this.put(await this.generic.create(resource, properties), properties);
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.update(resource, physicalId), properties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.messaging.mappings.remove(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  /** Lambda looks at the role when a mapping is made; the text was seen in public. */
  private requirePermissions({ EventSourceArn, FunctionName }: Properties): void {
    const denied = POLLING_ACTIONS.find(
      (action) => this.messaging.mappings.reasonToDeny(String(FunctionName), action, String(EventSourceArn)),
    );
    if (!isQueue(EventSourceArn) || denied === undefined) return;
    throw failed(
      'InvalidRequest',
      `Invalid request provided: The function execution role does not have permissions to call ${denied.split(':')[1]} on SQS`,
    );
  }

  private put({ physicalId: id, inventAttribute }: Handled, properties: Properties): Handled {
    if (isQueue(properties.EventSourceArn) && properties.FilterCriteria === undefined) {
      this.messaging.mappings.put(settingsOf(id, properties));
    } else {
      this.messaging.mappings.remove(id);
    }
    return { physicalId: id, attributes: { Id: id, EventSourceMappingArn: inventAttribute!('Arn') } };
  }
}

/** The batch size is Lambda's default for queues, the concurrency that which it begins with. */
function settingsOf(id: string, properties: Properties): MappingSettings {
  const {
    EventSourceArn, FunctionName, BatchSize = 10, Enabled = true, ScalingConfig, FunctionResponseTypes = [],
  } = properties as Properties & {
    readonly ScalingConfig?: { readonly MaximumConcurrency?: number | string };
    readonly FunctionResponseTypes?: readonly string[];
  };
  return {
    id,
    queueArn: String(EventSourceArn),
    functionName: String(FunctionName),
    batchSize: Number(BatchSize),
    maximumConcurrency: Number(ScalingConfig?.MaximumConcurrency ?? 5),
    reportsFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
    isEnabled: String(Enabled) === 'true',
  };
}

function isQueue(eventSourceArn: unknown): boolean {
  return String(eventSourceArn).split(':')[2] === 'sqs';
}
