import { Judgement, Offence } from './judgement';
import { CheckRow } from '../../checks/check-table';
import { compliant, Finding, undecided, Verdict } from '../finding';
import { Outcomes } from '../templates/outcomes';
import { Resolver } from '../templates/resolver';
import { property, Resource } from '../templates/template';
import { some } from '../templates/value';

/** A resource that a check judges by its policies, and the check's words for it. */
export interface JudgedResource {
  readonly check: CheckRow;
  readonly resource: Resource;

  /** The subject of the sentences, such as `The policy`. */
  readonly subject: string;

  readonly fix: string;

  /** Place within the properties for findings without a better one. */
  readonly path: readonly string[];

  /** Judges the resource in one outcome of the open choices; `undefined` if there is nothing to judge in it. */
  judge(resolver: Resolver): Judgement | undefined;
}

/**
 * The findings of a resource over all outcomes of the open choices: non-compliant if it is so in every outcome in which
 * it exists, undecided if only in some.
 */
export function findingsOf(judged: JudgedResource, outcomes: Outcomes): Finding[] {
  const judgements = outcomes
    .each((resolver) => resolver.exists(judged.resource) ? judged.judge(resolver) : undefined, isUndecided)
    .filter((judgement) => judgement !== undefined);
  if (judgements.length === 0) return [];
  if (judgements.every(isCompliant)) return [compliant(judged.check, judged.resource)];
  if (judgements.every(({ offences }) => offences.length > 0)) return nonCompliant(judged, judgements);
  const doubts = [...new Set(judgements.flatMap((judgement) => judgement.doubts))];
  if (judgements.some(({ offences }) => offences.length > 0)) {
    doubts.unshift('a condition or value that is decided at deployment');
  }
  return [open(judged, doubts)];
}

function isCompliant({ offences, doubts }: Judgement): boolean {
  return offences.length === 0 && doubts.length === 0;
}

function open({ check, resource, subject, path }: JudgedResource, reasons: readonly string[]): Finding {
  return undecided(check, resource, property(...path), `${subject} cannot be judged for certain: ${some(reasons)}`);
}

/** True once outcomes differ, or may differ: further ones cannot change that. */
function isUndecided(judgements: readonly (Judgement | undefined)[]): boolean {
  return judgements.some((judgement) => judgement?.offences.length === 0)
    && judgements.some((judgement) => judgement && judgement.offences.length + judgement.doubts.length > 0);
}

/** One finding for each reason code. */
function nonCompliant(judged: JudgedResource, judgements: readonly Judgement[]): Finding[] {
  const { check, resource, fix } = judged;
  const outcomes = judgements.map(({ offences }) => byReasonCode(offences));
  return [...byReasonCode(judgements.flatMap(({ offences }) => offences))].map(([reasonCode, offences]): Finding => {
    const whys = outcomes.map((outcome) => whyOf(judged, outcome.get(reasonCode)));
    const differs = new Set(whys).size > 1;
    return {
      check,
      resource,
      template: resource.template,
      verdict: Verdict.NON_COMPLIANT,
      reasonCode,
      locations: [...new Map(offences.map(({ statement }) => [statement.path.join('.'), statement.path])).values()],
      why: `${whyOf(judged, offences)}${differs ? ', depending on conditions or values that are decided at deployment' : ''}`,
      fix: waysOut(offences.map((offence) => offence.fix ?? fix)),
    };
  });
}

/** Each way out once; one that another begins with says nothing more. */
function waysOut(fixes: readonly string[]): string {
  const different = [...new Set(fixes)];
  return different.filter((fix) => !different.some((other) => other !== fix && other.startsWith(fix))).join('; ');
}

function byReasonCode(offences: readonly Offence[]): Map<string, Offence[]> {
  const groups = new Map<string, Offence[]>();
  for (const offence of offences) {
    const group = groups.get(offence.reasonCode);
    if (group) group.push(offence);
    else groups.set(offence.reasonCode, [offence]);
  }
  return groups;
}

function whyOf({ subject }: JudgedResource, offences: readonly Offence[] = []): string {
  const once = (texts: readonly string[]) => some([...new Set(texts)]);
  const faults = once(offences.flatMap(({ why }) => why ?? []))
    || `allows ${once(offences.map(({ action }) => action))} on ${once(offences.map(({ resource }) => resource))}`;
  const sources = once(offences.flatMap(({ statement }) => statement.source ?? []));
  return `${subject} ${faults}${sources === '' ? '' : ` (${sources})`}`;
}
