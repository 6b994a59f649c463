import { TemplateError } from '../cloudformation/template';

/** A policy as a template has it, without functions. */
export interface PolicyDocument {
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  /** In the policy of a resource: `*`, or names by kind. */
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** One thing that a call needs to be allowed. */
export interface RequiredPermission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys, such as iam:PassedToService. */
  readonly context?: Readonly<Record<string, string>>;
}

/** An action as a statement names it, on the resources that it names: what can turn out to be used or not. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
}

const OPERATORS: Readonly<Record<string, (value: string, pattern: string) => boolean>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringLike: matches,
  ArnEquals: matches,
  ArnLike: matches,
  Bool: (value, pattern) => value === String(pattern),
};

export function statementsOf({ Statement }: PolicyDocument): readonly PolicyStatement[] {
  return listOf(Statement);
}

/** True if a statement applies to a required permission: it may allow or deny it. */
export function concerns(statement: PolicyStatement, { action, resource, context = {} }: RequiredPermission): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  // Actions are not case sensitive.
  const lowerCase = action.toLowerCase();
  const isAction = (pattern: string) => matches(lowerCase, pattern.toLowerCase());
  const isResource = (pattern: string) => matches(resource, pattern);
  return (NotAction === undefined ? listOf(Action).some(isAction) : !listOf(NotAction).some(isAction))
    && (NotResource === undefined ? listOf(Resource).some(isResource) : !listOf(NotResource).some(isResource))
    && Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, context));
}

/** The grants of a statement that allow what is required. */
export function grantsFor(statement: PolicyStatement, { action, resource }: RequiredPermission): Grant[] {
  return grantsOf(statement).filter(
    (grant) => matches(action.toLowerCase(), grant.action.toLowerCase()) && matches(resource, grant.resource),
  );
}

/** Each action of a statement on each of its resources; none where it names what is excepted. */
export function grantsOf({ Effect, Action, Resource }: PolicyStatement): Grant[] {
  if (Effect !== 'Allow') return [];
  return listOf(Action).flatMap((action) => listOf(Resource).map((resource) => ({ action, resource })));
}

function holds(
  operator: string, keys: Readonly<Record<string, string | readonly string[]>>,
  context: Readonly<Record<string, string>>,
): boolean {
  const compare = OPERATORS[operator];
  if (compare === undefined) throw new TemplateError(`The rehearsal does not know the condition operator ${operator}`);
  return Object.entries(keys).every(
    ([key, patterns]) => key in context && listOf(patterns).some((pattern) => compare(context[key], pattern)),
  );
}

function matches(value: string, pattern: string): boolean {
  if (pattern === '*' || pattern === value) return true;
  if (!/[*?]/.test(pattern)) return false;
  return expressionOf(pattern).test(value);
}

/** Expressions of patterns: each call is compared with each pattern of its policies. */
const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
    expression = new RegExp(`^${source}$`, 's');
    expressions.set(pattern, expression);
  }
  return expression;
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value as readonly T[] : [value as T];
}
