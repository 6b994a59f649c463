import { conditionHolds, Holds, RequestContext } from './condition-block';
import { arbitraryTextOf, Bound, Pattern, pattern, patternOf, tokensOf } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { Policy, Statement } from './policy-document';
import { resourcePattern } from './resource-pattern';
import { display, Value } from '../templates/value';

/** An element of a statement: the listed patterns, or, with `not`, everything else. */
export interface Element {
  readonly not: boolean;
  readonly patterns: readonly Pattern[];
  readonly values: readonly Value[];
}

export interface CompiledStatement {
  readonly statement: Statement;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Actions;
  readonly resources: Element;
}

/** A request of a client: one action on one resource, each as a pattern of all that it could be. */
export interface Request {
  /** A `*` stands for an arbitrary text. */
  readonly action: string;
  readonly resource: Pattern;
  readonly context: RequestContext;
}

/** The statement that allows a request, and the resource in it. */
export interface Grant {
  readonly statement: Statement;
  readonly resource: string;
}

/**
 * The requests that a policy allows: `Deny` beats `Allow`, and a request that no statement allows is denied.
 *
 * `Bound.MOST` counts all requests that the policy may allow, depending on its unknown parts; `Bound.LEAST` only those
 * that it allows for certain.
 */
export class Permissions {
  /** False if the context of a request makes no difference. */
  readonly hasConditions: boolean;

  private readonly statements: readonly CompiledStatement[];
  private readonly byAction = new Map<string, readonly CompiledStatement[]>();

  constructor(policy: Policy, private readonly bound: Bound) {
    this.statements = policy.statements.map((statement) => compile(statement, bound));
    this.hasConditions = policy.statements.some(({ condition }) => condition !== undefined);
  }

  /** The grant of a request; `undefined` if it is denied. */
  grantOf(request: Request): Grant | undefined {
    let grant: Grant | undefined;
    for (const compiled of this.statementsFor(request.action)) {
      if (compiled.effect === 'Allow' && grant) continue;
      const resource = matchingResource(compiled.resources, request.resource);
      if (resource === undefined || !this.applies(compiled, request.context)) continue;
      if (compiled.effect === 'Deny') return undefined;
      grant = { statement: compiled.statement, resource };
    }
    return grant;
  }

  /** The statements that allow an action on some resource, before any `Deny`; in a context, if one is given. */
  allowing(action: string, context?: RequestContext): readonly CompiledStatement[] {
    return this.statementsFor(action)
      .filter((compiled) => compiled.effect === 'Allow' && (!context || this.applies(compiled, context)));
  }

  /** Cheap pre-check: true if any statement allows any action of a service, before any `Deny`. */
  allowsAnyOf(service: string): boolean {
    return this.statements.some(({ effect, actions }) => effect === 'Allow' && actions.reach(service));
  }

  /** The statements that deny an action on some resource, in a context. */
  denying(action: string, context: RequestContext): readonly CompiledStatement[] {
    return this.statementsFor(action)
      .filter((compiled) => compiled.effect === 'Deny' && this.applies(compiled, context));
  }

  private statementsFor(action: string): readonly CompiledStatement[] {
    let found = this.byAction.get(action);
    if (!found) {
      const wanted = action.toLowerCase();
      found = this.statements.filter(({ actions }) => actions.include(wanted));
      if (found.some(deniesEverything)) found = [];
      this.byAction.set(action, found);
    }
    return found;
  }

  private applies({ statement, effect }: CompiledStatement, context: RequestContext): boolean {
    const holds = conditionHolds(statement.condition, effect, context);
    return holds === Holds.YES || (holds === Holds.DEPENDS && (effect === 'Allow') === (this.bound === Bound.MOST));
  }
}

/** True if a statement makes all others irrelevant. */
function deniesEverything({ effect, statement: { condition, resources } }: CompiledStatement): boolean {
  return effect === 'Deny' && condition === undefined && resources !== undefined && resources.includes('*');
}

/** A statement with its patterns. Those of its resources are made when its actions are first asked for. */
function compile(statement: Statement, bound: Bound): CompiledStatement {
  const effect = statement.effect ?? (bound === Bound.MOST ? 'Allow' : 'Deny');
  // The more a Deny covers, the less is allowed.
  const reach = (effect === 'Allow') === (bound === Bound.MOST) ? Bound.MOST : Bound.LEAST;
  let resources: Element | undefined;
  return {
    statement,
    effect,
    actions: Actions.of(statement, reach),
    get resources() {
      return resources ??= element(statement.resources, statement.notResources, reach, resourcePattern);
    },
  };
}

function element(
  listed: readonly Value[] | undefined, excepted: readonly Value[] | undefined, reach: Bound,
  read: (value: Value, bound: Bound) => Pattern,
): Element {
  const values = listed ?? excepted ?? [];
  const not = listed === undefined;
  // The fewer exceptions, the more is covered.
  const bound = not === (reach === Bound.MOST) ? Bound.LEAST : Bound.MOST;
  return { not, values, patterns: values.map((value) => read(value, bound)) };
}

/** The actions of a statement. Results are remembered, since many policies have the same lists. */
class Actions {
  static of({ actions, notActions }: Statement, reach: Bound): Actions {
    const values = actions ?? notActions ?? [];
    if (!values.every((value) => typeof value === 'string')) {
      return new Actions(element(actions, notActions, reach, actionPattern));
    }
    const key = `${actions === undefined}\n${values.join('\n')}`;
    let found = knownActions.get(key);
    if (!found) {
      found = new Actions(element(actions, notActions, reach, actionPattern));
      if (knownActions.size < MOST_REMEMBERED) knownActions.set(key, found);
    }
    return found;
  }

  private readonly included = new Map<string, boolean>();
  private readonly reached = new Map<string, boolean>();

  private constructor(private readonly written: Element) {}

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
}

const knownActions = new Map<string, Actions>();
const MOST_REMEMBERED = 1_000;

function actionPattern(value: Value, bound: Bound): Pattern {
  return patternOf(tokensOf(value, bound).map((token) => token?.length === 1 ? token.toLowerCase() : token));
}

function matchingResource({ not, patterns, values }: Element, wanted: Pattern): string | undefined {
  const index = patterns.findIndex((candidate) => includes(candidate, wanted));
  if (not) return index === -1 ? `all but ${values.map(display).join(', ')}` : undefined;
  return index === -1 ? undefined : display(values[index]);
}
