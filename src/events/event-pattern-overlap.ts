import { EventPattern } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { invalidInput } from '../private/invalid-input';

/**
 * Refuses a pattern that names what a method or its options restrict: one pattern would replace the other, or the CDK's
 * rules would take them for alternatives.
 *
 * @param method the method's name in messages
 * @param restricted the fields that both are about, beside the source and the type of the events
 * @throws if there is one
 */
export function refuseOverlap(
  scope: Construct, { detailType, source }: EventPattern, method: string, restricted: readonly string[],
): void {
  const overlap = [...source ? ['source'] : [], ...detailType ? ['detailType'] : [], ...restricted];
  if (overlap.length > 0) {
    throw invalidInput(scope, {
      property: 'eventPattern',
      rule: `must not name what ${method} or its other options restrict`,
      given: overlap.join(', '),
      fix: 'leave it out of the pattern, or leave out the option that restricts it',
    });
  }
}
