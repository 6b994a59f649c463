import { App, BootstraplessSynthesizer, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  AccountAuditConfiguration, AuditAlarms, AuditAlarmsProps, AuditCheck, AuditSchedule, IScheduledAudit, OverdueAlarm,
  ScheduledAudit, Weekday,
} from '../../src';
import { alarmsOf, descriptionOf } from '../support/alarms';
import { ENV, onlyResource, policiesOf } from '../support/templates';

const CHECKS = [AuditCheck.LOGGING_DISABLED];
const FUNCTION = 'CdkIotFleetAuditCustomResourcesFunction4012EAE7';
const LOG_GROUP = 'CdkIotFleetAuditCustomResourcesLogsAB20C9D6';
const RULE = 'CdkIotFleetAuditAgesRule2E43CC4F';

describe('the alarm for an overdue audit', () => {
  let app: App;
  let stack: Stack;
  let configuration: AccountAuditConfiguration;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: CHECKS });
  });

  function scheduled(schedule = AuditSchedule.daily(), id = 'Audit'): ScheduledAudit {
    return new ScheduledAudit(stack, id, { configuration, schedule });
  }

  function alarms(props: Partial<AuditAlarmsProps> = {}, id = 'Alarms'): AuditAlarms {
    return new AuditAlarms(stack, id, { scheduledAudit: props.scheduledAudit ?? scheduled(), ...props });
  }

  function nightly(): IScheduledAudit {
    return ScheduledAudit.fromScheduledAuditName(stack, 'Nightly', 'nightly');
  }

  /** What the rule hands to the function. */
  function watched(): string {
    const { Input: input } = onlyResource(stack, 'AWS::Events::Rule').Properties.Targets[0];
    return typeof input === 'string' ? input : input['Fn::Join'][1]
      .map((part: any) => typeof part === 'string' ? part : `<${part.Ref}>`).join('');
  }

  test('watches the age that the function measures, and has no data before that', () => {
    const { overdueAlarm } = alarms();

    expect(alarmsOf(stack).AlarmsOverdue).toEqual({
      AlarmDescription: expect.anything(),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [{ Name: 'ScheduledAuditName', Value: { Ref: 'Audit3D8ADE0A' } }],
      EvaluationPeriods: 1,
      MetricName: 'DaysSinceLastAudit',
      Namespace: 'CdkIotFleetAudit',
      Period: 21_600,
      Statistic: 'Maximum',
      Threshold: 3,
      TreatMissingData: 'missing',
    });
    expect(overdueAlarm?.node.path).toBe('Stack/Alarms/Overdue');
  });

  test('says what to do', () => {
    alarms();

    expect(descriptionOf(alarmsOf(stack).AlarmsOverdue)).toBe(
      'The scheduled audit <Audit3D8ADE0A> is overdue: for 3 days, no run began that ended with all checks carried out. '
      + 'Look if it ran, which check failed and why, and if the audit role has its permissions: '
      + 'https://us-east-1.console.aws.amazon.com/iot/home?region=us-east-1#/dd/audit/results If the alarm has no data, '
      + `its age is not measured: look for the reason in the log <${LOG_GROUP}>.`);
  });

  test.each([
    ['daily', AuditSchedule.daily(), 3],
    ['weekly', AuditSchedule.weekly(Weekday.MONDAY), 9],
    ['every second week', AuditSchedule.biweekly(Weekday.MONDAY), 16],
    ['monthly', AuditSchedule.monthly(31), 33],
    ['monthly, on the last day', AuditSchedule.monthlyOnLastDay(), 33],
  ])('of an audit that runs %s leaves it its interval and two days', (_frequency, schedule, days) => {
    alarms({ scheduledAudit: scheduled(schedule) });

    expect(alarmsOf(stack).AlarmsOverdue.Threshold).toBe(days);
  });

  test('takes a rule four times a day, which may invoke the function, which may read audits', () => {
    alarms();

    expect(onlyResource(stack, 'AWS::Events::Rule')).toMatchObject({
      Properties: {
        Description: 'Has the ages of audits of AWS IoT Device Defender measured',
        ScheduleExpression: 'rate(6 hours)',
        State: 'ENABLED',
        Targets: [{ Arn: { 'Fn::GetAtt': [FUNCTION, 'Arn'] }, Id: 'Target0' }],
      },
      // A rule that comes first would invoke a function that may not read yet.
      DependsOn: [
        'CdkIotFleetAuditCustomResourcesFunctionEventInvokeConfigDAA259AB',
        'CdkIotFleetAuditCustomResourcesPoliciesAuditAges7588825A',
      ],
    });
    expect(onlyResource(stack, 'AWS::Lambda::Permission').Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [FUNCTION, 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [RULE, 'Arn'] },
    });
    expect(policiesOf(stack)).toEqual({
      AuditAges: [{ Action: ['iot:DescribeAuditTask', 'iot:ListAuditTasks'], Effect: 'Allow', Resource: '*' }],
    });
  });

  test('needs one rule for all audits of a stack, and tells the function which are of its stack', () => {
    alarms();
    alarms({ scheduledAudit: scheduled(AuditSchedule.monthly(1), 'Monthly') }, 'MonthlyAlarms');
    alarms({ scheduledAudit: nightly(), checks: CHECKS, overdueAlarm: OverdueAlarm.after(Duration.days(5)) }, 'Others');

    expect(watched()).toBe('{"auditAges":['
      + '{"scheduledAuditName":"<Audit3D8ADE0A>","logicalId":"Audit3D8ADE0A"},'
      + '{"scheduledAuditName":"<Monthly0C881EDD>","logicalId":"Monthly0C881EDD"},'
      + '{"scheduledAuditName":"nightly"}]}');
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Permission', 1);
  });

  test('of an audit of another stack measures it without its definition', () => {
    const other = new Stack(app, 'Other', { env: ENV });
    new AuditAlarms(other, 'Alarms', { scheduledAudit: scheduled() });

    const { Input: input } = onlyResource(other, 'AWS::Events::Rule').Properties.Targets[0];
    expect(input).toEqual({
      'Fn::Join': ['', [
        '{"auditAges":[{"scheduledAuditName":"',
        { 'Fn::ImportValue': 'Stack:ExportsOutputRefAudit3D8ADE0A2C94B8B5' },
        '"}]}',
      ]],
    });
  });

  test('is the choice of the user', () => {
    alarms({ overdueAlarm: OverdueAlarm.after(Duration.days(2)) });

    expect(alarmsOf(stack).AlarmsOverdue.Threshold).toBe(2);
  });

  test('can have a time that only the deployment knows', () => {
    const { valueAsNumber } = new CfnParameter(stack, 'Days', { type: 'Number' });
    alarms({ overdueAlarm: OverdueAlarm.after(Duration.days(valueAsNumber)) });

    const alarm = alarmsOf(stack).AlarmsOverdue;
    expect(alarm.Threshold).toEqual({ Ref: 'Days' });
    expect(descriptionOf(alarm)).toContain(' is overdue: for <Days> days, no run began ');
  });

  test('is left out on request, and with it all that it takes', () => {
    const { overdueAlarm } = alarms({ overdueAlarm: OverdueAlarm.none() });

    expect(overdueAlarm).toBeUndefined();
    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    expect(Object.values(resources).map(({ Type }) => Type).sort()).toEqual([
      'AWS::CloudWatch::Alarm', 'AWS::IAM::Role', 'AWS::IoT::AccountAuditConfiguration', 'AWS::IoT::ScheduledAudit',
    ]);
  });

  test('is left out for an imported audit, whose schedule is not known', () => {
    expect(alarms({ scheduledAudit: nightly(), checks: CHECKS }).overdueAlarm).toBeUndefined();
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('of an imported audit needs a time', () => {
    expect(() => alarms({ scheduledAudit: nightly(), checks: CHECKS, overdueAlarm: OverdueAlarm.bySchedule() }))
      .toThrow(new Error(
        'Stack/Alarms: \'overdueAlarm\' must be a time for an imported audit, whose schedule is not known, '
        + 'got OverdueAlarm.bySchedule(); give OverdueAlarm.after() or OverdueAlarm.none()'));
  });

  test.each([
    [AuditSchedule.daily(), 1, 'must be later than 1 days, the interval of a DAILY audit', 3],
    [AuditSchedule.weekly(Weekday.MONDAY), 7, 'must be later than 7 days, the interval of a WEEKLY audit', 9],
    [AuditSchedule.monthly(1), 30, 'must be later than 31 days, the interval of a MONTHLY audit', 33],
  ])('must not go off before the audit is due', (schedule, days, rule, least) => {
    const scheduledAudit = scheduled(schedule);

    expect(() => alarms({ scheduledAudit, overdueAlarm: OverdueAlarm.after(Duration.days(days)) })).toThrow(new Error(
      `Stack/Alarms: 'overdueAlarm' ${rule}, got OverdueAlarm.after() with ${days} days; `
      + `give ${least} days or more, or OverdueAlarm.bySchedule()`));
  });

  test.each([
    [Duration.hours(36), '1 day 12 hours'], [Duration.days(0), '0 days'], [Duration.days(81), '81 days'],
  ])('must not have %p as its time', (maximumAge, given) => {
    expect(() => OverdueAlarm.after(maximumAge)).toThrow(new Error(
      `OverdueAlarm.after: 'maximumAge' must be 1 to 80 whole days, got ${given}; `
      + 'give a number of days in that range, or OverdueAlarm.bySchedule()'));
  });

  test.each([1, 80])('can have %p days as its time', (days) => {
    alarms({ scheduledAudit: nightly(), checks: CHECKS, overdueAlarm: OverdueAlarm.after(Duration.days(days)) });

    expect(alarmsOf(stack).AlarmsOverdue.Threshold).toBe(days);
  });

  test('fails where no function can be, with the way out', () => {
    stack = new Stack(new App(), 'Bootstrapless', { env: ENV, synthesizer: new BootstraplessSynthesizer() });
    const overdueAlarm = OverdueAlarm.after(Duration.days(2));

    expect(() => alarms({ scheduledAudit: nightly(), checks: CHECKS, overdueAlarm }))
      .toThrow(/^Bootstrapless\/Alarms: 'synthesizer' must take file assets, .*OverdueAlarm\.none\(\)/s);
  });

  test('has a metric for graphs', () => {
    const { metricName, period, statistic } = alarms()
      .metricDaysSinceLastAudit({ period: Duration.days(1), statistic: 'Minimum' });

    expect([metricName, period.toDays(), statistic]).toEqual(['DaysSinceLastAudit', 1, 'Minimum']);
  });

  test('has no finding of cdk-nag, except that IAM can narrow the reading of audits to nothing', () => {
    alarms();
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`))
      .filter((finding) => !finding.endsWith('Stack/Configuration/AuditRole/Resource'))).toEqual([
      'AwsSolutions-IAM5[Resource::*] Stack/CdkIotFleetAuditCustomResources/Policies/AuditAges/Resource',
    ]);
  });
});
