import { LimitSettings, Outcome, PlannedCheck } from '../protocol';

/** Resources that may be mitigated of all that a check looked at. A share is rounded down. */
export function allowedResources(limit: LimitSettings, totalResources: number): number {
  return Math.min(limit.maximumResources, Math.max(limit.minimumResources, shareOf(limit, totalResources)));
}

/** The percentage of a limit as a number of resources. */
export function shareOf({ maximumPercent }: LimitSettings, totalResources: number): number {
  return Math.floor(totalResources * maximumPercent / 100);
}

/**
 * Resources that a plan mitigates already, as far as a rule has to count them: those of its own checks, and while the
 * rule only reports, those that it would have mitigated.
 */
export function mitigatedBefore(
  planned: readonly PlannedCheck[], rule: number, checks: readonly string[],
): number {
  return planned
    .filter(({ outcome, checkName }) => isDone(outcome) && checks.includes(checkName))
    .concat(planned.filter((check) => check.rule === rule && isPretended(check)))
    .reduce((sum, { affectedResources }) => sum + affectedResources, 0);
}

function isDone(outcome: Outcome): boolean {
  return outcome === Outcome.PLANNED || outcome === Outcome.ASKED;
}

function isPretended({ outcome, obstacle }: PlannedCheck): boolean {
  return outcome === Outcome.STOPPED || (outcome === Outcome.REPORTED && obstacle === undefined);
}
