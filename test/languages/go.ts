import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS, type Language, inLowerCase } from './language';
import { run, versionOf } from './processes';
import type { StagedPackage } from './staged-package';
import { jsii, peerDependencies } from '../../package.json';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'go');
const { moduleName, packageName } = jsii.targets.go;
const FLOOR = peerDependencies['aws-cdk-lib'].replace('^', '');

/** Go: a module, which takes the place of the published one. It is compiled with the apps. */
export class Go implements Language {
  public readonly name = 'Go';

  private readonly version = versionOf('go', 'version');

  public constructor(public readonly cdkVersion: string) {}

  public get toolchain() {
    return this.version ? { found: `Go ${this.version}` } : { missing: 'go' };
  }

  public async synthesize(library: StagedPackage, directory: string): Promise<void> {
    await library.packFor('go', join(directory, 'package'), '--code-only');
    const module = join(directory, 'package', 'go', packageName);
    checkFloor(readFileSync(join(module, 'go.mod'), 'utf8'));
    const apps = join(directory, 'apps');
    cpSync(EXAMPLES, apps, { recursive: true });
    await run('go', [
      'mod', 'edit', `-replace=${moduleName}/${packageName}=${module}`,
      `-require=github.com/aws/aws-cdk-go/awscdk/v2@v${this.cdkVersion}`,
    ], { cwd: apps });
    await run('go', ['mod', 'tidy'], { cwd: apps });
    const binaries = join(directory, 'bin');
    mkdirSync(binaries);
    await run('go', ['build', '-o', `${binaries}/`, './...'], { cwd: apps });
    for (const app of APPS) {
      await run(join(binaries, inLowerCase(app, '-')), [], {
        cwd: directory, env: { CDK_OUTDIR: join(directory, app) },
      });
    }
  }
}

/** Go takes the highest of the versions that modules ask for: a module that asks for the newest lifts every app. */
function checkFloor(goMod: string): void {
  const found = /aws-cdk-go\/awscdk\/v2 v(\S+)/.exec(goMod)?.[1];
  if (found !== FLOOR) throw new Error(`the module asks for aws-cdk-lib ${found} and not ${FLOOR}`);
}
