import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, property, TemplateCheck, Verdict } from '../finding';
import { existsIn, some } from '../judged-resource';
import type { Resolver } from '../templates/resolver';
import { Resource } from '../templates/template';
import { Atom, canonical, display, partsOf, reasonsIn, soleAtom, Unknown, Value } from '../templates/value';

const check = AuditCheck.DEVICE_CERTIFICATE_SHARED;

/**
 * `DEVICE_CERTIFICATE_SHARED_CHECK` rests on: "multiple, concurrent connections use the same X.509 certificate". A
 * template shows no connections; what it shows is one principal that is attached to several things, which devices
 * that connect under their own names can only do at once by sharing it.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-shared.html
 */
export const DEVICE_CERTIFICATE_SHARED: TemplateCheck = {
  check,
  find(context: CheckContext): Finding[] {
    const attachments = context.fleet.resourcesOfType('AWS::IoT::ThingPrincipalAttachment');
    const principals = new Map(attachments.map((resource) => [resource, principalsOf(resource, context)]));
    return groupsOf(principals).flatMap((group) => findIn(group, context)).map((finding) => {
      const { unknown } = principals.get(finding.resource!)!;
      if (finding.verdict !== Verdict.COMPLIANT || unknown.length === 0 || attachments.length === 1) return finding;
      return undecided(finding.resource!, `The principal depends on ${unknown.join(', ')} and may be that of another thing`);
    });
  },
};

/** The principals that an attachment may be of, whatever the outcome of the conditions. */
interface Principals {
  readonly keys: readonly string[];

  /** Why there may be others. */
  readonly unknown: readonly string[];
}

function principalsOf(resource: Resource, { outcomes }: CheckContext): Principals {
  const values = outcomes.each((resolver) => existsIn(resolver, resource) ? { principal: principalIn(resource, resolver) } : undefined)
    ?.flatMap((value) => value?.principal ?? []);
  if (!values) return { keys: [], unknown: ['more conditions than can be looked at'] };
  return {
    keys: values.map((value) => principalKey(resource, value)),
    unknown: [...new Set(values.flatMap((value) => [...reasonsIn(value)]))],
  };
}

function principalIn({ template, properties }: Resource, resolver: Resolver): Value {
  return resolver.resolve(template, properties.Principal) ?? new Unknown('a principal that is not there');
}

/**
 * What is the same for the same principal, however it is written: a certificate of the templates, or the id of one in
 * an account and region. The same parameter of a template is the same principal, whatever its value.
 */
function principalKey({ template, templateId }: Resource, principal: Value): string {
  if (reasonsIn(principal).size > 0) return `${templateId} ${canonical(principal)}`;
  const last = partsOf(principal)?.at(-1);
  if (last instanceof Atom && last.resource) return `${last.resource.templateId}/${last.resource.logicalId}`;
  const arn = /:iot:([^:]*):([^:]*):(cert\/.+)$/.exec(display(principal).replaceAll('<AWS::Region>', '').replaceAll('<AWS::AccountId>', ''));
  return arn ? `${arn[1] || (template.region ?? '')} ${arn[2] || (template.account ?? '')} ${arn[3]}` : canonical(principal);
}

/** Attachments that may be of one principal. */
function groupsOf(principals: ReadonlyMap<Resource, Principals>): Resource[][] {
  const parents = new Map<string, string>();
  const rootOf = (key: string) => {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    if (root !== key) parents.set(key, root);
    return root;
  };
  for (const { keys: [first, ...others] } of principals.values()) {
    others.map(rootOf).filter((root) => root !== rootOf(first)).forEach((root) => parents.set(root, rootOf(first)));
  }
  const groups = new Map<string | Resource, Resource[]>();
  for (const [resource, { keys: [first] }] of principals) {
    const key = first === undefined ? resource : rootOf(first);
    const group = groups.get(key);
    if (group) group.push(resource);
    else groups.set(key, [resource]);
  }
  return [...groups.values()];
}

function findIn(group: readonly Resource[], { outcomes }: CheckContext): Finding[] {
  const ratings = outcomes.each((resolver) => ratingsOf(group, resolver));
  return group.flatMap((resource): Finding[] => {
    if (!ratings) return [undecided(resource, 'The attachments depend on more conditions than can be looked at')];
    const own = ratings.flatMap((each) => each.get(resource) ?? []);
    if (own.length === 0) return [];
    const finding = { check, resource, template: resource.template, verdict: own[0].verdict, locations: [] };
    if (own.every(({ verdict }) => verdict === Verdict.COMPLIANT)) return [{ ...finding, why: '' }];
    if (!own.every(({ verdict }) => verdict === Verdict.NON_COMPLIANT)) {
      const attached = new Set(own.flatMap((rating) => rating.attached));
      return [undecided(resource, `Whether the principal is attached to several things (${namesOf([...attached])}) depends on conditions or names that are only known at deployment`)];
    }
    return [{
      ...finding,
      locations: [property('Principal')],
      reasonCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
      why: `The principal is attached to several things (${namesOf(own[0].attached)})`,
      fix: 'give every thing a certificate of its own',
    }];
  });
}

function namesOf(resources: readonly Resource[]): string {
  return some(resources.map(({ logicalId }) => logicalId));
}

function undecided(resource: Resource, why: string): Finding {
  return { check, resource, template: resource.template, verdict: Verdict.UNDECIDED, locations: [property('Principal')], why };
}

/** What is said of an attachment, and all attachments of its principal. */
interface Rating {
  readonly verdict: Verdict;
  readonly attached: readonly Resource[];
}

function ratingsOf(group: readonly Resource[], resolver: Resolver): Map<Resource, Rating> {
  const byPrincipal = new Map<string, Resource[]>();
  for (const resource of group.filter((each) => existsIn(resolver, each))) {
    const key = principalKey(resource, principalIn(resource, resolver));
    const attached = byPrincipal.get(key);
    if (attached) attached.push(resource);
    else byPrincipal.set(key, [resource]);
  }
  const ratings = new Map<Resource, Rating>();
  for (const attached of byPrincipal.values()) {
    const things = attached.map((resource) => thingOf(resource, resolver));
    const names = new Set(things.map(({ key }) => key));
    const certainNames = new Set(things.filter(({ isNamed }) => isNamed).map(({ key }) => key));
    attached.forEach((resource, index) => {
      const verdict = names.size < 2 ? Verdict.COMPLIANT
        : things[index].isNamed && certainNames.size > 1 ? Verdict.NON_COMPLIANT : Verdict.UNDECIDED;
      ratings.set(resource, { verdict, attached });
    });
  }
  return ratings;
}

/** A thing, and whether it is one with a name in the template or one that the template makes. */
function thingOf({ template, properties }: Resource, resolver: Resolver): { readonly key: string; readonly isNamed: boolean } {
  const thing = resolver.resolve(template, properties.ThingName);
  return { key: canonical(thing), isNamed: typeof thing === 'string' || soleAtom(thing)?.resource !== undefined };
}
