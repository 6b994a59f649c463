import { Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AuditCheck } from './audit-check';
import { isAvailableIn } from './check-availability';
import { invalidInput } from '../private/invalid-input';

/**
 * Throws unless the checks can be used together in the scope's region: at least one, none twice, all known there.
 */
export function validateChecks(scope: IConstruct, property: string, checks: AuditCheck[]): void {
  const names = checks.map((check) => check.checkName);
  if (names.length === 0) {
    throw invalidInput(scope, {
      property,
      rule: 'must hold at least one check',
      given: 'none',
      fix: 'add a check, or leave the property out for the default',
    });
  }
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) {
    throw invalidInput(scope, {
      property,
      rule: 'must not hold a check twice',
      given: `${repeated.join(', ')} more than once`,
      fix: 'keep one of each',
    });
  }
  const stack = Stack.of(scope);
  const unavailable = checks.filter((check) => !isAvailableIn(stack, check));
  if (unavailable.length > 0) {
    throw invalidInput(scope, {
      property,
      rule: `must only hold checks that ${stack.region} has`,
      given: unavailable.map((check) => check.checkName).join(', '),
      fix: 'remove them, or leave the property out for every check of the region',
    });
  }
}
