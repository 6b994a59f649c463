import type { Resolver } from './resolver';
import { isJsonObject, Json, Template } from './template';
import { canonical, isIdentified, isKnown } from './value';

/** What is nested deeper was made to be deep. */
const DEEPEST = 50;

/**
 * The conditions of templates.
 *
 * What compares values that are known is decided. What is only known at deployment is an open condition: it gets the
 * outcome that the resolver was given, or else holds.
 */
export class Conditions {
  private readonly deciding = new Set<string>();

  constructor(private readonly resolver: Resolver) {}

  /** Whether a condition of a template holds. */
  holds(template: Template, name: string): boolean {
    const key = `${template.templateId}\n${name}`;
    const definition = template.entry('Conditions', name);
    if (definition === undefined || this.deciding.has(key) || this.deciding.size >= DEEPEST) return this.open(key);
    return this.resolver.remember(`condition ${key}`, () => {
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
      switch (name) {
        case 'Condition':
          if (typeof argument === 'string') return this.holds(template, argument);
          break;
        case 'Fn::Not':
          if (operands.length === 1) return !this.decide(template, operands[0], `${key}!`, depth + 1);
          break;
        case 'Fn::And':
          return operands.map((operand, index) => this.decide(template, operand, `${key}&${index}`, depth + 1)).every(Boolean);
        case 'Fn::Or':
          return operands.map((operand, index) => this.decide(template, operand, `${key}|${index}`, depth + 1)).some(Boolean);
        case 'Fn::Equals':
          if (operands.length === 2) return this.equals(template, operands, key);
          break;
      }
    }
    return this.open(key);
  }

  private equals(template: Template, [one, other]: readonly Json[], key: string): boolean {
    const left = this.resolver.resolve(template, one);
    const right = this.resolver.resolve(template, other);
    if (isKnown(left) && isKnown(right)) return canonical(left) === canonical(right);
    const [first, second] = [canonical(left), canonical(right)].sort();
    if (first === second) return true;
    if (!isIdentified(left) || !isIdentified(right)) return this.open(key);
    // The same parameter may get another value in another stack.
    return this.open(`${template.templateId}\n${first}=${second}`);
  }

  private open(key: string): boolean {
    this.resolver.openConditions.add(key);
    return this.resolver.assignment.get(key) ?? true;
  }
}
