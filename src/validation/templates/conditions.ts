import { FleetTemplates } from './fleet-templates';
import { isJsonObject, Json, Template } from './template';
import { canonical, isIdentified, isKnown, Value } from './value';

/** Reads values of templates for conditions and references, which look for further values themselves. */
export interface Resolution {
  readonly fleet: FleetTemplates;

  resolve(template: Template, json: Json | undefined): Value;

  /** Does a piece of work once, and once more for each outcome of the open conditions that it meets. */
  remember<T>(key: string, work: () => T): T;

  /** Gives the outcome of a condition that only the deployment decides. */
  outcomeOf(openCondition: string): boolean;
}

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 50;

/**
 * The conditions of templates.
 *
 * Comparisons of known values are decided here. A condition that depends on the deployment is open.
 */
export class Conditions {
  private readonly deciding = new Set<string>();

  constructor(private readonly resolution: Resolution) {}

  /** True if a condition of a template holds. */
  holds(template: Template, name: string): boolean {
    const key = `${template.templateId}\n${name}`;
    const definition = template.entry('Conditions', name);
    if (definition === undefined || this.deciding.has(key) || this.deciding.size >= DEEPEST) {
      return this.resolution.outcomeOf(key);
    }
    return this.resolution.remember(`condition ${key}`, () => {
      this.deciding.add(key);
      const holds = this.decide(template, definition, key, 0);
      this.deciding.delete(key);
      return holds;
    });
  }

  private decide(template: Template, json: Json, key: string, depth: number): boolean {
    if (depth < DEEPEST && isJsonObject(json) && Object.keys(json).length === 1) {
      const [[name, argument]] = Object.entries(json);
      const operands = Array.isArray(argument) ? argument : [];
      const decideEach = (sign: string) =>
        operands.map((operand, index) => this.decide(template, operand, `${key}${sign}${index}`, depth + 1));
      switch (name) {
        case 'Condition':
          if (typeof argument === 'string') return this.holds(template, argument);
          break;
        case 'Fn::Not':
          if (operands.length === 1) return !this.decide(template, operands[0], `${key}!`, depth + 1);
          break;
        case 'Fn::And':
          return decideEach('&').every(Boolean);
        case 'Fn::Or':
          return decideEach('|').some(Boolean);
        case 'Fn::Equals':
          if (operands.length === 2) return this.equals(template, operands, key);
          break;
      }
    }
    return this.resolution.outcomeOf(key);
  }

  private equals(template: Template, [one, other]: readonly Json[], key: string): boolean {
    const left = this.resolution.resolve(template, one);
    const right = this.resolution.resolve(template, other);
    if (isKnown(left) && isKnown(right)) return canonical(left) === canonical(right);
    const [first, second] = [canonical(left), canonical(right)].sort();
    if (first === second) return true;
    if (!isIdentified(left) || !isIdentified(right)) return this.resolution.outcomeOf(key);
    // The same parameter may get another value in another stack.
    return this.resolution.outcomeOf(`${template.templateId}\n${first}=${second}`);
  }
}
