import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { AuditCheck } from './audit-check';

/**
 * The names of checks for a list in a template, without those that the region turns out not to have.
 */
export function renderCheckNames(stack: Stack, checks: AuditCheck[]): string[] {
  return checks.map((check) => {
    const condition = check._availability.conditionIn(stack);
    return condition ? Fn.conditionIf(condition.logicalId, check.checkName, Aws.NO_VALUE).toString() : check.checkName;
  });
}
