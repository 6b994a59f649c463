/**
 * Makes the package of every language, and synthesizes the apps of examples/ with it:
 * npx tsx test/languages/run.ts [<new directory, where the packages stay>]
 *
 * The library must be compiled. Each app must have the template of the same app in TypeScript, and the same findings of
 * the checks at synth. Prints a line for each language; one whose tools are missing is not run, and its line says so.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compare } from './assemblies';
import { DotNet } from './dotnet';
import { Go } from './go';
import { Java } from './java';
import { APPS, type Language } from './language';
import { Python } from './python';
import { StagedPackage } from './staged-package';
import { devDependencies, peerDependencies } from '../../package.json';

const FLOOR = peerDependencies['aws-cdk-lib'].replace('^', '');
const NEWEST = devDependencies['aws-cdk-lib'];

const LANGUAGES: readonly Language[] = [new Python(FLOOR), new Java(FLOOR), new Go(NEWEST), new DotNet(FLOOR)];

/** Directories with the apps' assemblies in TypeScript, by the version of aws-cdk-lib. */
type References = ReadonlyMap<string, string>;

async function runAll(scratch: string): Promise<void> {
  const started = Date.now();
  const tarball = await StagedPackage.pack(join(scratch, 'npm'));
  const library = await StagedPackage.install(tarball, FLOOR, join(scratch, FLOOR));
  const newest = await StagedPackage.install(tarball, NEWEST, join(scratch, NEWEST));
  const references = new Map<string, string>();
  for (const [version, staged] of [[FLOOR, library], [NEWEST, newest]] as const) {
    references.set(version, join(scratch, version, 'assemblies'));
    for (const app of APPS) await staged.synthesize(app, join(references.get(version)!, app));
  }
  console.log(`TypeScript: ${APPS.length} apps on aws-cdk-lib ${FLOOR} and ${NEWEST} (${seconds(started)})`);
  // Side by side: they wait for downloads and for each other's single-threaded steps.
  await Promise.all(LANGUAGES.map((language) => runOne(language, library, references, join(scratch, language.name))));
  console.log(`all languages (${seconds(started)})`);
}

async function runOne(
  language: Language, library: StagedPackage, references: References, directory: string,
): Promise<void> {
  const started = Date.now();
  mkdirSync(directory);
  try {
    const result = await resultOf(language, library, references, directory);
    console.log(`${language.name}: ${result} (${seconds(started)})`);
  } catch (error) {
    console.error(`${language.name}: FAILED (${seconds(started)})\n${(error as Error).message}`);
    process.exitCode = 1;
  }
}

async function resultOf(
  language: Language, library: StagedPackage, references: References, directory: string,
): Promise<string> {
  const { toolchain } = language;
  if ('missing' in toolchain) {
    const checked = await language.checkCode?.(library, directory);
    return `NOT RUN, since '${toolchain.missing}' is not installed${checked ? `; ${checked}` : ''}`;
  }
  const more = await language.synthesize(library, directory);
  const reference = references.get(language.cdkVersion)!;
  for (const app of APPS) compare(app, join(reference, app), join(directory, app));
  return `${APPS.length} apps on aws-cdk-lib ${language.cdkVersion} have TypeScript's templates and findings; `
    + `${more ? `${more}; ` : ''}${toolchain.found}`;
}

function seconds(since: number): string {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}

async function main(): Promise<void> {
  const [, , kept] = process.argv;
  if (kept) {
    mkdirSync(kept);
    return runAll(resolve(kept));
  }
  const scratch = mkdtempSync(join(tmpdir(), 'languages-'));
  try {
    await runAll(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main();
