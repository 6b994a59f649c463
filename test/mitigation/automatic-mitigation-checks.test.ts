import { App, Duration, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AccountAuditConfiguration, AuditCheck, AuditEvents, AutomaticMitigation, AutomaticMitigationProps, Mitigation,
  MitigationAction, MitigationRule,
} from '../../src';
import { automaticMitigation } from '../support/mitigation';
import { ENV } from '../support/templates';

describe('AutomaticMitigation fails', () => {
  let stack: Stack;
  let rule: MitigationRule;

  beforeEach(() => {
    stack = new Stack(new App(), 'Stack', { env: ENV });
    const enableLogging = new MitigationAction(stack, 'EnableLogging', { mitigation: Mitigation.enableIotLogging() });
    rule = { checks: [AuditCheck.LOGGING_DISABLED], actions: [enableLogging] };
  });

  function mitigate(props?: Partial<AutomaticMitigationProps>): AutomaticMitigation {
    return automaticMitigation(stack, { rules: [rule], ...props });
  }

  test('without a rule', () => {
    mitigate({ rules: [] });

    expect(() => Template.fromStack(stack)).toThrow(
      "[Stack/Mitigation] 'rules' must hold at least one rule, got none; give a rule or call addRule(), or leave "
        + 'automatic mitigation out');
  });

  test.each<[string, Partial<AutomaticMitigationProps>, string]>([
    ['with too little time to answer', { approvalTimeout: Duration.minutes(4) },
      "'approvalTimeout' must be 5 minutes to 30 days, in whole seconds, got 4 minutes; give a duration in that range"],
    ['with too much time to answer', { approvalTimeout: Duration.days(31) },
      "'approvalTimeout' must be 5 minutes to 30 days, in whole seconds, got 31 days; give a duration in that range"],
    ['with a time to answer that is not known',
      { approvalTimeout: Duration.minutes(Lazy.number({ produce: () => 5 })) },
      "'approvalTimeout' must be 5 minutes to 30 days and known at synth, got a token; give a duration"],
    ['with audits that are too old', { maximumAuditAge: Duration.days(91) },
      "'maximumAuditAge' must be 1 hour to 90 days, in whole seconds, got 91 days; give a duration in that range"],
    ['with audits that are outdated before an answer must come',
      { approvalTimeout: Duration.days(2), maximumAuditAge: Duration.hours(48) },
      "'maximumAuditAge' must be longer than approvalTimeout, which is 2 days, got 2 days; raise it, or lower "
        + 'approvalTimeout: what is approved at the last moment must not be outdated'],
  ])('%s', (_, props, message) => {
    expect(() => mitigate(props)).toThrow(new Error(`Stack/Mitigation: ${message}`));
  });

  test.each(['approvalTopic', 'notificationTopic'])('with a FIFO topic as %s', (property) => {
    const topic = new Topic(stack, 'Fifo', { fifo: true });

    expect(() => mitigate({ [property]: topic })).toThrow(new Error(
      `Stack/Mitigation: '${property}' must be a standard topic, got the FIFO topic Stack/Fifo; use a topic without `
        + 'fifo: AWS IoT Device Defender cannot give its messages a group id'));
  });

  test('with the events of another stack', () => {
    const other = new NestedStack(stack, 'Other');
    const auditEvents = new AuditEvents(other, 'Events', { notificationTopic: new Topic(other, 'Topic') });

    expect(() => mitigate({ auditEvents })).toThrow(new Error(
      "Stack/Mitigation: 'auditEvents' must be of the same stack, since the one function of Stack serves both, got "
        + 'Stack/Other/Events; define automatic mitigation in the stack of the events'));
  });

  test('with a check that the configuration does not enable', () => {
    const configuration = new AccountAuditConfiguration(stack, 'Configuration', {
      checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
    });

    expect(() => mitigate({ configuration })).toThrow(new Error(
      "Stack/Mitigation: 'checks' must be enabled by Stack/Configuration, got LOGGING_DISABLED_CHECK; enable them in "
        + 'the configuration, or leave them out here'));
  });
});
