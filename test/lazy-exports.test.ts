import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { makeExportsLazy } from '../projenrc/make-exports-lazy';

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
    writeFileSync(target, target === join(directory, 'index.js') ? makeExportsLazy(outputText) : outputText);
  }
}

describe('what importing the library loads', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'lazy-exports-'));
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    compileInto(join(directory, 'lib'));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  /** The library's files that a fresh process has loaded after some code, which has the library as `library`. */
  function loadedBy(code: string): string[] {
    const lib = join(directory, 'lib');
    const script = `const library = require(${JSON.stringify(lib)}); ${code}; console.log(JSON.stringify(Object.keys(require.cache)))`;
    const files = JSON.parse(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })) as string[];
    return files.filter((file) => file.startsWith(lib + sep)).map((file) => relative(lib, file).split(sep).join('/'));
  }

  test('is nothing but the list of exports', () => {
    expect(loadedBy('')).toEqual(['index.js']);
  });

  test.each([
    'FleetAudit', 'AuditCheck', 'AccountAuditConfiguration', 'OnDemandAudit', 'ScheduledAudit', 'MitigationAction', 'Logging',
  ])('is nothing of the checks at synth with %s', (name) => {
    const loaded = loadedBy(`if (!library.${name}) throw new Error('missing')`);

    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((file) => file.startsWith('validation/'))).toEqual([]);
  });

  test('is nothing of the function\'s code with anything', () => {
    expect(loadedBy('Object.values({ ...library })').filter((file) => file.includes('lambda'))).toEqual([]);
  });

  test('is the checks at synth with their plugin', () => {
    expect(loadedBy('new library.DeviceDefenderChecks()')).toEqual(expect.arrayContaining([
      'validation/device-defender-checks.js', 'validation/policies/pattern.js',
    ]));
  });
});

describe('making exports lazy', () => {
  const [declaration, definition] = [
    'var x_1 = require("./x");', 'Object.defineProperty(exports, "X", { enumerable: true, get: function () { return x_1.X; } });',
  ];

  test('loads a file with the first thing that is taken from it', () => {
    expect(makeExportsLazy(`${declaration}\n${definition}`)).toBe(
      'var x_1;\nObject.defineProperty(exports, "X", { enumerable: true, get: function () { return (x_1 ??= require("./x")).X; } });',
    );
  });

  test.each([
    ['nothing', '"use strict";'],
    ['what it has made already', makeExportsLazy(`${declaration}\n${definition}`)],
    ['a file that is loaded for its own sake', `${declaration}\n${definition}\nrequire("./y");`],
    ['exports of another form', `${declaration}\n${definition}\nObject.defineProperty(exports, "Y", { value: 1 });`],
  ])('refuses %s', (_, code) => {
    expect(() => makeExportsLazy(code)).toThrow(/^These are no re-exports that could be made lazy/);
  });
});
