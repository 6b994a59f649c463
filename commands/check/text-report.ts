import { type CheckResult, type PlacedFinding, counted, hasLine, isUnreadFile } from './check-result';
import { excerpt, valueAt } from './excerpt';
import type { Colour, Look } from './terminal';
import { AuditSeverity, pageOf } from '../../src/checks/check-table';
import { printable } from '../../src/private/printable';
import { Verdict, ruleNameOf } from '../../src/validation/finding';

/** Characters of a statement. */
const LONGEST_EXCERPT = 300;

/** Statements of one finding. */
const MOST_EXCERPTS = 5;

/** Files in a line that names some of many. */
const MOST_FILES = 10;

const COLOURS: Readonly<Record<AuditSeverity, readonly Colour[]>> = {
  [AuditSeverity.CRITICAL]: ['bold', 'red'],
  [AuditSeverity.HIGH]: ['red'],
  [AuditSeverity.MEDIUM]: ['yellow'],
  [AuditSeverity.LOW]: ['cyan'],
};

/** Options that decide what templates leave open, by words of the findings. */
const HINTS = [
  {
    isFor: /\bthe parameter \w/,
    text: '--parameters gives the values of parameters, and --assume-defaults takes their defaults',
  },
  {
    isFor: /\bthe provisioning parameter \w/,
    text: '--provisioning-parameters-validated says that a hook makes sure that devices send names',
  },
  {
    isFor: /^No template enables the logs/,
    text: '--logging-enabled-elsewhere says that something else enables the logs',
  },
];

/** The report for people: the worst first, the summary last. What can be done is said once for all that it helps. */
export function textReport(result: CheckResult, look: Look): string[] {
  const open = result.findings.filter(({ ignored }) => !ignored);
  const of = (wanted: Verdict) => open.filter(({ finding }) => finding.verdict === wanted);
  const remarks = open.filter(({ finding: { verdict } }) =>
    verdict !== Verdict.NON_COMPLIANT && verdict !== Verdict.UNDECIDED);
  return [
    ...grouped(of(Verdict.NON_COMPLIANT), ({ finding }) => JSON.stringify([ruleNameOf(finding), finding.fix]))
      .flatMap((group) => [...faultLines(group, look), '']),
    ...section('UNDECIDED', 'what only the deployment decides, or AWS does not document', undecidedLines(of(Verdict.UNDECIDED), look), look),
    ...section('REMARKS', 'worth a look; no audit reports it', remarks.flatMap((each) => shortLines([each], look)), look),
    ...section('NOT READ', 'what it deploys is not known', unreadLines(result.unread.filter(({ ignored }) => !ignored), look), look),
    ...section('IGNORED', 'as told', ignoredLines(result, look), look),
    ...skippedLines(result, look),
    ...summaryLines(result, look),
  ];
}

/** Findings of one check with the same way out. */
function faultLines(group: readonly PlacedFinding[], look: Look): string[] {
  const [{ finding: { check, fix } }] = group;
  const severity = check!.severity;
  return [
    `${look.paint(severity, ...COLOURS[severity])}  ${look.paint(check!.checkName, 'bold')}`,
    ...group.flatMap((each) => ['', ...faultOf(each, look)]),
    '',
    ...fix === undefined ? [] : look.wrapped('  Way out: ', printable(fix)),
    `  See ${pageOf(check)}`,
  ];
}

function faultOf({ finding, places }: PlacedFinding, look: Look): string[] {
  const { why, reasonCode, locations } = finding;
  const statements = locations.map((location, index) => ({ location, line: places[index]?.line ?? 0 }))
    .sort((one, other) => one.line - other.line);
  const excerpts = statements.slice(0, MOST_EXCERPTS).flatMap(({ location, line }) => {
    const value = valueAt(finding, location);
    if (value === undefined) return [];
    return look.wrapped(`    ${String(line).padStart(5)} | `, printable(excerpt(value, LONGEST_EXCERPT)));
  });
  const more = locations.length - MOST_EXCERPTS;
  return [
    headline({ finding, places }, look),
    ...look.wrapped('    ', printable(reasonCode === undefined ? why : `${why} [${reasonCode}]`)),
    ...excerpts.map((line) => look.paint(line, 'dim')),
    ...more > 0 ? [`          and ${counted(more, 'more statement')}`] : [],
  ];
}

/** The same doubt of several checks about a resource is said once. */
function undecidedLines(findings: readonly PlacedFinding[], look: Look): string[] {
  const groups = grouped(findings, (each) =>
    JSON.stringify([placeOf(each), each.finding.resource?.logicalId, each.finding.why]));
  const hints = HINTS.filter(({ isFor }) => findings.some(({ finding: { why } }) => isFor.test(why)));
  return [
    ...groups.flatMap((group) => shortLines(group, look)),
    ...hints.flatMap(({ text }) => look.wrapped('  Way out: ', text)),
  ];
}

/** A finding without its statements. */
function shortLines(group: readonly PlacedFinding[], look: Look): string[] {
  const [first] = group;
  const { why } = first.finding;
  const checks = group.flatMap(({ finding: { check } }) => check ? `${check.severity} ${check.checkName}` : []);
  const fixes = [...new Set(group.flatMap(({ finding: { fix } }) => fix ?? []))];
  return [
    headline(first, look),
    ...checks.map((check) => `    ${look.paint(check, 'dim')}`),
    ...look.wrapped('    ', printable(why)),
    ...fixes.flatMap((fix) => look.wrapped('    Way out: ', printable(fix))),
    '',
  ];
}

function unreadLines(unread: readonly PlacedFinding[], look: Look): string[] {
  return unread.flatMap((each) => shortLines([each], look));
}

function ignoredLines({ findings, unread }: CheckResult, look: Look): string[] {
  const ignored = [...findings, ...unread].filter((each) => each.ignored);
  const groups = grouped(ignored, (each) => JSON.stringify(each.ignored));
  return groups.flatMap((group) => {
    const { checkName, file, resource, reason } = group[0].ignored!;
    const target = file === undefined ? resource : `${file}:${resource}`;
    return look.wrapped('  ', printable(`${checkName}:${target} (${counted(group.length, 'finding')}): ${reason}`));
  });
}

function skippedLines({ skipped }: CheckResult, look: Look): string[] {
  if (skipped.length === 0) return [];
  const more = skipped.length - MOST_FILES;
  const names = `${skipped.slice(0, MOST_FILES).map(({ path }) => path).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    ...look.wrapped('', printable(`${counted(skipped.length, 'file is no template', 'files are no templates')}: ${names}`)),
    '',
  ];
}

function summaryLines({ templates, resources, unread, exit }: CheckResult, look: Look): string[] {
  const { nonCompliant, undecided, ignored, compliant } = resources;
  const judged = nonCompliant + undecided + ignored + compliant;
  const counts = [
    nonCompliant > 0 ? `${nonCompliant} non-compliant` : [], undecided > 0 ? `${undecided} undecided` : [],
    compliant > 0 ? `${compliant} compliant` : [], ignored > 0 ? `${ignored} ignored` : [],
  ].flat();
  const files = unread.filter(({ finding }) => isUnreadFile(finding)).length;
  return [
    ...look.wrapped('', [
      counted(templates, 'template'),
      `, ${counted(judged, 'resource')} judged`,
      judged > 0 ? `: ${counts.join(', ')}` : '',
      files > 0 ? `; ${counted(files, 'file')} could not be read` : '',
    ].join('')),
    look.paint(`Exit code ${exit.code}: ${exit.reason}`, 'bold', exit.code === 0 ? 'green' : 'red'),
  ];
}

function section(title: string, meaning: string, lines: readonly string[], look: Look): string[] {
  if (lines.length === 0) return [];
  return [`${look.paint(title, 'bold')}  ${meaning}`, '', ...lines, ...lines.at(-1) === '' ? [] : ['']];
}

function headline(each: Pick<PlacedFinding, 'finding' | 'places'>, look: Look): string {
  const { resource } = each.finding;
  const place = look.paint(printable(placeOf(each)), 'cyan');
  return `  ${place}${resource === undefined ? '' : `  ${printable(`${resource.logicalId} (${resource.type})`)}`}`;
}

function placeOf({ finding, places: [place] }: Pick<PlacedFinding, 'finding' | 'places'>): string {
  if (place === undefined) return 'no file';
  return hasLine(finding) ? `${place.path}:${place.line}` : place.path;
}

/** Groups in the order of their first members. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}
