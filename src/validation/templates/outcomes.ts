import { FleetTemplates } from './fleet-templates';
import { Assignment, Resolver } from './resolver';

/** As many resolvers are kept: resources tend to share their conditions. */
const MOST_KEPT = 64;

/** More outcomes than these of one resource's open conditions are not looked at. */
const MOST_OUTCOMES = 32;

const NONE: Assignment = new Map();

/**
 * Reads templates once for each outcome of the conditions that are only decided at deployment, as far as the reading
 * comes upon them.
 */
export class Outcomes {
  private readonly resolvers = new Map<string, Resolver>();
  private readonly unconditional: Resolver;

  constructor(private readonly fleet: FleetTemplates) {
    this.unconditional = new Resolver(fleet);
  }

  /**
   * @param enough whether what was read so far settles the matter
   * @returns what was read in each outcome, or `undefined` if there are too many
   */
  each<T>(read: (resolver: Resolver) => T, enough: (results: readonly T[]) => boolean = () => false): T[] | undefined {
    const results: T[] = [];
    const waiting: Assignment[] = [NONE];
    for (let assignment = waiting.pop(); assignment; assignment = waiting.pop()) {
      const resolver = this.resolverFor(assignment);
      resolver.openConditions.clear();
      results.push(read(resolver));
      if (enough(results)) return results;

      // An open condition without an outcome holds, so this was the outcome in which all of them do.
      const open = [...resolver.openConditions].filter((condition) => !assignment!.has(condition));
      const holding = new Map(assignment);
      const others = open.map((condition) => {
        const other = new Map(holding).set(condition, false);
        holding.set(condition, true);
        return other;
      });
      waiting.push(...others.reverse());
      if (results.length + waiting.length > MOST_OUTCOMES) return undefined;
    }
    return results;
  }

  private resolverFor(assignment: Assignment): Resolver {
    if (assignment.size === 0) return this.unconditional;
    const key = JSON.stringify([...assignment].sort(([one], [other]) => one < other ? -1 : 1));
    let resolver = this.resolvers.get(key);
    if (!resolver) {
      resolver = new Resolver(this.fleet, assignment, this.unconditional);
      if (this.resolvers.size >= MOST_KEPT) this.resolvers.clear();
      this.resolvers.set(key, resolver);
    }
    return resolver;
  }
}
