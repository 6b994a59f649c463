import { AuditCheck } from '../../checks/audit-check';
import { ThresholdRow } from '../../checks/check-table';
import { ADOPTED_CONFIGURATION_TYPE } from '../../configuration/protocol';
import { existsIn } from '../judged-resource';
import type { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { entryOf, isList, isObject, Unknown, Value } from '../templates/value';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';

/**
 * The number of days that a check of certificates compares with: what the account's audit configuration in the same
 * account and region says, or else what the check was made with.
 *
 * @param row the threshold in the table of checks
 */
export function thresholdInDays(check: AuditCheck, row: ThresholdRow, { template }: Resource, resolver: Resolver): number | Unknown {
  // One account and region has many certificates.
  const key = JSON.stringify([row.propertyName, check.checkName, template.account, template.region]);
  return resolver.remember(key, () => readThreshold(check, row, template, resolver));
}

function readThreshold(
  check: AuditCheck, row: ThresholdRow, template: Template, resolver: Resolver,
): number | Unknown {
  const { fleet } = resolver;
  const given = [...fleet.resourcesOfType(CONFIGURATION), ...fleet.resourcesOfType(ADOPTED_CONFIGURATION_TYPE)]
    .filter((configuration) => inSameEnvironment(configuration.template, template) && existsIn(resolver, configuration))
    .map((configuration) => daysOf(thresholdOf(check, row, configuration, resolver)))
    .filter((days) => days !== undefined);
  if (new Set(given).size > 1) return new Unknown('a threshold that several audit configurations set');
  return given[0] ?? check.threshold?.toDays() ?? new Unknown('a threshold that is not known');
}

function thresholdOf(
  check: AuditCheck, row: ThresholdRow, { type, template, properties }: Resource, resolver: Resolver,
): Value {
  if (type === CONFIGURATION) {
    const configurations = resolver.resolve(template, properties.AuditCheckConfigurations);
    return entryOf(configurations, check.propertyName, 'Configuration', row.propertyName);
  }
  const checks = resolver.resolve(template, properties.Checks);
  if (!isList(checks)) return checks;
  return entryOf(checks.find((each) => isObject(each) && each.Name === check.checkName), 'Configuration', row.apiName);
}

function daysOf(value: Value): number | Unknown | undefined {
  if (value === undefined) return undefined;
  const days = typeof value === 'string' && /^\d+$/.test(value) || typeof value === 'number' ? Number(value) : NaN;
  return days > 0 ? days : new Unknown('a threshold that is only known at deployment');
}

/** Stacks that say nothing of their account or region are taken to be in the same. */
function inSameEnvironment(one: Template, other: Template): boolean {
  return one.account === other.account && one.region === other.region;
}
