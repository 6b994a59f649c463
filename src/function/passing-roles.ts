import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib';
import { CfnRole, IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { DependencyGroup, IDependable } from 'constructs';
import { FleetAuditFunction } from './fleet-audit-function';
import { IOT_SERVICE_PRINCIPAL } from '../private/own-roles';

/** The roles that AWS's console creates for audits: with its one-click setup, and as a new role in its settings. */
const CONSOLE_ROLES = 'service-role/AWSIoTDeviceDefenderAudit_*';

/**
 * Lets the function pass roles to AWS IoT, and to no other service.
 *
 * Each role has a policy of its own, so that a deployment that exchanges a role can be rolled back: the policy for the
 * former role is deleted in the clean-up only.
 *
 * @param customResourceFunction the function
 * @param roles the roles by their use, which orders the policies independently of the names of the roles
 */
export function permitPassing(customResourceFunction: FleetAuditFunction, roles: Record<string, IRole>): IDependable {
  return new DependencyGroup(...Object.entries(roles).map(([use, role]) => customResourceFunction._permit(
    `Pass${use}${identify(role)}`, [passRole(role.roleArn)], `Pass${use}-${role.roleName}`)));
}

/** The roles that a user names, in the order in which they are given. */
export function namedInOrder(use: string, roles: IRole[] = []): Record<string, IRole> {
  return Object.fromEntries(roles.map((role, index) => [`${use}${index}`, role]));
}

/** Lets the function pass the roles that the console may have created before. */
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

/** A digest that changes with the role, also if only a changed name or path makes CloudFormation replace the role. */
function identify(role: IRole): string {
  const { roleName, path } = (role.node.defaultChild ?? {}) as Partial<CfnRole>;
  const identity = Stack.of(role).resolve([role.roleArn, roleName, path]);
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8);
}
