import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { requireEnabledByResource } from './raw-configuration';
import { AuditCheck } from '../checks/audit-check';
import { isAvailableIn } from '../checks/check-availability';
import { validateChecks } from '../checks/validate-checks';
import { IAccountAuditConfiguration } from '../configuration/account-audit-configuration';
import { invalidInput } from '../private/invalid-input';
import { warnWithoutDeviceDefender } from '../private/iot-regions';

/**
 * The checks that an audit runs: those given, or all that the configuration enables.
 *
 * @returns the configuration's own checks, which know their thresholds; undefined when neither is known
 * @throws if the configuration is known to be of another account or region; if no check is given, a check twice, one
 * that the configuration does not enable or one that the region does not have
 */
export function resolveAuditedChecks(
  scope: Construct, configuration: IAccountAuditConfigurationRef, given?: AuditCheck[],
): AuditCheck[] | undefined {
  requireSameEnvironment(scope, configuration);
  warnWithoutDeviceDefender(scope);
  const enabled = (configuration as IAccountAuditConfiguration).enabledChecks;
  const checks = given ?? enabled?.filter((check) => isAvailableIn(Stack.of(scope), check));
  if (!checks) {
    return undefined;
  }
  validateChecks(scope, 'checks', checks);
  if (!enabled) requireEnabledByResource(scope, configuration, checks);
  const enabledByName = new Map(enabled?.map((check) => [check.checkName, check]));
  const notEnabled = checks.filter((check) => enabled && !enabledByName.has(check.checkName));
  if (notEnabled.length > 0) {
    throw invalidInput(scope, {
      property: 'checks',
      rule: `must be enabled by ${configuration.node.path}`,
      given: notEnabled.map((check) => check.checkName).join(', '),
      fix: 'enable them in the configuration, or leave them out here',
    });
  }
  return checks.map((check) => enabledByName.get(check.checkName) ?? check);
}

function requireSameEnvironment(scope: Construct, configuration: IAccountAuditConfigurationRef): void {
  const stack = Stack.of(scope);
  const different = (['account', 'region'] as const)
    .filter((part) => Token.compareStrings(stack[part], configuration.env[part]) === TokenComparison.DIFFERENT);
  if (different.length > 0) {
    throw invalidInput(scope, {
      property: 'configuration',
      rule: `must be that of the stack's ${different.map((part) => `${part} ${stack[part]}`).join(' and ')}`,
      given: `${configuration.node.path} of ${different.map((part) => configuration.env[part]).join(' and ')}`,
      fix: 'define the audit where its configuration is, or import the configuration of this account and region',
    });
  }
}
