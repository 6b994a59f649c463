import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  AccountAuditConfiguration, AuditAlarms, AuditAlarmsProps, AuditCheck, AuditResourceType, AuditSchedule, AuditSeverity,
  OverdueAlarm, ScheduledAudit,
} from '../../src';
import { consoleAddress } from '../../src/function/runtime/console-address';
import { alarmsOf, descriptionOf, watchedChecks } from '../support/alarms';
import { ACCOUNT, ENV, REGION } from '../support/templates';

const AUDIT = { Ref: 'Audit3D8ADE0A' };

/** A check that this library does not know. */
function custom(name: string, severity = AuditSeverity.CRITICAL): AuditCheck {
  return AuditCheck.of(name, { propertyName: `${name}Check`, severity, resourceType: AuditResourceType.IOT_POLICY });
}

describe('the alarms of an audit for what it finds', () => {
  let app: App;
  let stack: Stack;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
  });

  function scheduled(checks?: AuditCheck[], scope = stack, scheduledAuditName?: string): ScheduledAudit {
    const configuration = new AccountAuditConfiguration(scope, 'Configuration', { checks });
    return new ScheduledAudit(scope, 'Audit', { configuration, schedule: AuditSchedule.daily(), scheduledAuditName });
  }

  function alarms(props: Partial<AuditAlarmsProps> = {}, scope = stack): AuditAlarms {
    return new AuditAlarms(scope, 'Alarms', {
      scheduledAudit: props.scheduledAudit ?? scheduled(), overdueAlarm: OverdueAlarm.none(), ...props,
    });
  }

  test('go off when its last run found something, and keep their state until the next run', () => {
    const checks = [AuditCheck.LOGGING_DISABLED, AuditCheck.deviceCertificateAge(Duration.days(90))];
    alarms({ scheduledAudit: scheduled(checks) });

    const metric = (CheckName: string, Id: string) => ({
      Id,
      MetricStat: {
        Metric: {
          Dimensions: [{ Name: 'CheckName', Value: CheckName }, { Name: 'ScheduledAuditName', Value: AUDIT }],
          MetricName: 'NonCompliantResources',
          Namespace: 'AWS/IoT',
        },
        Period: 86_400,
        Stat: 'Maximum',
      },
      ReturnData: false,
    });
    expect(alarmsOf(stack)).toEqual({
      AlarmsLowFindings: {
        AlarmDescription: expect.anything(),
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        Metrics: [
          { Expression: 'SUM(METRICS())', Id: 'expr_1', Label: 'Non-compliant resources', ReturnData: true },
          metric('LOGGING_DISABLED_CHECK', 'check1'),
          metric('DEVICE_CERTIFICATE_AGE_CHECK', 'check2'),
        ],
        Threshold: 1,
        TreatMissingData: 'ignore',
      },
    });
  });

  test('say which checks they watch and what to do', () => {
    alarms({ scheduledAudit: scheduled([AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_AGE]) });

    expect(descriptionOf(alarmsOf(stack).AlarmsLowFindings)).toBe(
      'LOW findings of the scheduled audit <Audit3D8ADE0A>: its last run found non-compliant resources with one of '
      + 'LOGGING_DISABLED_CHECK, DEVICE_CERTIFICATE_AGE_CHECK. Mitigate or suppress them; the next run without findings '
      + 'ends the alarm. https://us-east-1.console.aws.amazon.com/iot/home?region=us-east-1#/dd/audit/results');
  });

  test('are one for each severity, the worst first', () => {
    const { alarms: all, findingAlarms, overdueAlarm } = alarms();

    expect(findingAlarms.map(({ node }) => node.path)).toEqual(
      ['Critical', 'High', 'Medium', 'Low'].map((severity) => `Stack/Alarms/${severity}Findings`));
    expect([all, overdueAlarm]).toEqual([findingAlarms, undefined]);
    const watched = Object.values(alarmsOf(stack)).map(watchedChecks);
    expect(watched.map((checks) => checks.length)).toEqual([9, 1, 5, 2]);
    expect(watched.flat().sort()).toEqual(AuditCheck.all().map(({ checkName }) => checkName));
  });

  test('are none for a severity without checks', () => {
    alarms({ scheduledAudit: scheduled([AuditCheck.CONFLICTING_CLIENT_IDS, AuditCheck.CA_CERTIFICATE_EXPIRING]) });

    expect(Object.keys(alarmsOf(stack))).toEqual(['AlarmsHighFindings', 'AlarmsMediumFindings']);
  });

  test('watch only the checks that are given', () => {
    alarms({ checks: [AuditCheck.LOGGING_DISABLED] });

    expect(Object.values(alarmsOf(stack)).map(watchedChecks)).toEqual([['LOGGING_DISABLED_CHECK']]);
  });

  describe('of the largest configuration', () => {
    // CloudWatch takes ten metrics for an alarm, whose period is a day at most.
    test('are several for a severity with more than ten checks', () => {
      const checks = [
        ...AuditCheck.all(), ...Array.from({ length: 12 }, (_, index) => custom(`CRITICAL_CHECK_${index}`)),
      ];
      alarms({ scheduledAudit: scheduled(checks) });

      const resources = alarmsOf(stack);
      expect(Object.entries(resources).map(([id, alarm]) => [id, watchedChecks(alarm).length])).toEqual([
        ['AlarmsCriticalFindings', 10], ['AlarmsCriticalFindings2', 10], ['AlarmsCriticalFindings3', 1],
        ['AlarmsHighFindings', 1], ['AlarmsMediumFindings', 5], ['AlarmsLowFindings', 2],
      ]);
      expect(Object.values(resources).flatMap(watchedChecks).sort())
        .toEqual(checks.map(({ checkName }) => checkName).sort());
    });

    test('keep the limits of CloudWatch with the longest names that AWS has', () => {
      const name = 'n'.repeat(128);
      const gov = new Stack(app, 'Gov', { env: { account: ACCOUNT, region: 'us-gov-west-1' } });
      const longest = AuditCheck.all().map(({ checkName }) => checkName)
        .reduce((one, other) => one.length >= other.length ? one : other);
      const checks = Array.from({ length: 10 }, (_, index) => custom(`${longest}${index}`));
      alarms({ scheduledAudit: scheduled(checks, gov, name) }, gov);

      const [{ EvaluationPeriods: periods, Metrics: metrics, ...alarm }] = Object.values(alarmsOf(gov));
      const text = descriptionOf(alarm).replace('<Audit3D8ADE0A>', name);
      expect(text.length).toBeLessThanOrEqual(1024);
      expect(text).toContain(`${longest}0, ${longest}1, `);
      expect(text).toMatch(/\.\.\.\. Mitigate or suppress them; .*#\/dd\/audit\/results$/);
      expect(metrics.filter(({ MetricStat }: any) => MetricStat)).toHaveLength(10);
      expect(metrics.filter(({ Expression }: any) => Expression)).toHaveLength(1);
      for (const { MetricStat } of metrics.slice(1)) expect(periods * MetricStat.Period).toBeLessThanOrEqual(86_400);
    });

    test('name all of the checks that AWS has', () => {
      alarms();

      const texts = Object.values(alarmsOf(stack)).map(descriptionOf).join();
      expect(AuditCheck.all().filter(({ checkName }) => !texts.includes(checkName))).toEqual([]);
    });
  });

  test('have one for checks whose severity only the deployment knows', () => {
    const { valueAsString: severity } = new CfnParameter(stack, 'Severity');
    alarms({ scheduledAudit: scheduled([custom('BRAND_NEW_CHECK', severity as AuditSeverity)]) });

    const { AlarmsOtherFindings: alarm, ...others } = alarmsOf(stack);
    expect(others).toEqual({});
    expect(watchedChecks(alarm)).toEqual(['BRAND_NEW_CHECK']);
    expect(descriptionOf(alarm)).toMatch(/^Findings of the scheduled audit <Audit3D8ADE0A>: /);
  });

  test.each([
    ['eu-west-1', 'aws'], ['cn-north-1', 'aws-cn'], ['us-gov-west-1', 'aws-us-gov'],
  ])('lead to the console of %s, as the event of an audit does', (region, partition) => {
    const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region } });
    alarms({ scheduledAudit: scheduled([AuditCheck.LOGGING_DISABLED], other) }, other);

    const address = consoleAddress(`arn:${partition}:iot:${region}:${ACCOUNT}:audit`, '');
    expect(`${descriptionOf(alarmsOf(other).AlarmsLowFindings)}/`.endsWith(`the alarm. ${address}`)).toBe(true);
  });

  test('lead to the console if only the deployment knows the region', () => {
    const agnostic = new Stack(app, 'Agnostic');
    alarms({ scheduledAudit: scheduled([AuditCheck.LOGGING_DISABLED], agnostic) }, agnostic);

    expect(descriptionOf(alarmsOf(agnostic).AlarmsLowFindings)).toMatch(
      /the alarm\. https:\/\/<AWS::Region>\.console\.aws\.amazon\.com\/iot\/home\?region=<AWS::Region>#\/dd\/audit\/results$/);
  });

  describe('that is imported', () => {
    const nightly = () => ScheduledAudit.fromScheduledAuditName(stack, 'Audit', 'nightly');

    test('watch the checks that are given', () => {
      alarms({ scheduledAudit: nightly(), checks: [AuditCheck.LOGGING_DISABLED] });

      const { AlarmsLowFindings: { Metrics: [, { MetricStat: { Metric } }] } } = alarmsOf(stack);
      expect(Metric.Dimensions).toEqual([
        { Name: 'CheckName', Value: 'LOGGING_DISABLED_CHECK' }, { Name: 'ScheduledAuditName', Value: 'nightly' },
      ]);
    });

    test('fail without checks', () => {
      expect(() => alarms({ scheduledAudit: nightly() })).toThrow(new Error(
        'Stack/Alarms: \'checks\' must be given for an imported audit, got none; name the checks that the audit runs'));
    });

    test.each([
      [`arn:aws:iot:eu-west-1:${ACCOUNT}:scheduledaudit/nightly`, 'region us-east-1', 'eu-west-1'],
      [`arn:aws:iot:${REGION}:222222222222:scheduledaudit/nightly`, `account ${ACCOUNT}`, '222222222222'],
      [
        'arn:aws:iot:eu-west-1:222222222222:scheduledaudit/nightly',
        `account ${ACCOUNT} and region us-east-1`, '222222222222 and eu-west-1',
      ],
    ])('fail in another place: %s', (arn, rule, given) => {
      const scheduledAudit = ScheduledAudit.fromScheduledAuditArn(stack, 'Audit', arn);

      expect(() => alarms({ scheduledAudit, checks: [AuditCheck.LOGGING_DISABLED] })).toThrow(new Error(
        `Stack/Alarms: 'scheduledAudit' must be of the stack's ${rule}, got Stack/Audit of ${given}; `
        + 'define its alarms in a stack of its account and region'));
    });
  });

  test.each<[name: string, checks: AuditCheck[], message: string]>([
    ['no check', [], 'must hold at least one check, got none; add a check, or leave the property out for the default'],
    [
      'a check twice', [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED],
      'must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; keep one of each',
    ],
    [
      'a check that it does not run', [AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS],
      'must be checks that Stack/Audit runs, got CONFLICTING_CLIENT_IDS_CHECK; add them to the audit, or leave them out '
      + 'here',
    ],
  ])('fail with %s', (_name, checks, message) => {
    const scheduledAudit = scheduled([AuditCheck.LOGGING_DISABLED]);

    expect(() => alarms({ scheduledAudit, checks })).toThrow(new Error(`Stack/Alarms: 'checks' ${message}`));
  });

  test('take no function, and have no finding of cdk-nag', () => {
    alarms();
    expect(stack.node.children.map(({ node }) => node.id)).toEqual(['Configuration', 'Audit', 'Alarms']);
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    expect(violations.flatMap(({ violatingResources = [] }) => violatingResources)
      .filter(({ constructPath }) => constructPath?.startsWith('Stack/Alarms'))).toEqual([]);
  });
});
