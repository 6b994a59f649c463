import { Bound } from './pattern';
import { Permissions } from './permissions';
import { Policy, Statement } from './policy-document';
import { joined } from '../lists';

/** An action that a policy allows and a check objects to. */
export interface Offence {
  readonly reasonCode: string;

  /** The action or service, as the check's page names it. */
  readonly action: string;

  /** The resource that allows it, as the policy writes it. */
  readonly resource: string;

  readonly statement: Statement;

  /** The fault, if it is another than that the action is allowed. */
  readonly why?: string;

  /** The way out, if it is another than the check's own. */
  readonly fix?: string;

  /** The reason why AWS's page leaves open if this is an offence; `undefined` if it does not. */
  readonly doubt?: string;
}

/** The judgement of a check about a policy. */
export interface Judgement {
  readonly offences: readonly Offence[];

  /** Reasons why there may be further offences. */
  readonly doubts: readonly string[];
}

/**
 * Looks for offences among the actions that a policy allows for certain and, if parts of it are unknown, among those
 * that it may allow.
 *
 * @param openPartsOf the parts of a statement that make a difference between the two
 */
export function judge(
  policy: Policy, find: (permissions: Permissions) => readonly Offence[],
  openPartsOf: (statement: Statement) => readonly string[] = ({ open }) => open,
): Judgement {
  const certain = find(Permissions.certainIn(policy));
  const offences = certain.filter(({ doubt }) => doubt === undefined);
  const doubts = new Set(certain.flatMap(({ doubt }) => doubt ?? []));
  const reasons = [...policy.unknowns, ...joined(policy.statements, openPartsOf)];
  if (reasons.length === 0) return { offences, doubts: [...doubts] };

  const known = new Set(certain.map(keyOf));
  const more = find(new Permissions(policy, Bound.MOST)).filter((offence) => !known.has(keyOf(offence)));
  if (more.length > 0 || policy.unknowns.length > 0) reasons.forEach((reason) => doubts.add(reason));
  // What AWS leaves open matters only where all that is allowed is as open.
  if (more.every(({ doubt }) => doubt !== undefined)) more.forEach(({ doubt }) => doubts.add(doubt!));
  return { offences, doubts: [...doubts] };
}

function keyOf({ reasonCode, action, doubt }: Offence): string {
  return `${reasonCode} ${action} ${doubt ?? ''}`;
}

/** Joins the judgements of several policies that are judged by themselves. */
export function allOf(judgements: readonly Judgement[]): Judgement {
  return {
    offences: joined(judgements, ({ offences }) => offences),
    doubts: [...new Set(joined(judgements, ({ doubts }) => doubts))],
  };
}
