import { type CheckResult, type PlacedFinding, hasLine, isUnreadFile } from './check-result';
import { valueAt } from './excerpt';
import { name, version } from '../../package.json';
import { pageOf } from '../../src/checks/check-table';
import { type Finding, Verdict, ruleNameOf } from '../../src/validation/finding';
import type { Json } from '../../src/validation/templates/template';

/** The document that `--format json` prints. Its version changes if what is there changes its meaning, or goes. */
export interface JsonReport {
  readonly version: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly summary: JsonSummary;

  /** The worst first, remarks last; those that are ignored among them. */
  readonly findings: readonly JsonFinding[];

  /** What could not be read: files, and parts of templates that stand for what is elsewhere. */
  readonly unread: readonly JsonUnread[];

  /** Files that patterns and directories led to, and that are no templates. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];

  /** Remarks about the command line. */
  readonly notes: readonly string[];
}

export interface JsonSummary {
  /** Templates that were read. */
  readonly templates: number;

  /** Resources that were judged, each counted once, by the worst that was found about it. */
  readonly resources: number;
  readonly nonCompliant: number;
  readonly undecided: number;
  readonly compliant: number;

  /** Resources of which all that was found is ignored. */
  readonly ignored: number;

  /** Files that could not be read. */
  readonly unreadFiles: number;
  readonly exitCode: 0 | 1 | 2;
  readonly exitReason: string;
}

interface JsonPlace {
  /** The file as it was given. */
  readonly file?: string;

  /** From 1. */
  readonly line?: number;

  /** The logical id; absent if a finding is about the account. */
  readonly resource?: string;
  readonly type?: string;

  /** True if it makes the command end with 1. */
  readonly failing: boolean;
  readonly ignored?: { readonly reason: string };
}

export interface JsonFinding extends JsonPlace {
  /** The name of the check, or of the rule of a remark. */
  readonly check: string;

  /** Absent for a remark. */
  readonly severity?: string;
  readonly verdict: string;

  /** AWS's code, for what is non-compliant. */
  readonly reasonCode?: string;

  /** What the finding is about, as the template writes it. */
  readonly statements: readonly JsonStatement[];
  readonly why: string;
  readonly fix?: string;
  readonly documentation: string;
}

export interface JsonStatement {
  readonly line: number;

  /** The place in the resource, such as `["Properties", "PolicyDocument", "Statement", "0"]`. */
  readonly path: readonly string[];
  readonly value?: Json;
}

export interface JsonUnread extends JsonPlace {
  readonly reason: string;
  readonly fix?: string;
}

/** The names of verdicts in the document: those of the enumeration. */
const VERDICTS = new Map(Object.entries(Verdict).map(([key, verdict]) => [verdict, key]));

export function jsonReport(
  { templates, resources, findings, unread, skipped, exit }: CheckResult, notes: readonly string[],
): JsonReport {
  const { nonCompliant, undecided, compliant, ignored } = resources;
  return {
    version: 1,
    tool: { name, version },
    summary: {
      templates,
      resources: nonCompliant + undecided + compliant + ignored,
      nonCompliant,
      undecided,
      compliant,
      ignored,
      unreadFiles: unread.filter(({ finding }) => isUnreadFile(finding)).length,
      exitCode: exit.code,
      exitReason: exit.reason,
    },
    findings: findings.map(jsonFinding),
    unread: unread.map((each) => ({ ...placeOf(each), reason: each.finding.why, fix: each.finding.fix })),
    skipped: skipped.map(({ path, reason }) => ({ file: path, reason })),
    notes,
  };
}

function jsonFinding(each: PlacedFinding): JsonFinding {
  const { finding } = each;
  return {
    check: ruleNameOf(finding),
    severity: finding.check?.severity,
    verdict: VERDICTS.get(finding.verdict)!,
    reasonCode: finding.reasonCode,
    ...placeOf(each),
    statements: statementsOf(finding, each),
    why: finding.why,
    fix: finding.fix,
    documentation: pageOf(finding.check),
  };
}

function statementsOf(finding: Finding, { places }: PlacedFinding): JsonStatement[] {
  return finding.locations.map((path, index) =>
    ({ line: places[index]?.line ?? 1, path, value: valueAt(finding, path) }));
}

function placeOf({ finding, places: [place], isFailing, ignored }: PlacedFinding): JsonPlace {
  const { resource } = finding;
  return {
    file: place?.path,
    line: hasLine(finding) ? place?.line : undefined,
    resource: resource?.logicalId,
    type: resource?.type,
    failing: isFailing,
    ...ignored ? { ignored: { reason: ignored.reason } } : {},
  };
}
