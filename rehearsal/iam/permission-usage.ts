import { Grant, PolicyDocument, grantsOf, statementsOf } from './policy-document';

/** A permission that a policy of a role gave, as plain data. */
export interface GrantedPermission extends Grant {
  readonly roleName: string;
  readonly policyName: string;
  /** True if a call needed it. */
  readonly isUsed: boolean;
}

/** Permissions of the roles that made calls, used and unused. */
export class PermissionUsage {
  private readonly permissions = new Map<string, GrantedPermission>();
  /** By policy, the document that it was last seen with: every call asks. */
  private readonly seen = new Map<string, PolicyDocument>();

  granted(roleName: string, policyName: string, document: PolicyDocument): void {
    const policy = `${roleName} ${policyName}`;
    if (this.seen.get(policy) === document) return;
    this.seen.set(policy, document);
    for (const grant of statementsOf(document).flatMap(grantsOf)) {
      const key = keyOf(roleName, policyName, grant);
      if (!this.permissions.has(key)) this.permissions.set(key, { roleName, policyName, ...grant, isUsed: false });
    }
  }

  used(roleName: string, policyName: string, grant: Grant): void {
    this.permissions.set(keyOf(roleName, policyName, grant), { roleName, policyName, ...grant, isUsed: true });
  }

  get all(): readonly GrantedPermission[] {
    return [...this.permissions.values()];
  }
}

/**
 * The kinds of permissions that no call used, each once.
 *
 * @param permissions of any number of accounts
 * @param kindOf what counts as the same permission, such as policy and action where names differ from stack to stack
 */
export function unusedPermissions(
  permissions: Iterable<GrantedPermission>,
  kindOf: (permission: GrantedPermission) => string = ({ policyName, action }) => `${policyName} ${action}`,
): string[] {
  const kinds = new Map<string, boolean>();
  for (const permission of permissions) {
    const kind = kindOf(permission);
    kinds.set(kind, (kinds.get(kind) ?? false) || permission.isUsed);
  }
  return [...kinds]
    .filter(([, isUsed]) => !isUsed)
    .map(([kind]) => kind)
    .sort();
}

function keyOf(roleName: string, policyName: string, { action, resource }: Grant): string {
  return `${roleName} ${policyName} ${action} ${resource}`;
}
