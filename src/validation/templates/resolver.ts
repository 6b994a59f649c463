import { Budget } from './budget';
import { Conditions } from './conditions';
import { FleetTemplates } from './fleet-templates';
import { FUNCTIONS, Interpreter } from './intrinsic-functions';
import { References } from './references';
import { isJsonObject, Json, JsonObject, Resource, Template } from './template';
import { textOf, TextPart, Unknown, Value, withoutNoValue } from './value';
import { mapped } from '../lists';

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 60;

/** An object that inherits no keys; quicker to fill than one of `Object.create(null)`. */
const Entries = function () {} as unknown as new () => Record<string, Value>;
Entries.prototype = Object.create(null);

/** Options of open choices, by number: those that only the deployment decides. */
export type Assignment = ReadonlyMap<string, number>;

/** A result, and the open choices that came up on the way to it, with the number of their options. */
interface Noted<T> {
  readonly value: T;
  readonly choices: ReadonlyMap<string, number>;
}

interface ResolverProps {
  /**
   * The outcome of open choices. A choice that is not among them falls on its first option.
   *
   * @default - all choices stay open, and what depends on them is unknown
   */
  readonly assignment?: Assignment;

  /** True if a choice that is not among them stays open. */
  readonly isPartial?: boolean;

  /** @default - one for the resolver alone */
  readonly budget?: Budget;

  /** A resolver of the same templates for another outcome, to share what does not depend on outcomes. */
  readonly other?: Resolver;
}

const DYNAMIC_REFERENCE = /\{\{resolve:[^{}]*\}\}/g;

/**
 * Carries out the intrinsic functions of templates as far as possible, for one outcome of the open choices: conditions,
 * values that a parameter allows, and rows of mappings.
 *
 * It never throws: a value that it cannot find is unknown, with the reason.
 */
export class Resolver implements Interpreter {
  /** Open choices that came up, those without an outcome included, and the number of their options. */
  openChoices = new Map<string, number>();

  readonly budget: Budget;
  readonly conditions: Conditions;
  readonly references: References;

  private readonly assignment?: Assignment;
  private readonly isPartial: boolean;
  private depth = 0;

  /** Results that depend on open choices, with those choices. */
  private readonly conditional = new Map<string, Noted<unknown>>();

  /** Results that are the same in every outcome. */
  private readonly unconditional: Map<string, unknown>;

  constructor(readonly fleet: FleetTemplates, { assignment, isPartial = false, budget, other }: ResolverProps = {}) {
    this.assignment = assignment;
    this.isPartial = isPartial;
    this.budget = budget ?? new Budget(0);
    this.unconditional = other?.unconditional ?? new Map();
    this.conditions = new Conditions(this);
    this.references = new References(this, this.conditions);
  }

  /** A resolver of the same templates for another outcome. */
  forOutcome(assignment: Assignment | undefined, { isPartial }: Pick<ResolverProps, 'isPartial'> = {}): Resolver {
    return new Resolver(this.fleet, { assignment, isPartial, budget: this.budget, other: this });
  }

  resolve(template: Template, json: Json | undefined): Value {
    if (this.depth > 0) return this.value(template, json);
    // Outside of functions, a text stands for itself.
    if (typeof json === 'string' && !json.includes('{{resolve:')) return json;
    return this.budget.separately(() => this.value(template, json));
  }

  /** True if a resource exists, perhaps. */
  exists(resource: Resource): boolean {
    return this.existence(resource) !== false;
  }

  /** True if the conditions of a resource and of the nested stacks around it hold; `undefined` if that is open. */
  existence({ condition, template }: Resource): boolean | undefined {
    const own = condition === undefined || this.conditions.holds(template, condition);
    const nestedStack = template.parent?.template.resource(template.parent.logicalId);
    if (own === false || !nestedStack) return own;
    const around = this.existence(nestedStack);
    return around === true ? own : around;
  }

  choose(choice: string, options: number): number | undefined {
    this.openChoices.set(choice, options);
    return this.assignment && (this.assignment.get(choice) ?? (this.isPartial ? undefined : 0));
  }

  /** Does a piece of work, and tells which open choices came up in it. */
  noting<T>(work: () => T): Noted<T> {
    const before = this.openChoices;
    this.openChoices = new Map();
    try {
      return { value: work(), choices: this.openChoices };
    } finally {
      this.openChoices = before;
    }
  }

  remember<T>(key: string, work: () => T): T {
    if (this.unconditional.has(key)) return this.unconditional.get(key) as T;
    let found = this.conditional.get(key);
    if (!found) {
      found = this.budget.separately(() => this.noting(work));
      if (found.choices.size === 0) this.unconditional.set(key, found.value);
      else this.conditional.set(key, found);
    }
    found.choices.forEach((options, choice) => this.openChoices.set(choice, options));
    return found.value as T;
  }

  private value(template: Template, json: Json | undefined): Value {
    if (typeof json === 'string') {
      this.budget.spend(1, json.length);
      return json.includes('{{resolve:') ? dynamicReferencesIn(template, json) : json;
    }
    if (json === undefined || json === null || typeof json !== 'object') return json;
    if (!this.budget.spend(1)) return new Unknown('more values and texts than any policy needs');
    if (this.depth >= DEEPEST) return new Unknown(`more than ${DEEPEST} values inside each other`);

    this.depth++;
    try {
      if (Array.isArray(json)) return withoutNoValue(mapped(json, (item) => this.value(template, item)));
      return isJsonObject(json) ? this.object(template, json) : undefined;
    } finally {
      this.depth--;
    }
  }

  private object(template: Template, json: JsonObject): Value {
    const keys = Object.keys(json);
    if (keys.length === 1) {
      const [name] = keys;
      const intrinsic = FUNCTIONS.get(name);
      if (intrinsic) return intrinsic(this, template, json[name]);
      if (name.startsWith('Fn::')) return new Unknown(`the function ${name}, which this plugin does not know`);
    }
    const resolved = new Entries();
    for (const key of keys) {
      if (key === 'Fn::Transform') return new Unknown('a macro (Fn::Transform)');
      if (key.startsWith('Fn::')) return new Unknown(`the function ${key}, which adds what is not known`);
      const value = this.value(template, json[key]);
      if (value !== undefined) resolved[key] = value;
    }
    return resolved;
  }
}

/** Replaces `{{resolve:...}}`, which CloudFormation fills in at deployment. */
function dynamicReferencesIn({ templateId }: Template, text: string): Value {
  const parts: TextPart[] = [];
  let end = 0;
  for (const found of text.matchAll(DYNAMIC_REFERENCE)) {
    parts.push(text.slice(end, found.index), new Unknown(`the dynamic reference ${found[0]}`,
      `${templateId}\n${found[0]}`));
    end = found.index + found[0].length;
  }
  parts.push(text.slice(end));
  return textOf(parts);
}
