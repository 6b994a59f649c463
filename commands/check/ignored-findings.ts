import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { checkNameOf } from './check-names';
import { UsageError } from './usage-error';
import { type Finding, Verdict, ruleNameOf } from '../../src/validation/finding';
import { pathOf } from '../../src/validation/report/finding-places';

/** The resource that stands for all of them. */
const ALL = '*';

const FORM = 'the form is CHECK:RESOURCE=reason';

/** Names beside those of checks under which findings are ignored. */
const OTHER_RULES = [Verdict.UNDECIDED, Verdict.REMARK].map((verdict) => ruleNameOf({ verdict }));

/** Findings to ignore: those of a check about a resource. */
export interface Ignore {
  readonly checkName: string;

  /** The end of the path of the template; all templates if there is none. */
  readonly file?: string;

  /** A logical id, or `*`. */
  readonly resource: string;
  readonly reason: string;

  /** The place where the user wrote it, for messages. */
  readonly source: string;
}

/**
 * Reads `CHECK:RESOURCE=reason`. The resource is a logical id, `FILE:LogicalId`, or `*` for everything.
 *
 * @throws UsageError
 */
export function parseIgnore(text: string, source: string): Ignore {
  const [, check, written, reason] = /^([^:=]+):([^=]+)=(.*)$/s.exec(text) ?? [];
  if (check === undefined) throw new UsageError(`${source}: ${text} is not of the form CHECK:RESOURCE=reason`);
  if (reason.trim() === '') throw new UsageError(`${source}: ${text} has no reason; ${FORM}`);
  const end = written.lastIndexOf(':');
  const resource = written.slice(end + 1).trim();
  if (resource === '') throw new UsageError(`${source}: ${text} names no resource; ${FORM}, and * is every resource`);
  return {
    checkName: checkNameOf(source, check.trim(), OTHER_RULES),
    file: end === -1 ? undefined : inSlashes(written.slice(0, end).trim()).replace(/^(\.\/)+/, ''),
    resource,
    reason: reason.trim(),
    source,
  };
}

/**
 * Reads a file with one entry in each line. Empty lines and those that begin with `#` say nothing.
 *
 * @throws UsageError
 */
export function readIgnoreFile(path: string): Ignore[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    throw new UsageError(`--ignore-file: there is no file ${path} that can be read`);
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    const written = line.trim();
    return written === '' || written.startsWith('#') ? [] : [parseIgnore(written, `${path}:${index + 1}`)];
  });
}

/** Decides which findings are ignored, and notices entries that ignore nothing. */
export class IgnoredFindings {
  private readonly used = new Set<Ignore>();

  constructor(private readonly ignores: readonly Ignore[]) {}

  /** The entry that ignores a finding; the first one if several do. */
  of(finding: Finding): Ignore | undefined {
    const matching = this.ignores.filter((ignore) => matches(ignore, finding));
    matching.forEach((ignore) => this.used.add(ignore));
    return matching[0];
  }

  /** The entries that have ignored nothing so far. */
  get unused(): Ignore[] {
    return this.ignores.filter((ignore) => !this.used.has(ignore));
  }
}

function matches({ checkName, file, resource }: Ignore, finding: Finding): boolean {
  if (checkName !== ruleNameOf(finding) || resource !== ALL && resource !== finding.resource?.logicalId) return false;
  const path = inSlashes(pathOf(finding) ?? '');
  return file === undefined || path === file || path.endsWith(`/${file}`);
}

function inSlashes(path: string): string {
  return path.split(sep).join('/');
}
