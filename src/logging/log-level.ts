/**
 * How much AWS IoT logs. Each level includes the ones before it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/configure-logging.html
 */
export enum LogLevel {
  /** Nothing. */
  DISABLED = 'DISABLED',

  /** What fails. */
  ERROR = 'ERROR',

  /** What may cause inconsistencies. */
  WARN = 'WARN',

  /** The flow of events. */
  INFO = 'INFO',

  /** What helps to debug. */
  DEBUG = 'DEBUG',
}
