import { HELP } from './help';
import { CliOptions, UsageError, parseOptions } from './options';
import { DEFAULT_ENVIRONMENT, rehearse } from './rehearse';
import { type RehearsalReport, emptyReport } from './report';
import { SynthesisError, synthesize } from './synthesis';
import { introductionLines, summaryLines } from './text';
import { printable } from '../../src/private/printable';

/** The streams of the command: results, and everything else. */
export interface Output {
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
}

/**
 * `cdk-iot-fleet-audit rehearse`. Returns the exit code: 0, 1 if the deployment would fail, 2 if the command line is
 * wrong.
 */
export async function rehearseCommand(args: readonly string[], output: Output): Promise<number> {
  // Functions run on the Node.js at hand here; the SDK should not warn that it is old.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  try {
    const options = parseOptions(args);
    if (options.help) {
      output.out(HELP);
      return 0;
    }
    const isJson = options.format === 'json';
    // Texts of devices, people and functions may hold characters that a terminal obeys.
    const progress = (line: string) => (isJson ? output.error : output.out)(printable(line));
    introductionLines(options.verbose).forEach(progress);
    const report = await reportOf(options, progress);
    if (isJson) output.out(asciiJson(report));
    else summaryLines(report).forEach(progress);
    return report.outcome === 'succeeded' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    output.error(`${error.message}\nTry --help.`);
    return 2;
  }
}

/** JSON in plain ASCII, because a terminal obeys some other characters. */
function asciiJson(report: RehearsalReport): string {
  return JSON.stringify(report, undefined, 2)
    .replace(/[^\n\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

async function reportOf(options: CliOptions, progress: (line: string) => void): Promise<RehearsalReport> {
  try {
    const assembly = synthesize(options.app, DEFAULT_ENVIRONMENT, progress);
    try {
      return await rehearse(assembly.directory, options, progress);
    } finally {
      assembly.remove();
    }
  } catch (error) {
    if (!(error instanceof SynthesisError)) throw error;
    return { ...emptyReport(), outcome: 'failed', reason: error.message };
  }
}
