import { areApart, IamNames } from './iam-names';
import { Resolver } from '../templates/resolver';
import { isJsonObject, Json, Resource } from '../templates/template';
import { Atom, canonical, listOf, partsOf, soleAtom, TextPart, Unknown, Value } from '../templates/value';

export const ROLE = 'AWS::IAM::Role';
export const MANAGED_POLICY = 'AWS::IAM::ManagedPolicy';

/** Types that attach a policy to roles, and the property that names the roles. */
const ATTACHING: Readonly<Record<string, string>> = {
  'AWS::IAM::Policy': 'Roles',
  'AWS::IAM::RolePolicy': 'RoleName',
  [MANAGED_POLICY]: 'Roles',
};

/** A policy that is attached to a role by name, if it is not certain which role has the name. */
interface Unattributed {
  readonly policy: Resource;
  readonly name: Value;

  /** The roles that have the name, if one of them is known to be meant. */
  readonly roles: readonly Resource[];
}

/** Finds the policies that are attached to roles, across templates. */
export class AttachedPolicies {
  static in(resolver: Resolver): AttachedPolicies {
    return resolver.remember('attached policies', () => new AttachedPolicies(resolver));
  }

  private readonly byRole = new Map<Resource, Set<Resource>>();
  private readonly unattributed: Unattributed[] = [];

  private constructor(resolver: Resolver) {
    for (const [type, roles] of Object.entries(ATTACHING)) {
      for (const policy of resolver.fleet.resourcesOfType(type)) {
        const key = `roles of ${policy.templateId}/${policy.logicalId}`;
        const { referred, names } = resolver.remember(key, () =>
          rolesNamed(resolver, policy, policy.properties[roles]));
        referred.forEach((role) => this.attach(policy, role));
        names.forEach((name) => this.attachByName(resolver, policy, name));
      }
    }
  }

  /** The policies that are attached to a role of the templates. */
  to(role: Resource): ReadonlySet<Resource> {
    return this.byRole.get(role) ?? new Set();
  }

  /** The policies that are attached, by name, to a role that no template declares. */
  toName(name: Value, account: string | undefined): readonly Resource[] {
    const key = canonical(name);
    return this.unattributed.filter(({ policy, name: other, roles }) =>
      roles.length === 0 && !areApart(policy.template.account, account) && canonical(other) === key)
      .map(({ policy }) => policy);
  }

  /** The policies that may be attached to a role. */
  perhapsTo(role: Resource, resolver: Resolver): readonly Resource[] {
    if (this.unattributed.length === 0) return [];
    const name = role.properties.RoleName === undefined
      ? undefined
      : resolver.references.ref(role.template, role.logicalId);
    return this.unattributed.filter(({ policy, name: other, roles }) =>
      !areApart(policy.template.account, role.template.account)
      && (roles.length > 0 ? roles.includes(role) : mayBe(other, name))).map(({ policy }) => policy);
  }

  private attachByName(resolver: Resolver, policy: Resource, name: Value): void {
    const roles = IamNames.in(resolver, ROLE, 'RoleName').find(resolver, name, policy.template);
    if (roles.length === 1) this.attach(policy, roles[0]);
    else this.unattributed.push({ policy, name, roles });
  }

  private attach(policy: Resource, role: Resource): void {
    const others = this.byRole.get(role);
    if (others) others.add(policy);
    else this.byRole.set(role, new Set([policy]));
  }
}

/** The roles that a policy refers to, and the names of the roles that it only names. */
function rolesNamed(
  resolver: Resolver, { template }: Resource, roles: Json | undefined,
): { referred: Resource[]; names: Value[] } {
  const references = (Array.isArray(roles) ? roles : [roles]).map((item: Json | undefined) => {
    const role = isJsonObject(item) && typeof item.Ref === 'string' ? template.resource(item.Ref) : undefined;
    return role?.type === ROLE ? role : undefined;
  });
  if (references.every((role) => role !== undefined)) return { referred: references, names: [] };
  const values = listOf(resolver.resolve(template, roles));
  return {
    referred: values.flatMap((value) => roleOf(resolver, value) ?? []),
    names: values.filter((value) => !roleOf(resolver, value)),
  };
}

/** The role of a template that a value refers to. */
export function roleOf({ fleet }: Resolver, value: Value): Resource | undefined {
  const reference = soleAtom(value)?.resource;
  const resource = reference && fleet.find(reference);
  return resource?.type === ROLE ? resource : undefined;
}

/** True if a name may be that of a role. Templates do not write out names that CloudFormation makes up. */
function mayBe(name: Value, roleName: Value): boolean {
  const parts = partsOf(name) ?? [new Unknown('a name that is no text')];
  const others = roleName === undefined ? undefined : partsOf(roleName) ?? [];
  if (!others) {
    return parts.some((part) => part instanceof Unknown || (part instanceof Atom && part.resource !== undefined));
  }
  if (typeof name === 'string' && typeof roleName === 'string') return name === roleName;
  const [start, otherStart] = [literal(parts[0]), literal(others[0])];
  const [end, otherEnd] = [literal(parts[parts.length - 1]), literal(others[others.length - 1])];
  return (start.startsWith(otherStart) || otherStart.startsWith(start))
    && (end.endsWith(otherEnd) || otherEnd.endsWith(end));
}

function literal(part: TextPart | undefined): string {
  return typeof part === 'string' ? part : '';
}
