import { readFileSync } from 'fs';
import { join } from 'path';
import { App, Duration, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSchedule, AuditSeverity, MitigationActionType,
  ScheduledAudit,
} from '../../src';
import { CHECK_TABLE, CheckRow, pageOf, SEVERITIES } from '../../src/checks/check-table';
import { specifiedNames } from '../support/cloudformation-spec';

const GUIDE = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide';

const REGIONS = ['us-east-1', 'us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'cn-northwest-1'];

const GOVCLOUD = ['us-gov-west-1', 'us-gov-east-1'];
const GOVCLOUD_AND_NINGXIA = ['us-gov-west-1', 'us-gov-east-1', 'cn-northwest-1'];
const GOVCLOUD_AND_CHINA = ['us-gov-west-1', 'us-gov-east-1', 'cn-north-1', 'cn-northwest-1'];

const PUBLISH = ['PUBLISH_FINDING_TO_SNS'];
const DEVICE_CERTIFICATE = ['PUBLISH_FINDING_TO_SNS', 'UPDATE_DEVICE_CERTIFICATE', 'ADD_THINGS_TO_THING_GROUP'];
const CA_CERTIFICATE = ['PUBLISH_FINDING_TO_SNS', 'UPDATE_CA_CERTIFICATE'];
const POLICY = ['PUBLISH_FINDING_TO_SNS', 'REPLACE_DEFAULT_POLICY_VERSION'];
const LOGGING = ['PUBLISH_FINDING_TO_SNS', 'ENABLE_IOT_LOGGING'];

// Typed out from AWS's documentation on purpose: a change of the code's table must show up here.
const CHECKS = [
  {
    checkName: 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'AuthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'COGNITO_IDENTITY_POOL', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_NINGXIA,
    page: 'audit-chk-auth-cognito-role-permissive',
  },
  {
    checkName: 'CA_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'CaCertificateExpiringCheck',
    severity: 'MEDIUM', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: [],
    page: 'audit-chk-ca-cert-approaching-expiration',
  },
  {
    checkName: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'CaCertificateKeyQualityCheck',
    severity: 'CRITICAL', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: GOVCLOUD,
    page: 'audit-chk-ca-cert-key-quality',
  },
  {
    checkName: 'CONFLICTING_CLIENT_IDS_CHECK',
    propertyName: 'ConflictingClientIdsCheck',
    severity: 'HIGH', resourceType: 'CLIENT_ID', mitigations: PUBLISH, missingIn: [],
    page: 'audit-chk-conflicting-client-ids',
    spanDays: 31,
  },
  {
    checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
    propertyName: 'DeviceCertificateAgeCheck',
    severity: 'LOW', resourceType: 'DEVICE_CERTIFICATE', mitigations: PUBLISH, missingIn: [],
    page: 'device-certificate-age-check',
    threshold: {
      propertyName: 'CertAgeThresholdInDays', apiName: 'CERT_AGE_THRESHOLD_IN_DAYS', defaultDays: 365,
      minimumDays: 30, maximumDays: 3652, confirmedMaximumDays: 3650, isRefusedAboveConfirmed: true,
    },
  },
  {
    checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'DeviceCertificateExpiringCheck',
    severity: 'MEDIUM', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
    page: 'audit-chk-device-cert-approaching-expiration',
    threshold: {
      propertyName: 'CertExpirationThresholdInDays', apiName: 'CERT_EXPIRATION_THRESHOLD_IN_DAYS', defaultDays: 30,
      minimumDays: 30, maximumDays: 3652, confirmedMaximumDays: 3650, isRefusedAboveConfirmed: false,
    },
  },
  {
    checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'DeviceCertificateKeyQualityCheck',
    severity: 'CRITICAL', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: GOVCLOUD,
    page: 'audit-chk-device-cert-key-quality',
  },
  {
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    propertyName: 'DeviceCertificateSharedCheck',
    severity: 'CRITICAL', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
    page: 'audit-chk-device-cert-shared',
    spanDays: 31,
  },
  {
    checkName: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    propertyName: 'IntermediateCaRevokedForActiveDeviceCertificatesCheck',
    severity: 'CRITICAL', resourceType: 'ISSUER_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
    page: 'audit-chk-active-intermediary-device-revoked-CA',
  },
  {
    checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotPolicyOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'IOT_POLICY', mitigations: POLICY, missingIn: [],
    page: 'audit-chk-iot-policy-permissive',
  },
  {
    checkName: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    propertyName: 'IoTPolicyPotentialMisConfigurationCheck',
    severity: 'MEDIUM', resourceType: 'IOT_POLICY', mitigations: POLICY, missingIn: [],
    page: 'audit-chk-iot-misconfigured-policies',
  },
  {
    checkName: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
    propertyName: 'IotRoleAliasAllowsAccessToUnusedServicesCheck',
    severity: 'MEDIUM', resourceType: 'ROLE_ALIAS', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_CHINA,
    page: 'audit-chk-role-alias-unused-svcs',
  },
  {
    checkName: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotRoleAliasOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'ROLE_ALIAS', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_CHINA,
    page: 'audit-chk-iot-role-alias-permissive',
  },
  {
    checkName: 'LOGGING_DISABLED_CHECK',
    propertyName: 'LoggingDisabledCheck',
    severity: 'LOW', resourceType: 'ACCOUNT_SETTINGS', mitigations: LOGGING, missingIn: [],
    page: 'audit-chk-logging-disabled',
  },
  {
    checkName: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedCaCertificateStillActiveCheck',
    severity: 'CRITICAL', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: [],
    page: 'audit-chk-revoked-ca-cert',
  },
  {
    checkName: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedDeviceCertificateStillActiveCheck',
    severity: 'MEDIUM', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
    page: 'audit-chk-revoked-device-cert',
  },
  {
    checkName: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'UnauthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'COGNITO_IDENTITY_POOL', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_NINGXIA,
    page: 'audit-chk-unauth-cognito-role-permissive',
  },
];

describe('AuditCheck', () => {
  test('knows exactly the checks that AWS documents', () => {
    expect(AuditCheck.all().map((check) => ({
      checkName: check.checkName,
      propertyName: check.propertyName,
      severity: check.severity,
      resourceType: check.resourceType,
      mitigations: check.mitigationActionTypes,
      missingIn: REGIONS.filter((region) => !check.isAvailableIn(region)),
    }))).toEqual(CHECKS.map(({ page, spanDays, threshold, ...check }) => check));
  });

  test('rests on a table with the page, the span and the threshold that AWS documents', () => {
    const rows: Record<string, CheckRow> = CHECK_TABLE;

    expect(AuditCheck.all().map(({ checkName }) => {
      const { page, spanDays, threshold } = rows[checkName.replace(/_CHECK$/, '')];
      return { checkName, page, spanDays, threshold };
    })).toEqual(CHECKS.map(({ checkName, page, spanDays, threshold }) => ({ checkName, page, spanDays, threshold })));
  });

  test('documents each static member with the page of the table', () => {
    const source = readFileSync(join(__dirname, '..', '..', 'src', 'checks', 'audit-check.ts'), 'utf8');
    const documented = [...source.matchAll(/@see (\S+)\n {3}\*\/\n {2}public static readonly (\w+)/g)];

    expect(documented.map(([, page, name]) => [`${name}_CHECK`, page]))
      .toEqual(CHECKS.map(({ checkName, page }) => [checkName, `${GUIDE}/${page}.html`]));
    expect(CHECKS.map((check) => pageOf(check))).toEqual(documented.map(([, page]) => page));
  });

  test('orders severities from the least to the most serious', () => {
    expect(SEVERITIES).toEqual(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']);
    expect([...SEVERITIES].sort()).toEqual(Object.values(AuditSeverity).sort());
  });

  test('lists its checks in alphabetical order', () => {
    const names = AuditCheck.all().map(({ checkName }) => checkName);

    expect(names).toEqual([...names].sort());
  });

  test('prints as its name in the API', () => {
    expect(`${AuditCheck.LOGGING_DISABLED}`).toBe('LOGGING_DISABLED_CHECK');
    expect(AuditCheck.deviceCertificateAge(Duration.days(90)).toString()).toBe('DEVICE_CERTIFICATE_AGE_CHECK');
  });

  test('is the same check as another object for it, with whatever threshold', () => {
    const again = AuditCheck.of('LOGGING_DISABLED_CHECK', {
      propertyName: 'LoggingDisabledCheck',
      severity: AuditSeverity.LOW,
      resourceType: AuditResourceType.ACCOUNT_SETTINGS,
    });

    const age = AuditCheck.DEVICE_CERTIFICATE_AGE;

    expect(AuditCheck.LOGGING_DISABLED.isSameCheckAs(again)).toBe(true);
    expect(age.isSameCheckAs(AuditCheck.deviceCertificateAge(Duration.days(90)))).toBe(true);
    expect(age.isSameCheckAs(AuditCheck.DEVICE_CERTIFICATE_EXPIRING)).toBe(false);
  });

  test.each([
    [AuditSeverity.CRITICAL, 9],
    [AuditSeverity.HIGH, 1],
    [AuditSeverity.MEDIUM, 5],
    [AuditSeverity.LOW, 2],
  ])('rates as %s as many checks as AWS does', (severity, count) => {
    expect(AuditCheck.all().filter((check) => check.severity === severity)).toHaveLength(count);
  });

  test('has a check for every property of the CloudFormation specification, and no other', () => {
    const specified = specifiedNames('AWS::IoT::AccountAuditConfiguration', 'AuditCheckConfigurations');

    expect(AuditCheck.all().map((check) => check.propertyName).sort()).toEqual(specified.sort());
  });

  // A static member that all() forgets would silently not be enabled by default.
  test('offers every check of the table as a static member, and no other', () => {
    const members = Object.values(AuditCheck).filter((member) => member instanceof AuditCheck);

    expect(members.map((check) => check.checkName).sort()).toEqual(CHECKS.map((check) => check.checkName).sort());
  });

  test('names its static members after the checks', () => {
    const members = Object.entries(AuditCheck).filter(([, member]) => member instanceof AuditCheck);

    expect(members.map(([name, check]) => [name, check.checkName]))
      .toEqual(members.map(([name]) => [name, `${name}_CHECK`]));
  });

  test('has thresholds for the age and the expiry of device certificates alone', () => {
    const thresholds = AuditCheck.all()
      .filter((check) => check.threshold)
      .map((check) => [check.checkName, check.threshold?.toDays()]);

    expect(thresholds).toEqual([
      ['DEVICE_CERTIFICATE_AGE_CHECK', 365],
      ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 30],
    ]);
  });

  test('does not change when somebody changes the array of another check with the same mitigations', () => {
    AuditCheck.deviceCertificateExpiring(AuditCheck.DEVICE_CERTIFICATE_EXPIRING.threshold!)
      .mitigationActionTypes.push(MitigationActionType.ENABLE_IOT_LOGGING);

    expect(AuditCheck.all().map((check) => check.mitigationActionTypes))
      .toEqual(CHECKS.map((check) => check.mitigations));
  });

  test('does not change when somebody changes the array that all() returned', () => {
    AuditCheck.all().pop();

    expect(AuditCheck.all()).toHaveLength(17);
  });
});

describe('AuditCheck.of', () => {
  const PROPS = {
    propertyName: 'QuantumSafetyCheck',
    severity: AuditSeverity.HIGH,
    resourceType: AuditResourceType.IAM_ROLE,
  };

  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'us-east-1' } });
  });

  test('reaches the configuration and the schedule', () => {
    const check = AuditCheck.of('QUANTUM_SAFETY_CHECK', PROPS);
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: [check] });
    new ScheduledAudit(stack, 'Audit', { configuration, schedule: AuditSchedule.daily() });

    const template = Template.fromStack(stack);
    const off = CHECKS.map(({ propertyName }) => [propertyName, { Enabled: false }]);
    template.hasResourceProperties('AWS::IoT::AccountAuditConfiguration', {
      AuditCheckConfigurations: Match.objectEquals({
        ...Object.fromEntries(off), QuantumSafetyCheck: { Enabled: true },
      }),
    });
    template.hasResourceProperties('AWS::IoT::ScheduledAudit', { TargetCheckNames: ['QUANTUM_SAFETY_CHECK'] });
  });

  test('has what it is given', () => {
    const mitigationActionTypes = [
      MitigationActionType.UPDATE_CA_CERTIFICATE, MitigationActionType.PUBLISH_FINDING_TO_SNS,
    ];
    const check = AuditCheck.of('QUANTUM_SAFETY_CHECK', { ...PROPS, mitigationActionTypes });

    expect({ ...check }).toMatchObject({ ...PROPS, checkName: 'QUANTUM_SAFETY_CHECK', mitigationActionTypes });
    expect(check.threshold).toBeUndefined();
  });

  test('only has its findings published by default', () => {
    expect(AuditCheck.of('QUANTUM_SAFETY_CHECK', PROPS).mitigationActionTypes).toEqual(['PUBLISH_FINDING_TO_SNS']);
  });

  test.each(['SEVERE', 'high', '', undefined])('fails for the severity %j', (severity) => {
    const options = { ...PROPS, severity: severity as AuditSeverity };

    expect(() => AuditCheck.of('QUANTUM_SAFETY_CHECK', options)).toThrow(new Error(
      `AuditCheck.of: 'severity' must be an AuditSeverity, got '${severity}'; take one of its members`));
  });

  test.each(['DEVICE', 'iam_role', '', undefined])('fails for the resource type %j', (resourceType) => {
    const options = { ...PROPS, resourceType: resourceType as AuditResourceType };

    expect(() => AuditCheck.of('QUANTUM_SAFETY_CHECK', options)).toThrow(new Error(
      `AuditCheck.of: 'resourceType' must be an AuditResourceType, got '${resourceType}'; take one of its members`));
  });

  test('passes tokens', () => {
    const severity = Token.asString({ Ref: 'Severity' }) as AuditSeverity;
    const resourceType = Token.asString({ Ref: 'ResourceType' }) as AuditResourceType;

    expect({ ...AuditCheck.of('QUANTUM_SAFETY_CHECK', { ...PROPS, severity, resourceType }) })
      .toMatchObject({ severity, resourceType });
  });

  test('keeps its own list of mitigations', () => {
    const given = [MitigationActionType.PUBLISH_FINDING_TO_SNS];
    const check = AuditCheck.of('QUANTUM_SAFETY_CHECK', { ...PROPS, mitigationActionTypes: given });
    given.push(MitigationActionType.ENABLE_IOT_LOGGING);

    expect(check.mitigationActionTypes).toEqual(['PUBLISH_FINDING_TO_SNS']);
  });

  test.each(REGIONS)('is taken to exist in %s', (region) => {
    expect(AuditCheck.of('QUANTUM_SAFETY_CHECK', PROPS).isAvailableIn(region)).toBe(true);
  });

  test('does not join the table', () => {
    AuditCheck.of('QUANTUM_SAFETY_CHECK', PROPS);

    expect(AuditCheck.all().map((check) => check.checkName)).not.toContain('QUANTUM_SAFETY_CHECK');
  });
});

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
