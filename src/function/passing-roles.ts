import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { CfnRole, IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DependencyGroup, IDependable } from 'constructs';
import { FleetAuditFunction } from './fleet-audit-function';
import { IOT_SERVICE_PRINCIPAL } from '../private/own-roles';

/** The roles that AWS's console makes for audits: its one click, and the choice of a new role in its settings. */
const CONSOLE_ROLES = 'service-role/AWSIoTDeviceDefenderAudit_*';

/**
 * Lets the function hand roles to AWS IoT, and to nobody else.
 *
 * Each role has a policy of its own, so that a deployment which exchanges a role can be rolled back: the policy for the
 * former one is deleted in the clean-up only.
 *
 * @param customResourceFunction the function
 * @param roles the roles by what they are for, which orders the policies whatever the roles are called
 */
export function permitPassing(customResourceFunction: FleetAuditFunction, roles: Record<string, IRole>): IDependable {
  return new DependencyGroup(...Object.entries(roles).map(([use, role]) => customResourceFunction._permit(
    `Pass${use}${identify(role)}`, [passRole(role.roleArn)], `Pass${use}-${role.roleName}`)));
}

/** Roles that a user names, in his order. */
export function namedInOrder(use: string, roles: IRole[] = []): Record<string, IRole> {
  return Object.fromEntries(roles.map((role, index) => [`${use}${index}`, role]));
}

/** The same for the roles that the console may have made before. */
export function permitPassingConsoleRoles(customResourceFunction: FleetAuditFunction): IDependable {
  const roleArn = Stack.of(customResourceFunction).formatArn({
    service: 'iam', region: '', resource: 'role', resourceName: CONSOLE_ROLES,
  });
  return customResourceFunction._permit('PassConsoleRoles', [passRole(roleArn)]);
}

function passRole(roleArn: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': IOT_SERVICE_PRINCIPAL } },
  });
}

/** Changes with the role, also where the app only gives the same one another name or path, so that it is replaced. */
function identify(role: IRole): string {
  const { roleName, path } = (role.node.defaultChild ?? {}) as Partial<CfnRole>;
  const identity = Stack.of(role).resolve([role.roleArn, roleName, path]);
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8);
}
