import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration, IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { AccountAuditConfiguration, AuditCheck, FleetAudit, OnDemandAudit } from '../../src';
import { ACCOUNT, ENV, onlyResource } from '../support/templates';

const AUDIT = 'Custom::IotOnDemandAudit';
const TWO_CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED];
const AGED = { Name: 'DEVICE_CERTIFICATE_AGE_CHECK', Severity: 'LOW', Threshold: '700' };
const NOTHING = { Ref: 'AWS::NoValue' };

describe('OnDemandAudit', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function configure(checks?: AuditCheck[], scope = stack): AccountAuditConfiguration {
    return new AccountAuditConfiguration(scope, 'Configuration', { checks });
  }

  function imported(enabledChecks?: AuditCheck[], scope = stack) {
    return AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(scope, 'Imported', { enabledChecks });
  }

  function audit(configuration: IAccountAuditConfigurationRef, checks?: AuditCheck[], scope = stack): OnDemandAudit {
    return new OnDemandAudit(scope, 'Audit', { configuration, checks });
  }

  function logicalIdOf({ node }: AccountAuditConfiguration): string {
    return stack.getLogicalId(node.defaultChild as CfnAccountAuditConfiguration);
  }

  describe('with a configuration of the app', () => {
    test('runs every check that it enables, with its threshold', () => {
      const checks = [AuditCheck.LOGGING_DISABLED, AuditCheck.deviceCertificateAge(Duration.days(700))];
      const onDemandAudit = audit(configure(checks));

      const { Properties } = onlyResource(stack, AUDIT);
      expect(Properties.Checks).toEqual([{ Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' }, AGED]);
      expect(Properties).not.toHaveProperty('EnabledChecksOnly');
      expect(onDemandAudit.checks).toEqual(checks);
    });

    test('runs the checks that it is given, with the thresholds of the configuration', () => {
      const aging = AuditCheck.deviceCertificateAge(Duration.days(700));
      const onDemandAudit = audit(configure([AuditCheck.LOGGING_DISABLED, aging]), [AuditCheck.DEVICE_CERTIFICATE_AGE]);

      expect(onlyResource(stack, AUDIT).Properties.Checks).toEqual([AGED]);
      expect(onDemandAudit.checks).toEqual([aging]);
    });

    test('is created after it, and deleted before', () => {
      const configuration = configure(TWO_CHECKS);
      audit(configuration);

      expect(onlyResource(stack, AUDIT).Properties.Configuration).toEqual({ Ref: logicalIdOf(configuration) });
    });

    test('is deployed after its stack', () => {
      const configuration = configure(TWO_CHECKS);
      const other = new Stack(app, 'Other', { env: ENV });
      audit(configuration, undefined, other);
      app.synth();

      expect(other.dependencies.map(({ node }) => node.path)).toEqual(['Stack']);
      expect(onlyResource(other, AUDIT).DependsOn).not.toContain(logicalIdOf(configuration));
    });

    test('fails with checks that it does not enable', () => {
      const checks = [
        AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS, AuditCheck.CA_CERTIFICATE_EXPIRING,
      ];
      const configuration = configure(TWO_CHECKS);

      expect(() => audit(configuration, checks)).toThrow(new Error(
        "Stack/Audit: 'checks' must be enabled by Stack/Configuration, got CONFLICTING_CLIENT_IDS_CHECK, "
          + 'CA_CERTIFICATE_EXPIRING_CHECK; '
        + 'enable them in the configuration, or leave them out here',
      ));
    });

    test.each([
      ['region eu-west-1', 'us-east-1', { account: ACCOUNT, region: 'eu-west-1' }],
      ['account 222222222222', ACCOUNT, { account: '222222222222', region: 'us-east-1' }],
      [
        'account 222222222222 and region eu-west-1', `${ACCOUNT} and us-east-1`,
        { account: '222222222222', region: 'eu-west-1' },
      ],
    ])('fails in another %s', (mine, its, env) => {
      const configuration = configure(TWO_CHECKS);

      expect(() => audit(configuration, undefined, new Stack(app, 'Other', { env }))).toThrow(new Error(
        `Other/Audit: 'configuration' must be that of the stack's ${mine}, got Stack/Configuration of ${its}; `
        + 'define the audit where its configuration is, or import the configuration of this account and region',
      ));
    });

    test('adds no function to the stack when it fails', () => {
      const configuration = configure(TWO_CHECKS);
      expect(() => audit(configuration, [])).toThrow();

      Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
    });
  });

  describe('with an imported configuration', () => {
    test('runs every check that it is known to enable', () => {
      const onDemandAudit = audit(imported(TWO_CHECKS));

      const { Properties } = onlyResource(stack, AUDIT);
      expect(Properties.Checks).toEqual([
        { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
        { Name: 'DEVICE_CERTIFICATE_SHARED_CHECK', Severity: 'CRITICAL' },
      ]);
      expect(Properties).not.toHaveProperty('EnabledChecksOnly');
      expect(onDemandAudit.checks).toEqual(TWO_CHECKS);
    });

    test('runs whatever it turns out to enable where that is not known', () => {
      const onDemandAudit = audit(imported());

      const { Properties } = onlyResource(stack, AUDIT);
      expect(Properties.EnabledChecksOnly).toBe('true');
      expect(Properties.Checks.map(({ Name }: { Name: string }) => Name))
        .toEqual(AuditCheck.all().map(({ checkName }) => checkName));
      expect(onDemandAudit.checks).toBeUndefined();
    });

    test('takes any check where it is not known what is enabled, and fails at deployment if it is not', () => {
      audit(imported(), [AuditCheck.CONFLICTING_CLIENT_IDS]);

      const { Properties } = onlyResource(stack, AUDIT);
      expect(Properties.Checks).toEqual([{ Name: 'CONFLICTING_CLIENT_IDS_CHECK', Severity: 'HIGH' }]);
      expect(Properties).not.toHaveProperty('EnabledChecksOnly');
    });

    test('depends on nothing but the function and its permissions', () => {
      audit(imported(TWO_CHECKS));

      expect(onlyResource(stack, AUDIT).DependsOn).toEqual([
        expect.stringMatching(/^CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfig/),
        expect.stringMatching(/^CdkIotFleetAuditCustomResourcesPoliciesStartAudit/),
      ]);
    });

    test('fails with a check that it is known not to enable', () => {
      expect(() => audit(imported(TWO_CHECKS), [AuditCheck.CONFLICTING_CLIENT_IDS])).toThrow(new Error(
        "Stack/Audit: 'checks' must be enabled by Stack/Imported, got CONFLICTING_CLIENT_IDS_CHECK; "
        + 'enable them in the configuration, or leave them out here',
      ));
    });
  });

  describe('with a configuration of CloudFormation', () => {
    test('is created after it, and runs what it turns out to enable', () => {
      audit(new CfnAccountAuditConfiguration(stack, 'Raw', {
        accountId: ACCOUNT,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/audit`,
        auditCheckConfigurations: { loggingDisabledCheck: { enabled: true } },
      }));

      const { Properties } = onlyResource(stack, AUDIT);
      expect(Properties.Configuration).toEqual({ Ref: 'Raw' });
      expect(Properties.EnabledChecksOnly).toBe('true');
      expect(Properties.Checks).toHaveLength(17);
    });
  });

  describe('with something else than a configuration', () => {
    const USE = 'pass an AccountAuditConfiguration, or the `configuration` of a FleetAudit';

    test('fails with a FleetAudit, and names its configuration', () => {
      const fleetAudit = new FleetAudit(stack, 'FleetAudit');

      // @ts-expect-error -- JavaScript and Python do not notice
      expect(() => audit(fleetAudit)).toThrow(new Error(
        "Stack/Audit: 'configuration' must be an account audit configuration, got Stack/FleetAudit; "
          + 'pass its `configuration`',
      ));
    });

    test.each<[unknown, string]>([
      [new Stack(undefined, 'Other'), 'Other'], [undefined, 'undefined'], [null, 'null'], ['an id', 'an id'],
    ])('fails with %#', (given, named) => {
      expect(() => audit(given as IAccountAuditConfigurationRef)).toThrow(new Error(
        `Stack/Audit: 'configuration' must be an account audit configuration, got ${named}; ${USE}`,
      ));
    });
  });

  describe('with checks', () => {
    test('fails without any', () => {
      expect(() => audit(imported(), [])).toThrow(new Error(
        "Stack/Audit: 'checks' must hold at least one check, got none; "
          + 'add a check, or leave the property out for the default',
      ));
    });

    test('fails with one twice', () => {
      expect(() => audit(imported(), [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED])).toThrow(new Error(
        "Stack/Audit: 'checks' must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; "
        + 'keep one of each',
      ));
    });

    test('does not mind what happens to the array afterwards', () => {
      const checks = [AuditCheck.LOGGING_DISABLED];
      const onDemandAudit = audit(imported(), checks);
      checks.push(AuditCheck.DEVICE_CERTIFICATE_SHARED);

      expect(onDemandAudit.checks).toEqual([AuditCheck.LOGGING_DISABLED]);
    });
  });

  describe('in GovCloud', () => {
    let govCloud: Stack;

    beforeEach(() => {
      govCloud = new Stack(app, 'GovCloud', { env: { account: ACCOUNT, region: 'us-gov-west-1' } });
    });

    test('leaves out what the region does not have', () => {
      audit(imported(undefined, govCloud), undefined, govCloud);

      expect(onlyResource(govCloud, AUDIT).Properties.Checks.map(({ Name }: { Name: string }) => Name)).toEqual([
        'CA_CERTIFICATE_EXPIRING_CHECK',
        'CONFLICTING_CLIENT_IDS_CHECK',
        'DEVICE_CERTIFICATE_AGE_CHECK',
        'DEVICE_CERTIFICATE_EXPIRING_CHECK',
        'DEVICE_CERTIFICATE_SHARED_CHECK',
        'INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK',
        'IOT_POLICY_OVERLY_PERMISSIVE_CHECK',
        'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK',
        'LOGGING_DISABLED_CHECK',
        'REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK',
        'REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK',
      ]);
    });

    test('fails with a check that the region does not have', () => {
      expect(
        () => audit(imported(undefined, govCloud), [AuditCheck.CA_CERTIFICATE_KEY_QUALITY], govCloud),
      ).toThrow(new Error(
        "GovCloud/Audit: 'checks' must only hold checks that us-gov-west-1 has, got CA_CERTIFICATE_KEY_QUALITY_CHECK; "
        + 'remove them, or leave the property out for every check of the region',
      ));
    });
  });

  test('leaves out by condition what a region that is not known yet does not have', () => {
    const agnostic = new Stack(app, 'Agnostic');
    audit(configure([
      AuditCheck.CA_CERTIFICATE_KEY_QUALITY,
      AuditCheck.LOGGING_DISABLED,
      AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
      AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
    ], agnostic), undefined, agnostic);

    const critical = (Name: string) => ({ Name, Severity: 'CRITICAL' });
    expect(onlyResource(agnostic, AUDIT).Properties.Checks).toEqual([
      { 'Fn::If': ['IotAuditCheckOutsideGovCloud', critical('CA_CERTIFICATE_KEY_QUALITY_CHECK'), NOTHING] },
      { Name: 'LOGGING_DISABLED_CHECK', Severity: 'LOW' },
      {
        'Fn::If': [
          'IotAuditCheckOutsideGovCloudAndNingxia', critical('AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK'),
          NOTHING,
        ],
      },
      {
        'Fn::If': ['IotAuditCheckOutsideGovCloudAndChina', critical('IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK'), NOTHING],
      },
    ]);
    expect(Object.keys(Template.fromStack(agnostic).toJSON().Conditions).sort()).toEqual([
      'IotAuditCheckOutsideGovCloud', 'IotAuditCheckOutsideGovCloudAndChina', 'IotAuditCheckOutsideGovCloudAndNingxia',
    ]);
  });
});
