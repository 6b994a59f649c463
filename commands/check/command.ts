import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { notesOn } from './check-notes';
import { type CheckResult, counted, resultOf } from './check-result';
import { HELP } from './help';
import { IgnoredFindings } from './ignored-findings';
import { jsonReport } from './json-report';
import { jsonWithoutLogCommands, withoutLogCommands } from './log-commands';
import { type CheckOptions, type Format, parseOptions } from './options';
import { Progress, type ProgressStream } from './progress';
import { type GivenTemplates, type InputStream, givenTemplates } from './template-arguments';
import { Look, type ReportStream, lookOf } from './terminal';
import { textReport } from './text-report';
import { UsageError } from './usage-error';
import { name, version } from '../../package.json';
import { CHECK_TABLE, type CheckRow } from '../../src/checks/check-table';
import { printable, printableJson } from '../../src/private/printable';
import { readTemplateFiles } from '../../src/validation/files/template-files';
import { sarifLog } from '../../src/validation/report/sarif';
import { auditTemplates } from '../../src/validation/template-audit';

/** Takes the lines of the command: results, and everything else. */
export interface Output {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/** The parts of a process that the command uses. */
export interface Surroundings {
  readonly stdin: InputStream;
  readonly stdout: ReportStream;
  readonly stderr: ProgressStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * `cdk-iot-fleet-audit check`. Returns the exit code: 0, 1 if findings fail or a file could not be read, 2 if the
 * command line is wrong or nothing could be read.
 */
export async function checkCommand(
  args: readonly string[], output: Output, { stdin, stdout, stderr, env }: Surroundings = process,
): Promise<number> {
  const complain = (text: string) => output.error(withoutLogCommands(printable(text)));
  try {
    const options = parseOptions(args);
    if (options.help) {
      output.out(HELP);
      return 0;
    }
    const given = await givenTemplates(options.templates, stdin);
    requireOtherFiles(options, given);
    const { result, notes } = check(given, options, new Progress(stderr));
    const reportIn = (format: Format, look: Look) => REPORTS[format](result, notes, options, look);
    notes.forEach(complain);
    output.out(reportIn(options.format, lookOf(stdout, env)));
    for (const { format, path } of options.files) writeReport(path, reportIn(format, new Look(false)));
    return result.exit.code;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    output.error('Try --help.');
    return 2;
  }
}

/** AWS's thresholds, for templates that configure none. */
const THRESHOLDS = new Map(Object.values<CheckRow>(CHECK_TABLE).flatMap(({ checkName, threshold }) =>
  threshold ? [[checkName, threshold.defaultDays] as const] : []));

function check(
  { given, found }: GivenTemplates, options: CheckOptions, progress: Progress,
): { readonly result: CheckResult; readonly notes: readonly string[] } {
  const { everywhere, facts, failing, parameters, region } = options;
  const fleet = readTemplateFiles(given, parameters, { found, region });
  try {
    const findings = auditTemplates(fleet, {
      checkNames: options.checkNames,
      everywhere,
      facts,
      thresholds: THRESHOLDS,
      progress: (checkName) => progress.step(`${checkName}, ${counted(fleet.templates.length, 'template')}`),
    });
    const ignored = new IgnoredFindings(options.ignores);
    const result = resultOf({ fleet, findings, ignored, failing });
    return { result, notes: notesOn(options, ignored, fleet) };
  } finally {
    progress.end();
  }
}

type Report = (result: CheckResult, notes: readonly string[], options: CheckOptions, look: Look) => string;

const REPORTS: Readonly<Record<Format, Report>> = {
  text: (result, _notes, _options, look) => textReport(result, look).map(withoutLogCommands).join('\n'),
  json: (result, notes) => jsonText(jsonReport(result, notes)),
  sarif: ({ findings, unread }, _notes, { failing }) => jsonText(sarifLog({ name, version }, [...findings, ...unread]
    .map(({ finding, ignored }) => ({ finding, acknowledged: ignored?.reason, suppression: 'external' as const })), failing)),
};

/** JSON that a terminal and a log can show: names in templates may hold any characters. */
function jsonText(json: object): string {
  return JSON.stringify(json, undefined, 2).split('\n').map(printableJson).map(jsonWithoutLogCommands).join('\n');
}

/** A slip in the command line must not cost anyone a template. */
function requireOtherFiles({ files }: CheckOptions, { given, found }: GivenTemplates): void {
  const inputs = new Set([...given, ...found].flatMap((input) => typeof input === 'string' ? resolve(input) : []));
  const taken = files.find(({ path }) => inputs.has(resolve(path)));
  if (taken) throw new UsageError(`--output ${taken.path}: this is one of the templates; name another file`);
}

function writeReport(path: string, report: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${report}\n`);
  } catch (error) {
    throw new UsageError(`--output ${path}: the file cannot be written: ${(error as Error).message}`);
  }
}
