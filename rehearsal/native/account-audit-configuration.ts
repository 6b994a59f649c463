import {
  AuditNotificationTarget, DeleteAccountAuditConfigurationCommand, DescribeAccountAuditConfigurationCommand,
  DescribeAccountAuditConfigurationCommandOutput, UpdateAccountAuditConfigurationCommand,
} from '@aws-sdk/client-iot';
import { checksOf, isTrue } from './check-properties';
import { NativeSurroundings, calling, failed, modelOfAccount } from './service-calls';
import type { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** AWS::IoT::AccountAuditConfiguration, as its public handler code has it. */
export class AccountAuditConfigurationHandler implements ResourceHandler {
  constructor(private readonly surroundings: NativeSurroundings) {}

  async create(_resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const model = modelOfAccount(properties, this.surroundings);
    return calling(model, async () => {
      if ((await this.describe()).roleArn) throw failed('AlreadyExists', 'The AccountAuditConfiguration already exists.');
      await this.surroundings.iot.send(new UpdateAccountAuditConfigurationCommand({
        roleArn: properties.RoleArn as string,
        auditCheckConfigurations: checksOf(properties.AuditCheckConfigurations),
        auditNotificationTargetConfigurations: targetsOf(properties),
      }));
      return model;
    });
  }

  /** Every check that the template does not name is switched off, and so is a target that it does not name. */
  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const model = { physicalId, attributes: {} };
    return calling(model, async () => {
      const { roleArn, auditCheckConfigurations = {} } = await this.describe();
      if (!roleArn) throw failed('NotFound', 'The configuration for your account has not been set up or was deleted.');
      const allOff = Object.fromEntries(Object.keys(auditCheckConfigurations).map((name) => [name, { enabled: false }]));
      await this.surroundings.iot.send(new UpdateAccountAuditConfigurationCommand({
        roleArn: properties.RoleArn as string,
        auditCheckConfigurations: { ...allOff, ...checksOf(properties.AuditCheckConfigurations) },
        auditNotificationTargetConfigurations: targetsOf(properties) ?? { SNS: { enabled: false } },
      }));
      return model;
    });
  }

  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    await calling(undefined, async () => {
      // Both are NotFound, which CloudFormation takes for success.
      if (physicalId !== this.surroundings.accountId) return;
      if (!(await this.describe()).roleArn) return;
      await this.surroundings.iot.send(new DeleteAccountAuditConfigurationCommand({}));
    });
  }

  private async describe(): Promise<DescribeAccountAuditConfigurationCommandOutput> {
    return this.surroundings.iot.send(new DescribeAccountAuditConfigurationCommand({}));
  }
}

function targetsOf({ AuditNotificationTargetConfigurations: targets }: Properties): { SNS: AuditNotificationTarget } | undefined {
  const sns = (targets as { Sns?: Record<string, unknown> } | undefined)?.Sns;
  return sns && {
    SNS: {
      targetArn: sns.TargetArn as string | undefined,
      roleArn: sns.RoleArn as string | undefined,
      enabled: sns.Enabled === undefined ? undefined : isTrue(sns.Enabled),
    },
  };
}
