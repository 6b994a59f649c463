import {
  GetV2LoggingOptionsCommand, IoTClient, LogEventConfiguration, LogLevel, SetV2LoggingOptionsCommand, SetV2LoggingOptionsCommandInput,
} from '@aws-sdk/client-iot';
import { AwsCalls, asError } from '../private/custom-resource/aws-calls.lambda-shared';

/** What an account logs. */
export interface FoundLogging {
  readonly role?: string;
  readonly level?: LogLevel;
  readonly off?: boolean;
  readonly events?: readonly LogEventConfiguration[];
}

export function logs(logging: FoundLogging | undefined): boolean {
  return logging?.role !== undefined && !logging.off;
}

/** The account's logging, through the API. */
export class AccountLogging {
  constructor(private readonly iot: IoTClient, private readonly calls: AwsCalls, private readonly until: number) {}

  /** Undefined as long as nobody has set any. */
  public async describe(): Promise<FoundLogging | undefined> {
    try {
      const { roleArn, defaultLogLevel, disableAllLogs, eventConfigurations } = await this.calls.persistently({ until: this.until },
        (options) => this.iot.send(new GetV2LoggingOptionsCommand({ verbose: true }), options));
      return { role: roleArn, level: defaultLogLevel, off: disableAllLogs, events: eventConfigurations };
    } catch (error) {
      if (asError(error).name === 'NotConfiguredException') {
        return undefined;
      }
      throw error;
    }
  }

  public async set(input: SetV2LoggingOptionsCommandInput): Promise<void> {
    await this.calls.persistently({ until: this.until, retryRefusal: isNewRole }, (options) => this.iot.send(
      new SetV2LoggingOptionsCommand(input), options));
  }

  public async putBack(record: FoundLogging | undefined): Promise<void> {
    await this.set(record?.role === undefined ? { disableAllLogs: true } : {
      roleArn: record.role, defaultLogLevel: record.level, disableAllLogs: record.off ?? false, eventConfigurations: [...record.events ?? []],
    });
  }
}

/** IoT tries out a role that it is given, and a new one is not known everywhere at once. */
function isNewRole(error: Error): boolean {
  return /assume role/i.test(error.message);
}
