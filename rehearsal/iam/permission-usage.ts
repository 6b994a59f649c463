import { Grant, PolicyDocument, grantsOf, statementsOf } from './policy-document';

/** A permission that a policy of a role gave, as plain data. */
export interface GrantedPermission extends Grant {
  readonly roleName: string;
  readonly policyName: string;
  /** Whether a call needed it. */
  readonly isUsed: boolean;
}

/** What the policies of roles that made calls permitted, whether they were needed or not. */
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
 * The permissions of which none of their kind was used, in words, once each.
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
