import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { checkCommand } from '../../../../commands/check/command';
import type { JsonReport } from '../../../../commands/check/json-report';

/** What the command ends with. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** What the command runs in: a terminal only if `columns` says how wide it is. */
export interface RunOptions {
  readonly stdin?: string;
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** The next tests in this process expect to be where they were started. */
const START = process.cwd();
afterAll(() => process.chdir(START));

/** Writes files, texts or objects, below a new directory, and makes it the one that the command runs in. */
export function inDirectoryWith(files: Record<string, string | object>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'check-')));
  process.chdir(directory);
  writeFiles(files);
  return directory;
}

export function writeFiles(files: Record<string, string | object>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

/** Runs the command. The lines of both streams are joined. */
export async function check(args: readonly string[], { stdin, columns, env = {} }: RunOptions = {}): Promise<Run> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await checkCommand(args, { out: (line) => out.push(line), error: (line) => error.push(line) }, {
    stdin: stdin === undefined ? Object.assign(Readable.from([]), { isTTY: true })
      : Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    stdout: { isTTY: columns !== undefined, columns },
    stderr: { write: () => { throw new Error('Progress is for terminals.'); } },
    env,
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

/** Runs it for the JSON document. */
export async function checkJson(...args: readonly string[]): Promise<JsonReport & Pick<Run, 'code' | 'error'>> {
  const { code, error, out } = await check([...args, '--format', 'json']);
  return { code, error, ...JSON.parse(out) as JsonReport };
}
