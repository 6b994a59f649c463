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
import { statementsWithoutEffect } from './remarks/statements-without-effect';
import { CheckContext, FleetFacts } from './template-check';
import { FleetTemplates } from './templates/fleet-templates';
import { Outcomes } from './templates/outcomes';
import { CheckRow, isAbsentFrom } from '../checks/check-table';

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

/** Checks of policies, beside which remarks about policies are of use. */
const POLICY_CHECKS = [IOT_POLICY_OVERLY_PERMISSIVE, IOT_POLICY_POTENTIAL_MISCONFIGURATION]
  .map(({ check }) => check.checkName);

/** What to look for in templates. */
export interface TemplateAuditOptions {
  /** The names of the checks to carry out. Those that need more than templates are left out. */
  readonly checkNames: readonly string[];

  /** True to report findings also in regions that do not have the check. */
  readonly everywhere: boolean;
  readonly facts: FleetFacts;

  /** Days that certificates are compared with, by check, if no template configures the account's audits. */
  readonly thresholds: ReadonlyMap<string, number>;

  /** Called often, with the name of the check that is being carried out. */
  readonly progress?: (checkName: string) => void;
}

/** Carries out checks on templates. Everything that judges is below this function, and knows nothing of the CDK. */
export function auditTemplates(fleet: FleetTemplates, options: TemplateAuditOptions): Finding[] {
  const { checkNames, everywhere, facts, thresholds, progress } = options;
  let current = '';
  const outcomes = new Outcomes(fleet, progress && (() => progress(current)));
  const context: CheckContext = { fleet, outcomes, facts, thresholds, now: new Date() };
  const findings = checkNames.flatMap((checkName) => {
    current = checkName;
    return carryOut(checkName, context);
  });
  const isAboutPolicies = checkNames.some((checkName) => POLICY_CHECKS.includes(checkName));
  return [
    ...unreadTemplates(fleet),
    ...findings.filter((finding) => everywhere || isAudited(finding)),
    ...isAboutPolicies ? orUndecided(() => statementsWithoutEffect(context), context) : [],
  ].map(withNestedName);
}

/** Tells which of the nested stacks with the same template is meant. */
function withNestedName(finding: Finding): Finding {
  const name = finding.template?.nestedName;
  return name === undefined || finding.why === '' ? finding : { ...finding, why: `${finding.why} (nested stack ${name})` };
}

/** True if a check can be carried out on templates. */
export function isTemplateCheck(checkName: string): boolean {
  return TEMPLATE_CHECKS.has(checkName);
}

/** The findings of a check. */
export function carryOut(checkName: string, context: CheckContext): Finding[] {
  const templateCheck = TEMPLATE_CHECKS.get(checkName);
  return templateCheck ? orUndecided(() => templateCheck.find(context), context, templateCheck.check) : [];
}

/** An error leaves a check undecided. */
function orUndecided(find: () => Finding[], { fleet }: CheckContext, check?: CheckRow): Finding[] {
  try {
    return find();
  } catch (error) {
    const why = `The check could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check, template: fleet.templates[0], verdict: Verdict.UNDECIDED, locations: [], why }];
  }
}

/** Findings about templates that cannot be read, and about parts that deploy resources without showing them. */
function unreadTemplates({ unreadable }: FleetTemplates): Finding[] {
  return unreadable.map(({ template, logicalId, reason, isGiven, ...place }): Finding => {
    const resource = logicalId === undefined ? undefined : template?.resource(logicalId);
    return {
      ...place,
      template,
      resource,
      isGivenFile: isGiven,
      verdict: Verdict.UNDECIDED,
      locations: logicalId === undefined || resource ? [] : [['Resources', logicalId]],
      why: template
        ? `Not all that the template deploys can be seen: ${reason}`
        : `The template cannot be read: ${reason}`,
    };
  });
}

/** True if audits carry out the check of a finding in its region. */
function isAudited({ check, template }: Finding): boolean {
  return check === undefined || template?.region === undefined || !isAbsentFrom(check, template.region);
}
