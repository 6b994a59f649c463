import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AuditEvents } from './audit-events';
import { invalidInput } from '../private/invalid-input';

/**
 * Requires the events to be of the stack of what follows them.
 *
 * @param fix the way out
 * @throws if they are of another stack, whose function would be asked
 */
export function requireSameStack(scope: Construct, auditEvents: AuditEvents, fix = 'define both in one stack'): void {
  if (Stack.of(auditEvents) !== Stack.of(scope)) {
    throw invalidInput(scope, {
      property: 'auditEvents',
      rule: `must be of the same stack, since the one function of ${Stack.of(scope).node.path} serves both`,
      given: auditEvents.node.path,
      fix,
    });
  }
}
