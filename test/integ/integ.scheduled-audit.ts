/** Scheduled audits: a weekly one, and one with every option. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App } from 'aws-cdk-lib';
import { auditThatGoes, caseOf, integrationTest } from './account';
import { AuditCheck, AuditSchedule, ScheduledAudit, Weekday } from '../../src';

export const app = new App();

const standard = caseOf('scheduled-audit-default', (stack) => new ScheduledAudit(stack, 'Weekly', {
  configuration: auditThatGoes(stack).configuration, schedule: AuditSchedule.weekly(Weekday.MONDAY),
}), (assertions, { scheduledAuditName, scheduledAuditArn }) => {
  assertions.awsApiCall('iot', 'describeScheduledAudit', { scheduledAuditName }).expect(ExpectedResult.objectLike({
    frequency: 'WEEKLY', dayOfWeek: 'MON', scheduledAuditArn,
  }));
});

const full = caseOf('scheduled-audit-full', (stack) => new ScheduledAudit(stack, 'Monthly', {
  configuration: auditThatGoes(stack).configuration,
  schedule: AuditSchedule.monthlyOnLastDay(),
  checks: [AuditCheck.INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES],
  scheduledAuditName: 'cdk-iot-fleet-audit-integ-monthly',
}), (assertions, { scheduledAuditName }) => {
  assertions.awsApiCall('iot', 'describeScheduledAudit', { scheduledAuditName }).expect(ExpectedResult.objectLike({
    frequency: 'MONTHLY',
    dayOfMonth: 'LAST',
    targetCheckNames: ['INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK'],
  }));
});

integrationTest(app, standard, full);
