/**
 * What a new user does: an empty folder, `cdk init`, the library, the first example of the README as it stands, and
 * `cdk synth`: npx tsx test/consumers/new-user.ts <directory that test/languages/run.ts was given>
 *
 * The example is in TypeScript as the README has it, and in Python as jsii translates it. Prints a line for each.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const ROOT = join(__dirname, '..', '..');
const BINARIES = join(ROOT, 'node_modules', '.bin');
const MILLISECONDS_EACH = 300_000;

/** What the first example must have in its template, whatever else it shows. */
const RESOURCES = ['AWS::IoT::AccountAuditConfiguration', 'AWS::IoT::ScheduledAudit', 'AWS::SNS::Topic'];

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd, encoding: 'utf8', timeout: MILLISECONDS_EACH,
    // The CLI is that of the development, as a global one of the user would be.
    env: { ...process.env, PATH: [join(cwd, '.venv', 'bin'), BINARIES, process.env.PATH].join(delimiter) },
  });
  if (error || status !== 0) {
    throw new Error(`${[command, ...args].join(' ')}: ${error?.message ?? `ends with ${status}`}\n${stdout}${stderr}`);
  }
}

/** The first block of the README in TypeScript, and its translation. */
function firstExample(): { typescript: string; python: string } {
  const [, typescript] = /^```ts.*\n([^]*?)^```$/m.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
  // Without synth(), an app in Python writes nothing.
  for (const word of ['import ', 'new App(', 'app.synth();']) {
    if (!typescript.includes(word)) throw new Error(`the first example of the README is no app: it has no '${word}'`);
  }
  const { snippets } = JSON.parse(readFileSync(join(ROOT, '.jsii.tabl.json'), 'utf8')) as {
    snippets: Record<string, { translations: Record<string, { source: string }> }>;
  };
  const snippet = Object.values(snippets).find(
    ({ translations }) => translations.$.source.trim() === typescript.trim(),
  );
  if (!snippet) throw new Error('the first example of the README is not translated: npx projen rosetta');
  return { typescript, python: `${snippet.translations.python.source}\n` };
}

/** Answers the only template that `cdk synth` writes. */
function synthesize(directory: string): Template {
  run('cdk', ['synth', '--quiet'], directory);
  const output = join(directory, 'cdk.out');
  const templates = readdirSync(output).filter((file) => file.endsWith('.template.json'));
  if (templates.length !== 1) throw new Error(`cdk synth has written ${templates.length} templates`);
  const template = JSON.parse(readFileSync(join(output, templates[0]), 'utf8')) as Template;
  const types = Object.values(template.Resources).map(({ Type }) => Type);
  const missing = RESOURCES.filter((type) => !types.includes(type));
  if (missing.length > 0) throw new Error(`the template has no ${missing.join(', ')}`);
  return template;
}

function init(language: string, scratch: string): string {
  const directory = join(scratch, `fleet-${language}`);
  mkdirSync(directory);
  run('cdk', ['init', 'app', '--language', language], directory);
  return directory;
}

function inTypeScript(example: string, tarball: string, scratch: string): Template {
  const directory = init('typescript', scratch);
  run('npm', ['install', '--no-audit', '--no-fund', tarball], directory);
  const [main] = readdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', main), example);
  return synthesize(directory);
}

function inPython(example: string, wheel: string, scratch: string): Template {
  const directory = init('python', scratch);
  run('python', ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt', wheel], directory);
  writeFileSync(join(directory, 'app.py'), example);
  return synthesize(directory);
}

function only(directory: string, extension: string): string | undefined {
  try {
    const file = readdirSync(directory).find((name) => name.endsWith(extension));
    return file && join(directory, file);
  } catch {
    return undefined;
  }
}

function walk(packages: string, scratch: string): void {
  const example = firstExample();
  const tarball = only(join(packages, 'npm', 'js'), '.tgz');
  const wheel = only(join(packages, 'Python', 'package', 'python'), '.whl');
  if (!tarball) throw new Error(`there is no npm package in ${packages}`);
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const typescript = inTypeScript(example.typescript, tarball, scratch);
  const count = Object.keys(typescript.Resources).length;
  console.log(`cdk init app --language typescript, the first example, cdk synth: ${count} resources (${seconds()})`);
  if (!wheel) {
    console.log('cdk init app --language python: NOT RUN, since there is no wheel');
    return;
  }
  const python = inPython(example.python, wheel, scratch);
  if (!isDeepStrictEqual(Object.keys(python.Resources).sort(), Object.keys(typescript.Resources).sort())) {
    throw new Error('the example has other resources in Python');
  }
  console.log(`cdk init app --language python, the first example, cdk synth: the same ${count} (${seconds()})`);
}

const [, , packages] = process.argv;
if (!packages) throw new Error('name the directory with the packages: npx tsx test/consumers/new-user.ts <directory>');
const scratch = mkdtempSync(join(tmpdir(), 'new-user-'));
try {
  walk(resolve(packages), scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
