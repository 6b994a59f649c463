import { libraryFunctionNow } from '../../../test/deployments/real-accounts';
import { parseOptions } from '../../cli/options';
import { RehearsalSettings, rehearse } from '../../cli/rehearse';
import type { RehearsalReport } from '../../cli/report';
import { summaryLines } from '../../cli/text';

/** What a rehearsal has told. */
export interface Story {
  readonly report: RehearsalReport;
  /** The lines of each section, with ids of audits left out. */
  readonly sections: Readonly<Record<string, readonly string[]>>;
  readonly summary: readonly string[];
}

/** Rehearses an assembly, with the function in this process and short audits unless the settings say otherwise. */
export async function tell(
  directory: string, args: readonly string[] = [], settings: Partial<RehearsalSettings> = {},
): Promise<Story> {
  const lines: string[] = [];
  const report = await rehearse(directory, parseOptions(args), (line) => lines.push(line), {
    inProcess: libraryFunctionNow, auditDuration: 20, ...settings,
  });
  const sections: Record<string, string[]> = {};
  let section: string[] = [];
  for (const line of lines) {
    if (/^(What followed|Alarms|What was stored|What changed|The next audit)/.test(line)) sections[line] = section = [];
    else section.push(line.replace(/\b[0-9a-f]{32}\b/g, '<audit>').replace(/ {2,}(?=\S)/g, (blanks, at: number) => at === 0 ? blanks : ' '));
  }
  return { report, sections, summary: summaryLines(report).map((line) => line.trim()) };
}
