import { Conditions } from './conditions';
import { FleetTemplates } from './fleet-templates';
import { FUNCTIONS } from './intrinsic-functions';
import { References } from './references';
import { isJsonObject, Json, Template } from './template';
import { textOf, TextPart, Unknown, Value, withoutNoValue } from './value';

/** What is nested deeper was made to be deep. */
const DEEPEST = 60;

/** More values than any template has within one property. */
const MOST_VALUES = 20_000;

/** An object that inherits no keys; quicker to fill than one of `Object.create(null)`. */
const Entries = function () { /* nothing to set */ } as unknown as new () => Record<string, Value>;
Entries.prototype = Object.create(null);

/** A deployment's open conditions and how they turn out. */
export type Assignment = ReadonlyMap<string, boolean>;

const DYNAMIC_REFERENCE = /\{\{resolve:[^{}]*\}\}/;

/**
 * Carries out the intrinsic functions of templates as far as they can be, for one outcome of the conditions that are
 * only decided at deployment.
 *
 * It never throws: what it cannot carry out is unknown, with the reason.
 */
export class Resolver {
  /** The open conditions that came up, those without an outcome included. */
  openConditions = new Set<string>();

  readonly conditions: Conditions;
  readonly references: References;

  private depth = 0;
  private values = 0;

  /** What was found with open conditions, and which. */
  private readonly conditional = new Map<string, { readonly value: unknown; readonly conditions: ReadonlySet<string> }>();

  /** What was found without, which is the same in every outcome. */
  private readonly unconditional: Map<string, unknown>;

  /**
   * @param other a resolver of the same templates for another outcome, to share what does not depend on outcomes
   */
  constructor(readonly fleet: FleetTemplates, readonly assignment: Assignment = new Map(), other?: Resolver) {
    this.unconditional = other?.unconditional ?? new Map();
    this.conditions = new Conditions(this);
    this.references = new References(this);
  }

  resolve(template: Template, json: Json | undefined): Value {
    if (typeof json === 'string') return json.includes('{{resolve:') ? dynamicReferencesIn(template, json) : json;
    if (json === undefined || json === null || typeof json !== 'object') return json;
    if (this.depth === 0) this.values = 0;
    if (++this.values > MOST_VALUES) return new Unknown(`more than ${MOST_VALUES} values`);
    if (this.depth >= DEEPEST) return new Unknown(`more than ${DEEPEST} values inside each other`);

    this.depth++;
    try {
      return Array.isArray(json) ? this.list(template, json) : isJsonObject(json) ? this.object(template, json) : undefined;
    } finally {
      this.depth--;
    }
  }

  /** The outcome of a piece of work, and the open conditions that came up in it. */
  noting<T>(work: () => T): { readonly value: T; readonly conditions: ReadonlySet<string> } {
    const before = this.openConditions;
    this.openConditions = new Set();
    try {
      return { value: work(), conditions: this.openConditions };
    } finally {
      this.openConditions = before;
    }
  }

  /** The outcome of a piece of work, which is done once, and again for another outcome of the open conditions it comes upon. */
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

  private list(template: Template, json: readonly Json[]): Value {
    return withoutNoValue(json.map((item) => this.resolve(template, item)));
  }

  private object(template: Template, json: { readonly [key: string]: Json }): Value {
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

/** `{{resolve:...}}` in a text is filled in by CloudFormation at deployment. */
function dynamicReferencesIn({ templateId }: Template, text: string): Value {
  const parts: TextPart[] = [];
  let rest = text;
  for (let found = DYNAMIC_REFERENCE.exec(rest); found; found = DYNAMIC_REFERENCE.exec(rest)) {
    parts.push(rest.slice(0, found.index), new Unknown(`the dynamic reference ${found[0]}`, `${templateId}\n${found[0]}`));
    rest = rest.slice(found.index + found[0].length);
  }
  parts.push(rest);
  return textOf(parts);
}
