import { App, Duration, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AccountAuditConfiguration, AuditCheck, ExistingConfiguration } from '../../src';
import { warningsOf } from '../support/templates';

describe.each([
  {
    factory: 'AuditCheck.deviceCertificateAge',
    create: (threshold: Duration) => AuditCheck.deviceCertificateAge(threshold),
    checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
    property: 'DeviceCertificateAgeCheck',
    configuration: 'CertAgeThresholdInDays',
    maximum: 3650,
  },
  {
    factory: 'AuditCheck.deviceCertificateExpiring',
    create: (threshold: Duration) => AuditCheck.deviceCertificateExpiring(threshold),
    checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    property: 'DeviceCertificateExpiringCheck',
    configuration: 'CertExpirationThresholdInDays',
    maximum: 3652,
  },
])('$factory', ({ factory, create, checkName, property, configuration, maximum }) => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'us-east-1' } });
  });

  function expectThreshold(check: AuditCheck, days: unknown): void {
    new AccountAuditConfiguration(stack, 'Configuration', { checks: [check] });
    Template.fromStack(stack).hasResourceProperties('AWS::IoT::AccountAuditConfiguration', {
      AuditCheckConfigurations: { [property]: { Enabled: true, Configuration: { [configuration]: days } } },
    });
  }

  test.each([
    [Duration.days(30), '30'],
    [Duration.days(365), '365'],
    [Duration.days(3650), '3650'],
    [Duration.hours(720), '30'],
  ])('takes %s', (threshold, days) => {
    expectThreshold(create(threshold), days);
  });

  test('passes a token', () => {
    expectThreshold(create(Duration.days(Token.asNumber({ Ref: 'Days' }))), { Ref: 'Days' });
  });

  test('keeps the name of the check and the threshold', () => {
    const check = create(Duration.days(90));

    expect(check.checkName).toBe(checkName);
    expect(check.threshold?.toDays()).toBe(90);
  });

  test.each([
    [Duration.days(0), '0 days (0 days)'],
    [Duration.days(29), '29 days (29 days)'],
    [Duration.days(maximum + 1), `${maximum + 1} days (${maximum + 1} days)`],
    [Duration.hours(1000), '41 days 16 hours (41.667 days)'],
    [Duration.minutes(43201), '30 days 1 minute (30.001 days)'],
  ])('fails for %s', (threshold, given) => {
    expect(() => create(threshold)).toThrow(new Error(
      `${factory}: 'threshold' must be 30 to ${maximum} whole days, got ${given}; `
      + 'give a number of days in that range, for example Duration.days(30)',
    ));
  });
});

describe('a threshold that AWS documents, and the service has refused for another check', () => {
  const configure = (days: number, existing = ExistingConfiguration.refuse()) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'us-east-1' } });
    return new AccountAuditConfiguration(stack, 'Configuration', { checks: [AuditCheck.deviceCertificateExpiring(Duration.days(days))], existing });
  };

  test.each([3651, 3652])('is taken with a warning: %d', (days) => {
    const configuration = configure(days);

    expect(warningsOf(configuration)).toEqual([
      `DEVICE_CERTIFICATE_EXPIRING_CHECK has a threshold of ${days} days, which AWS documents, yet the service has refused more than 3650 for `
      + 'DEVICE_CERTIFICATE_AGE_CHECK; give at most 3650 days, or acknowledge this warning if the deployment succeeds '
      + '[ack: cdk-iot-fleet-audit:thresholdUnconfirmed]',
    ]);
    Template.fromStack(configuration.stack).hasResourceProperties('AWS::IoT::AccountAuditConfiguration', {
      AuditCheckConfigurations: { DeviceCertificateExpiringCheck: { Configuration: { CertExpirationThresholdInDays: String(days) } } },
    });
  });

  test('is warned of where the configuration adopts', () => {
    expect(warningsOf(configure(3652, ExistingConfiguration.adopt()))).toHaveLength(1);
  });

  test('is none up to 3650', () => {
    expect(warningsOf(configure(3650))).toEqual([]);
  });
});
