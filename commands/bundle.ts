/**
 * Bundles the commands of the package into assets/commands, and the parser of YAML that they share with the library
 * into assets/yaml, so that users install nothing besides it: npx tsx commands/bundle.ts
 *
 * Code that runs here finds these files at the same place as the sources do: two folders below the root of the package.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { type BuildOptions, type Metafile, type Plugin, build } from 'esbuild';

const ROOT = join(__dirname, '..');
const TARGET = join(ROOT, 'assets', 'commands');
const YAML = join(ROOT, 'assets', 'yaml');

/** The clients of Lambda's runtime that functions of the library need. */
const CLIENTS = [
  'client-cloudformation', 'client-cloudwatch-logs', 'client-eventbridge', 'client-iot', 'client-lambda', 'client-s3',
  'client-sfn', 'client-sns',
];

const OPTIONS = { bundle: true, platform: 'node', target: 'node20', absWorkingDir: ROOT } satisfies BuildOptions;

async function bundleAll(): Promise<void> {
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(TARGET, { recursive: true });
  await bundleYaml();
  await bundleSdk();
  await bundleCommand();
  copyFileSync(join(ROOT, 'rehearsal', 'functions', 'invoke-function.js'), join(TARGET, 'invoke-function.js'));
  copyFileSync(join(ROOT, 'examples', 'sample-fleet.json'), join(TARGET, 'sample-fleet.json'));
  writeFileSync(join(TARGET, 'create-only-properties.json'), JSON.stringify(createOnlyProperties()));
}

/** One minified file: nobody reviews a parser here. A bundled dependency would be three times as large. */
async function bundleYaml(): Promise<void> {
  rmSync(YAML, { recursive: true, force: true });
  const { metafile } = await build({
    ...OPTIONS,
    stdin: { contents: 'export * from \'yaml\';', resolveDir: ROOT },
    minify: true,
    legalComments: 'none',
    metafile: true,
    outfile: join(YAML, 'yaml.js'),
  });
  writeFileSync(join(YAML, 'yaml.licenses.txt'), licensesOf(metafile));
}

/**
 * One file for all clients, and for each a module of its name: a folder for NODE_PATH. Nobody reviews the SDK here, so
 * it is minified.
 */
async function bundleSdk(): Promise<void> {
  const { metafile } = await build({
    ...OPTIONS,
    stdin: {
      contents: CLIENTS.map((name) => `export * as '${name}' from '@aws-sdk/${name}';`).join('\n'), resolveDir: ROOT,
    },
    minify: true,
    legalComments: 'none',
    metafile: true,
    outfile: join(TARGET, 'aws-sdk.js'),
  });
  writeFileSync(join(TARGET, 'aws-sdk.licenses.txt'), licensesOf(metafile));
  for (const name of CLIENTS) {
    const directory = join(TARGET, 'lambda-modules', '@aws-sdk', name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'index.js'), `module.exports = require('../../../aws-sdk.js')['${name}'];\n`);
  }
}

/**
 * The interpreter of state machines calls AWS and checks definitions only where the rehearsal does not do so itself:
 * empty modules in place of a megabyte.
 */
const UNUSED_BY_INTERPRETER: Plugin = {
  name: 'unused by the interpreter',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@aws-sdk\/(client-lambda|credential-providers)|asl-validator)$/ }, ({ path, importer }) =>
      importer.includes('aws-local-stepfunctions') ? { path, namespace: 'empty' } : undefined);
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

async function bundleCommand(): Promise<void> {
  const { metafile } = await build({
    ...OPTIONS,
    entryPoints: [join(ROOT, 'commands', 'cdk-iot-fleet-audit.ts')],
    banner: { js: '#!/usr/bin/env node' },
    metafile: true,
    outfile: join(TARGET, 'cdk-iot-fleet-audit.js'),
    plugins: [
      UNUSED_BY_INTERPRETER,
      {
        name: 'shared SDK',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^@aws-sdk\// }, ({ path }) => ({
            path: `./lambda-modules/${path}/index.js`, external: true,
          })),
      },
      {
        name: 'shared parser of YAML',
        setup: ({ onResolve }) =>
          onResolve({ filter: /\/assets\/yaml\/yaml(\.js)?$/ }, () => ({ path: '../yaml/yaml.js', external: true })),
      },
    ],
  });
  writeFileSync(join(TARGET, 'cdk-iot-fleet-audit.licenses.txt'), licensesOf(metafile));
}

/** Properties whose change replaces a resource, by type, as CloudFormation's resource specification has them. */
function createOnlyProperties(): Record<string, string[]> {
  const resources = [...loadAwsServiceSpecSync().all('resource')].map(({ cloudFormationType, properties }) => {
    const names = Object.entries(properties)
      .filter(([, { causesReplacement }]) => causesReplacement === 'yes')
      .map(([name]) => name);
    return [cloudFormationType, names.sort()] as const;
  });
  return Object.fromEntries(
    resources.filter(([, names]) => names.length > 0).sort(([one], [other]) => one.localeCompare(other)),
  );
}

/** The licences of the bundled packages: each text once, after the names of its packages. */
function licensesOf({ inputs }: Metafile): string {
  const packages = new Set(
    Object.keys(inputs)
      .map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter((path) => path !== undefined),
  );
  const byText = new Map<string, string[]>();
  for (const path of [...packages].sort()) {
    const directory = join(ROOT, ...path.split('/'));
    const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Record<
      string,
      string
    >;
    const file = existsSync(directory) ? readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry)) : undefined;
    const text = file === undefined ? `License: ${license}` : readFileSync(directory + sep + file, 'utf8').trim();
    byText.set(text, [...byText.get(text) ?? [], `${name} ${version} (${license})`]);
  }
  return [...byText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

void bundleAll();
