/**
 * Compiles the examples of the README, of docs/*.md and of docstrings, and translates them for the other languages:
 * npx tsx rosetta/translate.ts, after the library is compiled
 *
 * jsii knows the README and docstrings only. So this gives it an assembly in which each page is the README of a
 * submodule. The translations are `.jsii.tabl.json`, from which packages and documentation take them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '..');
const TRANSLATIONS = '.jsii.tabl.json';

/** What the compiler reads beside the assembly. */
const BESIDE_THE_ASSEMBLY = ['lib', 'node_modules', 'package.json', 'rosetta'];

function translate(directory: string): void {
  for (const name of BESIDE_THE_ASSEMBLY) symlinkSync(join(ROOT, name), join(directory, name));
  writeFileSync(join(directory, '.jsii'), JSON.stringify(assemblyWithPages()));
  const rosetta = join(ROOT, 'node_modules', 'jsii-rosetta', 'bin', 'jsii-rosetta');
  // In one batch: each batch reads the types of aws-cdk-lib anew.
  const { status } = spawnSync(process.execPath, [rosetta, 'extract', '--strict', '--batch', '1000', directory], {
    stdio: 'inherit',
  });
  if (status !== 0) {
    process.exitCode = 1;
    return;
  }
  copyFileSync(join(directory, TRANSLATIONS), join(ROOT, TRANSLATIONS));
}

/** A page's name is what the compiler's messages begin with: `cdk-iot-fleet-audit.docs.alarms-README-L7`. */
function assemblyWithPages(): object {
  const assembly = JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const submodules = pages.map((name) => [
    `${assembly.name}.docs.${basename(name, '.md')}`,
    { readme: { markdown: readFileSync(join(ROOT, 'docs', name), 'utf8') } },
  ]);
  return { ...assembly, submodules: { ...assembly.submodules, ...Object.fromEntries(submodules) } };
}

const directory = mkdtempSync(join(tmpdir(), 'snippets-'));
try {
  translate(directory);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
