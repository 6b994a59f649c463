import type { AlarmProperties } from './alarm-properties';
import type { Alarms } from './alarms';
import type { GenericResources } from '../cloudformation/generic-resources';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** AWS::CloudWatch::Alarm. */
export class AlarmHandler implements ResourceHandler {
  constructor(private readonly alarms: Alarms, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.create(resource, properties), properties);
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.update(resource, physicalId), properties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.alarms.remove(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put(handled: Handled, properties: Properties): Handled {
    const { physicalId, inventAttribute } = handled;
    this.alarms.put(physicalId, inventAttribute!('Arn'), properties as unknown as AlarmProperties);
    return handled;
  }
}
