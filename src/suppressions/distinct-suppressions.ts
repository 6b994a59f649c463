import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { AuditSuppression } from './audit-suppression';
import { isInTree } from '../private/in-tree';
import { invalidInput } from '../private/invalid-input';

/** A suppression of a stack. */
interface Claim {
  readonly scope: Construct;
  readonly place: string;
  readonly suppression: AuditSuppression;
}

/** The suppressions by stack, and by check and resource. Of a policy, several versions may be pinned. */
const claims = new WeakMap<Stack, Map<string, Claim[]>>();

/**
 * Claims the check and the resource of a suppression, of which the account has one.
 *
 * @throws if another suppression of the stack has claimed them
 */
export function claimSuppression(scope: Construct, place: string, suppression: AuditSuppression): void {
  const stack = Stack.of(scope);
  const { check, resource } = suppression;
  const ofStack = claims.get(stack) ?? new Map<string, Claim[]>();
  claims.set(stack, ofStack);
  const key = `${check} ${resource._key}`;
  const others = (ofStack.get(key) ?? []).filter((claim) => isInTree(claim.scope));
  const rival = others.find((claim) => mayBeSameVersion(resource._version, claim.suppression.resource._version));
  if (rival) {
    throw invalidInput(scope, {
      property: place,
      rule: 'must be the only suppression of its check and resource',
      given: `a second one of ${check} for ${resource._words} beside `
        + (rival.scope === scope ? rival.place : `${rival.place} of ${rival.scope.node.path}`),
      fix: 'keep one of the two',
    });
  }
  ofStack.set(key, [...others, { scope, place, suppression }]);
}

/** The default version may be any. */
function mayBeSameVersion(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}
