/** Automatic mitigation: an audit finds that logging is off, and a rule reports or enables it. */
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { auditNow, auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import {
  AuditCheck, AuditEvents, AuditNotificationTopic, AutomaticMitigation, Mitigation, MitigationAction, MitigationMode,
} from '../../src';

export const app = new App();

const standard = caseOf('automatic-mitigation-default', (stack) => {
  const audit = auditThatGoes(stack);
  return audit.mitigateAutomatically({
    checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
    actions: [audit.addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() })],
  });
}, (assertions, { stateMachine }) => {
  assertions.awsApiCall('sfn', 'describeStateMachine', { stateMachineArn: stateMachine.stateMachineArn });
});

// Publishes the finding, which changes nothing: the execution succeeds, and so its mitigation task has.
const full = caseOf('automatic-mitigation-full', (stack) => {
  const { configuration, notificationTopic } = auditThatGoes(stack);
  const findings = new AuditNotificationTopic(stack, 'Findings', { removalPolicy: RemovalPolicy.DESTROY });
  return new AutomaticMitigation(stack, 'Mitigation', {
    auditEvents: new AuditEvents(stack, 'AuditEvents', { notificationTopic }),
    notificationTopic,
    configuration,
    approvalTimeout: Duration.hours(1),
    maximumAuditAge: Duration.hours(2),
    logRetention: RetentionDays.ONE_DAY,
    rules: [{
      checks: [AuditCheck.LOGGING_DISABLED],
      actions: [new MitigationAction(stack, 'Publish', { mitigation: Mitigation.publishFindingToSns(findings) })],
      mode: MitigationMode.APPLY,
      maximumResources: 1,
      maximumPercent: 100,
      budget: 10,
      budgetPeriod: Duration.days(7),
    }],
  });
}, (assertions, { stateMachine }) => {
  auditNow(assertions).next(waitUntil(
    assertions.awsApiCall('sfn', 'listExecutions', { stateMachineArn: stateMachine.stateMachineArn }),
    { executions: [{ status: 'SUCCEEDED' }] },
  ));
});

integrationTest(app, standard, full);
