import { Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { IPolicyRef } from 'aws-cdk-lib/aws-iot';
import { MitigationDefinition } from './mitigation-definition';
import { invalidInput } from '../../private/invalid-input';

/**
 * @param policies the policies that may be blanked, or undefined for any of the account
 */
export function replaceDefaultPolicyVersion(policies?: IPolicyRef[]): MitigationDefinition {
  return {
    bind: (scope) => {
      if (policies?.length === 0) {
        throw invalidInput(scope, {
          property: 'policies',
          rule: 'must hold at least one policy',
          given: 'none',
          fix: 'name the policies that may be blanked, or use Mitigation.replaceDefaultPolicyVersionOfAnyPolicy()',
        });
      }
      return {
        actionParams: { replaceDefaultPolicyVersionParams: { templateName: 'BLANK_POLICY' } },
        grantTo: (grantee) => Grant.addToPrincipal({
          grantee,
          actions: ['iot:CreatePolicyVersion'],
          resourceArns: policies?.map((policy) => policy.policyRef.policyArn)
            ?? [Stack.of(scope).formatArn({ service: 'iot', resource: 'policy', resourceName: '*' })],
        }),
      };
    },
  };
}
