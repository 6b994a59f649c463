import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { UsageError } from './usage-error';

/** The name of the standard input in reports. */
export const STANDARD_INPUT = '<stdin>';

/** Characters that make a pattern of an argument. */
const IN_PATTERNS = /[*?[\]{}]|^!|[!+@]\(/;

/** Directories that hold nobody's own templates. */
const LEFT_OUT = ['**/node_modules/**', '**/.git/**'];

/** The part of the standard input that is used. */
export interface InputStream extends AsyncIterable<Buffer | string> {
  readonly isTTY?: boolean;
}

/** What is to be read. */
export interface GivenTemplates {
  /** What the user named: files, directories, and the text of the standard input. */
  readonly given: readonly (string | { readonly name: string; readonly text: string })[];

  /** What patterns have found. Files among them may be no templates. */
  readonly found: readonly string[];
}

/**
 * The templates that the arguments stand for: files, directories, patterns, `-` for the standard input. Without an
 * argument it is what is piped in.
 *
 * @throws UsageError if nothing is given, or a pattern matches nothing
 */
export async function givenTemplates(
  asPassed: readonly string[], input: InputStream, platform: NodeJS.Platform = process.platform,
): Promise<GivenTemplates> {
  const args = asPassed.map(withoutQuotes);
  if (args.length === 0 && input.isTTY) {
    throw new UsageError('no template is given; name files, patterns or a cdk.out, or pipe a template in');
  }
  const patterns = args.filter((arg) => IN_PATTERNS.test(arg) && !existsSync(arg));
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  if (excluded.length > 0 && excluded.length === patterns.length) {
    throw new UsageError(`!${excluded[0]} leaves out what another pattern finds, and there is none`);
  }
  const names = args.length === 0 ? ['-'] : args.filter((arg) => !patterns.includes(arg));
  const files = byPath(names.filter((name) => name !== '-'));
  const found = byPath(patterns.filter((pattern) => !pattern.startsWith('!'))
    .flatMap((pattern) => matching(pattern, excluded, platform)));
  const text = names.includes('-') ? [{ name: STANDARD_INPUT, text: templateIn(await textOf(input)) }] : [];
  return {
    given: [...files.values(), ...text],
    found: [...found].filter(([path]) => !files.has(path)).map(([, written]) => written),
  };
}

/** An argument as the shells of Unix pass it: the one of Windows leaves single quotes where they are. */
function withoutQuotes(arg: string): string {
  const [, within] = /^'(.*)'$/.exec(arg) ?? [];
  return within === undefined || existsSync(arg) ? arg : within;
}

/** Paths as they are first written, by what they lead to: a link may lead to a file that has another path, too. */
function byPath(written: readonly string[]): Map<string, string> {
  const paths = new Map<string, string>();
  for (const path of written) {
    const target = targetOf(path);
    if (!paths.has(target)) paths.set(target, path);
  }
  return paths;
}

function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there, or is a pipe.
    return resolve(path);
  }
}

async function textOf(input: InputStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') throw new UsageError('the standard input is empty; pipe a template in, or name files');
  return text;
}

/** The template in an answer of `aws cloudformation get-template`, where YAML is one text of JSON; or else the text. */
function templateIn(text: string): string {
  if (!/^\s*("|\{\s*"(TemplateBody|StagesAvailable)")/.test(text)) return text;
  try {
    const answer = JSON.parse(text) as string | { readonly TemplateBody?: unknown };
    const body = typeof answer === 'string' ? answer : answer.TemplateBody;
    return typeof body === 'string' ? body : body === undefined ? text : JSON.stringify(body, undefined, 2);
  } catch {
    return text;
  }
}

/** The files that a pattern matches, or else the cloud assemblies. */
function matching(pattern: string, excluded: readonly string[], platform: NodeJS.Platform): string[] {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most users name files
  const { globSync } = require('tinyglobby') as typeof import('tinyglobby');
  // Elsewhere a backslash takes the meaning from the character after it.
  const inSlashes = (path: string) => platform === 'win32' ? path.replaceAll('\\', '/') : path;
  const options = {
    ignore: [...LEFT_OUT, ...excluded.map(inSlashes)], expandDirectories: false, absolute: isAbsolute(pattern),
  };
  const files = globSync(inSlashes(pattern), options);
  const found = files.length > 0 ? files : globSync(inSlashes(pattern), { ...options, onlyDirectories: true })
    .filter((directory) => existsSync(join(directory, 'manifest.json')));
  if (found.length === 0) throw new UsageError(`no file matches ${pattern}; node_modules and .git are left out`);
  return found.map((path) => path.replace(/\/$/, '')).sort();
}
