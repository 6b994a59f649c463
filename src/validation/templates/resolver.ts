import { Conditions } from './conditions';
import { FleetTemplates } from './fleet-templates';
import { FUNCTIONS, Interpreter } from './intrinsic-functions';
import { References } from './references';
import { isJsonObject, Json, JsonObject, Resource, Template } from './template';
import { textOf, TextPart, Unknown, Value, withoutNoValue } from './value';

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 60;

/** More values than any template has within one property. */
const MOST_VALUES = 20_000;

/** Number of resolvers to keep: resources tend to share their conditions. */
const MOST_KEPT = 64;

/** Number of outcomes to look at for the open conditions of one resource. */
const MOST_OUTCOMES = 32;

/** An object that inherits no keys; quicker to fill than one of `Object.create(null)`. */
const Entries = function () {} as unknown as new () => Record<string, Value>;
Entries.prototype = Object.create(null);

/** Outcomes of open conditions: those that only the deployment decides. */
type Assignment = ReadonlyMap<string, boolean>;

const NONE: Assignment = new Map();

/** A result, and the open conditions that came up on the way to it. */
interface Noted<T> {
  readonly value: T;
  readonly conditions: ReadonlySet<string>;
}

const DYNAMIC_REFERENCE = /\{\{resolve:[^{}]*\}\}/;

/**
 * Carries out the intrinsic functions of templates as far as possible, for one outcome of the open conditions.
 *
 * It never throws: a value that it cannot find is unknown, with the reason.
 */
export class Resolver implements Interpreter {
  /** Open conditions that came up, those without an outcome included. */
  openConditions = new Set<string>();

  readonly conditions: Conditions;
  readonly references: References;

  private depth = 0;
  private values = 0;

  /** Results that depend on open conditions, with those conditions. */
  private readonly conditional = new Map<string, Noted<unknown>>();

  /** Results that are the same in every outcome. */
  private readonly unconditional: Map<string, unknown>;

  /**
   * @param other a resolver of the same templates for another outcome, to share what does not depend on outcomes
   */
  constructor(readonly fleet: FleetTemplates, private readonly assignment: Assignment = NONE, other?: Resolver) {
    this.unconditional = other?.unconditional ?? new Map();
    this.conditions = new Conditions(this);
    this.references = new References(this, this.conditions);
  }

  resolve(template: Template, json: Json | undefined): Value {
    if (typeof json === 'string') return json.includes('{{resolve:') ? dynamicReferencesIn(template, json) : json;
    if (json === undefined || json === null || typeof json !== 'object') return json;
    if (this.depth === 0) this.values = 0;
    if (++this.values > MOST_VALUES) return new Unknown(`more than ${MOST_VALUES} values`);
    if (this.depth >= DEEPEST) return new Unknown(`more than ${DEEPEST} values inside each other`);

    this.depth++;
    try {
      if (Array.isArray(json)) return withoutNoValue(json.map((item) => this.resolve(template, item)));
      return isJsonObject(json) ? this.object(template, json) : undefined;
    } finally {
      this.depth--;
    }
  }

  /** True if the condition of a resource holds, or it has none. */
  exists({ condition, template }: Resource): boolean {
    return condition === undefined || this.conditions.holds(template, condition);
  }

  /** An open condition without an outcome holds. */
  outcomeOf(openCondition: string): boolean {
    this.openConditions.add(openCondition);
    return this.assignment.get(openCondition) ?? true;
  }

  /** Does a piece of work, and tells which open conditions came up in it. */
  noting<T>(work: () => T): Noted<T> {
    const before = this.openConditions;
    this.openConditions = new Set();
    try {
      return { value: work(), conditions: this.openConditions };
    } finally {
      this.openConditions = before;
    }
  }

  remember<T>(key: string, work: () => T): T {
    if (this.unconditional.has(key)) return this.unconditional.get(key) as T;
    let found = this.conditional.get(key);
    if (!found) {
      found = this.noting(work);
      if (found.conditions.size === 0) this.unconditional.set(key, found.value);
      else this.conditional.set(key, found);
    }
    found.conditions.forEach((condition) => this.openConditions.add(condition));
    return found.value as T;
  }

  private object(template: Template, json: JsonObject): Value {
    const keys = Object.keys(json);
    if (keys.length === 1) {
      const [name] = keys;
      if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name](this, template, json[name]);
      if (name.startsWith('Fn::')) return new Unknown(`the function ${name}, which this plugin does not know`);
    }
    const resolved = new Entries();
    for (const key of keys) {
      if (key === 'Fn::Transform') return new Unknown('a macro (Fn::Transform)');
      if (key.startsWith('Fn::')) return new Unknown(`the function ${key}, which adds what is not known`);
      const value = this.resolve(template, json[key]);
      if (value !== undefined) resolved[key] = value;
    }
    return resolved;
  }
}

/** Replaces `{{resolve:...}}`, which CloudFormation fills in at deployment. */
function dynamicReferencesIn({ templateId }: Template, text: string): Value {
  const parts: TextPart[] = [];
  let rest = text;
  for (let found = DYNAMIC_REFERENCE.exec(rest); found; found = DYNAMIC_REFERENCE.exec(rest)) {
    const unknown = new Unknown(`the dynamic reference ${found[0]}`, `${templateId}\n${found[0]}`);
    parts.push(rest.slice(0, found.index), unknown);
    rest = rest.slice(found.index + found[0].length);
  }
  parts.push(rest);
  return textOf(parts);
}

/** Reads templates once for each outcome of the open conditions that the reading meets. */
export class Outcomes {
  private readonly resolvers = new Map<string, Resolver>();
  private readonly unconditional: Resolver;

  constructor(private readonly fleet: FleetTemplates) {
    this.unconditional = new Resolver(fleet);
  }

  /**
   * @param enough true if the results so far settle the matter
   * @returns the result in each outcome, or `undefined` if there are too many outcomes
   */
  each<T>(
    read: (resolver: Resolver) => T, enough: (results: readonly T[]) => boolean = () => false,
  ): T[] | undefined {
    const results: T[] = [];
    const waiting: Assignment[] = [NONE];
    for (let assignment = waiting.pop(); assignment; assignment = waiting.pop()) {
      const resolver = this.resolverFor(assignment);
      resolver.openConditions.clear();
      results.push(read(resolver));
      if (enough(results)) return results;

      // This was the outcome in which all of the new conditions hold; the others wait.
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
