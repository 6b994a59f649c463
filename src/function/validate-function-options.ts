import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { FleetAuditFunctionOptions } from './fleet-audit-function-options';
import { invalidInput } from '../private/invalid-input';

/** Of the environment variables, the function's own. */
export const STACK_ID = 'STACK_ID';

/** A request that runs and the one that cancels it. */
const LEAST_CONCURRENT_EXECUTIONS = 2;

/**
 * @throws if options do not fit each other or would keep the function from doing its work
 */
export function validateFunctionOptions(scope: IConstruct, options: FleetAuditFunctionOptions): void {
  const { environment, reservedConcurrentExecutions: executions, vpc } = options;
  const ofVpc = (['vpcSubnets', 'securityGroups'] as const).find((property) => options[property] && !vpc);
  if (ofVpc) {
    throw invalidInput(scope, {
      property: ofVpc,
      rule: 'needs a VPC',
      given: 'it without vpc',
      fix: 'set vpc as well, or leave it out',
    });
  }
  if (executions !== undefined && !Token.isUnresolved(executions)
    && (!Number.isInteger(executions) || executions < LEAST_CONCURRENT_EXECUTIONS)) {
    throw invalidInput(scope, {
      property: 'reservedConcurrentExecutions',
      rule: `must be a whole number, ${LEAST_CONCURRENT_EXECUTIONS} or more`,
      given: String(executions),
      fix: 'leave room for a request and the one that cancels it, or leave it out',
    });
  }
  if (environment && STACK_ID in environment) {
    throw invalidInput(scope, {
      property: 'environment',
      rule: `must not hold ${STACK_ID}, by which the function knows its stack`,
      given: `'${environment[STACK_ID]}'`,
      fix: 'give the variable another name',
    });
  }
}
