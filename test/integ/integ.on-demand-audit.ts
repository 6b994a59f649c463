/** Audits at deployment: one that is started, and a gate. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App, Duration } from 'aws-cdk-lib';
import { auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import { AuditCheck, AuditSeverity, DeploymentAudit, KnownFindings, OnDemandAudit } from '../../src';

export const app = new App();

const standard = caseOf('on-demand-audit-default', (stack) => new OnDemandAudit(stack, 'Audit', {
  configuration: auditThatGoes(stack).configuration,
}), (assertions, { auditTaskId: taskId }) => {
  waitUntil(assertions.awsApiCall('iot', 'describeAuditTask', { taskId }), { taskStatus: 'COMPLETED' });
});

// What is wrong with an empty account is allowed; that the gate waits for the audit is what this shows.
const full = caseOf('on-demand-audit-gate', (stack) => new OnDemandAudit(stack, 'Audit', {
  configuration: auditThatGoes(stack).configuration,
  checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED],
  deploymentAudit: DeploymentAudit.gate({
    failOn: AuditSeverity.CRITICAL,
    reportOnly: [AuditCheck.LOGGING_DISABLED],
    allowedPerCheck: 1,
    allowedInTotal: 5,
    knownFindings: KnownFindings.ignore(),
    failOnIncompleteCheck: true,
    timeout: Duration.minutes(45),
  }),
}), (assertions, { auditTaskId: taskId }) => {
  assertions.awsApiCall('iot', 'describeAuditTask', { taskId }).expect(ExpectedResult.objectLike({
    taskStatus: 'COMPLETED', taskStatistics: { totalChecks: 2, failedChecks: 0 },
  }));
});

integrationTest(app, standard, full);
