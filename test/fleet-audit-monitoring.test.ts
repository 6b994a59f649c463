import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AuditAlarmsOptions, AuditCheck, AuditSchedule, DeploymentAudit, FleetAudit, FleetAuditProps, Mitigation, OverdueAlarm,
  Weekday,
} from '../src';
import { alarmsOf } from './support/alarms';
import { ENV, onlyResource } from './support/templates';

const ON_CALL: IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:on-call' }) };

describe('FleetAudit.monitor()', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function fleetAudit(props?: FleetAuditProps): FleetAudit {
    return new FleetAudit(stack, 'FleetAudit', props);
  }

  function mitigate(audit: FleetAudit): void {
    const enableLogging = audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging() });
    audit.mitigateAutomatically({ checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] });
  }

  // An alarm under another logical id would forget its state.
  test('adds exactly these resources, under these logical ids, and changes no other', () => {
    fleetAudit();
    const before = Template.fromStack(stack).toJSON().Resources;
    stack = new Stack(new App(), 'Stack', { env: ENV });
    fleetAudit().monitor({ alarmActions: [ON_CALL] });
    const after: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;

    const added = Object.entries(after).filter(([id]) => !(id in before));
    expect(Object.fromEntries(Object.keys(before).map((id) => [id, after[id]]))).toEqual(before);
    expect(Object.fromEntries(added.map(([id, { Type }]) => [id, Type]))).toEqual({
      FleetAuditMonitoringDailyAuditCriticalFindings10DA361E: 'AWS::CloudWatch::Alarm',
      FleetAuditMonitoringDailyAuditHighFindings0E318350: 'AWS::CloudWatch::Alarm',
      FleetAuditMonitoringDailyAuditMediumFindings61495DFD: 'AWS::CloudWatch::Alarm',
      FleetAuditMonitoringDailyAuditLowFindings02EFF816: 'AWS::CloudWatch::Alarm',
      FleetAuditMonitoringDailyAuditOverdue1C4A940B: 'AWS::CloudWatch::Alarm',
      CdkIotFleetAuditAgesRule2E43CC4F: 'AWS::Events::Rule',
      CdkIotFleetAuditAgesPermission2CA68C94: 'AWS::Lambda::Permission',
      CdkIotFleetAuditCustomResourcesPoliciesAuditAges7588825A: 'AWS::IAM::Policy',
    });
  });

  test('may be called without anything, for alarms that are seen in the console', () => {
    const audit = fleetAudit();
    audit.monitor();

    expect(audit.alarms).toHaveLength(5);
    expect(Object.values(alarmsOf(stack)).filter((alarm) => alarm.AlarmActions)).toEqual([]);
  });

  test('takes the topic of the audits, to which alarms may then publish', () => {
    const audit = fleetAudit();
    audit.monitor({ alarmTopic: audit.notificationTopic });

    const topic = stack.resolve(audit.notificationTopic.topicArn);
    expect(Object.values(alarmsOf(stack)).map((alarm) => alarm.AlarmActions)).toEqual(Array(5).fill([topic]));
    expect(onlyResource(stack, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement)
      .toContainEqual(expect.objectContaining({ Principal: { Service: 'cloudwatch.amazonaws.com' } }));
  });

  test.each<[order: string, define: (monitor: () => void, others: (() => void)[]) => void]>([
    ['first', (monitor, others) => [monitor, ...others].forEach((call) => call())],
    ['between', (monitor, [first, ...others]) => [first, monitor, ...others].forEach((call) => call())],
    ['last', (monitor, others) => [...others, monitor].forEach((call) => call())],
  ])('gives the same alarms the same actions if it is called %s', (_order, define) => {
    const audit = fleetAudit();
    define(() => audit.monitor({ alarmActions: [ON_CALL] }), [
      () => audit.onAuditCompleted('Rule'),
      () => mitigate(audit),
      () => audit.addScheduledAudit('Certificates', {
        schedule: AuditSchedule.weekly(Weekday.MONDAY), checks: [AuditCheck.DEVICE_CERTIFICATE_EXPIRING],
      }),
    ]);

    const alarms = alarmsOf(stack);
    expect(Object.keys(alarms).sort()).toEqual([
      'FleetAuditAuditEventsDeadLetterAlarm',
      'FleetAuditAutomaticMitigationFailedExecutionsAlarm',
      'FleetAuditAutomaticMitigationFailedResourcesAlarm',
      'FleetAuditMonitoringCertificatesMediumFindings',
      'FleetAuditMonitoringCertificatesOverdue',
      'FleetAuditMonitoringDailyAuditCriticalFindings',
      'FleetAuditMonitoringDailyAuditHighFindings',
      'FleetAuditMonitoringDailyAuditLowFindings',
      'FleetAuditMonitoringDailyAuditMediumFindings',
      'FleetAuditMonitoringDailyAuditOverdue',
    ]);
    expect(Object.values(alarms).map(({ AlarmActions }) => AlarmActions)).toEqual(Array(10).fill(['arn:on-call']));
    expect(audit.alarms.map(({ node }) => node.path.replace(/[^A-Za-z]|^Stack/g, '')).sort())
      .toEqual(Object.keys(alarms).sort());
  });

  test('takes an alarm for resources that could not be mitigated', () => {
    const audit = fleetAudit();
    audit.monitor({ alarmActions: [ON_CALL] });
    mitigate(audit);

    const alarm = alarmsOf(stack).FleetAuditAutomaticMitigationFailedResourcesAlarm;
    expect(alarm).toEqual({
      AlarmActions: ['arn:on-call'],
      AlarmDescription: 'Automatic mitigation could not mitigate some resources in the last day. Its report names them '
        + 'and says why.',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Dimensions: [{ Name: 'AutomaticMitigation', Value: 'StackFleetAuditAomaticMitigationACAC887D' }],
      EvaluationPeriods: 1,
      MetricName: 'FailedResources',
      Namespace: 'CdkIotFleetAudit',
      Period: 86_400,
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('adds no alarm to automatic mitigation that is not monitored', () => {
    mitigate(fleetAudit());

    expect(Object.keys(alarmsOf(stack))).toEqual([
      'FleetAuditAuditEventsDeadLetterAlarm', 'FleetAuditAutomaticMitigationFailedExecutionsAlarm',
    ]);
  });

  test('watches the schedules of its audits, or has a time of the user\'s', () => {
    const props = { schedules: [AuditSchedule.daily(), AuditSchedule.monthlyOnLastDay()] };
    const overdueDays = (options: AuditAlarmsOptions) => {
      stack = new Stack(new App(), 'Stack', { env: ENV });
      fleetAudit(props).monitor(options);
      return Object.values(alarmsOf(stack)).filter(({ MetricName }) => MetricName === 'DaysSinceLastAudit')
        .map(({ Threshold }) => Threshold);
    };

    expect(overdueDays({})).toEqual([3, 33]);
    expect(overdueDays({ overdueAlarm: OverdueAlarm.after(Duration.days(40)) })).toEqual([40, 40]);
    expect(overdueDays({ overdueAlarm: OverdueAlarm.none() })).toEqual([]);
  });

  test('takes no function without alarms for overdue audits', () => {
    fleetAudit({ deploymentAudit: DeploymentAudit.none() }).monitor({ overdueAlarm: OverdueAlarm.none() });

    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 4);
  });

  test('is called once', () => {
    const audit = fleetAudit();
    audit.monitor();

    expect(() => audit.monitor({ alarmActions: [ON_CALL] })).toThrow(new Error(
      'Stack/FleetAudit: \'monitor()\' can be called once, got a second call; '
      + 'give all actions in one call, or add further ones to `alarms`'));
  });

  test('has nothing to show before it is called', () => {
    expect(fleetAudit().alarms).toEqual([]);
  });

  test('does not let an audit be named after the monitoring', () => {
    const audit = fleetAudit();
    audit.addScheduledAudit('Overdue', { schedule: AuditSchedule.weekly(Weekday.MONDAY) });
    audit.monitor();

    expect(audit.alarms.map(({ node }) => node.path)).toContain('Stack/FleetAudit/Monitoring/Overdue/Overdue');
  });
});
