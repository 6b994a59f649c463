import { CHECK_TABLE } from '../../checks/check-table';
import { isActiveCertificate } from '../certificates/certificate-principal';
import { compliant, Finding, undecided, Verdict } from '../finding';
import { CheckContext, TemplateCheck } from '../template-check';
import { Resolver } from '../templates/resolver';
import { property, Resource } from '../templates/template';
import { Atom, canonical, display, partsOf, reasonsIn, soleAtom, some, Unknown, Value } from '../templates/value';

const check = CHECK_TABLE.DEVICE_CERTIFICATE_SHARED;
const PRINCIPAL = property('Principal');

/**
 * `DEVICE_CERTIFICATE_SHARED_CHECK` rests on: "multiple, concurrent connections use the same X.509 certificate".
 *
 * A template does not show connections. It shows a principal that is attached to several things: devices that connect
 * under the names of those things at the same time must share it. A Cognito identity is no certificate, and nobody
 * connects with a certificate that is not active.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-device-cert-shared.html
 */
export const DEVICE_CERTIFICATE_SHARED: TemplateCheck = {
  check,
  find(context: CheckContext): Finding[] {
    const attachments = context.fleet.resourcesOfType('AWS::IoT::ThingPrincipalAttachment');
    const principals = new Map(attachments.map((resource) => [resource, principalsOf(resource, context)]));
    const certificates = [...principals.values()].filter(({ keys, unknown }) => keys.length + unknown.length > 0);
    return groupsOf(principals).flatMap((group) => findIn(group, context)).map((finding) => {
      const { unknown } = principals.get(finding.resource!)!;
      if (finding.verdict !== Verdict.COMPLIANT || unknown.length === 0 || certificates.length === 1) return finding;
      const why = `The principal depends on ${unknown.join(', ')} and may be that of another thing`;
      return undecided(check, finding.resource!, PRINCIPAL, why);
    });
  },
};

/** The principals that an attachment may be of, over all outcomes of the open choices. */
interface Principals {
  readonly keys: readonly string[];

  /** The reasons why there may be others. */
  readonly unknown: readonly string[];
}

function principalsOf(resource: Resource, { outcomes }: CheckContext): Principals {
  const values = outcomes.each((resolver) => {
    const principal = resolver.exists(resource) ? principalIn(resource, resolver) : undefined;
    return principal === undefined || isActiveCertificate(principal, resolver) === false ? [] : [principal];
  }).flat();
  return {
    keys: values.map((value) => principalKey(resource, value)),
    unknown: [...new Set(values.flatMap((value) => [...reasonsIn(value)]))],
  };
}

function principalIn({ template, properties }: Resource, resolver: Resolver): Value {
  return resolver.resolve(template, properties.Principal) ?? new Unknown('a principal that is not there');
}

/**
 * A text that attachments share if they have the same principal, however they write it: a certificate of the templates,
 * or the id of one in an account and region. The same parameter of a template is the same principal in any case.
 */
function principalKey({ template, templateId }: Resource, principal: Value): string {
  if (reasonsIn(principal).size > 0) return `${templateId} ${canonical(principal)}`;
  const last = partsOf(principal)?.at(-1);
  if (last instanceof Atom && last.resource) return `${last.resource.templateId}/${last.resource.logicalId}`;
  const text = display(principal).replaceAll('<AWS::Region>', '').replaceAll('<AWS::AccountId>', '');
  const arn = /:iot:([^:]*):([^:]*):(cert\/.+)$/.exec(text);
  if (!arn) return canonical(principal);
  return `${arn[1] || (template.region ?? '')} ${arn[2] || (template.account ?? '')} ${arn[3]}`;
}

/** Groups the attachments that may be of one principal. */
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
  return [...grouped([...principals.keys()], (resource) => {
    const [first] = principals.get(resource)!.keys;
    return first === undefined ? resource : rootOf(first);
  }).values()];
}

function findIn(group: readonly Resource[], { outcomes }: CheckContext): Finding[] {
  const ratings = outcomes.each((resolver) => ratingsOf(group, resolver));
  return group.flatMap((resource): Finding[] => {
    const open = (why: string) => [undecided(check, resource, PRINCIPAL, why)];
    const own = ratings.flatMap((each) => each.get(resource) ?? []);
    if (own.length === 0) return [];
    if (own.every(({ verdict }) => verdict === Verdict.COMPLIANT)) return [compliant(check, resource)];
    if (!own.every(({ verdict }) => verdict === Verdict.NON_COMPLIANT)) {
      const attached = namesOf(new Set(own.flatMap((rating) => rating.attached)));
      const status = own.find(({ openStatus }) => openStatus !== undefined)?.openStatus;
      return open(status === undefined
        ? `Whether the principal is attached to several things (${attached}) depends on conditions or names that are `
          + 'only known at deployment'
        : `Whether devices connect with the principal of several things (${attached}) depends on ${status}`);
    }
    return [{
      check,
      resource,
      template: resource.template,
      verdict: Verdict.NON_COMPLIANT,
      locations: [PRINCIPAL],
      reasonCode: 'CERTIFICATE_SHARED_BY_MULTIPLE_DEVICES',
      why: `The principal is attached to several things (${namesOf(own[0].attached)})`,
      fix: 'give every thing a certificate of its own',
    }];
  });
}

function namesOf(resources: Iterable<Resource>): string {
  return some([...resources].map(({ logicalId }) => logicalId));
}

/** The verdict on an attachment in one outcome, and all attachments of its principal. */
interface Rating {
  readonly verdict: Verdict;
  readonly attached: readonly Resource[];

  /** The reason why it is not known if the certificate is active, if that matters. */
  readonly openStatus?: string;
}

function ratingsOf(group: readonly Resource[], resolver: Resolver): Map<Resource, Rating> {
  const ratings = new Map<Resource, Rating>();
  const byPrincipal = grouped(group.filter((resource) => resolver.exists(resource)),
    (resource) => principalKey(resource, principalIn(resource, resolver)));
  for (const attached of byPrincipal.values()) {
    const things = attached.map((resource) => thingOf(resource, resolver));
    const names = new Set(things.map(({ key }) => key));
    const certain = things.filter(({ isNamed }, index) => isNamed && resolver.existence(attached[index]) === true);
    const certainNames = new Set(certain.map(({ key }) => key));
    const active = names.size > 1 && isActiveCertificate(principalIn(attached[0], resolver), resolver);
    attached.forEach((resource, index) => {
      if (active === false) {
        ratings.set(resource, { verdict: Verdict.COMPLIANT, attached });
      } else if (active instanceof Unknown) {
        ratings.set(resource, { verdict: Verdict.UNDECIDED, attached, openStatus: active.reason });
      } else {
        const { key, isNamed } = things[index];
        const isShared = isNamed && certainNames.size > (certainNames.has(key) ? 1 : 0);
        ratings.set(resource, { verdict: isShared ? Verdict.NON_COMPLIANT : Verdict.UNDECIDED, attached });
      }
    });
  }
  return ratings;
}

/** A thing. It is named if the template has its name, or makes it. */
function thingOf({ template, properties }: Resource, resolver: Resolver): { key: string; isNamed: boolean } {
  const thing = resolver.resolve(template, properties.ThingName);
  return { key: canonical(thing), isNamed: typeof thing === 'string' || soleAtom(thing)?.resource !== undefined };
}

function grouped<K>(resources: readonly Resource[], keyOf: (resource: Resource) => K): Map<K, Resource[]> {
  const groups = new Map<K, Resource[]>();
  for (const resource of resources) {
    const key = keyOf(resource);
    const group = groups.get(key);
    if (group) group.push(resource);
    else groups.set(key, [resource]);
  }
  return groups;
}
