import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultsIn } from './csharp-source';
import { APPS, type Language } from './language';
import { run, versionOf } from './processes';
import type { StagedPackage } from './staged-package';
import { jsii } from '../../package.json';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'csharp');
const { packageId } = jsii.targets.dotnet;

/** C#: a NuGet package. Where there is no SDK, its code is generated, and the names that the apps use are looked up. */
export class DotNet implements Language {
  public readonly name = 'C#';

  private readonly version = versionOf('dotnet', '--version');

  public constructor(public readonly cdkVersion: string) {}

  public get toolchain() {
    return this.version ? { found: `.NET SDK ${this.version}` } : { missing: 'dotnet' };
  }

  public async synthesize(library: StagedPackage, directory: string): Promise<void> {
    await library.packFor('dotnet', join(directory, 'package'));
    for (const app of APPS) {
      await run('dotnet', [
        'run', '--project', join(EXAMPLES, app), '--artifacts-path', join(directory, 'artifacts'),
        `--property:RestoreAdditionalProjectSources=${join(directory, 'package', 'dotnet')}`,
        `--property:CdkVersion=${this.cdkVersion}`,
      ], {
        // Every build has the same version, 0.0.0, so that NuGet would go on with the one that it has.
        cwd: directory, env: { CDK_OUTDIR: join(directory, app), NUGET_PACKAGES: join(directory, 'packages') },
      });
    }
  }

  public async checkCode(library: StagedPackage, directory: string): Promise<string> {
    await library.packFor('dotnet', join(directory, 'package'), '--code-only');
    const code = join(directory, 'package', 'dotnet', packageId, packageId);
    if (!existsSync(join(code, 'FleetAudit.cs'))) throw new Error(`there is no code in ${code}`);
    const faults = APPS.flatMap((app) => faultsIn(readFileSync(join(EXAMPLES, app, 'Program.cs'), 'utf8'), library)
      .map((fault) => `${app}: ${fault}`));
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return `the code was generated and not compiled; the ${APPS.length} apps use names that there are`;
  }
}
