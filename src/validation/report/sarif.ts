import { createHash } from 'crypto';
import { relative, sep } from 'path';
import { FindingPlaces } from './finding-places';
import { Failing, levelOf } from './levels';
import { AuditSeverity, CheckRow, pageOf } from '../../checks/check-table';
import { printable } from '../../private/printable';
import { Finding, ruleNameOf, Verdict } from '../finding';

/** A finding, and the reason why it is acknowledged, if it is. */
export interface ReportedFinding {
  readonly finding: Finding;
  readonly acknowledged?: string;
}

/** Scores from 0 to 10 by which code hosts sort findings. */
const SECURITY_SEVERITY: Readonly<Record<AuditSeverity, string>> = {
  [AuditSeverity.LOW]: '3.0',
  [AuditSeverity.MEDIUM]: '5.5',
  [AuditSeverity.HIGH]: '8.0',
  [AuditSeverity.CRITICAL]: '9.5',
};

/**
 * Findings in the format SARIF 2.1.0, with the lines of the templates.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifLog(toolName: string, reported: readonly ReportedFinding[], failing: Failing): object {
  const rules = [...new Map(reported.map(({ finding }) => [ruleNameOf(finding), finding.check]))];
  const ruleIndex = new Map(rules.map(([name], index) => [name, index]));
  const places = new FindingPlaces();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {
        driver: {
          name: toolName, informationUri: pageOf(undefined), rules: rules.map(([name, check]) => ruleOf(name, check)),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: reported.map(({ finding, acknowledged }) => ({
        ruleId: ruleNameOf(finding),
        ruleIndex: ruleIndex.get(ruleNameOf(finding)),
        ...kindAndLevel(finding, failing),
        message: { text: messageOf(finding) },
        locations: locationsOf(finding, places),
        partialFingerprints: { 'deviceDefenderChecks/v1': fingerprintOf(finding) },
        ...acknowledged === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: acknowledged }] },
      })),
    }],
  };
}

function ruleOf(name: string, check: CheckRow | undefined): object {
  return {
    id: name,
    helpUri: pageOf(check),
    shortDescription: { text: name },
    properties: {
      tags: ['security', 'aws-iot'], ...check ? { 'security-severity': SECURITY_SEVERITY[check.severity] } : {},
    },
  };
}

function messageOf({ why, reasonCode, fix }: Finding): string {
  return printable([why, reasonCode, fix && `Fix: ${fix}`].filter(Boolean).join('. '));
}

/** SARIF has no level for findings that a person has to decide. */
function kindAndLevel(finding: Finding, failing: Failing): object {
  const level = levelOf(finding, failing);
  if (finding.verdict === Verdict.UNDECIDED) return { kind: 'review', level: 'none' };
  return { kind: 'fail', level: level === 'error' ? 'error' : 'warning' };
}

/** A text that tells a finding from others. */
export function fingerprintOf(finding: Finding): string {
  const { resource, template, templatePath, reasonCode, locations } = finding;
  const identity = [
    ruleNameOf(finding), reasonCode, template?.templateId ?? templatePath, resource?.logicalId,
    ...locations.map((path) => path.join('.')),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function locationsOf(finding: Finding, places: FindingPlaces): object[] {
  const { template, resource } = finding;
  return places.of(finding).map(({ path, line }) => ({
    physicalLocation: {
      artifactLocation: { uri: relative(process.cwd(), path).split(sep).map(encodeURIComponent).join('/') },
      region: { startLine: line },
    },
    ...resource ? {
      logicalLocations: [{
        name: printable(resource.logicalId),
        fullyQualifiedName: printable(`${template?.templateId}/${resource.logicalId}`),
        kind: 'resource',
      }],
    } : {},
  }));
}
