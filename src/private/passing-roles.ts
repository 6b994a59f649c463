import { Stack } from 'aws-cdk-lib';
import { IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IOT_SERVICE_PRINCIPAL } from './iot-service-role';

/**
 * The permission to hand roles to AWS IoT, and to nobody else.
 *
 * @param stack the stack of the function that hands them over
 * @param roles the roles of a template
 * @param previous the roles that the account may have before, to go back to; any role of the account if undefined
 */
export function passRoles(stack: Stack, roles: IRole[], previous?: IRole[]): PolicyStatement[] {
  const previousArns = previous?.map((role) => role.roleArn)
    ?? [stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: '*' })];
  return [roles.map((role) => role.roleArn), previousArns].filter((arns) => arns.length > 0).map((resources) => new PolicyStatement({
    actions: ['iam:PassRole'],
    resources,
    conditions: { StringEquals: { 'iam:PassedToService': IOT_SERVICE_PRINCIPAL } },
  }));
}
