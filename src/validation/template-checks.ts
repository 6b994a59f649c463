import { AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE } from './checks/authenticated-cognito-role-overly-permissive';
import { CA_CERTIFICATE_EXPIRING } from './checks/ca-certificate-expiring';
import { CA_CERTIFICATE_KEY_QUALITY } from './checks/ca-certificate-key-quality';
import { DEVICE_CERTIFICATE_AGE } from './checks/device-certificate-age';
import { DEVICE_CERTIFICATE_EXPIRING } from './checks/device-certificate-expiring';
import { DEVICE_CERTIFICATE_KEY_QUALITY } from './checks/device-certificate-key-quality';
import { DEVICE_CERTIFICATE_SHARED } from './checks/device-certificate-shared';
import { IOT_POLICY_OVERLY_PERMISSIVE } from './checks/iot-policy-overly-permissive';
import { IOT_POLICY_POTENTIAL_MISCONFIGURATION } from './checks/iot-policy-potential-misconfiguration';
import { IOT_ROLE_ALIAS_OVERLY_PERMISSIVE } from './checks/iot-role-alias-overly-permissive';
import { LOGGING_DISABLED } from './checks/logging-disabled';
import { UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE } from './checks/unauthenticated-cognito-role-overly-permissive';
import { CheckContext, Finding, Verdict } from './finding';
import { FleetTemplates } from './templates/fleet-templates';
import { AuditCheck } from '../checks/audit-check';

/** The checks that templates tell enough about. The others need to know what devices have done. */
const TEMPLATE_CHECKS = new Map([
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  CA_CERTIFICATE_EXPIRING,
  CA_CERTIFICATE_KEY_QUALITY,
  DEVICE_CERTIFICATE_AGE,
  DEVICE_CERTIFICATE_EXPIRING,
  DEVICE_CERTIFICATE_KEY_QUALITY,
  DEVICE_CERTIFICATE_SHARED,
  IOT_POLICY_OVERLY_PERMISSIVE,
  IOT_POLICY_POTENTIAL_MISCONFIGURATION,
  IOT_ROLE_ALIAS_OVERLY_PERMISSIVE,
  LOGGING_DISABLED,
  UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
].map((templateCheck) => [templateCheck.check.checkName, templateCheck] as const));

/** Whether a check can be carried out on templates. */
export function isTemplateCheck(check: AuditCheck): boolean {
  return TEMPLATE_CHECKS.has(check.checkName);
}

/** What a check has to say. Whatever goes wrong in it leaves it undecided. */
export function carryOut(check: AuditCheck, context: CheckContext): Finding[] {
  try {
    return TEMPLATE_CHECKS.get(check.checkName)?.find(context, check) ?? [];
  } catch (error) {
    const [template] = context.fleet.templates;
    const why = `The check could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check, template, verdict: Verdict.UNDECIDED, locations: [], why }];
  }
}

/** What no check can look at: templates that cannot be read, and what they deploy without declaring it. */
export function unreadTemplates({ unreadable }: FleetTemplates): Finding[] {
  return unreadable.map(({ templatePath, stackConstructPath, template, logicalId, reason }): Finding => ({
    template,
    resource: logicalId === undefined ? undefined : template?.resource(logicalId),
    templatePath,
    stackConstructPath,
    verdict: Verdict.UNDECIDED,
    locations: [],
    fix: template ? undefined : 'give the plugin a template in JSON; CfnInclude reads those in YAML',
    why: template ? `Not all that the template deploys can be seen: ${reason}` : `The template cannot be read: ${reason}`,
  }));
}
