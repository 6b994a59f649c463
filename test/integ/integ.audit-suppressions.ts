/** Suppressions: of the account, and of several resources. */
import { ExpectedResult } from '@aws-cdk/integ-tests-alpha';
import { App } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iot';
import { auditThatGoes, caseOf, integrationTest } from './account';
import { AuditCheck, AuditSuppressions, SuppressedResource, SuppressionExpiry } from '../../src';

export const app = new App();
const description = 'The integration test of cdk-iot-fleet-audit';

const standard = caseOf('audit-suppressions-default', (stack) => new AuditSuppressions(stack, 'Suppressions', {
  configuration: auditThatGoes(stack).configuration,
  suppressions: [{
    check: AuditCheck.LOGGING_DISABLED,
    resource: SuppressedResource.account(),
    description,
    expiry: SuppressionExpiry.on('2049-12-31'),
  }],
}), (assertions) => {
  assertions.awsApiCall('iot', 'listAuditSuppressions', { checkName: 'LOGGING_DISABLED_CHECK' })
    .expect(ExpectedResult.objectLike({ suppressions: [{ checkName: 'LOGGING_DISABLED_CHECK' }] }));
});

const full = caseOf('audit-suppressions-full', (stack) => {
  const policy = new CfnPolicy(stack, 'Policy', {
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: '*' }],
    },
  });
  return new AuditSuppressions(stack, 'Suppressions', {
    configuration: auditThatGoes(stack).configuration,
    trigger: '1',
    suppressions: [
      SuppressedResource.policy(policy), SuppressedResource.policyName('cdk-iot-fleet-audit-integ'),
    ].map((resource) => ({
      check: AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE, resource, description, expiry: SuppressionExpiry.never(),
    })),
  });
}, (assertions) => {
  assertions.awsApiCall('iot', 'listAuditSuppressions', { checkName: 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK' })
    .expect(ExpectedResult.objectLike({ suppressions: [{ suppressIndefinitely: true }] }));
});

integrationTest(app, standard, full);
