import { Budget } from './budget';
import { FleetTemplates } from './fleet-templates';
import { isJsonObject, Json, Template } from './template';
import { canonical, isIdentified, isKnown, lengthOf, Value } from './value';

/** Reads values of templates for conditions and references, which look for further values themselves. */
export interface Resolution {
  readonly fleet: FleetTemplates;
  readonly budget: Budget;

  resolve(template: Template, json: Json | undefined): Value;

  /** Does a piece of work once, and once more for each outcome of the open choices that it meets. */
  remember<T>(key: string, work: () => T): T;

  /** Makes a choice that is open until the deployment, by number; `undefined` if it stays open. */
  choose(choice: string, options: number): number | undefined;
}

/** The reason why what depends on a condition is unknown: otherwise its outcomes would be looked at. */
export const MORE_CONDITIONS = 'more conditions than can be looked at';

/** Nesting limit; only hostile templates reach it. */
const DEEPEST = 50;

/**
 * The conditions of templates.
 *
 * Comparisons of known values are decided here. A condition that depends on the deployment is an open choice; where
 * that stays open, it is neither true nor false, but `undefined`.
 */
export class Conditions {
  private readonly deciding = new Set<string>();

  constructor(private readonly resolution: Resolution) {}

  /** True if a condition of a template holds. */
  holds(template: Template, name: string): boolean | undefined {
    const key = `${template.templateId}\n${name}`;
    const definition = template.entry('Conditions', name);
    if (definition === undefined || this.deciding.has(key) || this.deciding.size >= DEEPEST) return this.open(key);
    return this.resolution.remember(`condition ${key}`, () => {
      this.deciding.add(key);
      const holds = this.decide(template, definition, key, 0);
      this.deciding.delete(key);
      return holds;
    });
  }

  private decide(template: Template, json: Json, key: string, depth: number): boolean | undefined {
    if (depth < DEEPEST && this.resolution.budget.spend(1) && isJsonObject(json) && Object.keys(json).length === 1) {
      const [[name, argument]] = Object.entries(json);
      const operands = Array.isArray(argument) ? argument : [];
      const decideEach = (sign: string) =>
        operands.map((operand, index) => this.decide(template, operand, `${key}${sign}${index}`, depth + 1));
      switch (name) {
        case 'Condition':
          if (typeof argument === 'string') return this.holds(template, argument);
          break;
        case 'Fn::Not':
          if (operands.length === 1) return not(this.decide(template, operands[0], `${key}!`, depth + 1));
          break;
        case 'Fn::And':
          return all(decideEach('&'));
        case 'Fn::Or':
          return not(all(decideEach('|').map(not)));
        case 'Fn::Equals':
          if (operands.length === 2) return this.equals(template, operands, key);
          break;
      }
    }
    return this.open(key);
  }

  private equals(template: Template, [one, other]: readonly Json[], key: string): boolean | undefined {
    const left = this.resolution.resolve(template, one);
    const right = this.resolution.resolve(template, other);
    this.resolution.budget.spend(0, lengthOf(left) + lengthOf(right));
    if (isKnown(left) && isKnown(right)) return canonical(left) === canonical(right);
    const [first, second] = [canonical(left), canonical(right)].sort();
    if (first === second) return true;
    if (!isIdentified(left) || !isIdentified(right)) return this.open(key);
    // The same parameter may get another value in another stack.
    return this.open(`${template.templateId}\n${first}=${second}`);
  }

  private open(condition: string): boolean | undefined {
    const chosen = this.resolution.choose(`condition ${condition}`, 2);
    return chosen === undefined ? undefined : chosen === 0;
  }
}

function not(holds: boolean | undefined): boolean | undefined {
  return holds === undefined ? undefined : !holds;
}

/** True if all hold, false if one does not, and `undefined` if that is open. */
function all(holding: readonly (boolean | undefined)[]): boolean | undefined {
  return holding.includes(false) ? false : holding.includes(undefined) ? undefined : true;
}
