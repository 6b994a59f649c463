import { Annotations, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AuditCheck } from './audit-check';
import { isAvailableIn } from './check-availability';
import { renderThreshold } from './check-rendering';
import { CHECK_TABLE } from './check-table';
import { invalidInput } from '../private/invalid-input';

/** Throws unless the checks fit together and the scope's region has them: at least one check, none twice. */
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

/** Warns of thresholds that AWS documents and that the service is not known to accept. */
export function warnOfUnconfirmedThresholds(scope: IConstruct, checks: AuditCheck[]): void {
  const { checkName: refusedFor } = CHECK_TABLE.DEVICE_CERTIFICATE_AGE;
  for (const check of checks) {
    const { threshold, _thresholdRow: { confirmedMaximumDays: confirmed } = {} } = check;
    if (!threshold || !confirmed || threshold.isUnresolved() || threshold.toDays() <= confirmed) {
      continue;
    }
    Annotations.of(scope).addWarningV2('cdk-iot-fleet-audit:thresholdUnconfirmed',
      `${check} has a threshold of ${renderThreshold(check)} days, which AWS documents, yet the service has refused `
      + `more than ${confirmed} for ${refusedFor}; give at most ${confirmed} days, or acknowledge this warning if the `
      + 'deployment succeeds');
  }
}

/** Throws if two checks share a property in CloudFormation. Disabled checks have their property in a template, too. */
function requireOwnProperties(scope: IConstruct, property: string, checks: AuditCheck[]): void {
  const all = [...checks, ...AuditCheck.all()];
  for (const check of checks) {
    const rival = all.find(
      (other) => other.propertyName === check.propertyName && other.checkName !== check.checkName,
    );
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
