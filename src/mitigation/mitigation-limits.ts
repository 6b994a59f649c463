import { Duration, Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { MitigationRule } from './mitigation-rule';
import { MOST_FINDINGS_BY_ID, RuleSettings } from './protocol';
import { invalidInput } from '../private/invalid-input';

const DEFAULT_RESOURCES = 10;
const DEFAULT_PERCENT = 5;
const DEFAULT_ALLOWANCE = 1;
const DEFAULT_PERIOD = Duration.days(7);

/** The default budget, as a multiple of the resources that may be mitigated after one audit. */
const DEFAULT_BUDGET_FACTOR = 3;

/** AWS keeps mitigation tasks for 90 days, and the first of the days is not complete. */
const MAXIMUM_PERIOD_DAYS = 89;

type Limits = Pick<RuleSettings, 'maximumResources' | 'maximumPercent' | 'minimumResources' | 'budget'>;

/**
 * The limits of a rule, with the defaults.
 *
 * @param reasonForIds the reason why findings have to be named one by one; undefined if they need not
 * @throws if a limit is out of its range, or is only known at deployment
 */
export function resolveLimits(scope: IConstruct, rule: MitigationRule, reasonForIds: string | undefined): Limits {
  const { maximumResources = DEFAULT_RESOURCES, maximumPercent = DEFAULT_PERCENT } = rule;
  const { smallFleetAllowance = DEFAULT_ALLOWANCE, budget = DEFAULT_BUDGET_FACTOR * maximumResources } = rule;
  for (const [property, limit] of Object.entries({ maximumResources, maximumPercent, smallFleetAllowance, budget })) {
    requireKnown(scope, property, limit);
  }
  const days = requirePeriod(scope, rule.budgetPeriod ?? DEFAULT_PERIOD);
  requireWholeNumber(scope, 'maximumResources', maximumResources, 1);
  if (reasonForIds && maximumResources > MOST_FINDINGS_BY_ID) {
    throw invalidInput(scope, {
      property: 'maximumResources',
      rule: `must be at most ${MOST_FINDINGS_BY_ID}, since findings are looked at one by one ${reasonForIds}`,
      given: String(maximumResources),
      fix: `give at most ${MOST_FINDINGS_BY_ID}`,
    });
  }
  if (!(maximumPercent > 0 && maximumPercent <= 100)) {
    throw invalidInput(scope, {
      property: 'maximumPercent',
      rule: 'must be above 0 and at most 100',
      given: String(maximumPercent),
      fix: 'give a number in that range; 100 leaves only maximumResources as a limit',
    });
  }
  requireWholeNumber(scope, 'smallFleetAllowance', smallFleetAllowance, 0);
  if (smallFleetAllowance > maximumResources) {
    throw invalidInput(scope, {
      property: 'smallFleetAllowance',
      rule: `must be at most maximumResources, which is ${maximumResources}`,
      given: String(smallFleetAllowance),
      fix: 'lower it, or raise maximumResources',
    });
  }
  requireWholeNumber(scope, 'budget', budget, 1);
  if (budget < maximumResources) {
    throw invalidInput(scope, {
      property: 'budget',
      rule: `must be at least maximumResources, which is ${maximumResources}`,
      given: String(budget),
      fix: 'raise it, or lower maximumResources',
    });
  }
  return {
    maximumResources, maximumPercent, minimumResources: smallFleetAllowance, budget: { resources: budget, days },
  };
}

function requireKnown(scope: IConstruct, property: string, limit: number | Duration): void {
  if (typeof limit === 'number' ? Token.isUnresolved(limit) : limit.isUnresolved()) {
    throw invalidInput(scope, {
      property,
      rule: 'must be known at synth, since it is a limit that a reviewer must be able to read',
      given: 'a token',
      fix: 'give a number',
    });
  }
}

function requireWholeNumber(scope: IConstruct, property: string, given: number, least: number): void {
  if (!Number.isSafeInteger(given) || given < least) {
    throw invalidInput(scope, {
      property, rule: `must be a whole number, ${least} or more`, given: String(given), fix: 'give such a number',
    });
  }
}

function requirePeriod(scope: IConstruct, period: Duration): number {
  requireKnown(scope, 'budgetPeriod', period);
  const days = period.toDays({ integral: false });
  if (!Number.isInteger(days) || days < 1 || days > MAXIMUM_PERIOD_DAYS) {
    throw invalidInput(scope, {
      property: 'budgetPeriod',
      rule: `must be 1 to ${MAXIMUM_PERIOD_DAYS} whole days`,
      given: period.toHumanString(),
      fix: 'give a number of days in that range: AWS keeps its records of mitigation tasks for 90 days',
    });
  }
  return days;
}
