import { Duration, Token } from 'aws-cdk-lib';
import { DeploymentAudit } from '../../src';

describe('DeploymentAudit.waitForCompletion', () => {
  test.each([
    ['1 minute', Duration.minutes(1), '60'],
    ['60 seconds', Duration.seconds(60), '60'],
    ['55 minutes', Duration.minutes(55), '3300'],
    ['half an hour by default', undefined, '1800'],
  ])('waits %s', (_, timeout, TimeoutSeconds) => {
    expect(DeploymentAudit.waitForCompletion({ timeout })._properties)
      .toEqual({ Mode: 'WAIT', TimeoutSeconds, FailOnTimeout: 'true' });
  });

  test.each([
    ['0 minutes (0 minutes)', Duration.minutes(0)],
    ['56 minutes (56 minutes)', Duration.minutes(56)],
    ['1 hour (60 minutes)', Duration.hours(1)],
    ['1 minute 30 seconds (1.5 minutes)', Duration.seconds(90)],
    ['1 minute 40 seconds (1.667 minutes)', Duration.seconds(100)],
    ['a token', Duration.minutes(Token.asNumber({ Ref: 'Minutes' }))],
  ])('does not wait %s', (given, timeout) => {
    expect(() => DeploymentAudit.waitForCompletion({ timeout })).toThrow(new Error(
      `DeploymentAudit: 'timeout' must be 1 to 55 whole minutes, known at synth, got ${given}; `
      + 'give a number of minutes in that range, for example Duration.minutes(30)',
    ));
  });

  test.each([
    [true, 'true'], [false, 'false'], [undefined, 'true'],
  ])('with failOnTimeout %s', (failOnTimeout, FailOnTimeout) => {
    expect(DeploymentAudit.waitForCompletion({ failOnTimeout })._properties?.FailOnTimeout).toBe(FailOnTimeout);
  });
});

test('DeploymentAudit.none runs no audit', () => {
  expect(DeploymentAudit.none()._run).toBeUndefined();
});
