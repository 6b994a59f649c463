import { Annotations, RemovalPolicy } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AdoptionOptions, whenRemoved } from './adoption';
import { FleetAuditFunction } from '../function/fleet-audit-function';
import { FunctionBackedResource, FunctionBackedResourceProps } from '../function/function-backed-resource';
import { namedInOrder, permitPassing, permitPassingConsoleRoles } from '../function/passing-roles';
import { withoutOwnRoles } from '../private/own-roles';

/** `properties` are those of the custom resource, except for `WhenRemoved`. */
export interface AdoptedResourceProps extends Omit<FunctionBackedResourceProps, 'removalPolicy' | 'serviceTimeout'> {
  readonly adoption: AdoptionOptions;

  /** The removal policy of what is made for the setting. */
  readonly removalPolicy: RemovalPolicy;

  /** The permissions of the function, apart from passing roles. */
  readonly permission: { readonly purpose: string; readonly statements: PolicyStatement[] };

  /** The roles of the template by their use, which is part of the logical ids of their policies. */
  readonly roles: Record<string, IRole>;

  readonly previousRoles: {
    /** Their use, as in `roles`; a number follows. */
    readonly use: string;

    /** True if the function may pass the roles that the console makes, unless others are named. */
    readonly includeConsoleRoles: boolean;

    /**
     * The warning if none are named.
     *
     * @default - no warning
     */
    readonly warning?: { readonly id: string; readonly message: string };
  };
}

/**
 * A custom resource that takes over what the account has set, and gives it back.
 */
export class AdoptedResource extends Construct {
  protected readonly resource: FunctionBackedResource;

  constructor(scope: Construct, id: string, props: AdoptedResourceProps) {
    super(scope, id);
    const { adoption, removalPolicy, properties, dependencies, permission, roles, previousRoles, ...rest } = props;
    if (previousRoles.warning && !adoption.previousRoles) {
      Annotations.of(this).addWarningV2(previousRoles.warning.id, previousRoles.warning.message);
    }
    const customResourceFunction = FleetAuditFunction.of(this);
    const permissions = [
      customResourceFunction._permit(permission.purpose, permission.statements),
      permitPassing(customResourceFunction, { ...roles, ...namedInOrder(previousRoles.use, adoption.previousRoles) }),
    ];
    if (previousRoles.includeConsoleRoles && !adoption.previousRoles) {
      permissions.push(permitPassingConsoleRoles(customResourceFunction));
    }
    const WhenRemoved = whenRemoved(adoption, removalPolicy);
    this.resource = new FunctionBackedResource(this, 'Resource', {
      ...rest,
      properties: { ...properties, WhenRemoved },
      dependencies: [...permissions, ...withoutOwnRoles(dependencies)],
      // A setting that stays needs its Delete only in the rollback of its creation, even if the policy is RETAIN.
      removalPolicy: WhenRemoved === 'LEAVE' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : undefined,
    });
  }
}
