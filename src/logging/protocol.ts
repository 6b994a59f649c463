import { WhenRemoved } from '../adoption/protocol';

/**
 * The messages between the construct `Logging` and its function, for accounts that may already log.
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

  /** 'true' if logging that the account already has is left alone. */
  readonly Keep?: string;

  readonly WhenRemoved: WhenRemoved;
}

/** The custom resource's attributes. */
export enum AdoptedLoggingAttribute {
  FOUND_LOGGING = 'FoundLogging',
}
