import { ThresholdCheckRow, ThresholdRow } from '../../checks/check-table';
import { ADOPTED_CONFIGURATION_TYPE } from '../../configuration/protocol';
import { CheckContext } from '../template-check';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { display, entryOf, isKnown, isList, isObject, Unknown, Value } from '../templates/value';

const CONFIGURATION = 'AWS::IoT::AccountAuditConfiguration';

/**
 * The threshold of a check of certificates, in days: that of the audit configuration of the same account and region, or
 * else the one that is known for the check.
 */
export function thresholdInDays(
  check: ThresholdCheckRow, { thresholds }: CheckContext, { template }: Resource, resolver: Resolver,
): number | Unknown {
  // The certificates of an account and region share it.
  const key = JSON.stringify(['threshold', check.checkName, template.account, template.region]);
  return resolver.remember(key, () => configuredThreshold(check, template, resolver))
    ?? thresholds.get(check.checkName) ?? new Unknown('a threshold that is not known');
}

function configuredThreshold(
  check: ThresholdCheckRow, template: Template, resolver: Resolver,
): number | Unknown | undefined {
  const { fleet } = resolver;
  const given = [...fleet.resourcesOfType(CONFIGURATION), ...fleet.resourcesOfType(ADOPTED_CONFIGURATION_TYPE)]
    .filter((configuration) => inSameEnvironment(configuration.template, template) && resolver.exists(configuration))
    .map((configuration) => resolver.existence(configuration) === undefined
      ? new Unknown('an audit configuration that is perhaps there')
      : daysOf(thresholdOf(check, configuration, resolver), check.threshold))
    .filter((days) => days !== undefined);
  if (new Set(given).size > 1) return new Unknown('a threshold that several audit configurations set');
  return given[0];
}

function thresholdOf(
  check: ThresholdCheckRow, { type, template, properties }: Resource, resolver: Resolver,
): Value {
  if (type === CONFIGURATION) {
    const configured = resolver.resolve(template, properties.AuditCheckConfigurations);
    return entryOf(configured, check.propertyName, 'Configuration', check.threshold.propertyName);
  }
  const checks = resolver.resolve(template, properties.Checks);
  if (!isList(checks)) return checks;
  const own = checks.find((each) => each instanceof Unknown || (isObject(each) && each.Name === check.checkName));
  return entryOf(own, 'Configuration', check.threshold.apiName);
}

function daysOf(value: Value, { minimumDays, maximumDays }: ThresholdRow): number | Unknown | undefined {
  if (value === undefined) return undefined;
  if (!isKnown(value)) return new Unknown('a threshold that is only known at deployment');
  const days = typeof value === 'string' && /^\d+$/.test(value) || typeof value === 'number' ? Number(value) : NaN;
  return days >= minimumDays && days <= maximumDays ? days
    : new Unknown(`a threshold of '${display(value)}', where AWS IoT takes ${minimumDays} to ${maximumDays} days`);
}

/** Stacks of unknown accounts and regions are taken to be in the same. */
function inSameEnvironment(one: Template, other: Template): boolean {
  return one.account === other.account && one.region === other.region;
}
