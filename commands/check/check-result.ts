import type { Ignore, IgnoredFindings } from './ignored-findings';
import { type AuditSeverity, SEVERITIES } from '../../src/checks/check-table';
import { type Finding, Verdict, ruleNameOf } from '../../src/validation/finding';
import { type FindingPlace, placesOf } from '../../src/validation/report/finding-places';
import { type Failing, levelOf } from '../../src/validation/report/levels';
import type { FleetTemplates, SkippedFile } from '../../src/validation/templates/fleet-templates';

/** A finding with all that reports say about it. */
export interface PlacedFinding {
  readonly finding: Finding;

  /** One for each of its locations, at least one. */
  readonly places: readonly FindingPlace[];
  readonly ignored?: Ignore;

  /** True if it makes the command end with 1. */
  readonly isFailing: boolean;
}

/** Numbers of resources: each counts once, by the worst that was found about it. */
export interface ResourceCounts {
  readonly nonCompliant: number;
  readonly undecided: number;

  /** Those of which all that was found is ignored. */
  readonly ignored: number;
  readonly compliant: number;
}

/** How the command ends, and why. */
export interface Exit {
  readonly code: 0 | 1 | 2;
  readonly reason: string;
}

/** The result of the command, from which all its reports are made. */
export interface CheckResult {
  /** The number of templates that were read. */
  readonly templates: number;
  readonly resources: ResourceCounts;

  /** The worst first. Remarks come last; files that could not be read are not among them. */
  readonly findings: readonly PlacedFinding[];

  /** Files that could not be read, and parts of templates that do not show all that they deploy. */
  readonly unread: readonly PlacedFinding[];

  /** Files that patterns and directories led to, and that are no templates. */
  readonly skipped: readonly SkippedFile[];
  readonly exit: Exit;
}

export interface ResultProps {
  readonly fleet: FleetTemplates;
  readonly findings: readonly Finding[];
  readonly ignored: IgnoredFindings;
  readonly failing: Failing;
}

export function resultOf({ fleet, failing, findings, ignored }: ResultProps): CheckResult {
  const placed = findings.filter(({ verdict }) => verdict !== Verdict.COMPLIANT).map((finding): PlacedFinding => {
    const ignore = ignored.of(finding);
    return {
      finding,
      places: placesOf(finding),
      ignored: ignore,
      isFailing: !ignore && (isUnreadFile(finding) || levelOf(finding, failing) === 'error'),
    };
  }).sort(inOrder);
  return {
    templates: fleet.templates.length,
    resources: countResources(findings, placed),
    findings: placed.filter(({ finding }) => !isUnread(finding)),
    unread: placed.filter(({ finding }) => isUnread(finding)),
    skipped: fleet.skipped,
    exit: exitOf(fleet.templates.length, placed, failing),
  };
}

/** True for a finding that no check makes, because it cannot see what it should judge. */
function isUnread({ check, verdict }: Finding): boolean {
  return check === undefined && verdict === Verdict.UNDECIDED;
}

/** True if a whole file could not be read. What is in it is not known to be safe, whether a pattern found it or not. */
export function isUnreadFile(finding: Finding): boolean {
  return isUnread(finding) && finding.template === undefined;
}

/** False for a file that is not there, or that cannot be read at all. */
export function hasLine(finding: Finding): boolean {
  return finding.template !== undefined || finding.line !== undefined;
}

const ORDER_OF_VERDICTS = [Verdict.NON_COMPLIANT, Verdict.UNDECIDED];

/** The worst first, then by check and place. */
function inOrder(one: PlacedFinding, other: PlacedFinding): number {
  const keys = [one, other].map(({ finding, places: [place] }) => {
    const verdict = ORDER_OF_VERDICTS.indexOf(finding.verdict);
    return [
      verdict === -1 ? ORDER_OF_VERDICTS.length : verdict,
      -SEVERITIES.indexOf(finding.check?.severity ?? ''),
      ruleNameOf(finding), place?.path ?? '', place?.line ?? 0, finding.resource?.logicalId ?? '',
      finding.reasonCode ?? '', finding.why,
    ];
  });
  const index = keys[0].findIndex((key, position) => key !== keys[1][position]);
  return index === -1 ? 0 : keys[0][index] < keys[1][index] ? -1 : 1;
}

function countResources(all: readonly Finding[], placed: readonly PlacedFinding[]): ResourceCounts {
  const ignored = new Set(placed.filter((each) => each.ignored).map(({ finding }) => finding));
  const rank = (finding: Finding) => ignored.has(finding) ? 1
    : finding.verdict === Verdict.COMPLIANT ? 0 : finding.verdict === Verdict.UNDECIDED ? 2 : 3;
  const worst = new Map<string, number>();
  for (const finding of all) {
    if (!finding.check) continue;
    // A setting of the account is a resource of its own: the check stands for it.
    const { template, resource } = finding;
    const key = JSON.stringify([template?.templateId, resource?.logicalId ?? `${finding.check.checkName} `]);
    worst.set(key, Math.max(worst.get(key) ?? 0, rank(finding)));
  }
  const count = (wanted: number) => [...worst.values()].filter((each) => each === wanted).length;
  return { nonCompliant: count(3), undecided: count(2), ignored: count(1), compliant: count(0) };
}

function exitOf(templates: number, placed: readonly PlacedFinding[], { failOn }: Failing): Exit {
  if (templates === 0) return { code: 2, reason: 'no template could be read' };
  const failing = placed.filter(({ isFailing }) => isFailing).map(({ finding }) => finding);
  const count = (belongs: (finding: Finding) => boolean) => failing.filter(belongs).length;
  const found = count(({ verdict }) => verdict === Verdict.NON_COMPLIANT);
  const undecided = count((finding) => finding.verdict === Verdict.UNDECIDED && !isUnread(finding));
  const unread = count(isUnread);
  const reasons = [
    found > 0 ? `${counted(found, 'finding')} ${found === 1 ? 'is' : 'are'} ${orWorse(failOn!)}` : [],
    undecided > 0 ? `${counted(undecided, 'finding')} cannot be decided` : [],
    unread > 0 ? `${counted(unread, 'file or part', 'files or parts')} could not be read` : [],
  ].flat();
  if (reasons.length > 0) return { code: 1, reason: reasons.join(', ') };
  return { code: 0, reason: whyNothingFails(placed, failOn) };
}

function whyNothingFails(placed: readonly PlacedFinding[], failOn: AuditSeverity | undefined): string {
  const has = (wanted: Verdict, isIgnored: boolean) => placed.some(({ finding: { verdict }, ignored }) =>
    verdict === wanted && (ignored !== undefined) === isIgnored);
  if (has(Verdict.NON_COMPLIANT, false)) {
    return failOn === undefined ? 'findings do not fail (--fail-on none)' : `no finding is ${orWorse(failOn)}`;
  }
  const known = has(Verdict.UNDECIDED, false) ? 'is known to be' : 'is';
  const except = has(Verdict.NON_COMPLIANT, true) ? ', except for what is ignored' : '';
  return `nothing ${known} non-compliant${except}`;
}

function orWorse(severity: AuditSeverity): string {
  return severity === SEVERITIES.at(-1) ? severity : `${severity} or worse`;
}

/** A number with the word for what is counted. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
