import { createHash } from 'crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { dirname, relative, sep } from 'path';
import { JsonLines } from './json-lines';
import { Failing, levelOf } from './violations';
import { AuditCheck } from '../../checks/audit-check';
import { AuditSeverity, pageOf } from '../../checks/check-table';
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
 * Findings in a file of the format SARIF 2.1.0, with the lines of the templates.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export class SarifFile {
  /** All findings so far, by fingerprint: some versions of CDK ask once for each account and region. */
  private readonly found = new Map<string, ReportedFinding>();

  constructor(readonly path: string, private readonly toolName: string, private readonly failing: Failing) {}

  /** Writes the findings of templates, in place of the earlier findings of the same templates. */
  write(templatePaths: ReadonlySet<string | undefined>, reported: readonly ReportedFinding[]): void {
    for (const [fingerprint, { finding }] of this.found) {
      if (templatePaths.has(pathOf(finding))) this.found.delete(fingerprint);
    }
    reported.forEach((each) => this.found.set(fingerprintOf(each.finding), each));
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(this.path, JSON.stringify(this.log([...this.found.values()]), undefined, 2));
  }

  private log(reported: readonly ReportedFinding[]): object {
    const rules = [...new Map(reported.map(({ finding }) => [ruleNameOf(finding), finding.check]))];
    const ruleIndex = new Map(rules.map(([name], index) => [name, index]));
    const places = new Places();
    return {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{
        tool: {
          driver: {
            name: this.toolName,
            informationUri: pageOf(undefined),
            rules: rules.map(([name, check]) => ruleOf(name, check)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: reported.map(({ finding, acknowledged }) => ({
          ruleId: ruleNameOf(finding),
          ruleIndex: ruleIndex.get(ruleNameOf(finding)),
          ...kindAndLevel(finding, this.failing),
          message: { text: messageOf(finding) },
          locations: places.of(finding),
          partialFingerprints: { 'deviceDefenderChecks/v1': fingerprintOf(finding) },
          ...acknowledged === undefined ? {} : { suppressions: [{ kind: 'inSource', justification: acknowledged }] },
        })),
      }],
    };
  }
}

function ruleOf(name: string, check: AuditCheck | undefined): object {
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
function fingerprintOf(finding: Finding): string {
  const { resource, template, templatePath, reasonCode, locations } = finding;
  const identity = [
    ruleNameOf(finding), reasonCode, template?.templateId ?? templatePath, resource?.logicalId,
    ...locations.map((path) => path.join('.')),
  ];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

function pathOf({ template, templatePath }: Finding): string | undefined {
  return template?.templatePath ?? templatePath;
}

/** The places of findings, in lines of their templates. */
class Places {
  private readonly files = new Map<string, JsonLines | undefined>();

  of(finding: Finding): object[] {
    const { template, resource, locations } = finding;
    const path = pathOf(finding);
    if (path === undefined) return [];
    const artifactLocation = { uri: relative(process.cwd(), path).split(sep).map(encodeURIComponent).join('/') };
    const lines = this.linesOf(path);
    const within = resource ? ['Resources', resource.logicalId] : [];
    return (locations.length > 0 ? locations : [[]]).map((location) => ({
      physicalLocation: { artifactLocation, region: { startLine: lines?.lineOf([...within, ...location]) ?? 1 } },
      ...resource ? {
        logicalLocations: [{
          name: printable(resource.logicalId),
          fullyQualifiedName: printable(`${template?.templateId}/${resource.logicalId}`),
          kind: 'resource',
        }],
      } : {},
    }));
  }

  private linesOf(path: string): JsonLines | undefined {
    if (!this.files.has(path)) this.files.set(path, readLines(path));
    return this.files.get(path);
  }
}

function readLines(path: string): JsonLines | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return new JsonLines(text);
  } catch {
    return undefined;
  }
}
