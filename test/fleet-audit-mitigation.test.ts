import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AuditCheck, AuditSchedule, DeploymentAudit, FleetAudit, FleetAuditProps, Mitigation, MitigationMode, MitigationRule,
  Weekday,
} from '../src';
import { deployedSettings } from './support/mitigation';
import { deployedDefinition } from './support/state-machines';
import { ENV, onlyResource } from './support/templates';

describe('FleetAudit.mitigateAutomatically()', () => {
  let stack: Stack;
  let audit: FleetAudit;
  let logging: MitigationRule;
  let sharing: MitigationRule;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    define();
  });

  function define(props?: FleetAuditProps): void {
    stack.node.tryRemoveChild('FleetAudit');
    audit = new FleetAudit(stack, 'FleetAudit', props);
    const enableLogging = audit.addMitigationAction('EnableLogging', { mitigation: Mitigation.enableIotLogging() });
    const deactivate = audit.addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() });
    logging = { checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] };
    sharing = {
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED], actions: [deactivate], mode: MitigationMode.ASK,
    };
  }

  test('defines automatic mitigation once, which reports to the topic of the audit', () => {
    const mitigation = audit.mitigateAutomatically(logging);

    expect(audit.mitigateAutomatically(sharing)).toBe(mitigation);
    expect(mitigation.node.path).toBe('Stack/FleetAudit/AutomaticMitigation');
    expect(deployedSettings(stack).rules.map(({ checks, mode }) => [checks, mode])).toEqual([
      [['LOGGING_DISABLED_CHECK'], 'APPLY'], [['DEVICE_CERTIFICATE_SHARED_CHECK'], 'ASK'],
    ]);
    expect(deployedDefinition(stack).States.PublishReport.Parameters!.TopicArn)
      .toBe(`<${stack.resolve(audit.notificationTopic.topicArn).Ref}>`);
  });

  // Another logical id would replace the machine, whose executions wait for answers.
  test('has its own resources under these logical ids', () => {
    audit.mitigateAutomatically(logging);

    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    const own = Object.entries(resources).filter(([id]) => id.startsWith('FleetAuditAutomaticMitigation'));
    expect(Object.fromEntries(own.map(([id, { Type }]) => [id, Type]))).toEqual({
      FleetAuditAutomaticMitigationRole9E6DB01F: 'AWS::IAM::Role',
      FleetAuditAutomaticMitigationLogsF1454F73: 'AWS::Logs::LogGroup',
      FleetAuditAutomaticMitigationStateMachine4B1E03C8: 'AWS::StepFunctions::StateMachine',
      FleetAuditAutomaticMitigationFailedExecutionsAlarmD03BEA46: 'AWS::CloudWatch::Alarm',
      FleetAuditAutomaticMitigationRule7620C007: 'AWS::Events::Rule',
    });
  });

  test('takes what all rules share with the first rule', () => {
    const approvalTopic = new Topic(stack, 'Approvals');

    const mitigation = audit.mitigateAutomatically(sharing, { approvalTopic, approvalTimeout: Duration.hours(4) });

    expect(mitigation.approvalTopic).toBe(approvalTopic);
    expect(deployedSettings(stack)).toMatchObject({ approvalHours: 4, maximumAuditAgeHours: 28 });
  });

  test('fails if options come with a further rule', () => {
    audit.mitigateAutomatically(logging);

    expect(() => audit.mitigateAutomatically(sharing, { approvalTimeout: Duration.hours(4) })).toThrow(new Error(
      "Stack/FleetAudit: 'options' must be given with the first rule, since all rules share them, got options with a "
      + 'further rule; move them to the first call of mitigateAutomatically()'));
  });

  // As Python passes them where nothing is given.
  test('takes a further rule with options that are empty', () => {
    const mitigation = audit.mitigateAutomatically(logging, {});

    expect(audit.mitigateAutomatically(sharing, { approvalTimeout: undefined })).toBe(mitigation);
    expect(deployedSettings(stack).rules).toHaveLength(2);
  });

  test('fails for a check that the audit does not enable', () => {
    define({ checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED] });

    expect(() => audit.mitigateAutomatically(logging)).toThrow(new Error(
      "Stack/FleetAudit/AutomaticMitigation: 'checks' must be enabled by Stack/FleetAudit/Configuration, got "
      + 'LOGGING_DISABLED_CHECK; enable them in the configuration, or leave them out here'));
  });

  test('mitigates what scheduled audits of its own find', () => {
    const weekly = audit.addScheduledAudit('Weekly', {
      schedule: AuditSchedule.biweekly(Weekday.MONDAY), scheduledAuditName: 'weekly',
    });

    audit.mitigateAutomatically({ ...logging, scheduledAudits: [weekly] });

    expect(deployedSettings(stack).rules[0].scheduledAudits)
      .toEqual([`<${stack.resolve(weekly.scheduledAuditName).Ref}>`]);
  });

  // An audit that ends before the rule exists would not be mitigated. Template.fromStack() fails for circles.
  test.each<[string, DeploymentAudit]>([
    ['start()', DeploymentAudit.start()],
    ['waitForCompletion()', DeploymentAudit.waitForCompletion()],
    ['gate()', DeploymentAudit.gate()],
  ])('is there before an audit at deployment: %s', (_, deploymentAudit) => {
    define({ deploymentAudit });
    audit.mitigateAutomatically(logging);

    expect(onlyResource(stack, 'Custom::IotOnDemandAudit').DependsOn).toEqual(expect.arrayContaining([
      'FleetAuditAutomaticMitigationRule7620C007', 'FleetAuditAutomaticMitigationStateMachine4B1E03C8',
    ]));
  });

  test('needs no audit at deployment', () => {
    define({ deploymentAudit: DeploymentAudit.none() });
    audit.mitigateAutomatically(logging);

    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
  });

  test('reports to a topic of another stack, and makes no circle of the two', () => {
    const topics = new Stack(stack.node.root as App, 'Topics', { env: ENV });
    define({ notificationTopic: new Topic(topics, 'Topic', { masterKey: new Key(topics, 'Key') }) });

    audit.mitigateAutomatically(logging);

    Template.fromStack(stack).resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    expect(topics.dependencies).toEqual([]);
  });

  test('works for two audits of an app, each with a name of its own', () => {
    const other = new Stack(stack.node.root as App, 'Other', { env: { ...ENV, region: 'eu-west-1' } });
    const otherAudit = new FleetAudit(other, 'FleetAudit');
    const enableLogging = otherAudit.addMitigationAction('EnableLogging', {
      mitigation: Mitigation.enableIotLogging(),
    });
    audit.mitigateAutomatically(logging);
    otherAudit.mitigateAutomatically({ ...logging, actions: [enableLogging] });

    const names = [stack, other].map((each) => deployedSettings(each).name);
    expect(names).toEqual([expect.stringMatching(/^Stack/), expect.stringMatching(/^Other/)]);
  });
});
