import { App, BootstraplessSynthesizer, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, IAlarm, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  AccountAuditConfiguration, AuditCheck, AuditDashboard, AuditDashboardProps, AuditSchedule, FleetAudit,
  FleetAuditFunction, ScheduledAudit, Weekday,
} from '../../src';
import { ENV, onlyResource, policiesOf } from '../support/templates';

const FUNCTION = { 'Fn::GetAtt': ['DashboardWidgetFunction8514B6F9', 'Arn'] };

const CHECKS = [AuditCheck.LOGGING_DISABLED, AuditCheck.CONFLICTING_CLIENT_IDS, AuditCheck.DEVICE_CERTIFICATE_SHARED];

/** The widgets of the dashboard of a stack; references are their logical ids in angle brackets. */
function widgetsOf(stack: Stack): Record<string, any>[] {
  const { DashboardBody: body } = onlyResource(stack, 'AWS::CloudWatch::Dashboard').Properties;
  const text = body['Fn::Join'][1].map((part: any) => typeof part === 'string' ? part
    : `<${part.Ref ?? part['Fn::GetAtt'].join('.')}>`).join('');
  return JSON.parse(text).widgets;
}

describe('AuditDashboard', () => {
  let app: App;
  let stack: Stack;
  let scheduledAudit: ScheduledAudit;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', { checks: CHECKS });
    scheduledAudit = new ScheduledAudit(stack, 'Audit', {
      configuration, schedule: AuditSchedule.weekly(Weekday.MONDAY), scheduledAuditName: 'weekly',
    });
  });

  function dashboard(props: Partial<AuditDashboardProps> = {}): AuditDashboard {
    return new AuditDashboard(stack, 'Dashboard', { scheduledAudits: [scheduledAudit], ...props });
  }

  test('adds a dashboard, a function, its role and its log', () => {
    dashboard();

    const ids = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>)
      .filter(([id]) => id.startsWith('Dashboard')).map(([id, { Type }]) => [id, Type]);
    expect(ids).toEqual([
      ['DashboardWidgetLogs858A6C88', 'AWS::Logs::LogGroup'],
      ['DashboardWidgetRoleF5F0A1BC', 'AWS::IAM::Role'],
      ['DashboardWidgetFunction8514B6F9', 'AWS::Lambda::Function'],
      ['Dashboard7A714131', 'AWS::CloudWatch::Dashboard'],
    ]);
  });

  test('has a function that may read audits, write its log, and nothing else', () => {
    dashboard();

    const role = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role'))
      .find(([id]) => id.startsWith('Dashboard'))![1].Properties;
    expect(role).toEqual({
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
        }],
        Version: '2012-10-17',
      },
      Description: 'Lets the dashboard of cdk-iot-fleet-audit read what audits have found',
      Policies: [{
        PolicyDocument: {
          Statement: [
            {
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Effect: 'Allow',
              Resource: { 'Fn::GetAtt': ['DashboardWidgetLogs858A6C88', 'Arn'] },
            },
            {
              Action: ['iot:DescribeAuditTask', 'iot:ListAuditFindings', 'iot:ListAuditTasks'], Effect: 'Allow', Resource: '*',
            },
          ],
          Version: '2012-10-17',
        },
        PolicyName: 'Permissions',
      }],
    });
    expect(policiesOf(stack)).toEqual({});
    expect(onlyResource(stack, 'AWS::Lambda::Function').Properties).toMatchObject({
      Architectures: ['arm64'], Handler: 'index.handler', MemorySize: 256, Runtime: 'nodejs24.x', Timeout: 20,
    });
  });

  test('shows findings, and graphs of the audit by severity, by check and as a share', () => {
    dashboard();
    const widgets = widgetsOf(stack);

    expect(widgets.map(({ type, width, height, x, properties: { title, markdown } }) =>
      [type, x, width, height, title ?? markdown])).toEqual([
      ['custom', 0, 24, 14, 'Findings'],
      ['text', 0, 24, 1, '## Audit <AuditWeekly96E9C55C>'],
      ['metric', 0, 8, 7, 'Non-compliant resources by severity'],
      ['metric', 8, 8, 7, 'Non-compliant resources by check'],
      ['metric', 16, 8, 7, 'Share of resources that are non-compliant (%)'],
    ]);
    expect(widgets[0].properties).toEqual({
      endpoint: `<${FUNCTION['Fn::GetAtt'].join('.')}>`,
      params: { audits: ['<AuditWeekly96E9C55C>'] },
      title: 'Findings',
      updateOn: { refresh: true, resize: false, timeRange: false },
    });
    const found = (check: string, rest: object) => [
      'AWS/IoT', 'NonCompliantResources', 'CheckName', check, 'ScheduledAuditName', '<AuditWeekly96E9C55C>',
      { accountId: '111111111111', period: 86_400, region: 'us-east-1', stat: 'Maximum', ...rest },
    ];
    expect(widgets[2].properties.metrics).toEqual([
      [{ label: 'CRITICAL', color: '#d62728', expression: 'SUM([found3])', period: 86_400 }],
      found('DEVICE_CERTIFICATE_SHARED_CHECK', { id: 'found3', visible: false }),
      [{ label: 'HIGH', color: '#ff7f0e', expression: 'SUM([found2])', period: 86_400 }],
      found('CONFLICTING_CLIENT_IDS_CHECK', { id: 'found2', visible: false }),
      [{ label: 'LOW', color: '#1f77b4', expression: 'SUM([found1])', period: 86_400 }],
      found('LOGGING_DISABLED_CHECK', { id: 'found1', visible: false }),
    ]);
    expect(widgets[3].properties.metrics).toEqual([
      found('LOGGING_DISABLED_CHECK', { label: 'LOGGING_DISABLED' }),
      found('CONFLICTING_CLIENT_IDS_CHECK', { label: 'CONFLICTING_CLIENT_IDS' }),
      found('DEVICE_CERTIFICATE_SHARED_CHECK', { label: 'DEVICE_CERTIFICATE_SHARED' }),
    ]);
    expect(widgets[4].properties.metrics[0])
      .toEqual([{ label: 'CRITICAL', color: '#d62728', expression: '100 * SUM([found3]) / SUM([evaluated3])', period: 86_400 }]);
  });

  test('shows 90 days in periods of a day, or what is wanted', () => {
    dashboard({ dashboardName: 'Fleet', defaultInterval: Duration.days(30) });

    const { DashboardBody: body, DashboardName: name } = onlyResource(stack, 'AWS::CloudWatch::Dashboard').Properties;
    expect(name).toBe('Fleet');
    expect(body['Fn::Join'][1][0]).toMatch(/^{"start":"-P30D","periodOverride":"inherit",/);
  });

  test('shows alarms, and widgets of the user', () => {
    const alarm = new Alarm(stack, 'Alarm', {
      metric: scheduledAudit.metricNonCompliantResources(AuditCheck.LOGGING_DISABLED),
      threshold: 1,
      evaluationPeriods: 1,
    });
    dashboard({ alarms: [alarm] }).addWidgets(new TextWidget({ markdown: 'Call 112' }));
    const widgets = widgetsOf(stack);

    expect(widgets[1]).toMatchObject({ type: 'alarm', properties: { title: 'Alarms', alarms: ['<Alarm7103F465.Arn>'] } });
    expect(widgets.at(-1)).toMatchObject({ type: 'text', properties: { markdown: 'Call 112' } });
  });

  test('shows every check of the region for an imported audit', () => {
    dashboard({ scheduledAudits: [ScheduledAudit.fromScheduledAuditName(stack, 'Imported', 'theirs')] });

    expect(widgetsOf(stack)[3].properties.metrics).toHaveLength(17);
  });

  test('lets people look at it, and invoke its function only', () => {
    const role = new Role(stack, 'Viewers', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    dashboard().grantView(role);

    expect(Object.values(policiesOf(stack))[0]).toEqual([
      {
        Action: 'cloudwatch:GetDashboard',
        Effect: 'Allow',
        Resource: {
          'Fn::Join': ['', [
            'arn:', { Ref: 'AWS::Partition' }, ':cloudwatch::111111111111:dashboard/', { Ref: 'Dashboard7A714131' },
          ]],
        },
      },
      {
        Action: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetMetricData', 'cloudwatch:ListDashboards'],
        Effect: 'Allow',
        Resource: '*',
      },
      { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: FUNCTION },
    ]);
  });

  test('has a function with the configuration of the stack, without reserved concurrency', () => {
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1 });
    FleetAuditFunction.configure(stack, { vpc, logRetention: RetentionDays.ONE_YEAR, reservedConcurrentExecutions: 5 });
    dashboard();

    const { Properties } = onlyResource(stack, 'AWS::Lambda::Function');
    expect(Properties.VpcConfig.SubnetIds).toEqual([{ Ref: 'VpcPrivateSubnet1Subnet536B997A' }]);
    expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(onlyResource(stack, 'AWS::Logs::LogGroup').Properties).toEqual({ RetentionInDays: 365 });
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Role'))).toContain('ec2:CreateNetworkInterface');
  });

  test('has no finding of cdk-nag but what IAM cannot narrow', () => {
    dashboard();
    app.synth();

    const { violations } = new AwsSolutionsChecks(app).validateScope(app);
    const found = violations.flatMap(({ ruleName, violatingResources = [] }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`));
    expect(found.filter((one) => one.includes('Dashboard')))
      .toEqual(['AwsSolutions-IAM5[Resource::*] Stack/Dashboard/Widget/Role/Resource']);
  });

  test.each<[name: string, props: () => Partial<AuditDashboardProps>, message: string]>([
    [
      'a name with a space', () => ({ dashboardName: 'my fleet' }),
      'Stack/Dashboard: \'dashboardName\' must be 1 to 255 letters, digits, hyphens and underscores, got \'my fleet\'; '
      + 'give another name, or none',
    ],
    [
      'a time that is too short', () => ({ defaultInterval: Duration.hours(23) }),
      'Stack/Dashboard: \'defaultInterval\' must be from 1 day to 455 days, for which CloudWatch keeps the data points, '
      + 'got Duration.hours(23); give a time in between, or none for 90 days',
    ],
    [
      'a time that is too long', () => ({ defaultInterval: Duration.days(456) }),
      'Stack/Dashboard: \'defaultInterval\' must be from 1 day to 455 days, for which CloudWatch keeps the data points, '
      + 'got Duration.days(456); give a time in between, or none for 90 days',
    ],
    [
      'no audit', () => ({ scheduledAudits: [] }),
      'Stack/Dashboard: \'scheduledAudits\' must hold an audit if there is no onDemandAudit, got none; '
      + 'name the audits to show',
    ],
    [
      'too many alarms', () => ({ alarms: Array<IAlarm>(101) }),
      'Stack/Dashboard: \'alarms\' must be 100 at most, the limit of CloudWatch for one widget, got 101; '
      + 'add further widgets with addWidgets()',
    ],
    [
      'an audit of another region',
      () => ({
        scheduledAudits: [ScheduledAudit.fromScheduledAuditArn(
          stack, 'Far', 'arn:aws:iot:eu-west-1:111111111111:scheduledaudit/far')],
      }),
      'Stack/Dashboard: \'scheduledAudits\' must be of the stack\'s region us-east-1, got Stack/Far of eu-west-1; '
      + 'define its dashboard in a stack of its account and region',
    ],
  ])('refuses %s', (_name, props, message) => {
    expect(() => dashboard(props())).toThrow(new Error(message));
  });

  test('refuses a stack that takes no assets', () => {
    const bare = new Stack(new App(), 'Bare', { env: ENV, synthesizer: new BootstraplessSynthesizer() });
    const imported = ScheduledAudit.fromScheduledAuditName(bare, 'Audit', 'weekly');

    expect(() => new AuditDashboard(bare, 'Dashboard', { scheduledAudits: [imported] })).toThrow(
      /^Bare\/Dashboard: 'synthesizer' must take file assets, .* bucket for assets, or do without the dashboard$/s);
  });

  test('refuses the configuration of functions after it', () => {
    dashboard();

    expect(() => FleetAuditFunction.configure(stack, {})).toThrow(new Error(
      'Stack: \'FleetAuditFunction.configure()\' must be called once for a stack, before anything needs the function, '
      + 'got a call after Stack/Dashboard, which needs it; call it first in the stack'));
  });
});

describe('FleetAudit.addDashboard()', () => {
  let stack: Stack;
  let audit: FleetAudit;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    audit = new FleetAudit(stack, 'FleetAudit');
  });

  test('shows all audits and alarms, also those that are added later', () => {
    audit.addDashboard();
    audit.addScheduledAudit('Later', { schedule: AuditSchedule.monthlyOnLastDay() });
    audit.monitor();
    const widgets = widgetsOf(stack);

    expect(widgets.filter(({ type }) => type === 'text').map(({ properties }) => properties.markdown)).toEqual([
      '## Audit <FleetAuditDailyAudit0459CE8A>', '## Audits on demand', expect.stringMatching(/^## Audit <FleetAuditLater/),
    ]);
    expect(widgets[0].properties.params.audits).toHaveLength(2);
    expect(widgets[1].properties.alarms).toHaveLength(audit.alarms.length);
    expect(audit.alarms.length).toBeGreaterThan(8);
  });

  test('stays within the limits of CloudWatch with the most audits that an account can have', () => {
    for (let day = 1; day <= 4; day++) audit.addScheduledAudit(`Audit${day}`, { schedule: AuditSchedule.monthly(day) });
    audit.monitor();
    audit.addDashboard();
    const metrics = widgetsOf(stack).map(({ properties }) => properties.metrics?.length ?? 0);

    expect(Math.max(...metrics)).toBeLessThanOrEqual(500);
    expect(metrics.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(2_500);
    // CloudFormation takes a template of 1 MB.
    expect(JSON.stringify(onlyResource(stack, 'AWS::CloudWatch::Dashboard')).length).toBeLessThan(300_000);
  });

  test('is refused a second time', () => {
    audit.addDashboard();

    expect(() => audit.addDashboard()).toThrow(new Error('Stack/FleetAudit: \'addDashboard()\' can be called once, '
      + 'got a second call; use the dashboard that the first call returned'));
  });

  test('changes nothing where it is not called', () => {
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toMatch(/Dashboard/);
  });
});
