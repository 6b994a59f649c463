const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'];

/** Something that a check found. */
export interface Rated {
  readonly name: string;
  readonly severity: string;
  readonly count: number;
}

/** Orders what was found: the worst first, then the most, then by name. */
export function bySeverity(one: Rated, other: Rated): number {
  return rank(one) - rank(other) || other.count - one.count || (one.name < other.name ? -1 : 1);
}

function rank({ severity }: Rated): number {
  const index = SEVERITIES.indexOf(severity);
  return index < 0 ? SEVERITIES.length : index;
}
