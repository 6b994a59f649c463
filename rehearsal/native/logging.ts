import {
  GetV2LoggingOptionsCommand, GetV2LoggingOptionsCommandOutput, LogEventConfiguration, LogLevel,
  SetV2LoggingOptionsCommand,
} from '@aws-sdk/client-iot';
import { NativeSurroundings, calling, modelOfAccount } from './service-calls';
import { Handled, ResourceHandler, ResourceIdentity, failed } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

/** AWS::IoT::Logging, as its public handler code has it. That EventConfigurations are set with the rest is inferred. */
export class LoggingHandler implements ResourceHandler {
  constructor(private readonly surroundings: NativeSurroundings) {}

  async create(_resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const model = modelOfAccount(properties, this.surroundings);
    return calling(model, async () => {
      if (await this.enabledOptions()) throw failed('AlreadyExists', 'The V2LoggingOptions already exists.');
      await this.set(properties);
      return model;
    });
  }

  async update(_resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    const model = { physicalId, attributes: {} };
    return calling(model, async () => {
      if (!await this.enabledOptions()) throw failed('NotFound', 'The V2LoggingOptions do not exist.');
      await this.set(properties);
      return model;
    });
  }

  /** Switches off all logging of the account and Region; role and level stay in the service. */
  async delete(_resource: ResourceIdentity, physicalId: string): Promise<void> {
    await calling(undefined, async () => {
      if (physicalId !== this.surroundings.accountId || !await this.enabledOptions()) return;
      await this.surroundings.iot.send(new SetV2LoggingOptionsCommand({ disableAllLogs: true }));
    });
  }

  /** The options, unless there are none or all logs are disabled; level DISABLED still counts as existing. */
  private async enabledOptions(): Promise<GetV2LoggingOptionsCommandOutput | undefined> {
    try {
      const options = await this.surroundings.iot.send(new GetV2LoggingOptionsCommand({}));
      return options.disableAllLogs === true ? undefined : options;
    } catch (error) {
      if ((error as Error).name === 'NotConfiguredException') return undefined;
      throw error;
    }
  }

  private async set({ RoleArn, DefaultLogLevel, EventConfigurations }: Properties): Promise<void> {
    const events = EventConfigurations as
      { EventType: string; LogLevel?: LogLevel; LogDestination?: string }[] | undefined;
    await this.surroundings.iot.send(new SetV2LoggingOptionsCommand({
      roleArn: RoleArn as string,
      defaultLogLevel: DefaultLogLevel as LogLevel,
      disableAllLogs: false,
      eventConfigurations: events?.map((event): LogEventConfiguration => ({
        eventType: event.EventType, logLevel: event.LogLevel, logDestination: event.LogDestination,
      })),
    }));
  }
}
