import { WhenRemoved } from '../adoption/protocol';

/**
 * The protocol between the construct `Logging` and its function, for an account that may log already.
 */

/** The log group of AWS IoT, unless an event has another one. */
export const DEFAULT_LOG_GROUP = 'AWSIotLogsV2';

/** The custom resource's type. */
export const ADOPTED_LOGGING_TYPE = 'Custom::IotLogging';

export interface AdoptedLoggingEvent {
  readonly EventType: string;
  readonly LogLevel?: string;
  readonly LogDestination?: string;
}

/** The custom resource's properties. */
export interface AdoptedLoggingProperties {
  readonly RoleArn: string;
  readonly DefaultLogLevel: string;
  readonly Events?: AdoptedLoggingEvent[];

  /** True to leave alone what the account logs already. */
  readonly Keep?: string;

  readonly WhenRemoved: WhenRemoved;
}

/** The custom resource's attributes. */
export enum AdoptedLoggingAttribute {
  FOUND_LOGGING = 'FoundLogging',
}
