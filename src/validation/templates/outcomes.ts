import { Budget } from './budget';
import { FleetTemplates } from './fleet-templates';
import { Assignment, Resolver } from './resolver';

/** Number of resolvers to keep: resources tend to share their choices. */
const MOST_KEPT = 64;

/** Number of outcomes to look at for the open choices of one resource. */
const MOST_OUTCOMES = 32;

/** Number of options to look at by themselves, if there are too many outcomes. */
const MOST_OPTIONS = 128;

const NONE: Assignment = new Map();

/** Reads templates once for each outcome of the open choices that the reading meets. */
export class Outcomes {
  /** What reading has cost. */
  readonly budget: Budget;

  private readonly resolvers = new Map<string, Resolver>();
  private readonly first: Resolver;
  private readonly undecided: Resolver;

  /** @param reading called for every outcome of every resource that is read */
  constructor(fleet: FleetTemplates, private readonly reading: () => void = () => undefined) {
    this.budget = new Budget(fleet.templates.reduce((sum, { resources }) => sum + resources.length, 0));
    this.first = new Resolver(fleet, { assignment: NONE, budget: this.budget });
    this.undecided = this.first.forOutcome(undefined);
  }

  /**
   * The result in each outcome. If there are too many, it is the one result of a reading in which all choices are open,
   * so that what depends on them is unknown, or the results for the options of a single choice that settles the matter.
   *
   * @param enough true if the results so far leave the matter undecided, whatever the others are
   */
  each<T>(read: (resolver: Resolver) => T, enough: (results: readonly T[]) => boolean = () => false): readonly T[] {
    const results: T[] = [];
    const waiting: Assignment[] = [NONE];
    for (let assignment = waiting.pop(); assignment; assignment = waiting.pop()) {
      const resolver = this.resolverFor(assignment);
      resolver.openChoices = new Map();
      this.reading();
      results.push(read(resolver));
      if (enough(results)) return results;

      if (resolver.openChoices.size === 0) continue;
      // This was the outcome with the first option of each new choice; the outcomes with the other options wait.
      const open = [...resolver.openChoices].filter(([choice]) => !assignment!.has(choice));
      const others = open.reduce((sum, [, options]) => sum + options - 1, 0);
      if (results.length + waiting.length + others > MOST_OUTCOMES) return this.withOpenChoices(read, enough);
      waiting.push(...otherOutcomes(assignment, open).reverse());
    }
    return results;
  }

  private withOpenChoices<T>(
    read: (resolver: Resolver) => T, enough: (results: readonly T[]) => boolean,
  ): readonly T[] {
    this.undecided.openChoices = new Map();
    this.reading();
    const result = read(this.undecided);
    const choices = [...this.undecided.openChoices];
    if (!enough([result]) || choices.reduce((sum, [, options]) => sum + options, 0) > MOST_OPTIONS) return [result];
    for (const [choice, options] of choices) {
      const results = Array.from({ length: options }, (_, option) => {
        this.reading();
        return read(this.first.forOutcome(new Map([[choice, option]]), { isPartial: true }));
      });
      if (!enough(results)) return results;
    }
    return [result];
  }

  private resolverFor(assignment: Assignment): Resolver {
    if (assignment.size === 0) return this.first;
    const key = JSON.stringify([...assignment].sort(([one], [other]) => one < other ? -1 : 1));
    let resolver = this.resolvers.get(key);
    if (!resolver) {
      resolver = this.first.forOutcome(assignment);
      if (this.resolvers.size >= MOST_KEPT) this.resolvers.clear();
      this.resolvers.set(key, resolver);
    }
    return resolver;
  }
}

function otherOutcomes(assignment: Assignment, open: readonly (readonly [string, number])[]): Assignment[] {
  const soFar = new Map(assignment);
  return open.flatMap(([choice, options]) => {
    const others = Array.from({ length: options - 1 }, (_, index) => new Map(soFar).set(choice, index + 1));
    soFar.set(choice, 0);
    return others;
  });
}
