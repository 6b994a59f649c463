import type { AccountPermissions } from './account-permissions';
import type { PolicyDocument } from './policy-document';
import type { GenericResources, PhysicalNames, Place } from '../cloudformation/generic-resources';
import { Handled, ResourceHandler, ResourceIdentity } from '../cloudformation/resource-handler';
import type { Properties } from '../cloudformation/template';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
}

/** AWS::IAM::Role, with its own policies. */
export class RoleHandler implements ResourceHandler {
  constructor(
    private readonly permissions: AccountPermissions, private readonly generic: GenericResources,
    private readonly place: Place,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const { physicalId } = await this.generic.create(resource, properties);
    return this.put(physicalId, properties, {});
  }

  async update(
    _resource: ResourceIdentity, physicalId: string, properties: Properties, oldProperties: Properties,
  ): Promise<Handled> {
    return this.put(physicalId, properties, oldProperties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.permissions.deleteRole(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put(name: string, properties: Properties, oldProperties: Properties): Handled {
    const {
      Path = '/', ManagedPolicyArns, PermissionsBoundary,
    } = properties as {
      Path?: string;
      ManagedPolicyArns?: readonly string[];
      PermissionsBoundary?: string;
    };
    const arn = `arn:${this.place.partition}:iam::${this.place.accountId}:role${Path}${name}`;
    this.permissions.putRole(name, arn, { attached: ManagedPolicyArns, boundary: PermissionsBoundary });
    const policies = inlinePoliciesOf(properties);
    // A policy of the same name that somebody else put there stays, as with the handler of CloudFormation.
    const gone = inlinePoliciesOf(oldProperties).filter(
      ({ PolicyName }) => !policies.some((policy) => policy.PolicyName === PolicyName),
    );
    for (const { PolicyName } of gone) this.permissions.deleteInline(name, PolicyName);
    for (const policy of policies) this.permissions.putInline(name, policy.PolicyName, policy.PolicyDocument);
    return { physicalId: name, attributes: { Arn: arn, RoleId: `AROA${name}` } };
  }
}

/**
 * AWS::IAM::Policy, an inline policy of each of its roles, and AWS::IAM::RolePolicy, one of a single role.
 *
 * Two of one name are one policy of a role: the last that is put there wins, and whichever is deleted takes it along.
 */
export class PolicyHandler implements ResourceHandler {
  constructor(
    private readonly permissions: AccountPermissions, private readonly names: PhysicalNames,
  ) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    const physicalId = this.names.next(resource);
    return this.update(resource, physicalId, properties, {});
  }

  async update(
    _resource: ResourceIdentity, physicalId: string, properties: Properties, oldProperties: Properties,
  ): Promise<Handled> {
    const roles = rolesOf(properties);
    const { PolicyName, PolicyDocument } = properties as unknown as InlinePolicy;
    for (const role of roles) this.permissions.putInline(role, PolicyName, PolicyDocument);
    const isRenamed = oldProperties.PolicyName !== PolicyName;
    for (const role of rolesOf(oldProperties)) {
      if (isRenamed || !roles.includes(role)) this.permissions.deleteInline(role, String(oldProperties.PolicyName));
    }
    return { physicalId, attributes: {} };
  }

  async delete(_resource: ResourceIdentity, _physicalId: string, properties: Properties): Promise<void> {
    for (const role of rolesOf(properties)) this.permissions.deleteInline(role, String(properties.PolicyName));
  }
}

/** AWS::IAM::ManagedPolicy, attached to roles. */
export class ManagedPolicyHandler implements ResourceHandler {
  constructor(private readonly permissions: AccountPermissions, private readonly generic: GenericResources) {}

  async create(resource: ResourceIdentity, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.create(resource, properties), properties);
  }

  async update(resource: ResourceIdentity, physicalId: string, properties: Properties): Promise<Handled> {
    return this.put(await this.generic.update(resource, physicalId), properties);
  }

  async delete(resource: ResourceIdentity, physicalId: string): Promise<void> {
    this.permissions.deleteManaged(physicalId);
    await this.generic.delete(resource, physicalId);
  }

  private put(handled: Handled, properties: Properties): Handled {
    const name = handled.physicalId.split('/').at(-1)!;
    this.permissions.putManaged(
      handled.physicalId, name, properties.PolicyDocument as PolicyDocument, rolesOf(properties),
    );
    return handled;
  }
}

function inlinePoliciesOf({ Policies = [] }: Properties): readonly InlinePolicy[] {
  return Policies as readonly InlinePolicy[];
}

function rolesOf({ Roles = [], RoleName }: Properties): readonly string[] {
  return RoleName === undefined ? Roles as readonly string[] : [String(RoleName)];
}
