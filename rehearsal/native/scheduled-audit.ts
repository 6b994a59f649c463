import {
  AuditFrequency, CreateScheduledAuditCommand, DayOfWeek, DeleteScheduledAuditCommand, UpdateScheduledAuditCommand,
} from '@aws-sdk/client-iot';
import { NativeSurroundings, calling, isNotFound, replaceTags, tagsOf } from './service-calls';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** Device Defender's generated names are at most this long. */
export const LONGEST_GENERATED_NAME = 40;

/** AWS::IoT::ScheduledAudit, as its public handler code has it: everything passes straight through. */
export class ScheduledAuditHandler implements ResourceHandler {
  constructor(private readonly surroundings: NativeSurroundings) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const { iot, names } = this.surroundings;
    const scheduledAuditName =
      (properties.ScheduledAuditName as string | undefined) ?? names.next(resource, LONGEST_GENERATED_NAME);
    return calling({ physicalId: scheduledAuditName, attributes: {} }, async () => {
      const tags = tagsOf(resource, properties);
      const { scheduledAuditArn } = await iot.send(
        new CreateScheduledAuditCommand({ scheduledAuditName, ...inputOf(properties), tags }),
      );
      return { physicalId: scheduledAuditName, attributes: { ScheduledAuditArn: scheduledAuditArn } };
    });
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const { iot } = this.surroundings;
    return calling({ physicalId, attributes: {} }, async () => {
      const { scheduledAuditArn } = await iot.send(
        new UpdateScheduledAuditCommand({ scheduledAuditName: physicalId, ...inputOf(properties) }),
      );
      // After the audit itself: a failure here leaves it half done.
      await replaceTags(iot, scheduledAuditArn!, tagsOf(resource, properties));
      return { physicalId, attributes: { ScheduledAuditArn: scheduledAuditArn } };
    });
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    await calling(undefined, async () => {
      try {
        await this.surroundings.iot.send(new DeleteScheduledAuditCommand({ scheduledAuditName: physicalId }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
  }
}

function inputOf({ Frequency, DayOfMonth, DayOfWeek: dayOfWeek, TargetCheckNames }: Properties) {
  return {
    frequency: Frequency as AuditFrequency,
    dayOfMonth: DayOfMonth === undefined ? undefined : String(DayOfMonth),
    dayOfWeek: dayOfWeek as DayOfWeek | undefined,
    targetCheckNames: TargetCheckNames as string[],
  };
}
