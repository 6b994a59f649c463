import aslValidator from 'asl-validator';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import {
  AuditCheck, AutomaticMitigation, AutomaticMitigationProps, Mitigation, MitigationAction, MitigationMode,
  MitigationRule,
} from '../../src';
import { validPlanStep } from '../../src/mitigation/handler/step-validation';
import { automaticMitigation, deployedSettings } from '../support/mitigation';
import { deployedDefinition } from '../support/state-machines';
import { arn, ENV, onlyResource, policiesOf } from '../support/templates';

const MACHINE = 'AWS::StepFunctions::StateMachine';
const STATE_MACHINE_ARN = { Ref: 'MitigationStateMachine145A49CE' };

describe('AutomaticMitigation', () => {
  let stack: Stack;
  let enableLogging: MitigationAction;
  let quiet: MitigationRule;
  let asking: MitigationRule;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    enableLogging = new MitigationAction(stack, 'EnableLogging', { mitigation: Mitigation.enableIotLogging() });
    const deactivate = new MitigationAction(stack, 'Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    quiet = { checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] };
    asking = {
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [deactivate], mode: MitigationMode.ASK,
    };
  });

  function mitigate(props?: Partial<AutomaticMitigationProps>): AutomaticMitigation {
    return automaticMitigation(stack, { rules: [quiet], ...props });
  }

  function idsBelow(prefix: string): Record<string, string> {
    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    return Object.fromEntries(Object.entries(resources)
      .filter(([id]) => id.startsWith(prefix) && !id.startsWith('MitigationNotifications')
        && !id.startsWith('MitigationEvents'))
      .map(([id, { Type }]) => [id, Type]));
  }

  // Another logical id would replace the machine, whose executions wait for answers.
  test('has exactly these resources, under these logical ids', () => {
    mitigate();

    expect(idsBelow('Mitigation')).toEqual({
      MitigationRole57C242D7: 'AWS::IAM::Role',
      MitigationLogsE46A0540: 'AWS::Logs::LogGroup',
      MitigationStateMachine145A49CE: MACHINE,
      MitigationFailedExecutionsAlarmF6C95079: 'AWS::CloudWatch::Alarm',
      MitigationRuleD6A71F9C: 'AWS::Events::Rule',
    });
  });

  test('has a topic for questions, too, if a rule asks', () => {
    const mitigation = mitigate({ rules: [asking] });

    expect(Object.keys(idsBelow('MitigationApproval'))).toEqual([
      'MitigationApprovalTopic5652235B', 'MitigationApprovalTopicPolicyD01B1A18',
    ]);
    expect(stack.resolve(mitigation.approvalTopic?.topicArn)).toEqual({ Ref: 'MitigationApprovalTopic5652235B' });
    expect(Template.fromStack(stack).findResources('AWS::SNS::Topic').MitigationApprovalTopic5652235B).toEqual({
      Type: 'AWS::SNS::Topic',
      Properties: {
        DisplayName: 'Approval of IoT mitigation', KmsMasterKeyId: arn('kms:us-east-1:111111111111:alias/aws/sns'),
      },
    });
  });

  test('has no such topic, and no state for it, if no rule asks', () => {
    const mitigation = mitigate();

    expect(mitigation.approvalTopic).toBeUndefined();
    expect(Object.keys(deployedDefinition(stack).States)).not.toContain('AskForApproval');
    expect(deployedSettings(stack)).not.toHaveProperty('approvalHours');
  });

  test('is a standard state machine with a log of every step and without data, and with traces', () => {
    mitigate();

    const { Properties: properties, DependsOn: dependsOn } = onlyResource(stack, MACHINE);
    expect(properties).toEqual({
      DefinitionString: expect.anything(),
      LoggingConfiguration: {
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['MitigationLogsE46A0540', 'Arn'] } } }],
        IncludeExecutionData: false,
        Level: 'ALL',
      },
      RoleArn: { 'Fn::GetAtt': ['MitigationRole57C242D7', 'Arn'] },
      TracingConfiguration: { Enabled: true },
    });
    expect(dependsOn).toEqual(['MitigationRole57C242D7']);
  });

  test.each([
    ['aws', false], ['aws', true], ['aws-cn', false], ['aws-cn', true], ['aws-us-gov', false], ['aws-us-gov', true],
  ])('deploys a valid definition in %s, with questions: %p', (partition, isAsking) => {
    mitigate({ rules: isAsking ? [quiet, asking] : [quiet] });

    const definition = deployedDefinition(stack, partition);
    expect(aslValidator(definition).errors).toEqual([]);
    expect('AskForApproval' in definition.States).toBe(isAsking);
    expect(definition.States.ReadSwitch.Resource).toBe(`arn:${partition}:states:::aws-sdk:ssm:getParameters`);
  });

  test('has two days for its work', () => {
    mitigate({ approvalTimeout: Duration.hours(4) });

    expect(deployedDefinition(stack).TimeoutSeconds).toBe(2 * 86_400);
  });

  test('has the time for an answer, too, if a rule asks', () => {
    mitigate({ approvalTimeout: Duration.hours(4) }).addRule(asking);

    const { States, TimeoutSeconds } = deployedDefinition(stack);
    expect(TimeoutSeconds).toBe(2 * 86_400 + 4 * 3600);
    expect(States.AskForApproval.TimeoutSeconds).toBe(4 * 3600);
  });

  test('tells the function its name, the rules and its times', () => {
    mitigate({ rules: [quiet, asking], approvalTimeout: Duration.minutes(90) });

    const { name, rules, ...times } = deployedSettings(stack);
    expect(name).toMatch(/^[a-zA-Z0-9-]{1,40}$/);
    expect(rules.map(({ checks }) => checks))
      .toEqual([['LOGGING_DISABLED_CHECK'], ['DEVICE_CERTIFICATE_SHARED_CHECK']]);
    expect(times).toEqual({
      title: 'Stack', switchName: '/cdk-iot-fleet-audit/StackMitigationA67C060F/switch',
      approvalHours: 1.5, maximumAuditAgeHours: 25.5,
    });
  });

  test('makes a step that the function takes for one', () => {
    mitigate({ rules: [quiet, asking] });

    const step = {
      automaticMitigation: 'PLAN', settings: deployedSettings(stack), taskId: 'audit', answer: 'NOT_ASKED', switch: [],
      formerChecks: [],
    };
    expect(Object.keys(deployedDefinition(stack).States.Plan.Parameters!).map((name) => name.replace('.$', '')))
      .toEqual(Object.keys(step));
    expect(validPlanStep(step)).toBe(step);
  });

  test('takes other times and another retention', () => {
    mitigate({ maximumAuditAge: Duration.days(90), logRetention: RetentionDays.ONE_YEAR });

    expect(deployedSettings(stack).maximumAuditAgeHours).toBe(90 * 24);
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Delete',
    });
  });

  // A deployment that puts a value of its own would switch mitigation on again.
  test('has a stop switch that is no resource of the stack', () => {
    const { switchParameterName } = mitigate();

    expect(switchParameterName).toBe('/cdk-iot-fleet-audit/StackMitigationA67C060F/switch');
    Template.fromStack(stack).resourceCountIs('AWS::SSM::Parameter', 0);
    expect(deployedDefinition(stack).States.ReadSwitch.Parameters).toEqual({ Names: [switchParameterName] });
    expect(deployedSettings(stack)).toMatchObject({ switchName: switchParameterName });
  });

  test('has an alarm for executions that failed or did not end', () => {
    const { failedExecutionsAlarm } = mitigate();

    const { Properties: alarm } = Template.fromStack(stack)
      .findResources('AWS::CloudWatch::Alarm').MitigationFailedExecutionsAlarmF6C95079;
    expect(stack.resolve(failedExecutionsAlarm.alarmArn))
      .toEqual({ 'Fn::GetAtt': ['MitigationFailedExecutionsAlarmF6C95079', 'Arn'] });
    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold', EvaluationPeriods: 1, Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
    const dimensions = [{ Name: 'StateMachineArn', Value: STATE_MACHINE_ARN }];
    const metric = (MetricName: string) => ({
      Metric: { Dimensions: dimensions, MetricName, Namespace: 'AWS/States' }, Period: 300, Stat: 'Sum',
    });
    expect(alarm.Metrics).toEqual([
      { Expression: 'SUM(METRICS())', Id: 'expr_1', Label: 'Failed executions', ReturnData: true },
      { Id: 'failed', MetricStat: metric('ExecutionsFailed'), ReturnData: false },
      { Id: 'timedOut', MetricStat: metric('ExecutionsTimedOut'), ReturnData: false },
    ]);
  });

  test('has metrics of resources, under the name that the function knows', () => {
    const mitigation = mitigate();
    const dimensions = { AutomaticMitigation: deployedSettings(stack).name };

    expect([
      mitigation.metricMitigatedResources(),
      mitigation.metricFailedResources({ period: Duration.days(1) }),
      mitigation.metricResourcesLeftAlone({ statistic: 'Maximum' }),
    ].map(({ dimensions: own, metricName, namespace, period, statistic }) =>
      [namespace, metricName, own, statistic, period.toMinutes()])).toEqual([
      ['CdkIotFleetAudit', 'MitigatedResources', dimensions, 'Sum', 5],
      ['CdkIotFleetAudit', 'FailedResources', dimensions, 'Sum', 1440],
      ['CdkIotFleetAudit', 'ResourcesLeftAlone', dimensions, 'Maximum', 5],
    ]);
  });

  test('subscribes approvers, also before the rule that asks', () => {
    const mitigation = mitigate();
    mitigation.addApprover(new EmailSubscription('one@example.com'));
    mitigation.addRule(asking);
    mitigation.addApprover(new EmailSubscription('other@example.com'));

    const subscriptions = Object.values(Template.fromStack(stack).findResources('AWS::SNS::Subscription'))
      .filter(({ Properties }) => Properties.Protocol === 'email');
    expect(subscriptions.map(({ Properties }) => [Properties.Endpoint, Properties.TopicArn])).toEqual([
      ['one@example.com', { Ref: 'MitigationApprovalTopic5652235B' }],
      ['other@example.com', { Ref: 'MitigationApprovalTopic5652235B' }],
    ]);
  });

  // The task ids and the metrics of two machines must not be those of each other.
  test('can be several in a stack, which share the function\'s permissions and have names of their own', () => {
    mitigate();
    automaticMitigation(stack, { rules: [asking] }, 'Other');

    const template = Template.fromStack(stack);
    const names = Object.values(template.findResources(MACHINE))
      .map((machine) => /"name":"(\w+)","title"/.exec(JSON.stringify(machine).replaceAll('\\"', '"'))?.[1]);
    expect(names).toEqual([expect.stringMatching(/^StackMitigation/), expect.stringMatching(/^StackOther/)]);
    expect(Object.keys(policiesOf(stack)).filter((name) => name === 'AutomaticMitigation')).toHaveLength(1);
    expect(Object.keys(policiesOf(stack)).filter((name) => name.startsWith('StartMitigation'))).toHaveLength(2);
  });

  test('works in stacks whose account and region are only known at deployment', () => {
    const agnostic = new Stack(new App(), 'Agnostic');
    automaticMitigation(agnostic, {
      rules: [{
        checks: [AuditCheck.LOGGING_DISABLED],
        actions: [MitigationAction.fromMitigationActionName(agnostic, 'Action', 'action')],
        mode: MitigationMode.ASK,
      }],
    });

    expect(aslValidator(deployedDefinition(agnostic)).errors).toEqual([]);
  });
});
