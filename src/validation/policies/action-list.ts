import { arbitraryTextOf, Bound, Pattern, pattern, patternOf, tokensOf } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { Statement } from './policy-document';
import { Element, element } from './policy-element';
import { Value } from '../templates/value';

/** The actions of a statement. Results are remembered, since many policies have the same lists. */
export class Actions {
  static of({ actions, notActions }: Statement, reach: Bound): Actions {
    const values = actions ?? notActions ?? [];
    // Two lists must not have the same key.
    if (!values.every((value) => typeof value === 'string' && !value.includes('\n'))) {
      return new Actions(element(actions, notActions, reach, actionPattern));
    }
    const knownActions = actions === undefined ? knownNotActions : knownLists;
    const key = values.length === 1 ? values[0] as string : values.join('\n');
    let found = knownActions.get(key);
    if (!found) {
      const written = element(actions, notActions, reach, actionPattern);
      if (knownActions.size >= MOST_REMEMBERED) return new Actions(written);
      knownActions.set(key, found = new Actions(written, ++count));
    }
    return found;
  }

  private readonly included = new Map<string, boolean>();
  private readonly reached = new Map<string, boolean>();
  private spelledOutOfIot?: readonly string[];

  /** @param number a number that no other list has; `undefined` if the list is not remembered */
  private constructor(readonly written: Element, readonly number?: number) {}

  /** @param action in lower case */
  include(action: string): boolean {
    let result = this.included.get(action);
    if (result === undefined) {
      const wanted = arbitraryTextOf(pattern(action));
      result = this.written.patterns.some((candidate) => includes(candidate, wanted)) !== this.written.not;
      if (this.included.size < MOST_REMEMBERED) this.included.set(action, result);
    }
    return result;
  }

  /** True if any action of a service may be among them. */
  reach(service: string): boolean {
    let result = this.reached.get(service);
    if (result === undefined) {
      const actionsOfService = pattern(`${service}:*`);
      result = this.written.not || this.written.patterns.some((candidate) => intersects(candidate, actionsOfService));
      if (this.reached.size < MOST_REMEMBERED) this.reached.set(service, result);
    }
    return result;
  }

  /** The actions of AWS IoT that are listed by their names. */
  get namesOfIot(): readonly string[] {
    return this.spelledOutOfIot ??= this.written.not ? []
      : this.written.values.filter((value): value is string => typeof value === 'string' && /^iot:\w+$/i.test(value));
  }
}

const knownLists = new Map<string, Actions>();
const knownNotActions = new Map<string, Actions>();
let count = 0;
const MOST_REMEMBERED = 1_000;

function actionPattern(value: Value, bound: Bound): Pattern {
  return patternOf(tokensOf(value, bound).map((token) => token?.length === 1 ? token.toLowerCase() : token));
}
