import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSchedule, AuditSeverity, MitigationActionType, ScheduledAudit,
} from '../../src';
import { specifiedNames } from '../support/cloudformation-spec';

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
  },
  {
    checkName: 'CA_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'CaCertificateExpiringCheck',
    severity: 'MEDIUM', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'CA_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'CaCertificateKeyQualityCheck',
    severity: 'CRITICAL', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: GOVCLOUD,
  },
  {
    checkName: 'CONFLICTING_CLIENT_IDS_CHECK',
    propertyName: 'ConflictingClientIdsCheck',
    severity: 'HIGH', resourceType: 'CLIENT_ID', mitigations: PUBLISH, missingIn: [],
  },
  {
    checkName: 'DEVICE_CERTIFICATE_AGE_CHECK',
    propertyName: 'DeviceCertificateAgeCheck',
    severity: 'LOW', resourceType: 'DEVICE_CERTIFICATE', mitigations: PUBLISH, missingIn: [],
  },
  {
    checkName: 'DEVICE_CERTIFICATE_EXPIRING_CHECK',
    propertyName: 'DeviceCertificateExpiringCheck',
    severity: 'MEDIUM', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'DEVICE_CERTIFICATE_KEY_QUALITY_CHECK',
    propertyName: 'DeviceCertificateKeyQualityCheck',
    severity: 'CRITICAL', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: GOVCLOUD,
  },
  {
    checkName: 'DEVICE_CERTIFICATE_SHARED_CHECK',
    propertyName: 'DeviceCertificateSharedCheck',
    severity: 'CRITICAL', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
    propertyName: 'IntermediateCaRevokedForActiveDeviceCertificatesCheck',
    severity: 'CRITICAL', resourceType: 'ISSUER_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotPolicyOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'IOT_POLICY', mitigations: POLICY, missingIn: [],
  },
  {
    checkName: 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
    propertyName: 'IoTPolicyPotentialMisConfigurationCheck',
    severity: 'MEDIUM', resourceType: 'IOT_POLICY', mitigations: POLICY, missingIn: [],
  },
  {
    checkName: 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK',
    propertyName: 'IotRoleAliasAllowsAccessToUnusedServicesCheck',
    severity: 'MEDIUM', resourceType: 'ROLE_ALIAS', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_CHINA,
  },
  {
    checkName: 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'IotRoleAliasOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'ROLE_ALIAS', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_CHINA,
  },
  {
    checkName: 'LOGGING_DISABLED_CHECK',
    propertyName: 'LoggingDisabledCheck',
    severity: 'LOW', resourceType: 'ACCOUNT_SETTINGS', mitigations: LOGGING, missingIn: [],
  },
  {
    checkName: 'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedCaCertificateStillActiveCheck',
    severity: 'CRITICAL', resourceType: 'CA_CERTIFICATE', mitigations: CA_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
    propertyName: 'RevokedDeviceCertificateStillActiveCheck',
    severity: 'MEDIUM', resourceType: 'DEVICE_CERTIFICATE', mitigations: DEVICE_CERTIFICATE, missingIn: [],
  },
  {
    checkName: 'UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK',
    propertyName: 'UnauthenticatedCognitoRoleOverlyPermissiveCheck',
    severity: 'CRITICAL', resourceType: 'COGNITO_IDENTITY_POOL', mitigations: PUBLISH, missingIn: GOVCLOUD_AND_NINGXIA,
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
    }))).toEqual(CHECKS);
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

    expect(members.map(([name, check]) => [name, check.checkName])).toEqual(members.map(([name]) => [name, `${name}_CHECK`]));
  });

  test('has thresholds for the age and the expiry of device certificates alone', () => {
    const thresholds = AuditCheck.all().filter((check) => check.threshold).map((check) => [check.checkName, check.threshold?.toDays()]);

    expect(thresholds).toEqual([
      ['DEVICE_CERTIFICATE_AGE_CHECK', 365],
      ['DEVICE_CERTIFICATE_EXPIRING_CHECK', 30],
    ]);
  });

  test('does not change when somebody changes the array of another check with the same mitigations', () => {
    AuditCheck.deviceCertificateExpiring(AuditCheck.DEVICE_CERTIFICATE_EXPIRING.threshold!)
      .mitigationActionTypes.push(MitigationActionType.ENABLE_IOT_LOGGING);

    expect(AuditCheck.all().map((check) => check.mitigationActionTypes)).toEqual(CHECKS.map((check) => check.mitigations));
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
      AuditCheckConfigurations: Match.objectEquals({ ...Object.fromEntries(off), QuantumSafetyCheck: { Enabled: true } }),
    });
    template.hasResourceProperties('AWS::IoT::ScheduledAudit', { TargetCheckNames: ['QUANTUM_SAFETY_CHECK'] });
  });

  test('has what it is given', () => {
    const mitigationActionTypes = [MitigationActionType.UPDATE_CA_CERTIFICATE, MitigationActionType.PUBLISH_FINDING_TO_SNS];
    const check = AuditCheck.of('QUANTUM_SAFETY_CHECK', { ...PROPS, mitigationActionTypes });

    expect({ ...check }).toMatchObject({ ...PROPS, checkName: 'QUANTUM_SAFETY_CHECK', mitigationActionTypes });
    expect(check.threshold).toBeUndefined();
  });

  test('only has its findings published by default', () => {
    expect(AuditCheck.of('QUANTUM_SAFETY_CHECK', PROPS).mitigationActionTypes).toEqual(['PUBLISH_FINDING_TO_SNS']);
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
