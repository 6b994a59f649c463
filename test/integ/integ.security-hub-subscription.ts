/** The subscription to Device Defender's findings, in an account where Security Hub CSPM is enabled. */
import { ExpectedResult, IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { caseOf, integrationTest } from './account';
import { AuditCheck, AuditSeverity, SecurityHubReport, SecurityHubSubscription } from '../../src';

export const app = new App();

function isSubscribed(assertions: IDeployAssert): void {
  assertions.awsApiCall('securityhub', 'listEnabledProductsForImport').expect(ExpectedResult.objectLike({
    ProductSubscriptions: ExpectedResult.arrayWith([
      ExpectedResult.stringLikeRegexp('iot-device-defender-audit').result,
    ]).result,
  }));
}

const standard = caseOf('security-hub-default', (stack) => new SecurityHubSubscription(stack, 'SecurityHub'), isSubscribed);

const full = caseOf('security-hub-full', (stack) => {
  const subscription = new SecurityHubSubscription(stack, 'SecurityHub');
  subscription.onFinding('Shared', {
    report: SecurityHubReport.AUDIT_FINDING,
    checks: [AuditCheck.DEVICE_CERTIFICATE_SHARED],
    minimumSeverity: AuditSeverity.HIGH,
    includeArchived: true,
    target: new SqsQueue(new Queue(stack, 'Received')),
  });
  return subscription;
}, isSubscribed);

integrationTest(app, standard, full);
