import { Stack, Token } from 'aws-cdk-lib';
import { AuditCheck } from './audit-check';

/**
 * The checks that a stack can enable.
 */
export function checksAvailableIn(stack: Stack): AuditCheck[] {
  return AuditCheck.all().filter((check) => isAvailableIn(stack, check));
}

/**
 * Whether a stack can enable a check: any where its region is only known at deployment.
 */
export function isAvailableIn(stack: Stack, check: AuditCheck): boolean {
  return Token.isUnresolved(stack.region) || check.isAvailableIn(stack.region);
}
