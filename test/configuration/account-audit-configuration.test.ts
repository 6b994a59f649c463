import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { AccountAuditConfiguration, AccountAuditConfigurationProps, AuditCheck } from '../../src';
import { ACCOUNT, ENV } from '../support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';

const ON = { Enabled: true };
const OFF = { Enabled: false };
const DEFAULT_AGE = { Enabled: true, Configuration: { CertAgeThresholdInDays: '365' } };
const DEFAULT_EXPIRY = { Enabled: true, Configuration: { CertExpirationThresholdInDays: '30' } };

const CHECKS_OF_EVERY_REGION = {
  CaCertificateExpiringCheck: ON,
  ConflictingClientIdsCheck: ON,
  DeviceCertificateAgeCheck: DEFAULT_AGE,
  DeviceCertificateExpiringCheck: DEFAULT_EXPIRY,
  DeviceCertificateSharedCheck: ON,
  IntermediateCaRevokedForActiveDeviceCertificatesCheck: ON,
  IoTPolicyPotentialMisConfigurationCheck: ON,
  IotPolicyOverlyPermissiveCheck: ON,
  LoggingDisabledCheck: ON,
  RevokedCaCertificateStillActiveCheck: ON,
  RevokedDeviceCertificateStillActiveCheck: ON,
};
const KEY_QUALITY_CHECKS = { CaCertificateKeyQualityCheck: ON, DeviceCertificateKeyQualityCheck: ON };
const COGNITO_CHECKS = {
  AuthenticatedCognitoRoleOverlyPermissiveCheck: ON,
  UnauthenticatedCognitoRoleOverlyPermissiveCheck: ON,
};
const ROLE_ALIAS_CHECKS = { IotRoleAliasAllowsAccessToUnusedServicesCheck: ON, IotRoleAliasOverlyPermissiveCheck: ON };
const ALL_CHECKS = { ...CHECKS_OF_EVERY_REGION, ...KEY_QUALITY_CHECKS, ...COGNITO_CHECKS, ...ROLE_ALIAS_CHECKS };

function stackIn(region?: string): Stack {
  return new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region } });
}

function switchedOff(checks: object): object {
  return Object.fromEntries(Object.keys(checks).map((name) => [name, OFF]));
}

describe('AccountAuditConfiguration', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function expectChecks(checks: object): void {
    Template.fromStack(stack).hasResourceProperties(CONFIGURATION, {
      AuditCheckConfigurations: Match.objectEquals(checks),
    });
  }

  function configure(props: AccountAuditConfigurationProps): AccountAuditConfiguration {
    return new AccountAuditConfiguration(stack, 'Configuration', props);
  }

  describe('by default', () => {
    let configuration: AccountAuditConfiguration;

    beforeEach(() => {
      configuration = new AccountAuditConfiguration(stack, 'Configuration');
    });

    test('enables every check with the thresholds of AWS', () => {
      expect(Object.keys(ALL_CHECKS)).toHaveLength(17);
      expectChecks(ALL_CHECKS);
    });

    test('consists of the configuration and its role alone', () => {
      const template = Template.fromStack(stack);

      template.resourceCountIs(CONFIGURATION, 1);
      template.resourceCountIs('AWS::IAM::Role', 1);
      expect(Object.keys(template.toJSON().Resources)).toHaveLength(2);
    });

    test('is for the account that it is deployed to, even where the account is known', () => {
      expect(stack.account).toBe(ACCOUNT);
      Template.fromStack(stack).hasResourceProperties(CONFIGURATION, { AccountId: { Ref: 'AWS::AccountId' } });
    });

    test('notifies nobody', () => {
      Template.fromStack(stack).hasResourceProperties(CONFIGURATION, {
        AuditNotificationTargetConfigurations: Match.absent(),
      });
      expect(configuration.notificationTopic).toBeUndefined();
      expect(configuration.notificationRole).toBeUndefined();
    });

    test('has no conditions where the region is known', () => {
      expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Conditions');
    });

    test('says which checks it enables', () => {
      expect(configuration.enabledChecks).toEqual(AuditCheck.all());
    });

    test('can be referenced where the generated interface is asked for', () => {
      expect(stack.resolve(configuration.accountAuditConfigurationRef)).toEqual({
        accountId: { Ref: 'AWS::AccountId' },
      });
      expect(stack.resolve(configuration.accountAuditConfigurationAccountId)).toEqual({ Ref: 'AWS::AccountId' });
    });

    test('has the L1 as its default child', () => {
      expect(configuration.node.defaultChild).toBeInstanceOf(CfnAccountAuditConfiguration);
    });
  });

  describe('with checks', () => {
    test('switches off every other check', () => {
      const configuration = configure({ checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS] });

      expectChecks({ ...switchedOff(ALL_CHECKS), LoggingDisabledCheck: ON, ConflictingClientIdsCheck: ON });
      expect(configuration.enabledChecks).toEqual([AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS]);
    });

    test('takes thresholds', () => {
      configure({
        checks: [
          AuditCheck.deviceCertificateAge(Duration.days(700)),
          AuditCheck.deviceCertificateExpiring(Duration.days(90)),
        ],
      });

      expectChecks({
        ...switchedOff(ALL_CHECKS),
        DeviceCertificateAgeCheck: { Enabled: true, Configuration: { CertAgeThresholdInDays: '700' } },
        DeviceCertificateExpiringCheck: { Enabled: true, Configuration: { CertExpirationThresholdInDays: '90' } },
      });
    });

    test('does not mind what happens to the arrays afterwards', () => {
      const checks = [AuditCheck.LOGGING_DISABLED];
      const configuration = configure({ checks });
      checks.push(AuditCheck.CONFLICTING_CLIENT_IDS);
      configuration.enabledChecks?.push(AuditCheck.CONFLICTING_CLIENT_IDS);

      expect(configuration.enabledChecks).toEqual([AuditCheck.LOGGING_DISABLED]);
      expectChecks({ ...switchedOff(ALL_CHECKS), LoggingDisabledCheck: ON });
    });
  });

  describe.each([
    ['us-gov-west-1', CHECKS_OF_EVERY_REGION],
    ['us-gov-east-1', CHECKS_OF_EVERY_REGION],
    ['cn-north-1', { ...CHECKS_OF_EVERY_REGION, ...KEY_QUALITY_CHECKS, ...COGNITO_CHECKS }],
    ['cn-northwest-1', { ...CHECKS_OF_EVERY_REGION, ...KEY_QUALITY_CHECKS }],
    ['eu-west-1', ALL_CHECKS],
  ])('in %s', (region, available) => {
    beforeEach(() => {
      stack = stackIn(region);
    });

    test('enables the checks that the region has', () => {
      const configuration = new AccountAuditConfiguration(stack, 'Configuration');

      expectChecks(available);
      expect(configuration.enabledChecks?.map((check) => check.propertyName).sort()).toEqual(
        Object.keys(available).sort(),
      );
      expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Conditions');
    });

    test('does not even switch off the checks that the region does not have', () => {
      configure({ checks: [AuditCheck.LOGGING_DISABLED] });

      expectChecks({ ...switchedOff(available), LoggingDisabledCheck: ON });
    });
  });

  describe('where the region is only known at deployment', () => {
    const OUTSIDE_GOVCLOUD = { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-us-gov'] }] };
    const CONDITIONS = {
      IotAuditCheckOutsideGovCloud: OUTSIDE_GOVCLOUD,
      IotAuditCheckOutsideGovCloudAndNingxia: {
        'Fn::And': [OUTSIDE_GOVCLOUD, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'cn-northwest-1'] }] }],
      },
      IotAuditCheckOutsideGovCloudAndChina: {
        'Fn::And': [OUTSIDE_GOVCLOUD, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] }] }],
      },
    };

    beforeEach(() => {
      stack = stackIn();
    });

    function where(condition: keyof typeof CONDITIONS, checks: object): object {
      return Object.fromEntries(Object.entries(checks)
        .map(([name, value]) => [name, { 'Fn::If': [condition, value, { Ref: 'AWS::NoValue' }] }]));
    }

    function conditional(all: (checks: object) => object): object {
      return {
        ...all(CHECKS_OF_EVERY_REGION),
        ...where('IotAuditCheckOutsideGovCloud', all(KEY_QUALITY_CHECKS)),
        ...where('IotAuditCheckOutsideGovCloudAndNingxia', all(COGNITO_CHECKS)),
        ...where('IotAuditCheckOutsideGovCloudAndChina', all(ROLE_ALIAS_CHECKS)),
      };
    }

    test('leaves out by condition the six checks that some regions do not have', () => {
      new AccountAuditConfiguration(stack, 'Configuration');

      expectChecks(conditional((checks) => checks));
      expect(Template.fromStack(stack).toJSON().Conditions).toEqual(CONDITIONS);
    });

    test('switches off by condition the checks that are not given', () => {
      configure({ checks: [AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE] });

      expectChecks({
        ...conditional(switchedOff),
        IotRoleAliasOverlyPermissiveCheck: {
          'Fn::If': ['IotAuditCheckOutsideGovCloudAndChina', ON, { Ref: 'AWS::NoValue' }],
        },
      });
    });

    test('takes a check that some regions do not have', () => {
      expect(configure({ checks: [AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE] }).enabledChecks)
        .toEqual([AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE]);
    });

    test('puts the conditions into the stack of the configuration, also when it is nested', () => {
      const nested = new NestedStack(stack, 'Nested');
      new AccountAuditConfiguration(nested, 'Configuration');

      expect(Template.fromStack(nested).toJSON().Conditions).toEqual(CONDITIONS);
      expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Conditions');
    });
  });
});

describe('AccountAuditConfiguration.fromAccountAuditConfigurationAttributes', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('knows nothing of the checks by default', () => {
    const imported = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Imported');

    expect(imported.enabledChecks).toBeUndefined();
  });

  test('knows the checks that it is given', () => {
    const imported = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Imported', {
      enabledChecks: [AuditCheck.LOGGING_DISABLED],
    });

    expect(imported.enabledChecks).toEqual([AuditCheck.LOGGING_DISABLED]);
  });

  test('is that of the account and region of the stack', () => {
    const imported = AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Imported');

    expect(imported.env).toEqual(ENV);
    expect(stack.resolve(imported.accountAuditConfigurationAccountId)).toEqual({ Ref: 'AWS::AccountId' });
    expect(stack.resolve(imported.accountAuditConfigurationRef)).toEqual({ accountId: { Ref: 'AWS::AccountId' } });
  });

  test('defines nothing', () => {
    AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Imported');

    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });

  test('is no second configuration', () => {
    AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(stack, 'Imported');
    new AccountAuditConfiguration(stack, 'Configuration');

    Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
  });
});
