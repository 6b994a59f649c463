import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

const LOG_GROUP_NAME_PATTERN = /^(?!aws\/)[a-zA-Z0-9_\-/.#]{1,512}$/;

/**
 * The level of detail of AWS IoT's logs. Each level includes the ones before it.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/configure-logging.html
 */
export enum LogLevel {
  /** Nothing. */
  DISABLED = 'DISABLED',

  /** Errors. */
  ERROR = 'ERROR',

  /** Warnings: events that may cause inconsistencies. */
  WARN = 'WARN',

  /** The flow of events. */
  INFO = 'INFO',

  /** Details for debugging. */
  DEBUG = 'DEBUG',
}

/**
 * The logging of one type of event.
 */
export interface LoggingEvent {
  /**
   * The type of event as AWS names it, for example `Connect` or `Publish-In`. Each can be given once.
   *
   * @see https://docs.aws.amazon.com/iot/latest/developerguide/cwl-format.html
   */
  readonly eventType: string;

  /**
   * The level of detail.
   *
   * @default - the level of the account
   */
  readonly logLevel?: LogLevel;

  /**
   * The name of the log group to write to: 1 to 512 letters, digits and `_-/.#`, not beginning with `aws/`.
   *
   * @default - the log group of AWS IoT
   */
  readonly logGroupName?: string;
}

/**
 * Throws unless each type of event is configured once and logs to a log group that the API accepts.
 */
export function validateLoggingEvents(scope: IConstruct, events: LoggingEvent[]): void {
  const types = events.map((event) => event.eventType).filter((type) => !Token.isUnresolved(type));
  const repeated = types.filter((type, index) => types.indexOf(type) !== index);
  if (repeated.length > 0) {
    throw invalidInput(scope, {
      property: 'events',
      rule: 'must not hold a type of event twice',
      given: `${repeated.join(', ')} more than once`,
      fix: 'keep one of each',
    });
  }
  for (const { logGroupName } of events) {
    if (logGroupName !== undefined && !Token.isUnresolved(logGroupName) && !LOG_GROUP_NAME_PATTERN.test(logGroupName)) {
      throw invalidInput(scope, {
        property: 'logGroupName',
        rule: 'must be 1 to 512 letters, digits and _-/.#, not beginning with aws/',
        given: `${JSON.stringify(logGroupName)} (${logGroupName.length} characters)`,
        fix: 'choose another name, or leave it out for the log group of AWS IoT',
      });
    }
  }
}
