import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventPattern, IRuleTarget, Match } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AuditCheck, AuditCompletedOptions, AuditEvents, AuditNotificationTopic, AuditResourceType, AuditSeverity, FleetAudit,
  ScheduledAudit,
} from '../../src';
import { ENV, onlyResource } from '../support/templates';

const EVERY_AUDIT = { 'source': ['cdk-iot-fleet-audit'], 'detail-type': ['IoT Device Defender Audit Completed'] };

describe('onAuditCompleted', () => {
  let app: App;
  let stack: Stack;
  let events: AuditEvents;

  beforeEach(() => {
    app = new App();
    stack = new Stack(app, 'Stack', { env: ENV });
    const notificationTopic = Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:us-east-1:111111111111:Audits');
    events = new AuditEvents(stack, 'Events', { notificationTopic });
  });

  function propertiesOfRule(options?: AuditCompletedOptions) {
    events.onAuditCompleted('Rule', options);
    return onlyResource(stack, 'AWS::Events::Rule').Properties;
  }

  function detailPattern(options: AuditCompletedOptions): unknown {
    const { EventPattern: { detail, ...rest } } = propertiesOfRule(options);
    expect(rest).toEqual(EVERY_AUDIT);
    return detail;
  }

  test('matches every audit, and has no target, by default', () => {
    expect(propertiesOfRule()).toEqual({ EventPattern: EVERY_AUDIT, State: 'ENABLED' });
  });

  test('has a target, a name and a description', () => {
    const target: IRuleTarget = { bind: () => ({ id: '', arn: 'arn:aws:sqs:us-east-1:111111111111:Tickets' }) };

    expect(propertiesOfRule({ target, ruleName: 'AuditTickets', description: 'Opens a ticket' })).toEqual({
      Description: 'Opens a ticket',
      EventPattern: EVERY_AUDIT,
      Name: 'AuditTickets',
      State: 'ENABLED',
      Targets: [{ Arn: 'arn:aws:sqs:us-east-1:111111111111:Tickets', Id: 'Target0' }],
    });
  });

  // Another logical id is another rule: between the two, an event could be missed or matched twice.
  test('has an id of its own, whatever the ids of the construct are', () => {
    const rule = events.onAuditCompleted('Queue');

    expect(rule.node.path).toBe('Stack/Events/Rules/Queue');
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Events::Rule')))
      .toEqual(['EventsRulesQueue5B554300']);
  });

  test('matches the runs of scheduled audits', () => {
    const { valueAsString } = new CfnParameter(stack, 'Name');

    expect(detailPattern({
      scheduledAudits: [
        ScheduledAudit.fromScheduledAuditName(stack, 'Nightly', 'Nightly'),
        ScheduledAudit.fromScheduledAuditName(stack, 'Monthly', valueAsString),
      ],
    })).toEqual({ scheduledAuditName: ['Nightly', { Ref: 'Name' }] });
  });

  test('matches audits in which at least one of some checks has found something', () => {
    const future = AuditCheck.of('CHECK_OF_THE_FUTURE', {
      propertyName: 'CheckOfTheFuture', severity: AuditSeverity.HIGH, resourceType: AuditResourceType.CLIENT_ID,
    });

    expect(detailPattern({ checks: [AuditCheck.LOGGING_DISABLED, future] }))
      .toEqual({ nonCompliantChecks: ['LOGGING_DISABLED_CHECK', 'CHECK_OF_THE_FUTURE'] });
  });

  test.each([
    [AuditSeverity.LOW, ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'UNKNOWN']],
    [AuditSeverity.MEDIUM, ['MEDIUM', 'HIGH', 'CRITICAL', 'UNKNOWN']],
    [AuditSeverity.HIGH, ['HIGH', 'CRITICAL', 'UNKNOWN']],
    [AuditSeverity.CRITICAL, ['CRITICAL', 'UNKNOWN']],
  ])('matches audits that have found something as severe as %s', (minimumSeverity, highestSeverity) => {
    expect(detailPattern({ minimumSeverity })).toEqual({ highestSeverity });
  });

  test('matches audits for which all restrictions hold', () => {
    const eventPattern: EventPattern = {
      account: ['111111111111'],
      detail: { taskStatus: ['COMPLETED'], nonCompliantResourcesBySeverity: { CRITICAL: Match.greaterThan(10) } },
    };

    expect(propertiesOfRule({
      eventPattern, checks: [AuditCheck.LOGGING_DISABLED], minimumSeverity: AuditSeverity.CRITICAL,
      scheduledAudits: [ScheduledAudit.fromScheduledAuditName(stack, 'Nightly', 'Nightly')],
    }).EventPattern).toEqual({
      ...EVERY_AUDIT,
      account: ['111111111111'],
      detail: {
        taskStatus: ['COMPLETED'],
        nonCompliantResourcesBySeverity: { CRITICAL: [{ numeric: ['>', 10] }] },
        scheduledAuditName: ['Nightly'],
        nonCompliantChecks: ['LOGGING_DISABLED_CHECK'],
        highestSeverity: ['CRITICAL', 'UNKNOWN'],
      },
    });
  });

  test.each<[what: string, options: AuditCompletedOptions, error: string]>([
    ['no scheduled audit', { scheduledAudits: [] },
      '\'scheduledAudits\' must hold at least one scheduled audit, got none; '
      + 'add one, or leave the property out for every audit'],
    ['no check', { checks: [] },
      '\'checks\' must hold at least one check, got none; add a check, or leave the property out for the default'],
    ['a check twice', { checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.LOGGING_DISABLED] },
      '\'checks\' must not hold a check twice, got LOGGING_DISABLED_CHECK more than once; keep one of each'],
    ['another source', { eventPattern: { source: ['aws.iot'], detailType: ['Something'] } },
      '\'eventPattern\' must not name what onAuditCompleted() or its other options restrict, got source, detailType; '
      + 'leave it out of the pattern, or leave out the option that restricts it'],
    ['a restriction twice', {
      checks: [AuditCheck.LOGGING_DISABLED], eventPattern: { detail: { nonCompliantChecks: Match.exists() } },
    }, '\'eventPattern\' must not name what onAuditCompleted() or its other options restrict, '
      + 'got detail.nonCompliantChecks; leave it out of the pattern, or leave out the option that restricts it'],
  ])('refuses %s', (_what, options, error) => {
    expect(() => events.onAuditCompleted('Rule', options)).toThrow(new Error(`Stack/Events: ${error}`));
    expect(stack.node.findAll().map(({ node }) => node.path)).not.toContain('Stack/Events/Rules/Rule');
  });

  test('refuses at synth to send an event to where it comes from, whenever the target is added', () => {
    const notificationTopic = new AuditNotificationTopic(stack, 'OwnTopic');
    const own = new AuditEvents(stack, 'OwnEvents', { notificationTopic });
    own.onAuditCompleted('Early', { target: new SnsTopic(notificationTopic) });
    own.onAuditCompleted('Late').addTarget(new SnsTopic(notificationTopic));
    own.onAuditCompleted('Fine', { target: new SnsTopic(new AuditNotificationTopic(stack, 'OtherTopic')) });

    const refusal = (id: string) => `[Stack/OwnEvents/Rules/${id}] 'target' must not be the topic that Device Defender `
      + 'notifies, since its messages come back to the rule, got Stack/OwnTopic; use another topic';
    expect(() => app.synth()).toThrow(
      new Error(`Validation failed with the following errors:\n  ${refusal('Early')}\n  ${refusal('Late')}`));
  });

  test('refuses a check that the region does not have', () => {
    const govCloud = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'us-gov-west-1' } });
    const audit = new FleetAudit(govCloud, 'FleetAudit');

    expect(() => audit.onAuditCompleted('Rule', { checks: [AuditCheck.CA_CERTIFICATE_KEY_QUALITY] })).toThrow(new Error(
      'Stack/FleetAudit/AuditEvents: \'checks\' must only hold checks that us-gov-west-1 has, '
      + 'got CA_CERTIFICATE_KEY_QUALITY_CHECK; '
      + 'remove them, or leave the property out for every check of the region'));
  });
});
