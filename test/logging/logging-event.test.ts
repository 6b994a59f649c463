import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Logging, LoggingEvent } from '../../src';
import { ENV, onlyResource } from '../support/templates';

describe('Logging with events', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function log(...events: LoggingEvent[]): void {
    new Logging(stack, 'Logging', { events });
  }

  function eventConfigurations() {
    return onlyResource(stack, 'AWS::IoT::Logging').Properties.EventConfigurations;
  }

  test('fails with a type twice', () => {
    expect(() => log(
      { eventType: 'Connect' },
      { eventType: 'Disconnect' },
      { eventType: 'Connect', logGroupName: 'connections' },
    )).toThrow(new Error(
      "Stack/Logging: 'events' must not hold a type of event twice, got Connect more than once; keep one of each",
    ));
  });

  test('passes a type that is a token', () => {
    const eventType = new CfnParameter(stack, 'Type').valueAsString;
    log({ eventType }, { eventType });

    expect(eventConfigurations()).toEqual([{ EventType: { Ref: 'Type' } }, { EventType: { Ref: 'Type' } }]);
  });

  test.each([
    'a', '/aws/iot', 'aws', 'my-logs_of.the/fleet#1', 'a'.repeat(512),
  ])('takes the log group %s', (logGroupName) => {
    log({ eventType: 'Connect', logGroupName });

    expect(eventConfigurations()).toEqual([{ EventType: 'Connect', LogDestination: logGroupName }]);
  });

  test.each([
    ['""', '', 0],
    ['"aws/iot"', 'aws/iot', 7],
    ['"fleet logs"', 'fleet logs', 10],
    ['"fleet\\n"', 'fleet\n', 6],
    [`"${'a'.repeat(513)}"`, 'a'.repeat(513), 513],
  ])('fails with the log group %s', (shown, logGroupName, length) => {
    expect(() => log({ eventType: 'Connect', logGroupName })).toThrow(new Error(
      `Stack/Logging: 'logGroupName' must be 1 to 512 letters, digits and _-/.#, not beginning with aws/, got ${shown} `
      + `(${length} characters); choose another name, or leave it out for the log group of AWS IoT`,
    ));
  });
});
