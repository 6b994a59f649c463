import { IPolicyValidationContext, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
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
import { AcceptedFindings } from './report/accepted-findings';
import { Acknowledgements } from './report/acknowledgements';
import { ReportedFinding, SarifFile } from './report/sarif';
import { Failing, notCarriedOutViolation, unwrittenFileViolation, violationOf } from './report/violations';
import { CheckContext, FleetFacts } from './template-check';
import { FleetTemplates, KnownParameters } from './templates/fleet-templates';
import { TemplateReader } from './templates/read-templates';
import { Outcomes } from './templates/resolver';
import { AuditCheck } from '../checks/audit-check';
import type { AuditSuppression } from '../suppressions/audit-suppression';

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

/** Options of `DeviceDefenderChecks`. */
export interface TemplateAuditOptions {
  /** The plugin's name. */
  readonly toolName: string;
  readonly checks: readonly AuditCheck[];

  /** True to report findings also in regions that do not have the check. */
  readonly everywhere: boolean;
  readonly failing: Failing;
  readonly parameters: KnownParameters;
  readonly facts: FleetFacts;

  /** Findings that are accepted. */
  readonly suppressions: readonly AuditSuppression[];

  /** @default - none is written */
  readonly sarifFile?: string;
}

/** Carries out checks on templates, and reports their findings. */
export class TemplateAudit {
  private readonly sarifFile?: SarifFile;

  constructor(private readonly options: TemplateAuditOptions) {
    const { failing, sarifFile, toolName } = options;
    this.sarifFile = sarifFile === undefined ? undefined : new SarifFile(sarifFile, toolName, failing);
  }

  ofApp({ appConstruct, stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const reader = new TemplateReader();
    reader.readStacks(stackTemplates, appConstruct);
    return this.report(reader, appConstruct);
  }

  ofFiles(templatePaths: string[]): PolicyValidationPluginReport {
    const reader = new TemplateReader();
    reader.readFiles(templatePaths);
    return this.report(reader);
  }

  private report(reader: TemplateReader, app?: IConstruct): PolicyValidationPluginReport {
    const { checks, failing, parameters, suppressions, toolName } = this.options;
    const fleet = reader.all(parameters);
    const accepted = new AcceptedFindings(suppressions, fleet, Date.now());
    const acknowledgements = new Acknowledgements(app, toolName, accepted);
    const findings = this.findingsIn(fleet);
    const reported = findings.filter(({ verdict }) => verdict !== Verdict.COMPLIANT).map((finding) => {
      const acknowledgement = acknowledgements.of(finding);
      return { finding, acknowledged: acknowledgement?.reason, byCdk: acknowledgement?.byCdk ?? true };
    });

    // CDK leaves out findings that are acknowledged with the plugin's name. Those without it are left out here.
    const violations = reported.filter(({ byCdk }) => byCdk).map(({ finding }) => violationOf(finding, failing));
    const count = (wanted: Verdict) => String(findings.filter(({ verdict }) => verdict === wanted).length);
    return {
      success: violations.every(({ severity }) => severity !== 'error'),
      violations: [
        ...violations,
        ...checks.filter((check) => !isTemplateCheck(check)).map(notCarriedOutViolation),
        ...this.writeSarif(fleet, reported),
      ],
      metadata: {
        compliant: count(Verdict.COMPLIANT),
        nonCompliant: count(Verdict.NON_COMPLIANT),
        undecided: count(Verdict.UNDECIDED),
        ...this.sarifFile ? { sarifFile: this.sarifFile.path } : {},
      },
    };
  }

  private findingsIn(fleet: FleetTemplates): Finding[] {
    const { checks, everywhere, facts } = this.options;
    const context: CheckContext = { fleet, outcomes: new Outcomes(fleet), facts, now: new Date() };
    const findings = checks.flatMap((check) => carryOut(check, context));
    return [...unreadTemplates(fleet), ...findings.filter((finding) => everywhere || isAudited(finding))];
  }

  private writeSarif(fleet: FleetTemplates, reported: readonly ReportedFinding[]): PolicyViolation[] {
    if (!this.sarifFile) return [];
    try {
      const templatePaths = [...fleet.templates, ...fleet.unreadable].map(({ templatePath }) => templatePath);
      this.sarifFile.write(new Set(templatePaths), reported);
      return [];
    } catch (error) {
      return [unwrittenFileViolation(this.sarifFile.path, error)];
    }
  }
}

/** True if a check can be carried out on templates. */
export function isTemplateCheck(check: AuditCheck): boolean {
  return TEMPLATE_CHECKS.has(check.checkName);
}

/** The findings of a check. An error in it leaves it undecided. */
export function carryOut(check: AuditCheck, context: CheckContext): Finding[] {
  try {
    return TEMPLATE_CHECKS.get(check.checkName)?.find(context, check) ?? [];
  } catch (error) {
    const [template] = context.fleet.templates;
    const why = `The check could not be carried out: ${error instanceof Error ? error.message : String(error)}`;
    return [{ check, template, verdict: Verdict.UNDECIDED, locations: [], why }];
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
  return check === undefined || template?.region === undefined || check.isAvailableIn(template.region);
}
