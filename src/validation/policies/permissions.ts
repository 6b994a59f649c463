import { CompiledStatement } from './compiled-statement';
import { RequestContext } from './condition-block';
import { Bound, Pattern, patternOf, STAR, tokensIn, UNKNOWN } from './pattern';
import { includes } from './pattern-inclusion';
import { intersects } from './pattern-intersection';
import { Policy, Statement } from './policy-document';
import { Element } from './policy-element';
import { Positions, StatementPositions } from './statement-positions';
import { Effort, mayBegin, passes, Sieve } from './text-search';
import { Place } from './texts';
import { mapped } from '../lists';
import { display, Value } from '../templates/value';

/** A request of a client: one action on one resource, each as a pattern of all that it could be. */
export interface Request {
  /** A `*` stands for an arbitrary text. */
  readonly action: string;
  readonly resource: Pattern;
  readonly context: RequestContext;
}

/** A request for any one of many resources. */
export interface Question {
  /** A `*` stands for an arbitrary text. */
  readonly action: string;
  readonly resources: Place;
  readonly context: RequestContext;

  /** Resources that the request is not for. */
  readonly except?: readonly Pattern[];

  /** Only what a pattern of this kind allows, or what a `Deny` leaves as an exception of this kind. */
  readonly only?: (pattern: Pattern) => boolean;

  /** Only what this statement allows. */
  readonly statement?: Statement;

  /**
   * What a pattern of a resource means for the action; `undefined` if it matches nothing.
   *
   * @param effect what the pattern is for; exceptions of a `Deny` are left to be allowed
   */
  readonly meaning?: (pattern: Pattern, effect: 'Allow' | 'Deny') => Pattern | undefined;
}

/** The statement that allows a request, and the resource in it. */
export interface Grant {
  readonly statement: Statement;
  readonly resource: string;

  /** The reason why it is not certain that the request is allowed. */
  readonly doubt?: string;
}

/** What the statements that deny leave of what others allow. */
type Limits = Pick<Sieve, 'denied' | 'within'>;

/**
 * The requests that a policy allows: `Deny` beats `Allow`, and a request that no statement allows is denied.
 *
 * `Bound.MOST` counts all requests that the policy may allow, depending on its unknown parts; `Bound.LEAST` only those
 * that it allows for certain.
 */
export class Permissions {
  /**
   * What a policy allows for certain. It is remembered until the next policy, since one check after the other looks at
   * the same one.
   */
  static certainIn(policy: Policy): Permissions {
    if (latest?.policy !== policy) latest = new Permissions(policy, Bound.LEAST);
    return latest;
  }

  /** False if the context of a request makes no difference. */
  readonly hasConditions: boolean;

  private readonly statements: readonly CompiledStatement[];
  private readonly positions: StatementPositions;
  private readonly byAction = new Map<string, StatementsOfAction>();

  constructor(private readonly policy: Policy, bound: Bound) {
    this.statements = mapped(policy.statements.filter((statement) => !isMissing(statement, bound)),
      (statement) => new CompiledStatement(statement, bound));
    this.positions = StatementPositions.of(this.statements);
    this.hasConditions = policy.statements.some(({ condition }) => condition !== undefined);
  }

  /** The grant of a request; `undefined` if it is denied. */
  grantOf({ action, resource: wanted, context }: Request): Grant | undefined {
    for (const { statement, resources } of this.allowing(action, context)) {
      const resource = matchingResource(resources, wanted);
      if (resource === undefined) continue;
      const isDenied = ({ resources: denied }: CompiledStatement) => matchingResource(denied, wanted) !== undefined;
      return this.denying(action, context).some(isDenied) ? undefined : { statement, resource };
    }
    return undefined;
  }

  /** The first grant of an action on any one of some resources. */
  grantOfAny(question: Question): Grant | undefined {
    const { action, context, resources, statement: sole, only, meaning = same } = question;
    let effort: Effort | undefined;
    let limits: Limits | undefined;
    let doubtful: Grant | undefined;
    for (const { statement, resources: { not, patterns, values } } of this.allowing(action, context)) {
      if (sole !== undefined && sole !== statement) continue;
      const candidates = not ? EVERYTHING : patterns;
      for (let index = 0; index < candidates.length; index++) {
        const candidate = candidates[index];
        const allowed = not ? candidate : meaning(candidate, 'Allow');
        if (!allowed || !mayBegin(resources, allowed)) continue;
        limits ??= this.limitsOf(question);
        if (only && !limits.within.flat().some(only) && (not || !only(candidate))) continue;
        if (mayBeDenied(allowed, limits)) continue;
        const { denied, within } = limits;
        const exceptions = not ? patterns.flatMap((each) => meaning(each, 'Deny') ?? []) : [];
        effort ??= new Effort();
        const isGranted = passes(resources, { allowed, denied: [...denied, ...exceptions], within }, effort);
        if (isGranted === false) continue;
        const grant = { statement, resource: not ? allBut(values) : display(values[index]) };
        if (isGranted) return grant;
        doubtful ??= { ...grant, doubt: `whether ${action} is allowed by ${grant.resource} takes too long to tell` };
      }
    }
    return doubtful;
  }

  /** What the statements that deny an action take away. */
  private limitsOf({ action, context, except = [], meaning = same }: Question): Limits {
    const denied = [...except];
    const within: Pattern[][] = [];
    for (const { resources: { not, patterns } } of this.denying(action, context)) {
      const meant = meaning === same ? patterns : patterns.flatMap((each) => meaning(each, not ? 'Allow' : 'Deny') ?? []);
      if (not) within.push([...meant]);
      else denied.push(...meant);
    }
    return { denied, within };
  }

  /** The statements that allow an action on some resource, before any `Deny`; in a context, if one is given. */
  allowing(action: string, context?: RequestContext): readonly CompiledStatement[] {
    return this.inContext(this.statementsFor(action).allowing, context);
  }

  /**
   * Cheap pre-check: those of some actions that a statement allows on some resource, before any `Deny`.
   *
   * @param actions a list that lives as long as the program
   */
  allowed(actions: readonly string[]): readonly string[] {
    return this.positions.allowed(actions);
  }

  /** Cheap pre-check: false if no statement allows an action on any of some resources, before any `Deny`. */
  mayAllow(action: string, resources: Place): boolean {
    for (const { resources: { not, patterns } } of this.statementsFor(action).allowing) {
      if (not) return true;
      for (const each of patterns) if (mayBegin(resources, each)) return true;
    }
    return false;
  }

  /** Cheap pre-check: the statements that allow any action of a service, before any `Deny`. */
  allowingAnyOf(service: string): readonly CompiledStatement[] {
    return this.statements.filter(({ effect, actions }) => effect === 'Allow' && actions.reach(service));
  }

  /** The actions that a Deny excepts, by `NotAction`. */
  exceptedActions(): readonly Element[] {
    return this.statements.filter(({ effect, actions }) => effect === 'Deny' && actions.written.not)
      .map(({ actions }) => actions.written);
  }

  /** The statements that deny an action on some resource, in a context. */
  denying(action: string, context: RequestContext): readonly CompiledStatement[] {
    return this.inContext(this.statementsFor(action).denying, context);
  }

  private inContext(statements: readonly CompiledStatement[], context?: RequestContext): readonly CompiledStatement[] {
    if (!context || !this.hasConditions || statements.length === 0) return statements;
    return statements.every((each) => each.appliesIn(context)) ? statements
      : statements.filter((each) => each.appliesIn(context));
  }

  private statementsFor(action: string): StatementsOfAction {
    const positions = this.positions.for(action);
    if (positions.allowing.length === 0) return NO_STATEMENTS;
    let found = this.byAction.get(action);
    if (!found) this.byAction.set(action, found = this.statementsAt(positions));
    return found;
  }

  private statementsAt({ allowing, denying }: Positions): StatementsOfAction {
    const at = (position: number) => this.statements[position];
    return denying.some((position) => deniesEverything(at(position))) ? NO_STATEMENTS
      : { allowing: mapped(allowing, at), denying: mapped(denying, at) };
  }
}

/** The permissions that were asked for last. */
let latest: Permissions | undefined;

/** True if a statement counts as missing, so that the most or the least is allowed. */
function isMissing({ effect, isOptional = false }: Statement, bound: Bound): boolean {
  return isOptional && (effect === 'Allow' ? bound === Bound.LEAST : effect === undefined && bound === Bound.MOST);
}

interface StatementsOfAction {
  readonly allowing: readonly CompiledStatement[];
  readonly denying: readonly CompiledStatement[];
}

const NO_STATEMENTS: StatementsOfAction = { allowing: [], denying: [] };

/** True if a statement that denies makes all others irrelevant. */
function deniesEverything({ statement: { condition, resources } }: CompiledStatement): boolean {
  return condition === undefined && resources !== undefined && resources.includes('*');
}

function matchingResource({ not, patterns, values }: Element, wanted: Pattern): string | undefined {
  const index = patterns.findIndex((candidate) => includes(candidate, wanted));
  if (not) return index === -1 ? allBut(values) : undefined;
  return index === -1 ? undefined : display(values[index]);
}

function allBut(values: readonly Value[]): string {
  return `all but ${values.map(display).join(', ')}`;
}

/** True if a Deny may be for the unknown part of a pattern. */
function mayBeDenied(allowed: Pattern, { denied, within }: Limits): boolean {
  if (denied.length + within.length === 0 || !allowed.blocks.some((block) => block.includes(UNKNOWN))) return false;
  const any = patternOf(tokensIn(allowed).map((token) => token === UNKNOWN ? STAR : token));
  return within.length > 0 || denied.some((each) => intersects(any, each));
}

const EVERYTHING = [patternOf([STAR])];

function same(unchanged: Pattern): Pattern {
  return unchanged;
}
