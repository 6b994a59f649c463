import { mkdirSync, writeFileSync } from 'fs';
import { dirname } from 'path';
import { pathOf } from '../report/finding-places';
import { Failing } from '../report/levels';
import { fingerprintOf, ReportedFinding, sarifLog } from '../report/sarif';

/** The user's file with findings in the format SARIF. */
export class SarifFile {
  /** All findings so far, by fingerprint: some versions of CDK ask once for each account and region. */
  private readonly found = new Map<string, ReportedFinding>();

  constructor(readonly path: string, private readonly toolName: string, private readonly failing: Failing) {}

  /** Writes the findings of templates, in place of the earlier findings of the same templates. */
  write(templatePaths: ReadonlySet<string | undefined>, reported: readonly ReportedFinding[]): void {
    for (const [fingerprint, { finding }] of this.found) {
      if (templatePaths.has(pathOf(finding))) this.found.delete(fingerprint);
    }
    // Apps in several cloud assemblies may have stacks of the same name.
    reported.forEach((each) => this.found.set(`${pathOf(each.finding)}\n${fingerprintOf(each.finding)}`, each));
    mkdirSync(dirname(this.path), { recursive: true });
    const log = sarifLog({ name: this.toolName }, [...this.found.values()], this.failing);
    writeFileSync(this.path, JSON.stringify(log, undefined, 2));
  }
}
