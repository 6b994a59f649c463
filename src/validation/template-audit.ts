import { IPolicyValidationContext, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { CheckContext, Finding, FleetFacts, Verdict } from './finding';
import { Acknowledgements } from './report/acknowledgements';
import { ReportedFinding, SarifFile } from './report/sarif';
import { Failing, notCarriedOutViolation, unwrittenFileViolation, violationOf } from './report/violations';
import { carryOut, isTemplateCheck, unreadTemplates } from './template-checks';
import { FleetTemplates, KnownParameters } from './templates/fleet-templates';
import { Outcomes } from './templates/outcomes';
import { TemplateReader } from './templates/read-templates';
import { AuditCheck } from '../checks/audit-check';

/** What `DeviceDefenderChecks` was asked for. */
export interface TemplateAuditOptions {
  /** The plugin's name. */
  readonly toolName: string;
  readonly checks: readonly AuditCheck[];

  /** Also in regions that do not have a check. */
  readonly everywhere: boolean;
  readonly failing: Failing;
  readonly parameters: KnownParameters;
  readonly facts: FleetFacts;

  /** @default - none is written */
  readonly sarifFile?: string;
}

/** Carries out checks on templates and reports what they find. */
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
    const { checks, failing, parameters, toolName } = this.options;
    const fleet = reader.all(parameters);
    const acknowledgements = new Acknowledgements(app, toolName);
    const findings = this.findingsIn(fleet);
    const reported = findings.filter(({ verdict }) => verdict !== Verdict.COMPLIANT).map((finding) => {
      const acknowledgement = acknowledgements.of(finding);
      return { finding, acknowledged: acknowledgement?.reason, byCdk: acknowledgement?.byCdk ?? true };
    });

    // CDK leaves out, and lists, what is acknowledged with the plugin's name. What is acknowledged without is left out here.
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
      this.sarifFile.write(new Set([...fleet.templates, ...fleet.unreadable].map(({ templatePath }) => templatePath)), reported);
      return [];
    } catch (error) {
      return [unwrittenFileViolation(this.sarifFile.path, error)];
    }
  }
}

/** Whether audits carry out a check in the region of what it found. */
function isAudited({ check, template }: Finding): boolean {
  return check === undefined || template?.region === undefined || check.isAvailableIn(template.region);
}
