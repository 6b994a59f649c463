import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compileExamples } from './java-examples';
import { APPS, type Language } from './language';
import { run, versionOf } from './processes';
import type { StagedPackage } from './staged-package';
import { jsii } from '../../package.json';

const EXAMPLES = join(__dirname, '..', '..', 'examples', 'java');
const { artifactId, groupId } = jsii.targets.java.maven;

/** Java: a jar, which is installed into Maven's local repository. */
export class Java implements Language {
  public readonly name = 'Java';

  private readonly java = versionOf('java', '-version');
  private readonly maven = versionOf('mvn', '--version');

  public constructor(public readonly cdkVersion: string) {}

  public get toolchain() {
    return this.java && this.maven
      ? { found: `Java ${this.java}, Maven ${this.maven}` }
      : { missing: this.java ? 'mvn' : 'java' };
  }

  public async synthesize(library: StagedPackage, directory: string): Promise<string> {
    await library.packFor('java', join(directory, 'package'));
    const apps = join(directory, 'apps');
    cpSync(EXAMPLES, apps, { recursive: true });
    await this.install(join(directory, 'package', 'java'), apps);
    const examples = await compileExamples(await this.classPath(apps), join(directory, 'examples'));
    for (const app of APPS) {
      await run('mvn', [
        '-q', '-B', 'compile', 'exec:java', `-Dcdk.version=${this.cdkVersion}`, `-Dexec.mainClass=com.example.fleet.${app}`,
      ], { cwd: apps, env: { CDK_OUTDIR: join(directory, app) } });
    }
    return `${examples} examples of the documentation compile`;
  }

  private async classPath(apps: string): Promise<string> {
    const file = join(apps, 'class-path.txt');
    await run('mvn', [
      '-q', '-B', 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath', `-Dcdk.version=${this.cdkVersion}`,
      `-Dmdep.outputFile=${file}`,
    ], { cwd: apps });
    return readFileSync(file, 'utf8').trim();
  }

  /** Every build has the same version, 0.0.0, so that Maven would go on with the one that it has. */
  private async install(packages: string, cwd: string): Promise<void> {
    const repository = await run('mvn', [
      '-q', '-B', 'org.apache.maven.plugins:maven-help-plugin:3.5.2:evaluate', '-Dexpression=settings.localRepository', '-DforceStdout',
    ], { cwd });
    const place = [...groupId.split('.'), artifactId];
    rmSync(join(repository.trim().split('\n').pop()!, ...place), { recursive: true, force: true });
    const files = readdirSync(join(packages, ...place), { recursive: true, encoding: 'utf8' });
    const find = (extension: string) => files.find((file) =>
      file.endsWith(extension) && !/-(javadoc|sources)\./.test(file))!;
    await run('mvn', [
      '-q', '-B', 'org.apache.maven.plugins:maven-install-plugin:3.1.2:install-file',
      `-Dfile=${join(packages, ...place, find('.jar'))}`, `-DpomFile=${join(packages, ...place, find('.pom'))}`,
    ], { cwd });
  }
}
