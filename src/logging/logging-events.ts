import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { LoggingEvent } from './logging';
import { invalidInput } from '../private/invalid-input';

const LOG_GROUP_NAME_PATTERN = /^(?!aws\/)[a-zA-Z0-9_\-/.#]{1,512}$/;

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
