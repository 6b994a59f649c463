import { Annotations, Stack } from 'aws-cdk-lib';
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
  requireOwnProperties(scope, property, checks);
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

/** Warns of thresholds that AWS documents, while it is not known that the service accepts them. */
export function warnOfUnconfirmedThresholds(scope: IConstruct, checks: AuditCheck[]): void {
  for (const { checkName, _threshold } of checks.filter((check) => check._threshold?.isUnconfirmed)) {
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:thresholdUnconfirmed',
      `${checkName} has a threshold of ${_threshold!.render()} days, which AWS documents, yet the service has refused more `
      + 'than 3650 for DEVICE_CERTIFICATE_AGE_CHECK; give at most 3650 days, or acknowledge this warning if the deployment succeeds');
  }
}

/** Of two checks with one property in CloudFormation, a template could only hold one. Switched-off checks have theirs too. */
function requireOwnProperties(scope: IConstruct, property: string, checks: AuditCheck[]): void {
  for (const check of checks) {
    const rival = [...checks, ...AuditCheck.all()]
      .find((other) => other.propertyName === check.propertyName && other.checkName !== check.checkName);
    if (rival) {
      throw invalidInput(scope, {
        property,
        rule: 'must hold checks with a propertyName of their own',
        given: `${check.propertyName} for ${check.checkName}, which is that of ${rival.checkName}`,
        fix: 'give AuditCheck.of() the name that CloudFormation documents for the check',
      });
    }
  }
}
