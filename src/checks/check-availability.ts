import { Aws, CfnCondition, Fn, ICfnRuleConditionExpression, Stack, Token } from 'aws-cdk-lib';
import { AuditCheck } from './audit-check';
import { Place } from './check-table';

/** The checks that a stack can enable. */
export function checksAvailableIn(stack: Stack): AuditCheck[] {
  return AuditCheck.all().filter((check) => isAvailableIn(stack, check));
}

/** True if a stack can enable a check, which it can if its region is known at deployment only. */
export function isAvailableIn(stack: Stack, check: AuditCheck): boolean {
  return Token.isUnresolved(stack.region) || check.isAvailableIn(stack.region);
}

/**
 * The condition that leaves a check out of a template in regions without it; undefined if nothing is left to decide at
 * deployment.
 *
 * The id of the condition, and so its logical id, depends on the places only.
 */
export function availabilityCondition(stack: Stack, { _absentFrom }: AuditCheck): CfnCondition | undefined {
  if (_absentFrom.length === 0 || !Token.isUnresolved(stack.region)) {
    return undefined;
  }
  const id = `IotAuditCheckOutside${_absentFrom.map(({ name }) => name).join('And')}`;
  const existing = stack.node.tryFindChild(id) as CfnCondition | undefined;
  return existing ?? new CfnCondition(stack, id, { expression: outsideAll(_absentFrom) });
}

function outsideAll(places: readonly Place[]): ICfnRuleConditionExpression {
  const expressions = places.map(({ partition, region }) => Fn.conditionNot(
    partition === undefined ? Fn.conditionEquals(Aws.REGION, region) : Fn.conditionEquals(Aws.PARTITION, partition)));
  return expressions.length === 1 ? expressions[0] : Fn.conditionAnd(...expressions);
}
