import {
  GetV2LoggingOptionsCommand, LogEventConfiguration, LogLevel, SetV2LoggingOptionsCommand, SetV2LoggingOptionsCommandInput,
} from '@aws-sdk/client-iot';
import { asError } from '../../function/runtime/aws-calls';
import { Request } from '../../function/runtime/request';

/** The log group of AWS IoT, unless an event has another one. */
const DEFAULT_LOG_GROUP = 'AWSIotLogsV2';

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
  constructor(private readonly request: Request) {}

  /** Undefined as long as nobody has set any. */
  public async describe(): Promise<FoundLogging | undefined> {
    const { clients: { iot } } = this.request;
    try {
      const { roleArn, defaultLogLevel, disableAllLogs, eventConfigurations = [] } = await this.request.ask(
        (options) => iot.send(new GetV2LoggingOptionsCommand({ verbose: true }), options));
      const events = eventConfigurations.filter((event) => isSet(event, defaultLogLevel));
      return { role: roleArn, level: defaultLogLevel, off: disableAllLogs, ...events.length > 0 && { events } };
    } catch (error) {
      if (asError(error).name === 'NotConfiguredException') {
        return undefined;
      }
      throw error;
    }
  }

  public async set(input: SetV2LoggingOptionsCommandInput): Promise<void> {
    const { clients: { iot } } = this.request;
    await this.request.change((options) => iot.send(new SetV2LoggingOptionsCommand(input), options), { retryRefusal: isNewRole });
  }

  /** Sets what there was; switches the logging off where there was none. The role stays if the record has none. */
  public async putBack(record: FoundLogging | undefined): Promise<void> {
    await this.set(record === undefined ? { disableAllLogs: true } : {
      roleArn: record.role, defaultLogLevel: record.level, disableAllLogs: record.off ?? false, eventConfigurations: [...record.events ?? []],
    });
  }
}

/** Asked for every detail, AWS IoT answers all types of events that it knows, also those that nobody has set. */
function isSet({ logLevel, logDestination = DEFAULT_LOG_GROUP }: LogEventConfiguration, defaultLogLevel: LogLevel | undefined): boolean {
  return logDestination !== DEFAULT_LOG_GROUP || (logLevel !== undefined && logLevel !== defaultLogLevel);
}

/** IoT tries out a role that it is given, and a new one is not known everywhere at once. */
function isNewRole(error: Error): boolean {
  return /assume role/i.test(error.message);
}
