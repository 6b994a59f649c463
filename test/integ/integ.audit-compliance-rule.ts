/**
 * The rule of AWS Config, in an account where AWS Config records `AWS::IoT::AccountAuditConfiguration`. The same rule
 * for an organization has no test: it would be in every account.
 */
import { ExpectedResult, IDeployAssert } from '@aws-cdk/integ-tests-alpha';
import { App, Stack } from 'aws-cdk-lib';
import { auditThatGoes, caseOf, integrationTest, waitUntil } from './account';
import { AuditCheck, AuditComplianceRule, AuditComplianceRuleProps } from '../../src';

export const app = new App();

function ruleOf(checks: AuditCheck[] | undefined, props: AuditComplianceRuleProps) {
  return (stack: Stack): AuditComplianceRule => {
    const { configuration } = auditThatGoes(stack, { checks });
    const rule = new AuditComplianceRule(stack, 'Rule', props);
    rule.node.addDependency(configuration);
    return rule;
  };
}

function finds(compliance: string) {
  return (assertions: IDeployAssert, { rule: { configRuleName } }: AuditComplianceRule): void => {
    const call = assertions.awsApiCall('config-service', 'describeComplianceByConfigRule', {
      ConfigRuleNames: [configRuleName],
    });
    const rule = ExpectedResult.objectLike({ Compliance: { ComplianceType: compliance } }).result;
    waitUntil(call, { ComplianceByConfigRules: [rule] });
  };
}

const standard = caseOf('audit-compliance-rule-default', ruleOf(undefined, {}), finds('COMPLIANT'));

const full = caseOf('audit-compliance-rule-full', ruleOf([AuditCheck.LOGGING_DISABLED], {
  checks: [AuditCheck.LOGGING_DISABLED, AuditCheck.DEVICE_CERTIFICATE_SHARED],
  notificationsRequired: true,
  configRuleName: 'cdk-iot-fleet-audit-full',
  description: 'The audit looks at logging and shared certificates',
}), finds('NON_COMPLIANT'));

integrationTest(app, standard, full);
