/**
 * Makes two files of the compiled library: what an app loads with it, and the checks at synth, which are loaded when
 * they are used. Node.js finds a file, and a package, anew for each file that asks for it; 110 files asked 430 times.
 *
 * npx tsx projenrc/bundle-library.ts
 */
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { BuildOptions, Plugin, build } from 'esbuild';

/** Two folders below the root of the package, as the sources that look for its assets and its version. */
const LIBRARY = 'private/library.js';
const CHECKS = 'validation/app/app-audit.js';

/** A module as esbuild writes it: `"path"(parameters) { body }`, in an object of its own. */
const MODULE = /^  ("[^"\n]+")\(([\w, ]*)\) \{\n(.*?)^  \}\n\}\);\n/gms;

/** @param directory the compiled library, whose JavaScript is replaced */
export async function bundleLibrary(directory: string): Promise<void> {
  const inLibrary = await modulesOf(directory, 'index.js', [leaveChecks(directory), requirePeersOnce()]);
  const shared = (await modulesOf(directory, CHECKS, [requirePeersOnce()])).filter((file) => inLibrary.includes(file));
  const library = await bundle(directory, {
    stdin: { contents: libraryCode(shared), resolveDir: directory, sourcefile: 'library.js' },
    outfile: join(directory, LIBRARY),
    plugins: [leaveChecks(directory), requirePeersOnce()],
  });
  const checks = await bundle(directory, {
    entryPoints: [join(directory, CHECKS)],
    outfile: join(directory, CHECKS),
    plugins: [takeFromLibrary(directory, shared), requirePeersOnce()],
  });
  const index = indexCode(exportsOf(join(directory, 'index.js')));
  for (const file of javaScriptIn(directory)) rmSync(file);
  for (const { path, contents } of [...library, ...checks]) writeFileSync(path, contents);
  writeFileSync(join(directory, 'index.js'), index);
}

/** The library, and those of its modules that the checks share with it: enumerations and classes must be the same. */
function libraryCode(shared: readonly string[]): string {
  const modules = shared.map((file) => `  '${file}': () => require('./${file}'),`);
  return `exports.library = require('./index.js');\nexports.modules = {\n${modules.join('\n')}\n};\n`;
}

/** Node.js reads the names for ES modules without running the code. */
function indexCode(names: readonly string[]): string {
  return [
    '"use strict";',
    `module.exports = require("./${LIBRARY}").library;`,
    '// The names of the exports, for ES modules.',
    `0 && (module.exports = {\n${names.map((name) => `  ${name},`).join('\n')}\n});`,
    '',
  ].join('\n');
}

async function bundle(directory: string, options: BuildOptions): Promise<{ path: string; contents: string }[]> {
  const { outputFiles } = await build({ ...optionsFor(directory), ...options, sourcemap: 'linked', write: false });
  return outputFiles!.map(({ path, text }) => ({
    path, contents: path.endsWith('.js') ? parsedOnce(withClassNames(text)) : text,
  }));
}

/**
 * Gives classes that name themselves their own names again, which esbuild writes with an underscore. Its own way to
 * keep names (`keepNames`) also names each function within others whenever one is made, which takes time.
 */
function withClassNames(code: string): string {
  const renamed = new Set([...code.matchAll(/^ *var (\w+) = class _\1\b/gm)].map(([, name]) => name));
  return code.replace(/\b_(\w+)\b/g, (written, name: string) => renamed.has(name) ? name : written);
}

/**
 * The same code, line by line, with each module as a function in parentheses. V8 parses such a function as a whole at
 * once, and others twice: when it reads the file, and when they are called.
 */
function parsedOnce(code: string): string {
  const modules = code.split('__commonJS({\n').length - 1;
  let marked = 0;
  const result = code.replace(MODULE, (_, path: string, parameters: string, body: string) => {
    marked++;
    return `  ${path}: (function(${parameters}) {\n${body}  })\n});\n`;
  });
  if (marked !== modules) throw new Error(`esbuild writes ${modules - marked} of ${modules} modules in another form`);
  return result;
}

/** The library's own modules that an entry needs, relative to the directory. */
async function modulesOf(directory: string, entry: string, plugins: Plugin[]): Promise<string[]> {
  const { metafile } = await build({
    ...optionsFor(directory),
    entryPoints: [join(directory, entry)],
    plugins,
    metafile: true,
    outfile: 'unused.js',
    write: false,
  });
  return Object.keys(metafile.inputs).filter((input) => !input.includes(':')).sort();
}

function optionsFor(directory: string) {
  return {
    absWorkingDir: directory,
    bundle: true,
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    sourcesContent: false,
    // Found from the place of the bundle, which is as deep.
    external: ['../../package.json', '../../../assets/*'],
  } satisfies BuildOptions;
}

/** Leaves the checks at synth in a file of their own, which is found from the place of the library's. */
function leaveChecks(directory: string): Plugin {
  const path = relative(join(directory, dirname(LIBRARY)), join(directory, CHECKS)).split(sep).join('/');
  return {
    name: 'leave-checks',
    setup: ({ onResolve }) => onResolve({ filter: /^\.\/app\/app-audit$/ }, () => ({ path, external: true })),
  };
}

/** Requires a peer once, however many modules need it, and only when the first of them is loaded. */
function requirePeersOnce(): Plugin {
  return {
    name: 'require-peers-once',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^(aws-cdk-lib|constructs)(\/|$)/ }, ({ namespace, path }) => (
        namespace === 'peer' ? { path, external: true } : { path, namespace: 'peer' }));
      onLoad({ filter: /./, namespace: 'peer' }, ({ path }) => ({ contents: `module.exports = require('${path}');` }));
    },
  };
}

/** Takes modules from the library instead of having them twice. */
function takeFromLibrary(directory: string, shared: readonly string[]): Plugin {
  const path = relative(join(directory, dirname(CHECKS)), join(directory, LIBRARY)).split(sep).join('/');
  return {
    name: 'take-from-library',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\./ }, ({ path: wanted, resolveDir }) => {
        const file = `${relative(directory, join(resolveDir, wanted)).split(sep).join('/')}.js`;
        return shared.includes(file) ? { path: file, namespace: 'library' } : undefined;
      });
      onResolve({ filter: /./, namespace: 'library' }, () => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'library' }, ({ path: file }) => ({
        contents: `module.exports = require('library').modules['${file}']();`,
      }));
    },
  };
}

function exportsOf(index: string): string[] {
  const [, names] = /^exports\.(.+) = void 0;$/m.exec(readFileSync(index, 'utf8'))!;
  return names.split(' = exports.').sort();
}

function javaScriptIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => join(directory, file))
    .filter((file) => /\.js(\.map)?$/.test(file) && statSync(file).isFile());
}

if (require.main === module) void bundleLibrary(join(__dirname, '..', 'lib'));
