import { MORE_CONDITIONS } from '../templates/conditions';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import {
  Atom, display, entryOf, isList, isObject, partsOf, reasonsIn, soleAtom, Unknown, Value,
} from '../templates/value';

/** A role of an identity pool, and the place where a template names it. */
export interface NamedRole {
  readonly arn: Value;

  /** The template that names the role, if it is not that of the pool. */
  readonly declaredIn?: Template;

  /** The place within the properties of the pool's role attachment. */
  readonly path: readonly string[];
}

/** The role that a pool gives to one kind of its identities, if it gives one. */
export function poolRole(
  attachment: Resource, resolver: Resolver, kind: 'authenticated' | 'unauthenticated',
): NamedRole[] {
  const roles = resolver.resolve(attachment.template, attachment.properties.Roles);
  const arn = entryOf(roles, kind);
  return arn === undefined ? [] : [{ arn, path: roles instanceof Unknown ? ['Roles'] : ['Roles', kind] }];
}

/** The roles that rules, or the groups of user pools, give to authenticated identities. */
export function mappedRoles(attachment: Resource, resolver: Resolver): NamedRole[] {
  const mappings = resolver.resolve(attachment.template, attachment.properties.RoleMappings);
  if (mappings instanceof Unknown) return [{ arn: mappings, path: ['RoleMappings'] }];
  if (!isObject(mappings)) return [];
  return Object.entries(mappings).flatMap(([provider, mapping]) => {
    const path = ['RoleMappings', provider];
    const type = entryOf(mapping, 'Type');
    const rules = entryOf(mapping, 'RulesConfiguration', 'Rules');
    if (rules instanceof Unknown) return [{ arn: rules, path }];
    const ruleRoles = (isList(rules) ? rules : []).flatMap((rule, index) => {
      const arn = entryOf(rule, 'RoleARN');
      return arn === undefined ? [] : [{
        arn, path: [...path, 'RulesConfiguration', 'Rules', String(index), 'RoleARN'],
      }];
    });
    if (type !== 'Token' && reasonsIn(type).size === 0) return ruleRoles;
    const identityProvider = entryOf(mapping, 'IdentityProvider') ?? provider;
    return [...ruleRoles, ...groupRoles(identityProvider, resolver).map((role) => ({ ...role, path }))];
  });
}

/** The roles of the groups of a user pool, which a token names. Groups that no template declares are not known. */
function groupRoles(provider: Value, resolver: Resolver): Omit<NamedRole, 'path'>[] {
  const { fleet } = resolver;
  const pool = partsOf(provider)
    ?.flatMap((part) => part instanceof Atom && part.resource ? fleet.find(part.resource) ?? [] : [])
    .find(({ type }) => type === 'AWS::Cognito::UserPool');
  if (!pool) {
    const groups = `the roles of the groups of ${display(provider)}`;
    return [{ arn: new Unknown(`${groups}, a user pool that no template declares`) }];
  }
  return fleet.resourcesOfType('AWS::Cognito::UserPoolGroup').flatMap((group) => {
    if (!resolver.exists(group)) return [];
    const { template, properties, logicalId } = group;
    const owner = soleAtom(resolver.resolve(template, properties.UserPoolId))?.resource;
    const arn = resolver.resolve(template, properties.RoleArn);
    if (arn === undefined || (owner && fleet.find(owner) !== pool)) return [];
    if (resolver.existence(group) === undefined) return [{ arn: new Unknown(MORE_CONDITIONS) }];
    return [owner ? { arn, declaredIn: template }
      : { arn: new Unknown(`the group ${logicalId}, whose user pool is not known`) }];
  });
}
