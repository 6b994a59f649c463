import { createHash } from 'crypto';
import { relative, sep } from 'path';
import { pathToFileURL } from 'url';
import { pathOf, placesOf } from './finding-places';
import { Failing, levelOf } from './levels';
import { AuditSeverity, CheckRow, pageOf } from '../../checks/check-table';
import { printable } from '../../private/printable';
import { Finding, ruleNameOf, Verdict } from '../finding';
import { Template } from '../templates/template';

/** A finding, and the reason why it is acknowledged, if it is. */
export interface ReportedFinding {
  readonly finding: Finding;
  readonly acknowledged?: string;

  /**
   * The place of the acknowledgement: beside what it is about, or apart from it.
   *
   * @default 'inSource'
   */
  readonly suppression?: 'inSource' | 'external';
}

/** The program that has found something. */
export interface Tool {
  readonly name: string;
  readonly version?: string;
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
export function sarifLog(tool: Tool, reported: readonly ReportedFinding[], failing: Failing): object {
  const rules = [...new Map(reported.map(({ finding }) => [ruleNameOf(finding), finding.check]))];
  const ruleIndex = new Map(rules.map(([name], index) => [name, index]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: {
        driver: {
          ...tool, informationUri: pageOf(undefined), rules: rules.map(([name, check]) => ruleOf(name, check)),
        },
      },
      columnKind: 'utf16CodeUnits',
      results: reported.map(({ finding, acknowledged, suppression = 'inSource' }) => ({
        ruleId: ruleNameOf(finding),
        ruleIndex: ruleIndex.get(ruleNameOf(finding)),
        ...kindAndLevel(finding, failing),
        message: { text: messageOf(finding) },
        locations: locationsOf(finding),
        partialFingerprints: { 'deviceDefenderChecks/v1': fingerprintOf(finding) },
        ...acknowledged === undefined ? {} : { suppressions: [{ kind: suppression, justification: acknowledged }] },
      })),
    }],
  };
}

function ruleOf(name: string, check: CheckRow | undefined): object {
  return {
    id: name,
    helpUri: pageOf(check),
    shortDescription: { text: name },
    fullDescription: { text: descriptionOf(name, check) },
    help: { text: `AWS documents the check at ${pageOf(check)}` },
    properties: {
      tags: ['security', 'aws-iot'], ...check ? { 'security-severity': SECURITY_SEVERITY[check.severity] } : {},
    },
  };
}

function descriptionOf(name: string, check: CheckRow | undefined): string {
  return check
    ? `${name} of AWS IoT Device Defender Audit, of severity ${check.severity}`
    : 'Not a check of AWS IoT Device Defender Audit: says what it could not judge';
}

function messageOf({ why, reasonCode, fix }: Finding): string {
  return printable([why, reasonCode, fix && `Fix: ${fix}`].filter(Boolean).join('. '));
}

/** SARIF has no level for findings that a person has to decide. */
function kindAndLevel(finding: Finding, failing: Failing): object {
  const level = levelOf(finding, failing);
  if (finding.verdict === Verdict.REMARK) return { kind: 'informational', level: 'none' };
  if (finding.verdict === Verdict.UNDECIDED) return { kind: 'review', level: 'none' };
  return { kind: 'fail', level: level === 'error' ? 'error' : 'warning' };
}

/** A text that tells a finding from others. */
export function fingerprintOf(finding: Finding): string {
  const { resource, template, reasonCode, locations } = finding;
  const path = pathOf(finding);
  const identity = [
    ruleNameOf(finding), reasonCode, template?.stackConstructPath ?? (path && uriOf(path)), resource?.logicalId,
    ...template?.nestedName === undefined ? [] : stacksAround(template),
    ...locations.map((location) => location.join('.')),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** What tells a nested stack from others of the same template. */
function stacksAround({ parent }: Template): (string | undefined)[] {
  if (!parent) return [];
  const { logicalId, template } = parent;
  const { templatePath } = template;
  return [logicalId, ...template.parent ? stacksAround(template) : [templatePath && uriOf(templatePath)]];
}

function locationsOf(finding: Finding): object[] {
  const { template, resource } = finding;
  return placesOf(finding).map(({ path, line }) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(path) },
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

/** The URI of a file: relative, as code hosts want it, if it is below the working directory. */
function uriOf(path: string): string {
  const segments = relative(process.cwd(), path).split(sep);
  return segments[0] === '..' ? pathToFileURL(path).href : segments.map(encoded).join('/');
}

/** A segment of a path in a URI, which cannot hold half a character. */
function encoded(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, '\uFFFD'));
}
