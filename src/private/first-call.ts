import { Construct } from 'constructs';
import { invalidInput } from './invalid-input';

/**
 * Throws if a method was called before.
 *
 * @param id the construct that the method defines
 * @param method its name, with parentheses
 * @param fix what to do instead of a second call
 */
export function requireFirstCall(scope: Construct, id: string, method: string, fix: string): void {
  if (scope.node.tryFindChild(id)) {
    throw invalidInput(scope, { property: method, rule: 'can be called once', given: 'a second call', fix });
  }
}
