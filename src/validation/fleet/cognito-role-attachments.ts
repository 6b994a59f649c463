import { CheckContext, Finding } from '../finding';
import { existsIn, findingsOf } from '../judged-resource';
import { RolePolicies, seenFrom } from './role-policies';
import { AuditCheck } from '../../checks/audit-check';
import { judge, Judgement, Offence } from '../policies/judgement';
import { Permissions } from '../policies/permissions';
import { Resolver } from '../templates/resolver';
import { Resource, Template } from '../templates/template';
import { Atom, display, entryOf, isList, isObject, partsOf, reasonsIn, soleAtom, Unknown, Value } from '../templates/value';

/** A role of an identity pool and where the template names it. */
interface NamedRole {
  readonly arn: Value;

  /** The template that names the role, if it is not that of the pool. */
  readonly declaredIn?: Template;
  readonly path: readonly string[];
}

export interface CognitoCheck {
  readonly check: AuditCheck;
  readonly subject: string;
  readonly fix: string;
  roles(attachment: Resource, resolver: Resolver): NamedRole[];
  find(permissions: Permissions): Offence[];
}

/**
 * Judges the roles of identity pools. AWS looks at pools that were used to connect to the message broker within 31 days,
 * which no template tells; here every pool counts whose role may do anything with AWS IoT.
 */
export function findInRoleAttachments({ check, subject, fix, roles, find }: CognitoCheck, context: CheckContext): Finding[] {
  return context.fleet.resourcesOfType('AWS::Cognito::IdentityPoolRoleAttachment').flatMap((resource) => findingsOf({
    check,
    resource,
    subject,
    fix,
    path: ['Roles'],
    judge(resolver): Judgement | undefined {
      const judgements = roles(resource, resolver).map(({ arn, path, declaredIn = resource.template }) =>
        judge(seenFrom(path, new RolePolicies(resolver).of(arn, declaredIn)), find));
      return judgements.length === 0 ? undefined : {
        offences: judgements.flatMap(({ offences }) => offences),
        doubts: [...new Set(judgements.flatMap(({ doubts }) => doubts))],
      };
    },
  }, context));
}

/** The role that a pool gives to one kind of its identities, judged in the outcomes of conditions in which it gives one. */
export function poolRole(attachment: Resource, resolver: Resolver, kind: 'authenticated' | 'unauthenticated'): NamedRole[] {
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
    return [
      ...(isList(rules) ? rules : []).flatMap((rule, index) => {
        const arn = entryOf(rule, 'RoleARN');
        return arn === undefined ? [] : [{ arn, path: [...path, 'RulesConfiguration', 'Rules', String(index), 'RoleARN'] }];
      }),
      ...type === 'Token' || reasonsIn(type).size > 0
        ? groupRoles(entryOf(mapping, 'IdentityProvider') ?? provider, resolver).map((role) => ({ ...role, path })) : [],
    ];
  });
}

/** The roles of the groups of a user pool, which a token names. Groups that no template declares are not known. */
function groupRoles(provider: Value, resolver: Resolver): Omit<NamedRole, 'path'>[] {
  const pool = partsOf(provider)?.flatMap((part) => part instanceof Atom && part.resource ? resolver.fleet.find(part.resource) ?? [] : [])
    .find(({ type }) => type === 'AWS::Cognito::UserPool');
  if (!pool) return [{ arn: new Unknown(`the roles of the groups of ${display(provider)}, a user pool that no template declares`) }];
  return resolver.fleet.resourcesOfType('AWS::Cognito::UserPoolGroup').filter((group) => existsIn(resolver, group)).flatMap((group) => {
    const { template, properties } = group;
    const poolId = resolver.resolve(template, properties.UserPoolId);
    const owner = soleAtom(poolId)?.resource;
    const arn = resolver.resolve(template, properties.RoleArn);
    if (arn === undefined || (owner && resolver.fleet.find(owner) !== pool)) return [];
    return [owner ? { arn, declaredIn: template } : { arn: new Unknown(`the group ${group.logicalId}, whose user pool is not known`) }];
  });
}
