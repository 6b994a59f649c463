import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnAccountAuditConfiguration, IAccountAuditConfigurationRef } from 'aws-cdk-lib/aws-iot';
import { Construct } from 'constructs';
import { DeploymentGateOptions } from './deployment-audit';
import { AuditCheck } from '../checks/audit-check';
import { isAvailableIn } from '../checks/check-availability';
import { AuditSeverity, SEVERITIES } from '../checks/check-table';
import { validateChecks } from '../checks/validate-checks';
import { IAccountAuditConfiguration } from '../configuration/account-audit-configuration';
import { invalidInput, invalidInputMessage } from '../private/invalid-input';
import { warnWithoutDeviceDefender } from '../private/iot-regions';
import { requireSameEnvironment } from '../private/same-environment';

/**
 * The checks that an audit runs: those given, or all that the configuration enables.
 *
 * @returns the configuration's own checks, which know their thresholds; undefined if neither is known
 * @throws if the configuration is not one, or is known to be of another account or region; if no check is given, a
 * check twice, one that the configuration does not enable or one that the region does not have
 */
export function resolveAuditedChecks(
  scope: Construct, configuration: IAccountAuditConfigurationRef, given?: AuditCheck[],
): AuditCheck[] | undefined {
  requireConfiguration(scope, configuration);
  requireSameEnvironment(scope, configuration, {
    property: 'configuration',
    rule: 'must be that of',
    fix: 'define the audit where its configuration is, or import the configuration of this account and region',
  });
  warnWithoutDeviceDefender(scope);
  const enabled = (configuration as IAccountAuditConfiguration).enabledChecks;
  const checks = given ?? enabled?.filter((check) => isAvailableIn(Stack.of(scope), check));
  if (!checks) {
    return undefined;
  }
  validateChecks(scope, 'checks', checks);
  if (!enabled) {
    requireEnabledByResource(scope, configuration, checks);
  }
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

/**
 * The names of the checks that a gate judges, of those that the audit runs.
 *
 * @throws if the gate would judge none, or names one that the audit does not run
 */
export function judgedCheckNames(scope: Construct, audited: AuditCheck[], gate: DeploymentGateOptions): Set<string> {
  const auditedNames = namesOf(audited);
  for (const property of ['checks', 'reportOnly'] as const) {
    const unknown = [...namesOf(gate[property] ?? [])].filter((name) => !auditedNames.has(name));
    if (unknown.length > 0) {
      throw invalidInput(scope, {
        property: `deploymentAudit.${property}`,
        rule: 'must be checks that the audit runs',
        given: unknown.join(', '),
        fix: 'add them to the audit\'s checks, or leave them out of the gate',
      });
    }
  }
  const failOn = gate.failOn ?? AuditSeverity.CRITICAL;
  const candidates = namesOf(gate.checks ?? audited);
  const reportOnly = namesOf(gate.reportOnly ?? []);
  const judged = audited.filter(({ checkName, severity }) =>
    candidates.has(checkName) && !reportOnly.has(checkName) && isAtLeast(severity, failOn));
  if (judged.length === 0) {
    throw invalidInput(scope, {
      property: 'deploymentAudit',
      rule: 'must be a gate that judges at least one check',
      given: `none of ${[...auditedNames].join(', ')} of severity ${failOn} or above`,
      fix: 'lower failOn, name other checks, or use DeploymentAudit.waitForCompletion()',
    });
  }
  return namesOf(judged);
}

function namesOf(checks: AuditCheck[]): Set<string> {
  return new Set(checks.map(({ checkName }) => checkName));
}

/** A severity that is not known may be as severe as any. */
function isAtLeast(severity: AuditSeverity, failOn: AuditSeverity): boolean {
  return !SEVERITIES.includes(severity) || SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn);
}

/** A FleetAudit is easily taken for its configuration where no compiler looks: in JavaScript and in Python. */
function requireConfiguration(scope: Construct, given: unknown): void {
  if (isConfiguration(given)) {
    return;
  }
  const construct = given as { node?: { path: string }; configuration?: unknown } | undefined;
  throw invalidInput(scope, {
    property: 'configuration',
    rule: 'must be an account audit configuration',
    given: construct?.node?.path ?? String(given),
    fix: isConfiguration(construct?.configuration)
      ? 'pass its `configuration`' : 'pass an AccountAuditConfiguration, or the `configuration` of a FleetAudit',
  });
}

function isConfiguration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'accountAuditConfigurationRef' in value;
}

/**
 * Checks at synth, when the resource is complete, that a raw `CfnAccountAuditConfiguration`, or that of another
 * library's construct, enables what is audited. Tokens pass, and so do checks that the L1 has no property for.
 */
function requireEnabledByResource(
  scope: Construct, configuration: IAccountAuditConfigurationRef, checks: AuditCheck[],
): void {
  const resource = configuration.node.defaultChild ?? configuration;
  const type = CfnAccountAuditConfiguration.CFN_RESOURCE_TYPE_NAME;
  if (!CfnResource.isCfnResource(resource) || resource.cfnResourceType !== type) {
    return;
  }
  const known = new Set(AuditCheck.all().map(({ checkName }) => checkName));
  scope.node.addValidation({
    validate: () => {
      const configured = literalsOf(resource as CfnAccountAuditConfiguration);
      const notEnabled = checks.filter(({ checkName, propertyName }) =>
        configured && known.has(checkName) && isOff(configured, propertyName));
      return notEnabled.length === 0 ? [] : [invalidInputMessage(undefined, {
        property: 'checks',
        rule: `must be enabled by ${resource.node.path}`,
        given: notEnabled.map(({ checkName }) => checkName).join(', '),
        fix: 'enable them in its auditCheckConfigurations, also where an override does so, or leave them out here',
      })];
    },
  });
}

/**
 * The configuration of each check by its property; undefined if only the deployment knows it, or an override sets it.
 */
function literalsOf(resource: CfnAccountAuditConfiguration): Record<string, unknown> | undefined {
  const configured = Stack.of(resource).resolve(resource.auditCheckConfigurations) as Record<string, unknown>;
  return isIntrinsic(configured) || Object.keys(configured).length === 0 ? undefined : configured;
}

/** Compares without regard to case, since the L1 spells names in a case of its own. */
function isOff(configured: Record<string, unknown>, propertyName: string): boolean {
  const key = propertyName.toLowerCase();
  const [, check] = Object.entries(configured).find(([name]) => name.toLowerCase() === key) ?? [];
  if (check === undefined) {
    return true;
  }
  if (isIntrinsic(check)) {
    return false;
  }
  const { enabled } = check as { enabled?: unknown };
  return enabled === undefined || enabled === false;
}

/** True if the value is what a token resolves to: a reference or another intrinsic function. */
function isIntrinsic(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => /^(Ref|Fn::.*)$/.test(key));
}
