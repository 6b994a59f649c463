import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, type Language, inLowerCase } from './language';
import { run, versionOf } from './processes';
import type { StagedPackage } from './staged-package';

const ROOT = join(__dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples', 'python');

/** What the package says above an example that jsii could not translate. */
const NOT_TRANSLATED = /automatically generated from non-compiling source|```ts/;

/** Python: a wheel, which is installed into a virtual environment of its own. */
export class Python implements Language {
  public readonly name = 'Python';

  private readonly version = versionOf('python3', '--version');

  public constructor(public readonly cdkVersion: string) {}

  public get toolchain() {
    return this.version ? { found: `Python ${this.version}` } : { missing: 'python3' };
  }

  public async synthesize(library: StagedPackage, directory: string): Promise<string> {
    await library.packFor('python', join(directory, 'package'));
    const packages = join(directory, 'package', 'python');
    const wheel = join(packages, readdirSync(packages).find((file) => file.endsWith('.whl'))!);
    const binaries = join(directory, 'venv', 'bin');
    await run('python3', ['-m', 'venv', join(directory, 'venv')]);
    await run(join(binaries, 'pip'), [
      'install', '--quiet', '--disable-pip-version-check', `aws-cdk-lib==${this.cdkVersion}`, wheel,
    ]);
    await checkTranslations(join(binaries, 'python'));
    const examples = await runSnippets(join(binaries, 'python'), directory);
    for (const app of APPS) {
      await run(join(binaries, 'python'), [join(EXAMPLES, `${inLowerCase(app, '_')}.py`)], {
        cwd: directory, env: { CDK_OUTDIR: join(directory, app) },
      });
    }
    return examples;
  }
}

/** The documentation of the package, that of PyPI's page included, has its examples in Python. */
async function checkTranslations(python: string): Promise<void> {
  const documentation = await run(python, ['-c', [
    'import importlib.metadata as metadata, inspect, cdk_iot_fleet_audit',
    'print(metadata.metadata("cdk-iot-fleet-audit").get_payload(), inspect.getsource(cdk_iot_fleet_audit))',
  ].join('\n')]);
  const found = NOT_TRANSLATED.exec(documentation);
  if (found) throw new Error(`an example is not in Python:\n${documentation.slice(found.index - 500, found.index + 500)}`);
  if (!documentation.includes('FleetAudit(')) throw new Error('the package has no examples');
}

/** Runs the examples of the documentation, some of which read this list. */
async function runSnippets(python: string, directory: string): Promise<string> {
  cpSync(join(ROOT, 'examples', 'accepted-findings.json'), join(directory, 'suppressions.json'));
  const printed = await run(python, [
    join(__dirname, 'snippets.py'), join(ROOT, '.jsii.tabl.json'), join(ROOT, 'rosetta', 'default.ts-fixture'),
  ], { cwd: directory });
  return /\d+ of \d+ examples/.exec(printed)?.[0] + ' of the documentation run';
}
