import type { QueueSettings } from './queue';
import type { Queues } from './queues';
import { asObject } from './topic-resources';
import type { GenericResources, Place } from '../cloudformation/generic-resources';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

const FOUR_DAYS = 4 * 86_400;

/** AWS::SQS::Queue, whose physical id is its URL. */
export class QueueHandler implements ResourceHandler {
  constructor(
    private readonly queues: Queues, private readonly generic: GenericResources, private readonly place: Place,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const { physicalId: name } = await this.generic.create(resource, properties);
    return this.put(name, properties);
  }

  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(nameOf(physicalId), properties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.queues.remove(this.arnOf(nameOf(physicalId)));
    await this.generic.delete(resource, nameOf(physicalId));
  }

  private put(name: string, properties: Properties): Handled {
    const { partition, region, accountId } = this.place;
    const arn = this.arnOf(name);
    this.queues.put(arn, settingsOf(properties));
    const url = `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${accountId}/${name}`;
    return { physicalId: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } };
  }

  private arnOf(name: string): string {
    const { partition, region, accountId } = this.place;
    return `arn:${partition}:sqs:${region}:${accountId}:${name}`;
  }
}

function settingsOf({
  VisibilityTimeout = 30, MessageRetentionPeriod = FOUR_DAYS, DelaySeconds = 0, RedrivePolicy,
}: Properties): QueueSettings {
  const redrive = RedrivePolicy === undefined ? undefined : asObject(RedrivePolicy);
  return {
    visibilityTimeout: Number(VisibilityTimeout),
    retention: Number(MessageRetentionPeriod),
    delay: Number(DelaySeconds),
    redrive: redrive && {
      deadLetterTargetArn: String(redrive.deadLetterTargetArn), maxReceiveCount: Number(redrive.maxReceiveCount),
    },
  };
}

function nameOf(queueUrl: string): string {
  return queueUrl.split('/').at(-1)!;
}
