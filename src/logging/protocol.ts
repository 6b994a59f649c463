/**
 * What the construct `Logging` and its function say to each other where the account may log already.
 */

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

  /** Whether to leave alone what the account logs already. */
  readonly Keep?: string;

  /** A `LoggingRemoval`. */
  readonly WhenRemoved: string;
}

/** The custom resource's attributes. */
export enum AdoptedLoggingAttribute {
  FOUND_LOGGING = 'FoundLogging',
}
