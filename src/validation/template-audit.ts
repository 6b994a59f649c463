import { CA_CERTIFICATE_EXPIRING, DEVICE_CERTIFICATE_EXPIRING } from './checks/certificate-expiring';
import { CA_CERTIFICATE_KEY_QUALITY, DEVICE_CERTIFICATE_KEY_QUALITY } from './checks/certificate-key-quality';
import {
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE, UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
} from './checks/cognito-role-overly-permissive';
import { DEVICE_CERTIFICATE_AGE } from './checks/device-certificate-age';
import { DEVICE_CERTIFICATE_SHARED } from './checks/device-certificate-shared';
import { IOT_POLICY_OVERLY_PERMISSIVE } from './checks/iot-policy-overly-permissive';
import { IOT_POLICY_POTENTIAL_MISCONFIGURATION } from './checks/iot-policy-potential-misconfiguration';
import { IOT_ROLE_ALIAS_OVERLY_PERMISSIVE } from './checks/iot-role-alias-overly-permissive';
import { LOGGING_DISABLED } from './checks/logging-disabled';
import { Finding, Verdict } from './finding';
import { CheckContext, FleetFacts } from './template-check';
import { FleetTemplates } from './templates/fleet-templates';
import { Outcomes } from './templates/resolver';
import { isAbsentFrom } from '../checks/check-table';

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

/** What to look for in templates. */
export interface TemplateAuditOptions {
  /** The names of the checks to carry out. Those that need more than templates are left out. */
  readonly checkNames: readonly string[];

  /** True to report findings also in regions that do not have the check. */
  readonly everywhere: boolean;
  readonly facts: FleetFacts;

  /** Days that certificates are compared with, by check, if no template configures the account's audits. */
  readonly thresholds: ReadonlyMap<string, number>;
}

/** Carries out checks on templates. Everything that judges is below this function, and knows nothing of the CDK. */
export function auditTemplates(fleet: FleetTemplates, options: TemplateAuditOptions): Finding[] {
  const { checkNames, everywhere, facts, thresholds } = options;
  const context: CheckContext = { fleet, outcomes: new Outcomes(fleet), facts, thresholds, now: new Date() };
  const findings = checkNames.flatMap((checkName) => carryOut(checkName, context));
  return [...unreadTemplates(fleet), ...findings.filter((finding) => everywhere || isAudited(finding))];
}

/** True if a check can be carried out on templates. */
export function isTemplateCheck(checkName: string): boolean {
  return TEMPLATE_CHECKS.has(checkName);
}

/** The findings of a check. An error in it leaves it undecided. */
export function carryOut(checkName: string, context: CheckContext): Finding[] {
  const templateCheck = TEMPLATE_CHECKS.get(checkName);
  if (!templateCheck) return [];
  try {
    return templateCheck.find(context);
  } catch (error) {
    const [template] = context.fleet.templates;
    const why = `The check could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check: templateCheck.check, template, verdict: Verdict.UNDECIDED, locations: [], why }];
  }
}

/** Findings about templates that cannot be read, and about parts that deploy resources without showing them. */
function unreadTemplates({ unreadable }: FleetTemplates): Finding[] {
  return unreadable.map(({ templatePath, stackConstructPath, template, logicalId, reason }): Finding => ({
    template,
    resource: logicalId === undefined ? undefined : template?.resource(logicalId),
    templatePath,
    stackConstructPath,
    verdict: Verdict.UNDECIDED,
    locations: [],
    fix: template ? undefined : 'give the plugin a template in JSON; CfnInclude reads those in YAML',
    why: template
      ? `Not all that the template deploys can be seen: ${reason}`
      : `The template cannot be read: ${reason}`,
  }));
}

/** True if audits carry out the check of a finding in its region. */
function isAudited({ check, template }: Finding): boolean {
  return check === undefined || template?.region === undefined || !isAbsentFrom(check, template.region);
}
