import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import * as library from '../src';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

/** The library as it is compiled, in a directory of its own. */
function compileInto(directory: string): void {
  for (const entry of readdirSync(SRC, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.ts') || entry.name.includes('.lambda')) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(directory, relative(SRC, source).replace(/\.ts$/, '.js'));
    const { outputText } = transpileModule(readFileSync(source, 'utf8'), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
}

describe('importing the library', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'importing-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    compileInto(join(directory, 'lib'));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  function printedBy(script: string, ...options: string[]): string {
    return execFileSync(process.execPath, [...options, '-e', script], { encoding: 'utf8' });
  }

  /** The library's files that a fresh process has loaded after some code, which has the library as `library`. */
  function loadedBy(code: string): string[] {
    const lib = join(directory, 'lib');
    const files = JSON.parse(printedBy(
      `const library = require(${JSON.stringify(lib)}); ${code}; `
        + 'console.log(JSON.stringify(Object.keys(require.cache)))')) as string[];
    return files.filter((file) => file.startsWith(lib + sep)).map((file) => relative(lib, file).split(sep).join('/'));
  }

  /** Runs an ES module on the library, whose URL is `LIBRARY` in its code. */
  function printedByModule(code: string): unknown {
    const url = JSON.stringify(pathToFileURL(join(directory, 'lib', 'index.js')).href);
    return JSON.parse(printedBy(code.replaceAll('LIBRARY', url), '--input-type=module'));
  }

  test('gives an ES module each export by its name', () => {
    const names = Object.keys(library);

    expect(names).toContain('FleetAudit');
    expect(printedByModule(`import { ${names.join(', ')} } from LIBRARY;
      console.log(JSON.stringify([${names.map((name) => `typeof ${name}`).join(', ')}]));`))
      .toEqual(Object.values(library).map((value) => typeof value));
  });

  test('gives an ES module all exports as a namespace', () => {
    const names = printedByModule(
      'import * as library from LIBRARY; console.log(JSON.stringify(Object.keys(library)));',
    );

    expect(names).toEqual(expect.arrayContaining(Object.keys(library)));
  });

  test('loads no check at synth, nor does the plugin before it is asked', () => {
    for (const code of ['', 'new library.DeviceDefenderChecks()']) {
      expect(loadedBy(code).filter((file) => file.startsWith('validation/')))
        .toEqual(['validation/device-defender-checks.js']);
    }
  });

  test('loads the checks at synth when the plugin is asked', () => {
    writeFileSync(join(directory, 'template.json'), '{}');

    const loaded = loadedBy(
      `new library.DeviceDefenderChecks().checkTemplates(${JSON.stringify(join(directory, 'template.json'))})`,
    );

    expect(loaded).toEqual(expect.arrayContaining(['validation/template-audit.js', 'validation/policies/pattern.js']));
  });

  test('loads what defines an archive with the first archive', () => {
    const OF_ARCHIVES = ['monitoring/archive-bucket.js', 'monitoring/archive-tables.js'];
    const without = loadedBy('');

    expect(without).toContain('monitoring/findings-archive.js');
    expect(without.filter((file) => OF_ARCHIVES.includes(file))).toEqual([]);
  });

  test('loads nothing of the function\'s code', () => {
    const loaded = loadedBy('');

    expect(loaded).toContain('function/fleet-audit-function.js');
    expect(loaded.filter((file) => file.includes('lambda'))).toEqual([]);
  });
});
