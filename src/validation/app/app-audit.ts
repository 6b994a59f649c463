import type { IPolicyValidationContext, PolicyValidationPluginReport, PolicyViolation } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { AcceptedFindings } from './accepted-findings';
import { Acknowledgements } from './acknowledgements';
import { readStacks } from './app-templates';
import { notCarriedOutViolation, unwrittenFileViolation, violationOf } from './plugin-report';
import { SarifFile } from './sarif-file';
import { AuditCheck } from '../../checks/audit-check';
import type { AuditSuppression } from '../../suppressions/audit-suppression';
import { readTemplateFiles } from '../files/template-files';
import { TemplateReader } from '../files/template-reader';
import { Verdict } from '../finding';
import { Failing } from '../report/levels';
import { ReportedFinding } from '../report/sarif';
import { auditTemplates, isTemplateCheck } from '../template-audit';
import { FleetFacts } from '../template-check';
import { FleetTemplates, KnownParameters } from '../templates/fleet-templates';

/** Options of `DeviceDefenderChecks`. */
export interface AppAuditOptions {
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

/** Carries out checks on the templates of an app, or of files, and reports their findings as CDK's plugins do. */
export class AppAudit {
  private readonly sarifFile?: SarifFile;

  constructor(private readonly options: AppAuditOptions) {
    const { failing, sarifFile, toolName } = options;
    this.sarifFile = sarifFile === undefined ? undefined : new SarifFile(sarifFile, toolName, failing);
  }

  ofApp({ appConstruct, stackTemplates }: IPolicyValidationContext): PolicyValidationPluginReport {
    const reader = new TemplateReader();
    readStacks(reader, stackTemplates, appConstruct);
    return this.report(reader.all(this.options.parameters), appConstruct);
  }

  ofFiles(templatePaths: readonly string[]): PolicyValidationPluginReport {
    return this.report(readTemplateFiles(templatePaths, this.options.parameters));
  }

  private report(fleet: FleetTemplates, app?: IConstruct): PolicyValidationPluginReport {
    const { checks, everywhere, facts, failing, suppressions, toolName } = this.options;
    const accepted = new AcceptedFindings(suppressions, fleet, Date.now());
    const acknowledgements = new Acknowledgements(app, toolName, accepted);
    const findings = auditTemplates(fleet, {
      checkNames: checks.map(({ checkName }) => checkName), everywhere, facts, thresholds: thresholdsOf(checks),
    });
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
        ...checks.filter(({ checkName }) => !isTemplateCheck(checkName)).map(notCarriedOutViolation),
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

/** The thresholds of checks, in days. One that is a token is not known. */
function thresholdsOf(checks: readonly AuditCheck[]): Map<string, number> {
  return new Map(checks.flatMap(({ checkName, threshold }) =>
    threshold === undefined || threshold.isUnresolved() ? [] : [[checkName, threshold.toDays()] as const]));
}
