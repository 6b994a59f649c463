import { Aws, Fn, Stack, Tokenization } from 'aws-cdk-lib';
import { AuditCheck } from './audit-check';
import { availabilityCondition, checksAvailableIn } from './check-availability';
import { ApiCheck } from './check-table';

/**
 * Renders a list of checks for a template.
 *
 * If the region is known at deployment only, conditions leave out the checks that it does not have.
 */
export function renderChecks<Rendered>(
  stack: Stack, checks: AuditCheck[], render: (check: AuditCheck) => Rendered,
): Rendered[] {
  return checks.map((check) => whereAvailable(stack, check, render(check)));
}

/** Renders a list of the names of checks. */
export function renderCheckNames(stack: Stack, checks: AuditCheck[]): string[] {
  return renderChecks(stack, checks, ({ checkName }) => checkName).map(String);
}

/** Renders a list of checks in the spelling of the API. */
export function renderApiChecks(stack: Stack, checks: AuditCheck[]): ApiCheck[] {
  return renderChecks(stack, checks, (check) => ({
    Name: check.checkName,
    Configuration: renderConfiguration(check, check._thresholdRow?.apiName),
  }));
}

/**
 * Renders the property `AuditCheckConfigurations` in CloudFormation's own spelling.
 *
 * It lists every check of the stack's region, enabled or not, so that drift detection sees a check that somebody
 * switches on in the console.
 */
export function renderAuditCheckConfigurations(stack: Stack, enabled: AuditCheck[]): Record<string, unknown> {
  const enabledNames = new Set(enabled.map(({ checkName }) => checkName));
  const disabled = checksAvailableIn(stack).filter(({ checkName }) => !enabledNames.has(checkName));
  return Object.fromEntries([...enabled, ...disabled]
    .map((check) => [check.propertyName, whereAvailable(stack, check, enabledNames.has(check.checkName)
      ? { Enabled: true, Configuration: renderConfiguration(check, check._thresholdRow?.propertyName) }
      : { Enabled: false })] as const)
    .sort(([one], [other]) => one < other ? -1 : 1));
}

/** Renders the threshold as the service expects it: the number of days as a string; undefined without a threshold. */
export function renderThreshold({ threshold }: AuditCheck): string | undefined {
  return threshold && Tokenization.stringifyNumber(threshold.toDays());
}

function renderConfiguration(check: AuditCheck, key: string | undefined): Record<string, string> | undefined {
  const days = renderThreshold(check);
  return key === undefined || days === undefined ? undefined : { [key]: days };
}

/** The value, or an intrinsic function in its place that yields it in regions with the check. */
export function whereAvailable<Rendered>(stack: Stack, check: AuditCheck, value: Rendered): Rendered {
  const condition = availabilityCondition(stack, check);
  return condition ? Fn.conditionIf(condition.logicalId, value, Aws.NO_VALUE) as unknown as Rendered : value;
}
