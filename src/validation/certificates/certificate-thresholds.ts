import { AuditCheck } from '../../checks/audit-check';
import { ThresholdRow } from '../../checks/check-table';
import { ADOPTED_CONFIGURATION_TYPE } from '../../configuration/protocol';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { entryOf, isList, isObject, Unknown, Value } from '../templates/value';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';

/**
 * The threshold of a check of certificates, in days: that of the audit configuration of the same account and region, or
 * else that of the check itself.
 *
 * @param row the threshold in the table of checks
 */
export function thresholdInDays(
  check: AuditCheck, row: ThresholdRow, { template }: Resource, resolver: Resolver,
): number | Unknown {
  // The certificates of an account and region share it.
  const key = JSON.stringify([row.propertyName, check.checkName, template.account, template.region]);
  return resolver.remember(key, () => readThreshold(check, row, template, resolver));
}

function readThreshold(
  check: AuditCheck, row: ThresholdRow, template: Template, resolver: Resolver,
): number | Unknown {
  const { fleet } = resolver;
  const given = [...fleet.resourcesOfType(CONFIGURATION), ...fleet.resourcesOfType(ADOPTED_CONFIGURATION_TYPE)]
    .filter((configuration) => inSameEnvironment(configuration.template, template) && resolver.exists(configuration))
    .map((configuration) => daysOf(thresholdOf(check, row, configuration, resolver)))
    .filter((days) => days !== undefined);
  if (new Set(given).size > 1) return new Unknown('a threshold that several audit configurations set');
  return given[0] ?? check.threshold?.toDays() ?? new Unknown('a threshold that is not known');
}

function thresholdOf(
  check: AuditCheck, row: ThresholdRow, { type, template, properties }: Resource, resolver: Resolver,
): Value {
  if (type === CONFIGURATION) {
    const configured = resolver.resolve(template, properties.AuditCheckConfigurations);
    return entryOf(configured, check.propertyName, 'Configuration', row.propertyName);
  }
  const checks = resolver.resolve(template, properties.Checks);
  if (!isList(checks)) return checks;
  const own = checks.find((each) => isObject(each) && each.Name === check.checkName);
  return entryOf(own, 'Configuration', row.apiName);
}

function daysOf(value: Value): number | Unknown | undefined {
  if (value === undefined) return undefined;
  const days = typeof value === 'string' && /^\d+$/.test(value) || typeof value === 'number' ? Number(value) : NaN;
  return days > 0 ? days : new Unknown('a threshold that is only known at deployment');
}

/** Stacks of unknown accounts and regions are taken to be in the same. */
function inSameEnvironment(one: Template, other: Template): boolean {
  return one.account === other.account && one.region === other.region;
}
