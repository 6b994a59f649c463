/** The account's audit configuration: CloudFormation's own, with every option, and one that is adopted and put back. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { caseOf, integrationTest } from './account';
import {
  AccountAuditConfiguration, AuditCheck, AuditNotificationTopic, ExistingConfiguration, OtherChecks,
} from '../../src';

export const app = new App();
const removalPolicy = RemovalPolicy.DESTROY;

const standard = caseOf('configuration-default', (stack) => new AccountAuditConfiguration(stack, 'Configuration', {
  removalPolicy,
}), (assertions, { auditRole }) => {
  assertions.awsApiCall('iot', 'describeAccountAuditConfiguration').expect(ExpectedResult.objectLike({
    roleArn: auditRole.roleArn,
    auditCheckConfigurations: { LOGGING_DISABLED_CHECK: { enabled: true } },
  }));
});

const full = caseOf('configuration-full', (stack) => new AccountAuditConfiguration(stack, 'Configuration', {
  checks: [
    AuditCheck.LOGGING_DISABLED,
    AuditCheck.deviceCertificateAge(Duration.days(730)),
    AuditCheck.deviceCertificateExpiring(Duration.days(3651)),
  ],
  notificationTopic: new AuditNotificationTopic(stack, 'Topic', { removalPolicy }),
  removalPolicy,
}), (assertions, { notificationRole, notificationTopic }) => {
  assertions.awsApiCall('iot', 'describeAccountAuditConfiguration').expect(ExpectedResult.objectLike({
    auditNotificationTargetConfigurations: {
      SNS: { enabled: true, roleArn: notificationRole!.roleArn, targetArn: notificationTopic!.topicArn },
    },
    auditCheckConfigurations: {
      DEVICE_CERTIFICATE_SHARED_CHECK: { enabled: false },
      DEVICE_CERTIFICATE_AGE_CHECK: { enabled: true, configuration: { CERT_AGE_THRESHOLD_IN_DAYS: '730' } },
      DEVICE_CERTIFICATE_EXPIRING_CHECK: {
        enabled: true, configuration: { CERT_EXPIRATION_THRESHOLD_IN_DAYS: '3651' },
      },
    },
  }));
});

// Two stacks: the first one makes what the second one adopts, and puts back when it goes.
const adopted = caseOf('configuration-adopted', (stack) => {
  const found = new Stack(app, 'cdk-iot-fleet-audit-configuration-found');
  stack.addStackDependency(found);
  const before = new AccountAuditConfiguration(found, 'Configuration', {
    checks: [AuditCheck.LOGGING_DISABLED], removalPolicy,
  });
  new AccountAuditConfiguration(stack, 'Configuration', {
    checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
    existing: ExistingConfiguration.adopt({
      otherChecks: OtherChecks.KEEP, previousRoles: [before.auditRole], putBackOnRemoval: true,
    }),
  });
}, (assertions) => {
  assertions.awsApiCall('iot', 'describeAccountAuditConfiguration').expect(ExpectedResult.objectLike({
    auditCheckConfigurations: {
      LOGGING_DISABLED_CHECK: { enabled: true },
      DEVICE_CERTIFICATE_SHARED_CHECK: { enabled: true },
    },
  }));
});

integrationTest(app, adopted, standard, full);
