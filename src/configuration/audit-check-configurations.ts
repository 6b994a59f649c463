import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { AdoptedCheck, THRESHOLD_KEYS } from './protocol';
import { AuditCheck } from '../checks/audit-check';
import { checksAvailableIn } from '../checks/check-availability';

interface AuditCheckConfiguration {
  readonly Enabled: boolean;
  readonly Configuration?: Record<string, string>;
}

/**
 * The property `AuditCheckConfigurations`, in CloudFormation's own spelling.
 *
 * Lists every check of the stack's region, enabled or not, so that drift detection sees a check that is switched on in
 * the console. If the region is only known at deployment, a condition leaves out the checks that it does not have.
 */
export function renderAuditCheckConfigurations(stack: Stack, enabled: AuditCheck[]): Record<string, unknown> {
  const enabledNames = new Set(enabled.map((check) => check.checkName));
  const disabled = checksAvailableIn(stack).filter((check) => !enabledNames.has(check.checkName));
  const configurations = [
    ...enabled.map((check) => ({ check, configuration: enabledConfiguration(check) })),
    ...disabled.map((check) => ({ check, configuration: { Enabled: false } })),
  ];
  return Object.fromEntries(configurations
    .map(({ check, configuration }) => [check.propertyName, whereAvailable(stack, check, configuration)] as const)
    .sort(([one], [other]) => one < other ? -1 : 1));
}

/**
 * The checks to enable in the API's spelling, for the properties of a custom resource.
 */
export function renderApiChecks(stack: Stack, enabled: AuditCheck[]): AdoptedCheck[] {
  return enabled.map((check) => {
    const threshold = check._threshold;
    const Configuration = threshold && { [THRESHOLD_KEYS[threshold.propertyName]]: threshold.render() };
    return whereAvailable(stack, check, { Name: check.checkName, Configuration }) as AdoptedCheck;
  });
}

function enabledConfiguration(check: AuditCheck): AuditCheckConfiguration {
  const threshold = check._threshold;
  return threshold
    ? { Enabled: true, Configuration: { [threshold.propertyName]: threshold.render() } }
    : { Enabled: true };
}

function whereAvailable(stack: Stack, check: AuditCheck, configuration: object): unknown {
  const condition = check._availability.conditionIn(stack);
  return condition ? Fn.conditionIf(condition.logicalId, configuration, Aws.NO_VALUE) : configuration;
}
