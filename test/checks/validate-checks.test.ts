import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AccountAuditConfiguration, AccountAuditConfigurationProps, AuditCheck, AuditResourceType, AuditSeverity,
  ExistingConfiguration,
} from '../../src';
import { ENV, warningsOf } from '../support/templates';

function custom(checkName: string, propertyName: string): AuditCheck {
  return AuditCheck.of(checkName, {
    propertyName, severity: AuditSeverity.LOW, resourceType: AuditResourceType.IOT_POLICY,
  });
}

describe('AccountAuditConfiguration with checks', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function configure(props: AccountAuditConfigurationProps): AccountAuditConfiguration {
    return new AccountAuditConfiguration(stack, 'Configuration', props);
  }

  test('fails without any check', () => {
    expect(() => configure({ checks: [] })).toThrow(new Error(
      "Stack/Configuration: 'checks' must hold at least one check, got none; "
      + 'add a check, or leave the property out for the default',
    ));
  });

  test.each([
    ['that is off', 'LoggingDisabledCheck', 'LOGGING_DISABLED_CHECK', []],
    ['that is on', 'LoggingDisabledCheck', 'LOGGING_DISABLED_CHECK', [AuditCheck.LOGGING_DISABLED]],
    ['that the table does not have', 'NewCheck', 'NEW_CHECK', [custom('NEW_CHECK', 'NewCheck')]],
  ])('fails with a check under the propertyName of one %s', (_, propertyName, rival, others) => {
    expect(() => configure({ checks: [custom('BRAND_NEW_CHECK', propertyName), ...others] })).toThrow(new Error(
      "Stack/Configuration: 'checks' must hold checks with a propertyName of their own, "
      + `got ${propertyName} for BRAND_NEW_CHECK, which is that of ${rival}; `
      + 'give AuditCheck.of() the name that CloudFormation documents for the check',
    ));
  });

  test('fails with a check twice', () => {
    const checks = [
      AuditCheck.LOGGING_DISABLED,
      AuditCheck.DEVICE_CERTIFICATE_AGE,
      AuditCheck.deviceCertificateAge(Duration.days(90)),
    ];

    expect(() => configure({ checks })).toThrow(new Error(
      "Stack/Configuration: 'checks' must not hold a check twice, got DEVICE_CERTIFICATE_AGE_CHECK more than once; "
      + 'keep one of each',
    ));
  });

  test('fails with a check that the region does not have', () => {
    stack = new Stack(new App(), 'Stack', { env: { ...ENV, region: 'cn-northwest-1' } });
    const checks = [
      AuditCheck.LOGGING_DISABLED,
      AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
      AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
    ];

    expect(() => configure({ checks })).toThrow(new Error(
      "Stack/Configuration: 'checks' must only hold checks that cn-northwest-1 has, "
      + 'got IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK, AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK; '
      + 'remove them, or leave the property out for every check of the region',
    ));
  });
});

describe('a threshold that AWS documents, and the service has refused for another check', () => {
  const configure = (days: number, existing = ExistingConfiguration.refuse()) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'us-east-1' } });
    const checks = [AuditCheck.deviceCertificateExpiring(Duration.days(days))];
    return new AccountAuditConfiguration(stack, 'Configuration', { checks, existing });
  };

  test.each([3651, 3652])('is taken with a warning: %d', (days) => {
    const configuration = configure(days);

    expect(warningsOf(configuration)).toEqual([
      `DEVICE_CERTIFICATE_EXPIRING_CHECK has a threshold of ${days} days, which AWS documents, yet the service has `
      + 'refused more than 3650 for DEVICE_CERTIFICATE_AGE_CHECK; give at most 3650 days, or acknowledge this warning if '
      + 'the deployment succeeds '
      + '[ack: cdk-iot-fleet-audit:thresholdUnconfirmed]',
    ]);
    Template.fromStack(configuration.stack).hasResourceProperties('AWS::IoT::AccountAuditConfiguration', {
      AuditCheckConfigurations: {
        DeviceCertificateExpiringCheck: { Configuration: { CertExpirationThresholdInDays: String(days) } },
      },
    });
  });

  test('is warned of where the configuration adopts', () => {
    expect(warningsOf(configure(3652, ExistingConfiguration.adopt()))).toHaveLength(1);
  });

  test('is none up to 3650', () => {
    expect(warningsOf(configure(3650))).toEqual([]);
  });
});
