import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { version as packageVersion } from '../package.json';
import { bundleLibrary } from '../projenrc/bundle-library';
import * as library from '../src';

const ROOT = join(__dirname, '..');
const SRC = join(ROOT, 'src');

/** The library as it is compiled and shipped, in a directory of its own. */
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

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'importing-'));
    for (const name of ['node_modules', 'assets', 'package.json']) symlinkSync(join(ROOT, name), join(directory, name));
    compileInto(join(directory, 'lib'));
    await bundleLibrary(join(directory, 'lib'));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  function printedBy(script: string, ...options: string[]): string {
    return execFileSync(process.execPath, [...options, '-e', script], { encoding: 'utf8' });
  }

  /** The files of the library and of aws-cdk-lib that a fresh process has loaded after some code on `library`. */
  function loadedBy(code: string): { readonly own: string[]; readonly cdk: string[] } {
    const lib = join(directory, 'lib');
    const files = JSON.parse(printedBy(
      `const library = require(${JSON.stringify(lib)}); ${code}; `
        + 'console.log(JSON.stringify(Object.keys(require.cache)))')) as string[];
    const below = (parent: string) => files.filter((file) => file.startsWith(parent + sep))
      .map((file) => relative(parent, file).split(sep).join('/'));
    return { own: below(lib), cdk: below(join(ROOT, 'node_modules', 'aws-cdk-lib')) };
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

  test('gives each class and enumeration the name that it is exported by', () => {
    const names = printedBy(`const library = require(${JSON.stringify(join(directory, 'lib'))});
      console.log(JSON.stringify(Object.entries(library).map(([name, each]) => [name, each.name ?? name])));`);

    for (const [name, own] of JSON.parse(names) as [string, string][]) expect(own).toBe(name);
  });

  test('has no JavaScript beside what is loaded, and maps that name the sources', () => {
    const files = readdirSync(join(directory, 'lib'), { recursive: true, encoding: 'utf8' });

    expect(files.filter((file) => file.endsWith('.js')).sort()).toEqual([
      'index.js', 'private/library.js', 'validation/app/app-audit.js',
    ]);
    for (const file of ['private/library.js', 'validation/app/app-audit.js']) expect(files).toContain(`${file}.map`);
  });

  test.each(['private/library.js', 'validation/app/app-audit.js'])('has each module of %s parsed once', (file) => {
    const code = readFileSync(join(directory, 'lib', file), 'utf8');

    const [modules, marked] = [/^var require_\w+ = __commonJS\(\{$/gm, /^  "[^"\n]+": \(function\([\w, ]*\) \{$/gm]
      .map((pattern) => code.match(pattern)!.length);
    expect(modules).toBeGreaterThan(50);
    expect(marked).toBe(modules);
  });

  test('names files and lines of its modules in stack traces', () => {
    const source = readFileSync(join(SRC, 'private', 'invalid-input.ts'), 'utf8');
    const compiled = transpileModule(source, {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 },
    }).outputText.split('\n');

    const stack = printedBy(`
      const { Stack } = require(${JSON.stringify(join(ROOT, 'node_modules', 'aws-cdk-lib'))});
      const library = require(${JSON.stringify(join(directory, 'lib'))});
      try { new library.FleetAudit(new Stack(), 'FleetAudit', { checks: [] }); } catch (error) { console.log(error.stack); }`,
    '--enable-source-maps');

    const line = 1 + compiled.findIndex((each) => each.includes('new Error('));
    expect(stack).toContain(`${join('lib', 'private', 'invalid-input.js')}:${line}:`);
  });

  test('loads no check at synth, nor does the plugin before it is asked', () => {
    for (const code of ['', 'new library.DeviceDefenderChecks()']) {
      expect(loadedBy(code).own).toEqual(['index.js', 'private/library.js']);
    }
  });

  test('loads the checks at synth when the plugin is asked', () => {
    writeFileSync(join(directory, 'template.json'), '{}');

    const { own } = loadedBy(
      `new library.DeviceDefenderChecks().checkTemplates(${JSON.stringify(join(directory, 'template.json'))})`,
    );

    expect(own).toEqual(['index.js', 'private/library.js', 'validation/app/app-audit.js']);
  });

  test('shares enumerations and classes with the checks at synth', () => {
    const [checks, own] = ['validation/app/app-audit.js', 'private/library.js']
      .map((file) => readFileSync(join(directory, 'lib', file), 'utf8'));

    expect(own).toContain('class AuditCheck');
    expect(checks).not.toContain('class AuditCheck');
    expect(own).toContain('AuditSeverity2');
    expect(checks).not.toContain('AuditSeverity2');
  });

  test('finds its assets and its version, defines an archive and judges what it defines', () => {
    const template = printedBy(`
      const { App, Stack } = require(${JSON.stringify(join(ROOT, 'node_modules', 'aws-cdk-lib'))});
      const library = require(${JSON.stringify(join(directory, 'lib'))});
      const app = new App({ outdir: ${JSON.stringify(join(directory, 'out'))} });
      const audit = new library.FleetAudit(new Stack(app, 'Fleet'), 'FleetAudit');
      audit.archiveFindings();
      audit.addDashboard();
      const [stack] = app.synth().stacks;
      const checks = new library.DeviceDefenderChecks({ checks: [library.AuditCheck.IOT_POLICY_OVERLY_PERMISSIVE] });
      console.log(JSON.stringify({
        types: Object.values(stack.template.Resources).map(({ Type }) => Type),
        assets: Object.values(JSON.parse(fs.readFileSync(path.join(stack.assembly.directory, stack.id + '.assets.json'))).files)
          .map(({ displayName }) => displayName).filter((name) => name.includes('Code')),
        version: checks.version,
        report: checks.checkTemplates(stack.templateFullPath).success,
      }));`);
    const { assets, report, types, version } = JSON.parse(template) as Record<string, string[]>;

    expect(types).toEqual(expect.arrayContaining(['AWS::Glue::Table', 'AWS::CloudWatch::Dashboard']));
    expect(assets).toHaveLength(2);
    expect(version).toBe(packageVersion);
    expect(report).toBe(true);
  });

  test('loads what defines an archive with the first archive', () => {
    const ofTables = (code: string) => loadedBy(code).cdk.filter((file) => file.startsWith('aws-glue/lib/'));
    const stack = `new (require(${JSON.stringify(join(ROOT, 'node_modules', 'aws-cdk-lib'))}).Stack)()`;

    expect(ofTables('')).toEqual([]);
    expect(ofTables(`new library.FindingsArchive(${stack}, 'Archive')`)).not.toEqual([]);
  });

  test('loads nothing of the function\'s code', () => {
    const code = readFileSync(join(directory, 'lib', 'private', 'library.js'), 'utf8');

    expect(code).toContain('\n// function/fleet-audit-function.js\n');
    expect(code).not.toMatch(/@aws-sdk|\n\/\/ \w+\/(handler|runtime)\//);
  });
});
