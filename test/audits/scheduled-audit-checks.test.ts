import { App, Fn, Lazy, Resource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CfnAccountAuditConfiguration, CfnAccountAuditConfigurationProps, IAccountAuditConfigurationRef,
} from 'aws-cdk-lib/aws-iot';
import {
  AccountAuditConfiguration, AuditCheck, AuditResourceType, AuditSchedule, AuditSeverity, FleetAudit, OnDemandAudit,
  ScheduledAudit,
} from '../../src';
import { ACCOUNT, ENV, onlyResource } from '../support/templates';

const AUDIT = 'AWS::IoT::ScheduledAudit';
const TWO_CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED];

describe('ScheduledAudit', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function schedule(
    configuration: IAccountAuditConfigurationRef, checks?: AuditCheck[], scope = stack,
  ): ScheduledAudit {
    return new ScheduledAudit(scope, 'Audit', { configuration, checks, schedule: AuditSchedule.daily() });
  }

  function imported(enabledChecks?: AuditCheck[], scope = stack) {
    return AccountAuditConfiguration.fromAccountAuditConfigurationAttributes(scope, 'Imported', { enabledChecks });
  }

  test('fails with a FleetAudit instead of its configuration', () => {
    const fleetAudit = new FleetAudit(stack, 'FleetAudit');

    // @ts-expect-error -- JavaScript and Python do not notice
    expect(() => schedule(fleetAudit, TWO_CHECKS)).toThrow(new Error(
      "Stack/Audit: 'configuration' must be an account audit configuration, got Stack/FleetAudit; "
        + 'pass its `configuration`',
    ));
  });

  describe('with an imported configuration', () => {
    test('runs every check that it is known to enable', () => {
      schedule(imported(TWO_CHECKS));

      const audit = onlyResource(stack, AUDIT);
      expect(audit.Properties.TargetCheckNames).toEqual(['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK']);
      expect(audit).not.toHaveProperty('DependsOn');
    });

    test('does not mind what happens to the array afterwards', () => {
      const enabledChecks = [...TWO_CHECKS];
      const configuration = imported(enabledChecks);
      enabledChecks.pop();
      configuration.enabledChecks?.pop();

      expect(schedule(configuration).checks).toEqual(TWO_CHECKS);
    });

    test('takes any check where it is not known what is enabled', () => {
      schedule(imported(), [AuditCheck.CONFLICTING_CLIENT_IDS]);

      expect(onlyResource(stack, AUDIT).Properties.TargetCheckNames).toEqual(['CONFLICTING_CLIENT_IDS_CHECK']);
    });

    test('fails with a check that it is known not to enable', () => {
      expect(() => schedule(imported(TWO_CHECKS), [AuditCheck.CONFLICTING_CLIENT_IDS])).toThrow(new Error(
        "Stack/Audit: 'checks' must be enabled by Stack/Imported, got CONFLICTING_CLIENT_IDS_CHECK; "
        + 'enable them in the configuration, or leave them out here',
      ));
    });

    test('fails without checks where it is not known what is enabled', () => {
      expect(() => schedule(imported())).toThrow(new Error(
        "Stack/Audit: 'checks' must be given where the enabled checks of Stack/Imported are not known, got none; "
        + 'name the checks, or import the configuration with its enabledChecks',
      ));
    });
  });

  describe('with a configuration of CloudFormation', () => {
    let raw: CfnAccountAuditConfiguration;

    beforeEach(() => {
      raw = new CfnAccountAuditConfiguration(stack, 'Raw', {
        accountId: ACCOUNT,
        roleArn: `arn:aws:iam::${ACCOUNT}:role/audit`,
        auditCheckConfigurations: { loggingDisabledCheck: { enabled: true } },
      });
    });

    test('runs the checks that it is given, and is created after it', () => {
      schedule(raw, [AuditCheck.LOGGING_DISABLED]);

      const audit = onlyResource(stack, AUDIT);
      expect(audit.Properties.TargetCheckNames).toEqual(['LOGGING_DISABLED_CHECK']);
      expect(audit.DependsOn).toEqual(['Raw']);
    });

    function enabling(auditCheckConfigurations: CfnAccountAuditConfigurationProps['auditCheckConfigurations']): void {
      raw.auditCheckConfigurations = auditCheckConfigurations;
    }

    const CONDITIONAL = Fn.conditionIf('Condition', { Enabled: true }, { Enabled: false });

    test.each<[string, CfnAccountAuditConfigurationProps['auditCheckConfigurations']]>([
      ['leaves out', { loggingDisabledCheck: { enabled: true } }],
      ['switches off', { deviceCertificateSharedCheck: { enabled: false } }],
      ['does not switch on', { deviceCertificateSharedCheck: {} }],
    ])('fails at synth with a check that it %s', (_, checks) => {
      schedule(raw, [AuditCheck.DEVICE_CERTIFICATE_SHARED]);
      enabling(checks);

      expect(() => app.synth())
        .toThrow('[Stack/Audit] \'checks\' must be enabled by Stack/Raw, got DEVICE_CERTIFICATE_SHARED_CHECK; '
        + 'enable them in its auditCheckConfigurations, also where an override does so, or leave them out here');
    });

    test('fails with it in an audit at deployment as well', () => {
      new OnDemandAudit(stack, 'Now', { configuration: raw, checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED] });

      expect(() => app.synth())
        .toThrow('[Stack/Now] \'checks\' must be enabled by Stack/Raw, got DEVICE_CERTIFICATE_SHARED_CHECK;');
    });

    test.each<[string, CfnAccountAuditConfigurationProps['auditCheckConfigurations']]>([
      ['of all checks', Lazy.any({ produce: () => CONDITIONAL })],
      ['of the check', { deviceCertificateSharedCheck: CONDITIONAL }],
      ['of being enabled', { deviceCertificateSharedCheck: { enabled: Fn.conditionIf('Condition', true, false) } }],
      ['of an override', {}],
    ])('does not know what becomes at deployment %s', (_, checks) => {
      schedule(raw, [AuditCheck.DEVICE_CERTIFICATE_SHARED]);
      enabling(checks);

      expect(() => app.synth()).not.toThrow();
    });

    test('passes a check that CloudFormation\'s resource has no property for', () => {
      schedule(raw, [AuditCheck.of('BRAND_NEW_CHECK', {
        propertyName: 'BrandNewCheck', severity: AuditSeverity.HIGH, resourceType: AuditResourceType.IOT_POLICY,
      })]);

      expect(() => app.synth()).not.toThrow();
    });

    test('knows every check in whichever case the resource spells it', () => {
      const everything = AuditCheck.all()
        .map(({ propertyName }) => [propertyName.charAt(0).toLowerCase() + propertyName.slice(1), { enabled: true }]);
      schedule(raw, AuditCheck.all());
      enabling(Object.fromEntries(everything));

      expect(() => app.synth()).not.toThrow();
      const rendered = onlyResource(stack, 'AWS::IoT::AccountAuditConfiguration').Properties.AuditCheckConfigurations;
      expect(Object.keys(rendered).sort()).toEqual(AuditCheck.all().map(({ propertyName }) => propertyName).sort());
    });

    test('looks into the resource of another library\'s construct', () => {
      class Other extends Resource implements IAccountAuditConfigurationRef {
        public readonly accountAuditConfigurationRef = raw.accountAuditConfigurationRef;
      }
      const other = new Other(stack, 'Other');
      other.node.defaultChild = raw;
      schedule(other, [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED]);

      expect(() => app.synth())
        .toThrow('[Stack/Audit] \'checks\' must be enabled by Stack/Raw, got DEVICE_CERTIFICATE_SHARED_CHECK;');
    });

    test('fails in another region', () => {
      const other = new Stack(app, 'Other', { env: { ...ENV, region: 'eu-west-1' } });

      expect(() => schedule(raw, [AuditCheck.LOGGING_DISABLED], other)).toThrow(new Error(
        "Other/Audit: 'configuration' must be that of the stack's region eu-west-1, got Stack/Raw of us-east-1; "
        + 'define the audit where its configuration is, or import the configuration of this account and region',
      ));
    });

    test('fails without checks', () => {
      expect(() => schedule(raw)).toThrow(new Error(
        "Stack/Audit: 'checks' must be given where the enabled checks of Stack/Raw are not known, got none; "
        + 'name the checks, or import the configuration with its enabledChecks',
      ));
    });
  });

  describe('with checks', () => {
    test('fails without any', () => {
      expect(() => schedule(imported(), [])).toThrow(new Error(
        "Stack/Audit: 'checks' must hold at least one check, got none; "
          + 'add a check, or leave the property out for the default',
      ));
    });

    test('fails with one twice', () => {
      expect(() => schedule(imported(), [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED])).toThrow(new Error(
        "Stack/Audit: 'checks' must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; "
        + 'keep one of each',
      ));
    });

    test('fails with one that the region does not have', () => {
      const govCloud = new Stack(app, 'GovCloud', { env: { account: ACCOUNT, region: 'us-gov-west-1' } });

      expect(() => schedule(imported(undefined, govCloud), [AuditCheck.CA_CERTIFICATE_KEY_QUALITY], govCloud))
        .toThrow(new Error(
          "GovCloud/Audit: 'checks' must only hold checks that us-gov-west-1 has, got "
            + 'CA_CERTIFICATE_KEY_QUALITY_CHECK; '
          + 'remove them, or leave the property out for every check of the region',
        ));
    });

    test('leaves out of an imported list what the region does not have', () => {
      const govCloud = new Stack(app, 'GovCloud', { env: { account: ACCOUNT, region: 'us-gov-west-1' } });
      const configuration = imported([AuditCheck.CA_CERTIFICATE_KEY_QUALITY, AuditCheck.LOGGING_DISABLED], govCloud);

      expect(schedule(configuration, undefined, govCloud).checks).toEqual([AuditCheck.LOGGING_DISABLED]);
    });

    test('leaves out by condition, shared with the configuration, what some regions do not have', () => {
      const agnostic = new Stack(app, 'Agnostic');
      const checks = [
        AuditCheck.CA_CERTIFICATE_KEY_QUALITY,
        AuditCheck.LOGGING_DISABLED,
        AuditCheck.AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
        AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
      ];
      schedule(new AccountAuditConfiguration(agnostic, 'Configuration', { checks }), undefined, agnostic);

      const nothing = { Ref: 'AWS::NoValue' };
      expect(onlyResource(agnostic, AUDIT).Properties.TargetCheckNames).toEqual([
        { 'Fn::If': ['IotAuditCheckOutsideGovCloud', 'CA_CERTIFICATE_KEY_QUALITY_CHECK', nothing] },
        'LOGGING_DISABLED_CHECK',
        {
          'Fn::If': [
            'IotAuditCheckOutsideGovCloudAndNingxia', 'AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK', nothing,
          ],
        },
        { 'Fn::If': ['IotAuditCheckOutsideGovCloudAndChina', 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK', nothing] },
      ]);
      expect(Object.keys(Template.fromStack(agnostic).toJSON().Conditions).sort()).toEqual([
        'IotAuditCheckOutsideGovCloud', 'IotAuditCheckOutsideGovCloudAndChina',
        'IotAuditCheckOutsideGovCloudAndNingxia',
      ]);
    });
  });
});
