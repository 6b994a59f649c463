import { SEVERITIES } from '../../checks/check-table';

/** Something that a check found. */
export interface Rated {
  readonly name: string;
  readonly severity: string;
  readonly count: number;
}

/** Orders what was found: the worst first, then the most, then by name. */
export function bySeverity(one: Rated, other: Rated): number {
  return rank(other) - rank(one) || other.count - one.count || (one.name < other.name ? -1 : 1);
}

/** An unknown severity ranks lowest. */
function rank({ severity }: Rated): number {
  return SEVERITIES.indexOf(severity);
}
