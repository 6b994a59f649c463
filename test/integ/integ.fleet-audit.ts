/** The construct that holds it all: as it is without options, and with what can be cleaned up. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { caseOf, integrationTest } from './account';
import {
  AuditSchedule, AuditSeverity, DeploymentAudit, FleetAudit, Mitigation, SuppressedResource, SuppressionExpiry,
  AuditCheck, Weekday,
} from '../../src';

export const app = new App();
const removalPolicy = RemovalPolicy.DESTROY;

const standard = caseOf('fleet-audit-default', (stack) => new FleetAudit(stack, 'FleetAudit', { removalPolicy }), (
  assertions, { notificationTopic, configuration },
) => {
  assertions.awsApiCall('iot', 'describeAccountAuditConfiguration').expect(ExpectedResult.objectLike({
    roleArn: configuration.auditRole.roleArn,
    auditNotificationTargetConfigurations: { SNS: { targetArn: notificationTopic.topicArn } },
  }));
});

const full = caseOf('fleet-audit-full', (stack) => {
  const audit = new FleetAudit(stack, 'FleetAudit', {
    schedules: [AuditSchedule.daily(), AuditSchedule.weekly(Weekday.SUNDAY)],
    deploymentAudit: DeploymentAudit.gate({
      failOn: AuditSeverity.CRITICAL, allowedPerCheck: 1_000_000, timeout: Duration.minutes(45),
    }),
    removalPolicy,
  });
  audit.addSuppression({
    check: AuditCheck.LOGGING_DISABLED,
    resource: SuppressedResource.account(),
    description: 'The integration test of cdk-iot-fleet-audit',
    expiry: SuppressionExpiry.on('2049-12-31'),
  });
  audit.mitigateAutomatically({
    checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
    actions: [audit.addMitigationAction('Deactivate', { mitigation: Mitigation.updateDeviceCertificate() })],
  });
  audit.monitor();
  return audit;
}, (assertions, { onDemandAudit }) => {
  assertions.awsApiCall('iot', 'describeAuditTask', { taskId: onDemandAudit!.auditTaskId })
    .expect(ExpectedResult.objectLike({ taskStatus: 'COMPLETED' }));
});

integrationTest(app, standard, full);
