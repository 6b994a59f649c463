import { App, CfnOutput, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnAccountAuditConfiguration, CfnScheduledAudit } from 'aws-cdk-lib/aws-iot';
import {
  AccountAuditConfiguration, AuditCheck, AuditSchedule, ScheduledAudit, ScheduledAuditProps, Weekday,
} from '../../src';
import { ACCOUNT, arn, ENV, onlyResource } from '../support/templates';

const AUDIT = 'AWS::IoT::ScheduledAudit';
const TWO_CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED];

describe('ScheduledAudit', () => {
  let app: App;
  let stack: Stack;
  let configuration: AccountAuditConfiguration;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: TWO_CHECKS });
  });

  function schedule(props: Partial<ScheduledAuditProps> = {}, id = 'Audit', scope = stack): ScheduledAudit {
    return new ScheduledAudit(scope, id, { configuration, schedule: AuditSchedule.daily(), ...props });
  }

  test('runs every enabled check by default, under a name that CloudFormation makes', () => {
    const audit = schedule();

    Template.fromStack(stack).hasResourceProperties(AUDIT, Match.objectEquals({
      Frequency: 'DAILY',
      TargetCheckNames: ['LOGGING_DISABLED_CHECK', 'DEVICE_CERTIFICATE_SHARED_CHECK'],
    }));
    expect(audit.checks).toEqual(TWO_CHECKS);
  });

  test('runs the checks that it is given, under the name that it is given', () => {
    const audit = schedule({
      schedule: AuditSchedule.weekly(Weekday.MONDAY),
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
      scheduledAuditName: 'shared-certificates',
    });

    Template.fromStack(stack).hasResourceProperties(AUDIT, Match.objectEquals({
      ScheduledAuditName: 'shared-certificates',
      Frequency: 'WEEKLY',
      DayOfWeek: 'MON',
      TargetCheckNames: ['DEVICE_CERTIFICATE_SHARED_CHECK'],
    }));
    expect(audit.checks).toEqual([AuditCheck.DEVICE_CERTIFICATE_SHARED]);
  });

  test('takes a check with another threshold than the configuration, since a schedule has none', () => {
    const checks = [AuditCheck.deviceCertificateAge(Duration.days(700))];
    const aging = new Stack(app, 'Aging', { env: { account: ACCOUNT, region: 'eu-west-1' } });
    schedule({
      configuration: new AccountAuditConfiguration(aging, 'Configuration', { checks }),
      checks: [AuditCheck.DEVICE_CERTIFICATE_AGE],
    }, 'Audit', aging);

    expect(onlyResource(aging, AUDIT).Properties.TargetCheckNames).toEqual(['DEVICE_CERTIFICATE_AGE_CHECK']);
  });

  test('does not mind what happens to the arrays afterwards', () => {
    const checks = [AuditCheck.LOGGING_DISABLED];
    const audit = schedule({ checks });
    checks.push(AuditCheck.DEVICE_CERTIFICATE_SHARED);

    expect(audit.checks).toEqual([AuditCheck.LOGGING_DISABLED]);
  });

  test('is known by its name and its ARN', () => {
    const audit = schedule();
    const name = { Ref: 'Audit3D8ADE0A' };
    const auditArn = { 'Fn::GetAtt': ['Audit3D8ADE0A', 'ScheduledAuditArn'] };

    expect(stack.resolve(audit.scheduledAuditName)).toEqual(name);
    expect(stack.resolve(audit.scheduledAuditArn)).toEqual(auditArn);
    expect(stack.resolve(audit.scheduledAuditRef)).toEqual({ scheduledAuditName: name, scheduledAuditArn: auditArn });
  });

  test('has the L1 as its default child', () => {
    expect(schedule().node.defaultChild).toBeInstanceOf(CfnScheduledAudit);
  });

  test('can be referenced from another environment by its name', () => {
    const audit = schedule({ scheduledAuditName: 'daily' });
    const other = new Stack(app, 'Other', { env: { account: '222222222222', region: 'eu-west-1' } });
    new CfnOutput(other, 'Name', { value: audit.scheduledAuditName });
    new CfnOutput(other, 'Arn', { value: audit.scheduledAuditArn });

    expect(Template.fromStack(other).toJSON().Outputs).toEqual({
      Name: { Value: 'daily' },
      Arn: { Value: arn(`iot:us-east-1:${ACCOUNT}:scheduledaudit/daily`) },
    });
  });

  describe('in relation to its configuration', () => {
    test('is created after it, and deleted before', () => {
      schedule();

      expect(onlyResource(stack, AUDIT).DependsOn)
        .toEqual([stack.getLogicalId(configuration.node.defaultChild as CfnAccountAuditConfiguration)]);
    });

    test('is deployed after its stack', () => {
      const other = new Stack(app, 'Other', { env: ENV });
      schedule({}, 'Audit', other);
      app.synth();

      expect(other.dependencies.map(({ node }) => node.path)).toEqual(['Stack']);
      expect(onlyResource(other, AUDIT)).not.toHaveProperty('DependsOn');
    });

    test('fails with checks that it does not enable', () => {
      const checks = [
        AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS, AuditCheck.CA_CERTIFICATE_EXPIRING,
      ];

      expect(() => schedule({ checks })).toThrow(new Error(
        "Stack/Audit: 'checks' must be enabled by Stack/Configuration, "
        + 'got CONFLICTING_CLIENT_IDS_CHECK, CA_CERTIFICATE_EXPIRING_CHECK; '
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
      expect(() => schedule({}, 'Audit', new Stack(app, 'Other', { env }))).toThrow(new Error(
        `Other/Audit: 'configuration' must be that of the stack's ${mine}, got Stack/Configuration of ${its}; `
        + 'define the audit where its configuration is, or import the configuration of this account and region',
      ));
    });

    test('takes one that may be of the same account and region', () => {
      const agnostic = new Stack(app, 'Agnostic');
      const agnosticConfiguration = new AccountAuditConfiguration(agnostic, 'Configuration');
      schedule({ configuration: agnosticConfiguration });

      expect(onlyResource(stack, AUDIT).Properties.Frequency).toBe('DAILY');
    });

    test('is at most the fifth', () => {
      ['First', 'Second', 'Third', 'Fourth', 'Fifth'].forEach((id) => schedule({}, id));

      Template.fromStack(stack).resourceCountIs(AUDIT, 5);
    });

    test('fails as the sixth', () => {
      ['First', 'Second', 'Third', 'Fourth', 'Fifth'].forEach((id) => schedule({}, id));

      expect(() => schedule({}, 'Sixth')).toThrow(new Error(
        "Stack/Sixth: 'configuration' can have at most 5 scheduled audits, got a further one beside "
        + 'Stack/First, Stack/Second, Stack/Third, Stack/Fourth, Stack/Fifth; run more checks in one audit instead',
      ));
    });

    test('does not count an audit that has been removed', () => {
      ['First', 'Second', 'Third', 'Fourth', 'Fifth'].forEach((id) => schedule({}, id));
      stack.node.tryRemoveChild('First');
      schedule({}, 'Sixth');

      Template.fromStack(stack).resourceCountIs(AUDIT, 5);
    });

    test('is not counted with the audits of another one', () => {
      const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: 'eu-west-1' } });
      const second = new AccountAuditConfiguration(other, 'Configuration');
      ['First', 'Second', 'Third', 'Fourth', 'Fifth'].forEach((id) => schedule({}, id));
      schedule({ configuration: second }, 'Sixth', other);

      Template.fromStack(other).resourceCountIs(AUDIT, 1);
    });
  });
});

describe('ScheduledAudit.fromScheduledAuditName', () => {
  test('is one of the account and region of the stack', () => {
    const stack = new Stack(new App(), 'Stack', { env: ENV });
    const imported = ScheduledAudit.fromScheduledAuditName(stack, 'Imported', 'daily');

    expect(imported.scheduledAuditName).toBe('daily');
    expect(stack.resolve(imported.scheduledAuditArn)).toEqual(arn(`iot:us-east-1:${ACCOUNT}:scheduledaudit/daily`));
    expect(imported.env).toEqual(ENV);
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });
});

describe('ScheduledAudit.fromScheduledAuditArn', () => {
  const ARN = 'arn:aws:iot:eu-west-1:222222222222:scheduledaudit/daily';

  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  test('is one of the account and region in the ARN', () => {
    const imported = ScheduledAudit.fromScheduledAuditArn(stack, 'Imported', ARN);

    expect(imported.scheduledAuditName).toBe('daily');
    expect(imported.scheduledAuditArn).toBe(ARN);
    expect(imported.env).toEqual({ account: '222222222222', region: 'eu-west-1' });
    expect(imported.scheduledAuditRef).toEqual({ scheduledAuditName: 'daily', scheduledAuditArn: ARN });
    expect(Template.fromStack(stack).toJSON()).not.toHaveProperty('Resources');
  });

  test('passes a token', () => {
    const imported = ScheduledAudit.fromScheduledAuditArn(
      stack, 'Imported', new CfnParameter(stack, 'Arn').valueAsString,
    );

    expect(stack.resolve(imported.scheduledAuditArn)).toEqual({ Ref: 'Arn' });
    expect(stack.resolve(imported.scheduledAuditName)).toEqual({
      'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Arn' }] }] }] }],
    });
  });
});
