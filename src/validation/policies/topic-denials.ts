import { CompiledStatement } from './compiled-statement';
import { RequestContext } from './condition-block';
import { nameInPlace } from './names-in-place';
import { Bound } from './pattern';
import { Permissions } from './permissions';
import { Policy, Statement, withStatements } from './policy-document';
import { DeniedInVain, SUBSCRIBE, TopicAccess } from './topic-access';
import { Budget, BudgetExceeded } from './topic-automaton';
import { mapped } from '../lists';
import { canonical, display } from '../templates/value';

/** A client may be attached to its thing or not, where that makes a difference. */
const CONTEXTS: readonly RequestContext[] = [true, false]
  .map((isAttached) => ({ isAttached, mayBeDeniedByCircumstances: true }));

/** Many times what policies take that people write, and a fraction of a second. */
const MOST_WORK = 600_000;

/** What the statements of a policy deny in vain. */
export interface DenialsInVain {
  readonly certain: readonly DeniedInVain[];

  /** Reasons why there may be more of it. */
  readonly doubts: readonly string[];
}

/**
 * Finds statements that deny a subscription in vain: a filter with MQTT wildcards, which the policy allows, selects
 * topics that it denies a subscription to, and allows to receive.
 *
 * To a policy, `+` and `#` are ordinary characters, and its `*` stands for any number of levels. So a `Deny` of
 * `building/control_room/*` stops no subscription to `building/#`, or to `building/+/status`.
 */
export function denialsInVain(policy: Policy): DenialsInVain {
  const known = Permissions.certainIn(policy);
  const certain: DeniedInVain[] = [];
  const doubts = new Set<string>();
  const budget = new Budget(MOST_WORK);
  try {
    for (const context of known.hasConditions ? CONTEXTS : CONTEXTS.slice(0, 1)) {
      for (const denial of known.denying(SUBSCRIBE, context)) {
        const found = judgeDenial(policy, known, denial, context, budget);
        certain.push(...found.certain.filter((one) => !certain.some((other) => isSame(one, other))));
        found.doubts.forEach((doubt) => doubts.add(doubt));
      }
    }
  } catch (error) {
    if (!(error instanceof BudgetExceeded)) throw error;
    doubts.add(TOO_INTRICATE);
  }
  return { certain: mapped(certain, (each) => withBypassAsWritten(each, policy)), doubts: [...doubts] };
}

const TOO_INTRICATE = 'more wildcards in its topics than can be compared (deny iot:Receive on what iot:Subscribe is denied '
  + 'on, which needs no comparing)';

function isSame(one: DeniedInVain, other: DeniedInVain): boolean {
  return one.statement === other.statement && one.resource === other.resource;
}

/** Judges a statement that denies subscriptions: by what is certain, and if that finds nothing, by what may be. */
function judgeDenial(
  policy: Policy, known: Permissions, denial: CompiledStatement, context: RequestContext, budget: Budget,
): DenialsInVain {
  const access = new TopicAccess(known, context, budget);
  const reasons = openPartsOf(policy);
  if (reasons.length === 0) {
    const stillReceived = access.stillReceived(denial);
    const certain = access.deniedInVain(denial, stillReceived);
    return {
      certain,
      doubts: certain.length > 0 ? [] : doubtsAbout(access.deniedInVainWithValues(denial, stillReceived), policy),
    };
  }

  const { statement } = denial;
  const index = policy.statements.indexOf(statement);
  const inForce = whereItHolds(policy, index);
  const leastDenied = statement.effect && inForce.permissions.denying(SUBSCRIBE, context)
    .find((each) => each.statement === inForce.statement);
  const certain = leastDenied ? access.deniedInVain(leastDenied, access.stillReceived(leastDenied)) : [];
  if (certain.length > 0) return { certain: certain.map((each) => ({ ...each, statement })), doubts: [] };

  const named = withNames(policy);
  const mostDenied = new Permissions(named, Bound.LEAST).denying(SUBSCRIBE, context)
    .find((each) => each.statement === named.statements[index]);
  const possible = new TopicAccess(whereItHolds(named, index).permissions, context, budget);
  const stillReceived = mostDenied && possible.stillReceived(mostDenied);
  if (!stillReceived) return { certain, doubts: reasons };
  if (possible.deniedInVain(mostDenied, stillReceived).length > 0) return { certain, doubts: reasons };
  const withValues = possible.deniedInVainWithValues(mostDenied, stillReceived);
  return { certain, doubts: withValues ? [...reasons, ...doubtsAbout(withValues, policy)] : [] };
}

/** Parts of a policy that are not known or depend on circumstances. */
export function openPartsOf({ statements }: Policy): string[] {
  const isOpen = statements.some(({ open, circumstances }) => open.length + circumstances.length > 0);
  return isOpen ? statements.flatMap(({ open, circumstances }) => [...open, ...circumstances]) : [];
}

/** A statement, and the most that its policy may allow, if the statement is a `Deny` whose condition holds. */
function whereItHolds(policy: Policy, index: number): { statement: Statement; permissions: Permissions } {
  const condition = canonical(policy.statements[index].condition);
  const statements = policy.statements.map((statement, other): Statement => {
    if (other === index) return { ...statement, effect: 'Deny', condition: undefined };
    const isInForce = statement.effect === 'Deny' && canonical(statement.condition) === condition;
    return isInForce ? { ...statement, condition: undefined } : statement;
  });
  return { statement: statements[index], permissions: new Permissions({ ...policy, statements }, Bound.MOST) };
}

/** Takes unknown texts in topics for names, where they can be nothing else: the same name is the same topic. */
function withNames(policy: Policy): Policy {
  return withStatements(policy, ({ resources, notResources }) => ({
    resources: resources && mapped(resources, (each) => nameInPlace(each, true)),
    notResources: notResources && mapped(notResources, (each) => nameInPlace(each, true)),
  }));
}

/** Names the policy variables whose values decide. */
function doubtsAbout(found: DeniedInVain | undefined, policy: Policy): string[] {
  if (!found) return [];
  const { values, bypass: { filter, topic } } = found;
  return [...values].filter(([name]) => VARIABLE.test(name)).map(([name, value]) => `whether ${asWritten(name, policy)} may be `
    + `'${value.join('')}', with which a subscription to '${filter}' brings messages of '${topic}'`);
}

/** A policy variable or pseudo parameter, and not what a template names. */
const VARIABLE = /^\$\{[\w.-]+:/;

function withBypassAsWritten(found: DeniedInVain, policy: Policy): DeniedInVain {
  const { filter, topic } = found.bypass;
  return { ...found, bypass: { filter: asWritten(filter, policy), topic: asWritten(topic, policy) } };
}

/** Writes the policy variables of a text as the policy does, since their case makes no difference. */
function asWritten(text: string, { statements }: Policy): string {
  return text.replace(/\$\{[^{}]+\}/g, (name) => {
    const spelled = statements.flatMap(({ resources, notResources }) => resources ?? notResources ?? []).map(display)
      .find((resource) => resource.toLowerCase().includes(name));
    const start = spelled?.toLowerCase().indexOf(name);
    return spelled === undefined ? name : spelled.slice(start, start! + name.length);
  });
}
