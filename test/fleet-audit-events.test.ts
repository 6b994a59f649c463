import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuditEvents, AuditSchedule, AuditSeverity, DeploymentAudit, FleetAudit, FleetAuditProps } from '../src';
import { ENV, onlyResource } from './support/templates';

describe('FleetAudit and the event of an audit', () => {
  let stack: Stack;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
  });

  function addedBy(props: FleetAuditProps): string[] {
    const fleetAudit = new FleetAudit(stack, 'FleetAudit', props);
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources);
    // A template can only be made once of a stack.
    stack = new Stack(new App(), 'Stack', { env: ENV });
    new FleetAudit(stack, 'FleetAudit', props).onAuditCompleted('Rule');
    expect(fleetAudit.node.tryFindChild('AuditEvents')).toBeUndefined();
    const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
    return Object.entries(resources).filter(([id]) => !before.includes(id)).map(([, { Type }]) => Type).sort();
  }

  const EVENTS = [
    'AWS::CloudWatch::Alarm', 'AWS::Events::Rule', 'AWS::IAM::Policy', 'AWS::IAM::Policy',
    'AWS::Lambda::EventSourceMapping', 'AWS::SNS::Subscription', 'AWS::SQS::Queue', 'AWS::SQS::Queue',
    'AWS::SQS::QueuePolicy', 'AWS::SQS::QueuePolicy',
  ];

  test('adds what publishes the event only if it is used', () => {
    expect(addedBy({})).toEqual(EVENTS);
  });

  test('adds the function, too, where nothing else needs it', () => {
    expect(addedBy({ deploymentAudit: DeploymentAudit.none() })).toEqual([
      ...EVENTS, 'AWS::IAM::Role', 'AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::Function', 'AWS::Logs::LogGroup',
    ].sort());
  });

  test('subscribes before the audit of the deployment begins, whose end would be lost', () => {
    new FleetAudit(stack, 'FleetAudit').onAuditCompleted('Rule');

    const { DependsOn: before } = onlyResource(stack, 'Custom::IotOnDemandAudit');
    expect(before).toContain('FleetAuditAuditEventsSubscriptionE912E6B8');
  });

  test('publishes each event once, whatever the number of rules', () => {
    const fleetAudit = new FleetAudit(stack, 'FleetAudit');
    const rules = ['One', 'Other'].map((id) => fleetAudit.onAuditCompleted(id));

    expect(rules.map(({ node }) => node.path))
      .toEqual(['Stack/FleetAudit/AuditEvents/Rules/One', 'Stack/FleetAudit/AuditEvents/Rules/Other']);
    expect(stack.node.findAll().filter((node) => node instanceof AuditEvents)).toEqual([fleetAudit._auditEvents]);
    expect(onlyResource(stack, 'AWS::SNS::Subscription').Properties.TopicArn)
      .toEqual(stack.resolve(fleetAudit.notificationTopic.topicArn));
  });

  test('restricts a rule to schedules of its own', () => {
    const fleetAudit = new FleetAudit(stack, 'FleetAudit', {
      schedules: [AuditSchedule.daily(), AuditSchedule.monthlyOnLastDay()],
    });
    const [daily] = fleetAudit.scheduledAudits;
    fleetAudit.onAuditCompleted('Rule', { scheduledAudits: [daily], minimumSeverity: AuditSeverity.CRITICAL });

    expect(onlyResource(stack, 'AWS::Events::Rule').Properties.EventPattern.detail).toEqual({
      scheduledAuditName: [{ Ref: 'FleetAuditDailyAudit0459CE8A' }],
      highestSeverity: ['CRITICAL', 'UNKNOWN'],
    });
  });
});
