import { AuditCheck } from '../../checks/audit-check';
import { CheckContext, Finding, TemplateCheck } from '../finding';
import { RolePolicies, seenFrom } from '../fleet/role-policies';
import { findingsOf } from '../judged-resource';
import { broadThingReading, nonThingAccess, thingManaging } from '../policies/administrative-access';
import { broadDataPlaneAccess } from '../policies/data-plane-access';
import { judge } from '../policies/judgement';
import { broadServiceAccess, securityAuditingAccess } from '../policies/service-access';

/**
 * `IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK` rests on the page's three conditions: "administrative permissions to any
 * services used in the past year", "broad access to thing metadata actions, access to restricted AWS IoT actions, or
 * broad access to AWS IoT data plane actions", and "access to security auditing services".
 *
 * A permissions boundary and session policies are not taken into account, since the page does not mention them.
 *
 * @see https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html
 */
export const IOT_ROLE_ALIAS_OVERLY_PERMISSIVE: TemplateCheck = {
  check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  find(context: CheckContext): Finding[] {
    return context.fleet.resourcesOfType('AWS::IoT::RoleAlias').flatMap((resource) => findingsOf({
      check: AuditCheck.IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
      resource,
      subject: 'The role behind the alias',
      path: ['RoleArn'],
      fix: 'allow the actions that devices perform one by one, on resources narrowed with ${credentials-iot:ThingName}',
      judge(resolver) {
        const arn = resolver.resolve(resource.template, resource.properties.RoleArn);
        const policy = seenFrom(['RoleArn'], new RolePolicies(resolver).of(arn, resource.template));
        return judge(policy, (permissions) => [
          ...broadServiceAccess(policy, permissions, context.facts.usedServices),
          ...securityAuditingAccess(policy, permissions),
          ...broadThingReading(permissions),
          ...nonThingAccess(permissions),
          ...thingManaging(permissions),
          ...broadDataPlaneAccess(permissions),
        ]);
      },
    }, context));
  },
};
