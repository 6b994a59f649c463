import { App, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnAccountAuditConfiguration } from 'aws-cdk-lib/aws-iot';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AuditCheck, AuditNotificationTopic, AuditSchedule, DeploymentAudit, FleetAudit, FleetAuditProps, Mitigation, Weekday,
} from '../src';
import { ENV, onlyResource, removalsOf } from './support/templates';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';
const AUDIT = 'AWS::IoT::ScheduledAudit';
const DELETED = { deletion: 'Delete', replacement: 'Delete' };

describe('FleetAudit', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function audit(props?: FleetAuditProps): FleetAudit {
    return new FleetAudit(stack, 'FleetAudit', props);
  }

  function auditIds(): string[] {
    return Object.keys(Template.fromStack(stack).findResources(AUDIT)).sort();
  }

  describe('by default', () => {
    let fleetAudit: FleetAudit;

    beforeEach(() => {
      fleetAudit = new FleetAudit(stack, 'FleetAudit');
    });

    // Another logical id would replace the account's configuration, which cannot exist twice.
    test('has exactly these resources, under these logical ids', () => {
      const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;

      expect(Object.fromEntries(Object.entries(resources).map(([id, { Type }]) => [id, Type]))).toEqual({
        FleetAuditNotificationTopicKey8DC13B73: 'AWS::KMS::Key',
        FleetAuditNotificationTopicBA3EB8B8: 'AWS::SNS::Topic',
        FleetAuditNotificationTopicPolicy8650E61A: 'AWS::SNS::TopicPolicy',
        FleetAuditConfigurationAuditRoleCC526B43: 'AWS::IAM::Role',
        FleetAuditConfigurationNotificationRole79869758: 'AWS::IAM::Role',
        FleetAuditConfiguration6B655EB6: CONFIGURATION,
        FleetAuditConfigurationCheckReleaseAfter93912835: 'Custom::IotAuditCheckRelease',
        FleetAuditConfigurationCheckReleaseBefore4F66FE0C: 'Custom::IotAuditCheckRelease',
        FleetAuditDailyAudit0459CE8A: AUDIT,
        FleetAuditOnDemandAuditF46FD3D3: 'Custom::IotOnDemandAudit',
        CdkIotFleetAuditCustomResourcesFunction4012EAE7: 'AWS::Lambda::Function',
        CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB: 'AWS::Lambda::EventInvokeConfig',
        CdkIotFleetAuditCustomResourcesLogsAB20C9D6: 'AWS::Logs::LogGroup',
        CdkIotFleetAuditCustomResourcesPoliciesReleaseChecks56AD7157: 'AWS::IAM::Policy',
        CdkIotFleetAuditCustomResourcesPoliciesStartAuditAE8E7A4F: 'AWS::IAM::Policy',
        CdkIotFleetAuditCustomResourcesRole53B7B95A: 'AWS::IAM::Role',
      });
    });

    test('runs every check every day', () => {
      const template = Template.fromStack(stack);

      template.hasResourceProperties(AUDIT, Match.objectEquals({
        Frequency: 'DAILY',
        TargetCheckNames: AuditCheck.all().map((check) => check.checkName),
      }));
      expect(Object.values(onlyResource(stack, CONFIGURATION).Properties.AuditCheckConfigurations))
        .toEqual(Array(17).fill(expect.objectContaining({ Enabled: true })));
    });

    test('notifies a topic of its own', () => {
      expect(fleetAudit.notificationTopic).toBeInstanceOf(AuditNotificationTopic);
      expect(fleetAudit.configuration.notificationTopic).toBe(fleetAudit.notificationTopic);
    });

    test('has one schedule and no mitigation action', () => {
      expect(fleetAudit.scheduledAudits.map(({ node }) => node.path)).toEqual(['Stack/FleetAudit/DailyAudit']);
      expect(fleetAudit.mitigationActions).toEqual([]);
    });

    test('stays, except for the schedule and the audit at deployment', () => {
      const retained = { deletion: 'RetainExceptOnCreate', replacement: 'Retain' };

      expect(removalsOf(stack)).toEqual([
        ['AWS::IAM::Policy', {}],
        ['AWS::IAM::Policy', {}],
        ['AWS::IAM::Role', retained],
        ['AWS::IAM::Role', retained],
        ['AWS::IAM::Role', {}],
        [CONFIGURATION, retained],
        [AUDIT, {}],
        ['AWS::KMS::Key', retained],
        ['AWS::Lambda::EventInvokeConfig', {}],
        ['AWS::Lambda::Function', {}],
        ['AWS::Logs::LogGroup', DELETED],
        ['AWS::SNS::Topic', retained],
        ['AWS::SNS::TopicPolicy', retained],
        ['Custom::IotAuditCheckRelease', DELETED],
        ['Custom::IotAuditCheckRelease', DELETED],
        ['Custom::IotOnDemandAudit', DELETED],
      ]);
    });
  });

  test('goes completely when asked to', () => {
    audit({ removalPolicy: RemovalPolicy.DESTROY });

    expect(removalsOf(stack)).toEqual([
      ['AWS::IAM::Policy', {}],
      ['AWS::IAM::Policy', {}],
      ['AWS::IAM::Role', DELETED],
      ['AWS::IAM::Role', DELETED],
      ['AWS::IAM::Role', {}],
      [CONFIGURATION, DELETED],
      [AUDIT, {}],
      ['AWS::KMS::Key', DELETED],
      ['AWS::Lambda::EventInvokeConfig', {}],
      ['AWS::Lambda::Function', {}],
      ['AWS::Logs::LogGroup', DELETED],
      ['AWS::SNS::Topic', DELETED],
      ['AWS::SNS::TopicPolicy', DELETED],
      ['Custom::IotAuditCheckRelease', DELETED],
      ['Custom::IotAuditCheckRelease', DELETED],
      ['Custom::IotOnDemandAudit', DELETED],
    ]);
  });

  test('enables and runs the checks that it is given', () => {
    audit({ checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.deviceCertificateAge(Duration.days(700))] });

    const enabled = Object.entries<{ Enabled: boolean }>(
      onlyResource(stack, CONFIGURATION).Properties.AuditCheckConfigurations,
    )
      .filter(([, { Enabled }]) => Enabled);
    expect(enabled).toEqual([
      ['DeviceCertificateAgeCheck', { Enabled: true, Configuration: { CertAgeThresholdInDays: '700' } }],
      ['LoggingDisabledCheck', { Enabled: true }],
    ]);
    expect(onlyResource(stack, AUDIT).Properties.TargetCheckNames)
      .toEqual(['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_AGE_CHECK']);
  });

  test('uses the topic and the roles that it is given instead of its own', () => {
    const notificationTopic = new Topic(stack, 'Topic', { masterKey: new Key(stack, 'Key') });
    const auditRole = new Role(stack, 'AuditRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    const notificationRole = new Role(
      stack, 'NotificationRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') },
    );
    const fleetAudit = audit(
      { notificationTopic, auditRole, notificationRole, deploymentAudit: DeploymentAudit.none() },
    );

    expect(fleetAudit.notificationTopic).toBe(notificationTopic);
    expect(fleetAudit.configuration.notificationTopic).toBe(notificationTopic);
    expect(fleetAudit.configuration.auditRole).toBe(auditRole);
    expect(fleetAudit.configuration.notificationRole).toBe(notificationRole);
    Template.fromStack(stack).resourceCountIs('AWS::SNS::Topic', 1);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 1);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 2);
  });

  describe('with schedules', () => {
    const SCHEDULES = [
      AuditSchedule.daily(),
      AuditSchedule.weekly(Weekday.MONDAY),
      AuditSchedule.biweekly(Weekday.MONDAY),
      AuditSchedule.monthly(1),
      AuditSchedule.monthlyOnLastDay(),
    ];
    const IDS = [
      'FleetAuditBiweeklyMonAudit1AD36B05',
      'FleetAuditDailyAudit0459CE8A',
      'FleetAuditMonthly1Audit6C497C6E',
      'FleetAuditMonthlyLastAuditA6F53FCD',
      'FleetAuditWeeklyMonAudit76C66677',
    ];

    test.each([
      ['in one order', SCHEDULES],
      ['in another order', [...SCHEDULES].reverse()],
    ])('has an audit of each, under an id that says when it runs, %s', (_, schedules) => {
      const fleetAudit = audit({ schedules });

      expect(auditIds()).toEqual(IDS);
      expect(fleetAudit.scheduledAudits).toHaveLength(5);
    });

    test('can have none', () => {
      expect(audit({ schedules: [] }).scheduledAudits).toEqual([]);
      Template.fromStack(stack).resourceCountIs(AUDIT, 0);
      Template.fromStack(stack).resourceCountIs(CONFIGURATION, 1);
    });

    test('passes a token', () => {
      audit({ schedules: [AuditSchedule.monthly(Token.asNumber({ Ref: 'Day' }))] });

      expect(auditIds()).toEqual(['FleetAuditMonthlyAuditE3E3F4BD']);
      expect(onlyResource(stack, AUDIT).Properties.DayOfMonth).toEqual({ Ref: 'Day' });
    });

    test.each([
      ['DAILY', AuditSchedule.daily(), AuditSchedule.daily()],
      ['WEEKLY MON', AuditSchedule.weekly(Weekday.MONDAY), AuditSchedule.weekly(Weekday.MONDAY)],
      ['MONTHLY 1', AuditSchedule.monthly(1), AuditSchedule.monthly(1)],
    ])('fails with %s twice', (described, ...schedules) => {
      expect(() => audit({ schedules })).toThrow(new Error(
        `Stack/FleetAudit: 'schedules' must not hold a schedule twice, got ${described} more than once; `
        + 'keep one of each, or use addScheduledAudit() for one with other checks',
      ));
    });

    test('fails with two of one frequency whose days are only known at deployment', () => {
      const schedules = ['First', 'Second'].map((name) => AuditSchedule.monthly(Token.asNumber({ Ref: name })));

      expect(() => audit({ schedules })).toThrow(new Error(
        "Stack/FleetAudit: 'schedules' can hold one MONTHLY schedule whose day is only known at deployment, got a "
          + 'second one; '
        + 'use addScheduledAudit() with an id of your own for it',
      ));
    });

    test('fails with six', () => {
      expect(() => audit({ schedules: [...SCHEDULES, AuditSchedule.monthly(2)] })).toThrow(new Error(
        "Stack/FleetAudit/Monthly2Audit: 'configuration' can have at most 5 scheduled audits, got a further one beside "
        + 'Stack/FleetAudit/DailyAudit, Stack/FleetAudit/WeeklyMonAudit, Stack/FleetAudit/BiweeklyMonAudit, '
        + 'Stack/FleetAudit/Monthly1Audit, Stack/FleetAudit/MonthlyLastAudit; run more checks in one audit instead',
      ));
    });
  });

  describe('addScheduledAudit', () => {
    test('adds an audit with its own checks and name', () => {
      const fleetAudit = audit({ schedules: [] });
      const added = fleetAudit.addScheduledAudit('Certificates', {
        schedule: AuditSchedule.weekly(Weekday.SUNDAY),
        checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
        scheduledAuditName: 'certificates',
      });

      Template.fromStack(stack).hasResource(AUDIT, {
        Properties: Match.objectEquals({
          ScheduledAuditName: 'certificates',
          Frequency: 'WEEKLY',
          DayOfWeek: 'SUN',
          TargetCheckNames: ['DEVICE_CERTIFICATE_SHARED_CHECK'],
        }),
        DependsOn: Match.arrayWith(
          [stack.getLogicalId(fleetAudit.configuration.node.defaultChild as CfnAccountAuditConfiguration)],
        ),
      });
      expect(added.node.path).toBe('Stack/FleetAudit/Certificates');
      expect(fleetAudit.scheduledAudits).toHaveLength(1);
      expect(fleetAudit.scheduledAudits[0]).toBe(added);
    });

    test('runs every enabled check by default', () => {
      const fleetAudit = audit({ checks: [AuditCheck.LOGGING_DISABLED], schedules: [] });

      expect(fleetAudit.addScheduledAudit('Logging', { schedule: AuditSchedule.daily() }).checks)
        .toEqual([AuditCheck.LOGGING_DISABLED]);
    });

    test('comes after the schedules given before', () => {
      const fleetAudit = audit();
      const added = fleetAudit.addScheduledAudit('Weekly', { schedule: AuditSchedule.weekly(Weekday.MONDAY) });

      expect(fleetAudit.scheduledAudits.map(({ node }) => node.id)).toEqual(['DailyAudit', 'Weekly']);
      expect(fleetAudit.scheduledAudits[1]).toBe(added);
    });

    test('fails with a check that is not enabled', () => {
      const fleetAudit = audit({ checks: [AuditCheck.LOGGING_DISABLED] });

      expect(() => fleetAudit.addScheduledAudit('Shared', {
        schedule: AuditSchedule.daily(), checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
      })).toThrow(new Error(
        "Stack/FleetAudit/Shared: 'checks' must be enabled by Stack/FleetAudit/Configuration, got "
          + 'DEVICE_CERTIFICATE_SHARED_CHECK; '
        + 'enable them in the configuration, or leave them out here',
      ));
    });
  });

  describe('addMitigationAction', () => {
    test('adds an action with its role, and nothing that applies it', () => {
      const fleetAudit = audit();
      const added = fleetAudit.addMitigationAction('Deactivate', {
        mitigation: Mitigation.updateDeviceCertificate(), mitigationActionName: 'deactivate',
      });

      expect(added.node.path).toBe('Stack/FleetAudit/Deactivate');
      expect(fleetAudit.mitigationActions).toHaveLength(1);
      expect(fleetAudit.mitigationActions[0]).toBe(added);
      expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(16 + 2);
      Template.fromStack(stack).hasResourceProperties('AWS::IoT::MitigationAction', {
        ActionName: 'deactivate', ActionParams: { UpdateDeviceCertificateParams: { Action: 'DEACTIVATE' } },
      });
    });
  });

  test('returns copies of its lists', () => {
    const fleetAudit = audit();
    fleetAudit.addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    fleetAudit.scheduledAudits.pop();
    fleetAudit.mitigationActions.pop();

    expect(fleetAudit.scheduledAudits).toHaveLength(1);
    expect(fleetAudit.mitigationActions).toHaveLength(1);
  });

  test('fails beside another one', () => {
    audit();

    expect(() => new FleetAudit(stack, 'Second')).toThrow(new Error(
      "Stack/Second/Configuration: 'AccountAuditConfiguration' exists once per account and region, "
      + 'got a second one beside Stack/FleetAudit/Configuration; '
      + 'keep one of the two, and import it where the other was',
    ));
  });
});
