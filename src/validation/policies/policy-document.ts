import { openKeysOf } from './condition-block';
import { nameInPlace } from './names-in-place';
import { hasDefaultValue } from './pattern';
import { hidesItsParts } from './resource-pattern';
import { joined, mapped } from '../lists';
import { alternativesOf } from '../templates/alternatives';
import { JSON_TEXT } from '../templates/json-text';
import {
  display, isList, isObject, isText, lengthOf, listOf, partsOf, positionOf, reasonsIn, Unknown, Value,
} from '../templates/value';

/** A statement of a policy. */
export interface Statement {
  /** `undefined` if it is not known, or if the statement is a `Deny` that may be missing. */
  readonly effect?: 'Allow' | 'Deny';
  readonly actions?: readonly Value[];
  readonly notActions?: readonly Value[];
  readonly resources?: readonly Value[];
  readonly notResources?: readonly Value[];
  readonly condition: Value;

  /** The path within the resource. */
  readonly path: readonly string[];

  /** The resource that holds the statement, and the place there, if it is not the resource that is judged. */
  readonly source?: string;

  /** Reasons why parts are not known. */
  readonly unknowns: readonly string[];

  /** The same, and conditions that depend on which device acts. */
  readonly open: readonly string[];

  /** Conditions of a `Deny` that depend on other circumstances. */
  readonly circumstances: readonly string[];

  /** True if the statement may be missing. */
  readonly isOptional?: boolean;
}

/** A policy, or all policies of a role taken together. */
export interface Policy {
  readonly statements: readonly Statement[];

  /** Reasons why there may be further statements. */
  readonly unknowns: readonly string[];
}

/** Limits in characters without white space: twice those of AWS. Longer documents might take long to evaluate. */
export const IOT_POLICY_LIMIT = 4_096;
export const IAM_POLICY_LIMIT = 20_480;

/** Statements of a document or a role, those of all alternatives included. No limit of AWS allows as many. */
const MOST_STATEMENTS = 1_000;

const ELEMENTS_OF_POLICY = new Set(['Version', 'Id', 'Statement']);
const ELEMENTS_OF_STATEMENT = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/**
 * Reads a policy document, which may be an object or JSON text.
 *
 * @param path the place of the document within its resource
 * @param limit the length above which it is not read
 */
export function readPolicy(document: Value, path: readonly string[], limit: number): Policy {
  const value = typeof document === 'string' || !isObject(document) ? JSON_TEXT.read(document) : document;
  if (value instanceof Unknown) {
    const alternatives = alternativesOf(value)?.map((alternative) => readPolicy(alternative, path, limit));
    return alternatives ? perhaps(together(alternatives), value.reason) : unknownPolicy(value.reason);
  }
  if (!isObject(value)) return unknownPolicy(`a policy document that is ${display(value)}`);
  if (lengthOf(value) > limit) {
    return unknownPolicy(`a policy document of more than ${limit} characters, which AWS refuses`);
  }

  const unknowns: string[] = [];
  const statements: Statement[] = [];
  const given = value.Statement;
  if (given === undefined) unknowns.push('a policy document without Statement');
  const unheard = Object.keys(value).find((key) => !ELEMENTS_OF_POLICY.has(key));
  if (unheard !== undefined) unknowns.push(`a policy document with the element '${unheard}'`);
  // Whether a Deny is about the topics of an Allow depends on the names in both.
  const withTopics = listOf(given).every(allows);
  for (const [index, item] of listOf(given).entries()) {
    const position = isList(given) ? [String(positionOf(given, index))] : [];
    // Within a text there is no place to point at.
    const place = value === document ? [...path, 'Statement', ...position] : path;
    const read = readItem(item, place, withTopics);
    statements.push(...read.statements);
    for (const why of read.unknowns) unknowns.push(position.length > 0 ? `statement ${position[0]}: ${why}` : why);
  }
  return bounded({ statements, unknowns });
}

/** The policy, unless it has more statements than can be looked at. */
export function bounded(policy: Policy): Policy {
  return policy.statements.length > MOST_STATEMENTS ? unknownPolicy('more statements than can be looked at') : policy;
}

/** True if an item of a list of statements allows and never denies. */
function allows(item: Value): boolean {
  if (item instanceof Unknown) return alternativesOf(item)?.every(allows) ?? false;
  return isObject(item) && item.Effect === 'Allow';
}

/** The statements that an item of a list of statements may turn out to be. */
function readItem(item: Value, path: readonly string[], withTopics: boolean): Policy {
  const alternatives = alternativesOf(item);
  if (alternatives && item instanceof Unknown) {
    return perhaps(together(alternatives.map((each) => readItem(each, path, withTopics))), item.reason);
  }
  const statement = readStatement(item, path, withTopics);
  return typeof statement === 'string' ? unknownPolicy(statement) : { statements: [statement], unknowns: [] };
}

function readStatement(value: Value, path: readonly string[], withTopics: boolean): Statement | string {
  if (value instanceof Unknown) return value.reason;
  if (!isObject(value)) return `a statement that is ${display(value)}`;
  const { Effect: effect, Action, NotAction, Resource, NotResource, Condition } = value;
  const unheard = Object.keys(value).find((key) => !ELEMENTS_OF_STATEMENT.has(key));
  if (unheard !== undefined) return `a statement with the element '${unheard}'`;
  if (effect !== 'Allow' && effect !== 'Deny' && !(reasonsIn(effect).size > 0)) {
    return `a statement with the effect '${display(effect)}'`;
  }
  if (Action === undefined && NotAction === undefined) return 'a statement without Action';
  if (Resource === undefined && NotResource === undefined) return 'a statement without Resource';
  if (Action !== undefined && NotAction !== undefined) return 'a statement with both Action and NotAction';
  if (Resource !== undefined && NotResource !== undefined) return 'a statement with both Resource and NotResource';
  const actions = listOf(Action ?? NotAction);
  const resources = mapped(listOf(Resource ?? NotResource), (resource) => nameInPlace(resource, withTopics));
  if (!actions.every(isText) || !resources.every(isText)) {
    return 'a statement whose actions or resources are no texts';
  }

  const unknowns = [...reasonsIn([effect, actions, resources, Condition]), ...joined(resources, ambiguities)];
  const { aboutDevices, aboutCircumstances } = openKeysOf(Condition, effect === 'Deny' ? 'Deny' : 'Allow');
  return {
    effect: effect === 'Allow' || effect === 'Deny' ? effect : undefined,
    actions: Action === undefined ? undefined : actions,
    notActions: NotAction === undefined ? undefined : actions,
    resources: Resource === undefined ? undefined : resources,
    notResources: NotResource === undefined ? undefined : resources,
    condition: Condition,
    path,
    unknowns,
    open: aboutDevices.length === 0 ? unknowns : [...unknowns, ...aboutDevices],
    circumstances: aboutCircumstances,
  };
}

/** Parts of a resource that can be read in more than one way. */
function ambiguities(resource: Value): readonly string[] {
  if (!mayBeAmbiguous(resource)) return NONE;
  const text = display(resource);
  const isHidden = hidesItsParts(text);
  const hasDefault = hasDefaultValue(text);
  if (!isHidden && !hasDefault) return NONE;
  return [
    ...isHidden ? [`${text}, in which a wildcard hides what belongs to the ARN's region and account`] : [],
    ...hasDefault ? [`${text}, in which a policy variable has a default value`] : [],
  ];
}

const NONE: readonly string[] = [];

/** Cheap pre-check, which few resources pass: there is a wildcard before the first slash, or a comma. */
function mayBeAmbiguous(resource: Value): boolean {
  for (const part of partsOf(resource) ?? []) {
    if (typeof part !== 'string') continue;
    if (part.includes(',')) return true;
    const wildcard = part.indexOf('*');
    const slash = part.indexOf('/');
    if (wildcard !== -1 && (slash === -1 || wildcard < slash)) return true;
  }
  return false;
}

/** A policy whose statements are not known, with the reasons. */
export function unknownPolicy(...reasons: readonly string[]): Policy {
  return { statements: [], unknowns: reasons };
}

/**
 * A policy that is perhaps there. What it allows is not allowed for certain, nor is what it denies.
 *
 * @param reason why it may be missing
 */
export function perhaps({ statements, unknowns }: Policy, reason: string): Policy {
  return {
    statements: statements.map((statement) => ({
      ...statement,
      effect: statement.effect === 'Allow' ? statement.effect : undefined,
      // What may be either has no less effect than what may be missing.
      isOptional: statement.isOptional ?? statement.effect !== undefined,
      unknowns: [...new Set([...statement.unknowns, reason])],
      open: [...new Set([...statement.open, reason])],
    })),
    unknowns,
  };
}

/** Changes each statement of a policy. */
export function withStatements(policy: Policy, change: (statement: Statement) => Partial<Statement>): Policy {
  return { ...policy, statements: policy.statements.map((statement) => ({ ...statement, ...change(statement) })) };
}

/** Merges policies, since an identity has the permissions of all its policies together. */
export function together(policies: readonly Policy[]): Policy {
  return {
    statements: policies.flatMap(({ statements }) => statements),
    unknowns: [...new Set(policies.flatMap(({ unknowns }) => unknowns))],
  };
}
