import { createHash } from 'node:crypto';
import { CfnResource, Lazy, Stack, Token } from 'aws-cdk-lib';
import { CfnPolicy, CfnRoleAlias } from 'aws-cdk-lib/aws-iot';
import { IConstruct } from 'constructs';

/** The policies and the role aliases that a stack defines, by the names that it gives them. */
export interface NamedResources {
  readonly policies: ReadonlyMap<string, CfnPolicy>;
  readonly roleAliases: ReadonlyMap<string, CfnRoleAlias>;
}

export function namedResourcesIn(stack: Stack): NamedResources {
  const policies = new Map<string, CfnPolicy>();
  const roleAliases = new Map<string, CfnRoleAlias>();
  for (const resource of stack.node.findAll()) {
    const name = CfnResource.isCfnResource(resource) && resource.stack === stack ? literalNameOf(resource) : undefined;
    if (name === undefined) continue;
    if (isPolicy(resource)) policies.set(name, resource);
    if (isRoleAlias(resource)) roleAliases.set(name, resource);
  }
  return { policies, roleAliases };
}

/** The name that the app gives a policy or a role alias; undefined if it gives none, or defines neither. */
export function literalNameOf(construct: IConstruct): string | undefined {
  const resource = resourceOf(construct);
  const name = isPolicy(resource) ? resource.policyName : isRoleAlias(resource) ? resource.roleAlias : undefined;
  return Token.isUnresolved(name) ? undefined : name;
}

/**
 * A token for the digest of a policy's document as the template has it, so that a change of one changes the other.
 *
 * @returns undefined if the app does not define the policy
 */
export function digestOfPolicy(construct: IConstruct): string | undefined {
  const policy = resourceOf(construct);
  return isPolicy(policy) ? Lazy.string({
    produce: () => {
      const document = JSON.stringify(Stack.of(policy).resolve(policy.policyDocument), sortMembers);
      return createHash('sha256').update(document).digest('hex').slice(0, 16);
    },
  }) : undefined;
}

/** For JSON.stringify(): maps of other languages have no order, and those of Java another one in every process. */
function sortMembers(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => one < other ? -1 : 1)) : value;
}

/** The resource that a construct is, or stands for. */
function resourceOf(construct: IConstruct): IConstruct {
  return construct.node.defaultChild ?? construct;
}

function isPolicy(construct: IConstruct): construct is CfnPolicy {
  return isOfType(construct, CfnPolicy.CFN_RESOURCE_TYPE_NAME);
}

function isRoleAlias(construct: IConstruct): construct is CfnRoleAlias {
  return isOfType(construct, CfnRoleAlias.CFN_RESOURCE_TYPE_NAME);
}

function isOfType(construct: IConstruct, type: string): boolean {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === type;
}
