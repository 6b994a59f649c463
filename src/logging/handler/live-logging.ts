import {
  GetV2LoggingOptionsCommand, LogEventConfiguration, LogLevel,
  SetV2LoggingOptionsCommand, SetV2LoggingOptionsCommandInput,
} from '@aws-sdk/client-iot';
import { asError } from '../../function/runtime/log';
import { Request } from '../../function/runtime/request';
import { DEFAULT_LOG_GROUP } from '../protocol';

/** The logging of an account. */
export interface FoundLogging {
  readonly role?: string;
  readonly level?: LogLevel;
  readonly off?: boolean;
  readonly events?: readonly LogEventConfiguration[];
}

/** The logging of the account as it is now: worth going back to as a whole. */
export type LiveLogging = FoundLogging;

/** The account's logging, through the API. */
export class AccountLogging {
  constructor(private readonly request: Request) {}

  /** The logging; null as long as nobody has set any. */
  public async describe(): Promise<LiveLogging | null> {
    try {
      const { roleArn, defaultLogLevel, disableAllLogs, eventConfigurations = [] } = await this.request.ask(
        ({ iot }, options) => iot.send(new GetV2LoggingOptionsCommand({ verbose: true }), options));
      const events = eventConfigurations.filter((event) => isSet(event, defaultLogLevel));
      return { role: roleArn, level: defaultLogLevel, off: disableAllLogs, ...events.length > 0 && { events } };
    } catch (error) {
      if (asError(error).name === 'NotConfiguredException') {
        return null;
      }
      throw error;
    }
  }

  public async update(input: SetV2LoggingOptionsCommandInput): Promise<void> {
    await this.request.change(
      ({ iot }, options) => iot.send(new SetV2LoggingOptionsCommand(input), options), { retryRefusal: isNewRole });
  }

  /** Sets what was found. Without a role, it leaves the one that there is. */
  public async putBack({ role, level, off = false, events = [] }: FoundLogging): Promise<void> {
    await this.update({ roleArn: role, defaultLogLevel: level, disableAllLogs: off, eventConfigurations: [...events] });
  }

  public async switchOff(): Promise<void> {
    await this.update({ disableAllLogs: true });
  }
}

/** Asked for every detail, AWS IoT answers all types of events that it knows, also those that nobody has set. */
function isSet(
  { logLevel, logDestination = DEFAULT_LOG_GROUP }: LogEventConfiguration, defaultLogLevel: LogLevel | undefined,
): boolean {
  return logDestination !== DEFAULT_LOG_GROUP || (logLevel !== undefined && logLevel !== defaultLogLevel);
}

/** AWS IoT tries out a role that it is given, and a new one is not known everywhere at once. */
function isNewRole(error: Error): boolean {
  return /assume role/i.test(error.message);
}
