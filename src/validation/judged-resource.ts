import { byReasonCode, CheckContext, Finding, property, Verdict } from './finding';
import { Judgement, Offence } from './policies/judgement';
import { Resolver } from './templates/resolver';
import { Resource } from './templates/template';
import { AuditCheck } from '../checks/audit-check';

/** As many actions and resources as a message names. */
const NAMED = 6;

/** How a check puts its judgements into words. */
export interface JudgedResource {
  readonly check: AuditCheck;
  readonly resource: Resource;

  /** What the judgement is about, such as `The policy`. */
  readonly subject: string;

  readonly fix: string;

  /** Where to look if nothing better is known, as a path within the properties. */
  readonly path: readonly string[];

  /** Judges the resource in one outcome of the open conditions; `undefined` if there is nothing to judge in it. */
  judge(resolver: Resolver): Judgement | undefined;
}

/**
 * The findings of a resource over all outcomes of the conditions that are decided at deployment: non-compliant if it is
 * so wherever it exists, undecided if only in some outcomes.
 */
export function findingsOf(judged: JudgedResource, { outcomes }: CheckContext): Finding[] {
  const { check, resource } = judged;
  const judgements = outcomes.each((resolver) => existsIn(resolver, resource) ? judged.judge(resolver) : undefined, isUndecided)
    ?.filter((judgement) => judgement !== undefined);

  const undecided = (reasons: readonly string[], path: readonly string[]): Finding[] => [{
    check,
    resource,
    template: resource.template,
    verdict: Verdict.UNDECIDED,
    locations: [path],
    why: `${judged.subject} cannot be judged for certain: ${some(reasons)}`,
  }];

  if (judgements === undefined) return undecided(['more conditions than can be looked at'], property(...judged.path));
  if (judgements.length === 0) return [];
  if (judgements.every(({ offences }) => offences.length > 0)) return nonCompliant(judged, judgements);
  const doubts = [...new Set(judgements.flatMap((judgement) => judgement.doubts))];
  if (judgements.some(({ offences }) => offences.length > 0)) doubts.unshift('a condition that is decided at deployment');
  if (doubts.length > 0) return undecided(doubts, property(...judged.path));
  return [{ check, resource, template: resource.template, verdict: Verdict.COMPLIANT, locations: [], why: '' }];
}

/** Once it is fine in one outcome and is not, or may not be, in another, further ones make no difference. */
function isUndecided(judgements: readonly (Judgement | undefined)[]): boolean {
  return judgements.some((judgement) => judgement?.offences.length === 0)
    && judgements.some((judgement) => judgement && judgement.offences.length + judgement.doubts.length > 0);
}

/** One finding for each reason code. */
function nonCompliant(judged: JudgedResource, judgements: readonly Judgement[]): Finding[] {
  const { check, resource, fix } = judged;
  const outcomes = judgements.map(({ offences }) => byReasonCode(offences));
  return [...byReasonCode(judgements.flatMap(({ offences }) => offences))].map(([reasonCode, offences]): Finding => {
    const isSame = new Set(outcomes.map((outcome) => outcome.has(reasonCode) ? whyOf(judged, outcome.get(reasonCode)!) : '')).size === 1;
    return {
      check,
      resource,
      template: resource.template,
      verdict: Verdict.NON_COMPLIANT,
      reasonCode,
      locations: [...new Map(offences.map(({ statement }) => [statement.path.join('.'), statement.path])).values()],
      why: `${whyOf(judged, offences)}${isSame ? '' : ', depending on conditions that are decided at deployment'}`,
      fix,
    };
  });
}

function whyOf({ subject }: JudgedResource, offences: readonly Offence[]): string {
  const whys = [...new Set(offences.flatMap(({ why }) => why ?? []))];
  const actions = [...new Set(offences.map(({ action }) => action))];
  const resources = [...new Set(offences.map((offence) => offence.resource))];
  const sources = [...new Set(offences.flatMap(({ statement }) => statement.source ?? []))];
  return `${subject} ${some(whys) || `allows ${some(actions)} on ${some(resources)}`}${sources.length > 0 ? ` (${some(sources)})` : ''}`;
}

/** The first of many. */
export function some(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return more > 0 ? `${texts.slice(0, NAMED).join(', ')} and ${more} more` : texts.join(', ');
}

export function existsIn(resolver: Resolver, { condition, template }: Resource): boolean {
  return condition === undefined || resolver.conditions.holds(template, condition);
}
