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
import { declaredPolicies } from './fleet/iot-policies';
import { statementsWithoutEffect } from './remarks/statements-without-effect';
import { CheckContext, FleetFacts } from './template-check';
import { FleetTemplates } from './templates/fleet-templates';
import { Outcomes } from './templates/outcomes';
import { CheckRow, isAbsentFrom } from '../checks/check-table';

/** Checks of policies. */
const POLICY_CHECKS = [IOT_POLICY_OVERLY_PERMISSIVE, IOT_POLICY_POTENTIAL_MISCONFIGURATION];

/** Other checks that templates tell enough about. Those that are left need to know what devices have done. */
const TEMPLATE_CHECKS = new Map([
  AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE,
  CA_CERTIFICATE_EXPIRING,
  CA_CERTIFICATE_KEY_QUALITY,
  DEVICE_CERTIFICATE_AGE,
  DEVICE_CERTIFICATE_EXPIRING,
  DEVICE_CERTIFICATE_KEY_QUALITY,
  DEVICE_CERTIFICATE_SHARED,
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

  /** Called often, with the name of the check that is being carried out. */
  readonly progress?: (checkName: string) => void;
}

/** Carries out checks on templates. Everything that judges is below this function, and knows nothing of the CDK. */
export function auditTemplates(fleet: FleetTemplates, options: TemplateAuditOptions): Finding[] {
  const { checkNames, everywhere, facts, thresholds, progress } = options;
  let current = '';
  const outcomes = new Outcomes(fleet, progress && (() => progress(current)));
  const context: CheckContext = { fleet, outcomes, facts, thresholds, now: new Date() };
  const { findings, remarks } = carryOut(checkNames, context, (checkName) => { current = checkName; });
  return [
    ...unreadTemplates(fleet),
    ...findings.filter((finding) => everywhere || isAudited(finding)),
    ...remarks,
  ].map(withNestedName);
}

/** What checks find, in their order, and remarks, which are made only beside a check of policies. */
interface Found {
  readonly findings: readonly Finding[];
  readonly remarks: readonly Finding[];
}

/**
 * Carries out checks.
 *
 * @param begin called with the name of the check that comes next
 */
export function carryOut(
  checkNames: readonly string[], context: CheckContext, begin: (checkName: string) => void = () => undefined,
): Found {
  const { byCheck, remarks } = lookAtPolicies(checkNames, context, begin);
  const findings = checkNames.flatMap((checkName) => {
    const templateCheck = TEMPLATE_CHECKS.get(checkName);
    if (!templateCheck) return byCheck.get(checkName) ?? [];
    begin(checkName);
    return orUndecided(() => templateCheck.find(context), context, templateCheck.check);
  });
  return { findings, remarks };
}

/** Carries out the checks of policies, policy by policy. */
function lookAtPolicies(checkNames: readonly string[], context: CheckContext, begin: (checkName: string) => void): {
  readonly byCheck: ReadonlyMap<string, readonly Finding[]>;
  readonly remarks: readonly Finding[];
} {
  const checks = POLICY_CHECKS.filter(({ check }) => checkNames.includes(check.checkName))
    .map((policyCheck) => ({ ...policyCheck, found: [] as Finding[] }));
  const byCheck = new Map(checks.map(({ check, found }) => [check.checkName, found]));
  const remarks: Finding[] = [];
  if (checks.length === 0) return { byCheck, remarks };
  try {
    for (const policy of declaredPolicies(context)) {
      for (const { check, findIn, found } of checks) {
        begin(check.checkName);
        found.push(...orUndecided(() => findIn(policy, context), context, check));
      }
      remarks.push(...orUndecided(() => statementsWithoutEffect(policy, context), context));
      policy.forget();
    }
  } catch (error) {
    checks.forEach(({ check, found }) => found.push(notCarriedOut(error, context, check)));
  }
  return { byCheck, remarks };
}

/** Tells which of the nested stacks with the same template is meant. */
function withNestedName(finding: Finding): Finding {
  const name = finding.template?.nestedName;
  return name === undefined || finding.why === '' ? finding : { ...finding, why: `${finding.why} (nested stack ${name})` };
}

/** True if a check can be carried out on templates. */
export function isTemplateCheck(checkName: string): boolean {
  return TEMPLATE_CHECKS.has(checkName) || POLICY_CHECKS.some(({ check }) => check.checkName === checkName);
}

/** An error leaves a check undecided. */
function orUndecided(find: () => Finding[], context: CheckContext, check?: CheckRow): Finding[] {
  try {
    return find();
  } catch (error) {
    return [notCarriedOut(error, context, check)];
  }
}

function notCarriedOut(error: unknown, { fleet }: CheckContext, check?: CheckRow): Finding {
  const why = `The check could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
  return { check, template: fleet.templates[0], verdict: Verdict.UNDECIDED, locations: [], why };
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
