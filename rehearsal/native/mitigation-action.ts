import {
  CreateMitigationActionCommand, DeleteMitigationActionCommand, DescribeMitigationActionCommand,
  MitigationActionParams, UpdateMitigationActionCommand,
} from '@aws-sdk/client-iot';
import { isTrue } from './account-audit-configuration';
import { LONGEST_GENERATED_NAME } from './scheduled-audit';
import { NativeSurroundings, calling, isNotFound, replaceTags, tagsOf } from './service-calls';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** AWS::IoT::MitigationAction, as its public handler code has it. */
export class MitigationActionHandler implements ResourceHandler {
  constructor(private readonly surroundings: NativeSurroundings) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const { iot, names } = this.surroundings;
    const actionName = properties.ActionName as string | undefined ?? names.next(resource, LONGEST_GENERATED_NAME);
    return calling({ physicalId: actionName, attributes: {} }, async () => {
      const { actionArn, actionId } = await iot.send(new CreateMitigationActionCommand({
        actionName, ...inputOf(properties), tags: tagsOf(resource, properties),
      }));
      return { physicalId: actionName, attributes: { MitigationActionArn: actionArn, MitigationActionId: actionId } };
    });
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const { iot } = this.surroundings;
    return calling({ physicalId, attributes: {} }, async () => {
      const { actionArn, actionId } = await iot.send(
        new UpdateMitigationActionCommand({ actionName: physicalId, ...inputOf(properties) }),
      );
      await replaceTags(iot, actionArn!, tagsOf(resource, properties));
      return { physicalId, attributes: { MitigationActionArn: actionArn, MitigationActionId: actionId } };
    });
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    const { iot } = this.surroundings;
    await calling(undefined, async () => {
      try {
        await iot.send(new DescribeMitigationActionCommand({ actionName: physicalId }));
        await iot.send(new DeleteMitigationActionCommand({ actionName: physicalId }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
  }
}

type Block = Record<string, never>;

/** All blocks of the template: the service itself refuses more than one. */
function inputOf({ RoleArn, ActionParams }: Properties): { roleArn: string; actionParams: MitigationActionParams } {
  const blocks = ActionParams as Record<string, Block | undefined>;
  const {
    AddThingsToThingGroupParams: groups, EnableIoTLoggingParams: logging, PublishFindingToSnsParams: publish,
  } = blocks;
  const {
    ReplaceDefaultPolicyVersionParams: policy, UpdateCACertificateParams: ca, UpdateDeviceCertificateParams: device,
  } = blocks;
  return {
    roleArn: RoleArn as string,
    actionParams: {
      addThingsToThingGroupParams: groups && {
        thingGroupNames: groups.ThingGroupNames,
        overrideDynamicGroups:
          groups.OverrideDynamicGroups === undefined ? undefined : isTrue(groups.OverrideDynamicGroups),
      },
      enableIoTLoggingParams: logging && { roleArnForLogging: logging.RoleArnForLogging, logLevel: logging.LogLevel },
      publishFindingToSnsParams: publish && { topicArn: publish.TopicArn },
      replaceDefaultPolicyVersionParams: policy && { templateName: policy.TemplateName },
      updateCACertificateParams: ca && { action: ca.Action },
      updateDeviceCertificateParams: device && { action: device.Action },
    },
  };
}
