import type { PolicyViolatingResource, PolicyViolation } from 'aws-cdk-lib';
import { AuditCheck } from '../../checks/audit-check';
import { CheckRow, pageOf } from '../../checks/check-table';
import { printable } from '../../private/printable';
import { Finding, ruleNameOf, Verdict } from '../finding';
import { Failing, levelOf } from '../report/levels';

/** A finding as CDK reports it. */
export function violationOf(finding: Finding, failing: Failing): PolicyViolation {
  const { check, verdict, reasonCode, why, fix, locations } = finding;
  const page = pageOf(check);
  const rule = [check?.severity, ruleNameOf(finding), verdict, reasonCode].filter(Boolean).join(' ');
  const place = locations.length > 0 ? ` at ${locations.map((path) => path.join('.')).join(', ')}` : '';
  return {
    ruleName: ruleNameOf(finding),
    severity: levelOf(finding, failing),
    // Names in templates may hold any characters.
    description: printable(`${rule}${place}: ${why}`),
    fix: fix === undefined ? page : printable(`${fix} (${page})`),
    violatingResources: [violatingResource(finding)],
    ruleMetadata: metadataOf(check, verdict, reasonCode),
  };
}

function violatingResource(
  { resource, template, templatePath, stackConstructPath, locations }: Finding,
): PolicyViolatingResource {
  const path = template?.templatePath ?? templatePath;
  return {
    ...resource ? { resourceLogicalId: printable(resource.logicalId) }
      : { constructPath: template?.stackConstructPath ?? stackConstructPath },
    templatePath: path,
    locations: locations.map((location) => printable(location.join('.'))),
  };
}

type DocumentedCheck = Pick<CheckRow, 'checkName' | 'severity'>;

function metadataOf(
  check: DocumentedCheck | undefined, verdict: Verdict, reasonCode?: string,
): { [key: string]: string } {
  return {
    verdict,
    ...check ? { auditSeverity: check.severity } : {},
    documentation: pageOf(check),
    ...reasonCode === undefined ? {} : { reasonCode },
  };
}

/** The entry in CDK's report file for a check that is not carried out on templates. */
export function notCarriedOutViolation(check: AuditCheck): PolicyViolation {
  const isKnown = AuditCheck.all().some(({ checkName }) => checkName === check.checkName);
  const why = isKnown
    ? 'it needs to know what devices have done, which only an audit of the account does'
    : 'this version of the library does not know it';
  return {
    ruleName: check.checkName,
    severity: 'info',
    description: `${check.severity} ${check.checkName} ${Verdict.UNDECIDED}: ${why}`,
    fix: pageOf(check),
    violatingResources: [],
    ruleMetadata: metadataOf(check, Verdict.UNDECIDED),
  };
}

/** Reports that the findings could not be written to the user's file. */
export function unwrittenFileViolation(file: string, error: unknown): PolicyViolation {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    ruleName: 'SARIF_FILE',
    severity: 'warning',
    description: printable(`The findings could not be written to ${file}: ${reason}`),
    fix: 'Give sarifFile a path that can be written',
    violatingResources: [],
  };
}
