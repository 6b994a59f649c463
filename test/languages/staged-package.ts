import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Assembly } from './csharp-source';
import { type AppName, inLowerCase } from './language';
import { run } from './processes';
import { devDependencies, name as libraryName } from '../../package.json';

const ROOT = join(__dirname, '..', '..');
const BINARIES = join(ROOT, 'node_modules', '.bin');
const EXAMPLES = join(ROOT, 'examples');

/**
 * The npm package, installed beside a version of aws-cdk-lib.
 *
 * Packages of other languages are made from it: jsii writes the version that it finds into that of Go, as the lowest.
 */
export class StagedPackage {
  /** Packs the library, which is compiled; answers the path of the tarball. */
  public static async pack(directory: string): Promise<string> {
    await run(join(BINARIES, 'jsii-pacmak'), ['--target', 'js', '--outdir', directory, ROOT]);
    const [tarball] = readdirSync(join(directory, 'js'));
    return join(directory, 'js', tarball);
  }

  public static async install(tarball: string, cdkVersion: string, directory: string): Promise<StagedPackage> {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), '{}');
    const peers = [`aws-cdk-lib@${cdkVersion}`, `constructs@${devDependencies.constructs}`];
    await run('npm', ['install', '--no-audit', '--no-fund', tarball, ...peers], { cwd: directory });
    return new StagedPackage(directory);
  }

  private loadedAssemblies?: readonly Assembly[];

  private constructor(private readonly directory: string) {}

  /** What jsii knows of the library and of the packages that it needs. */
  public get assemblies(): readonly Assembly[] {
    this.loadedAssemblies ??= [libraryName, 'aws-cdk-lib', 'constructs'].map((name) => this.read(name, '.jsii'));
    return this.loadedAssemblies;
  }

  /** Makes the package of a language; fails if there is a warning. Code alone takes seconds. */
  public async packFor(language: string, outdir: string, ...options: string[]): Promise<void> {
    const output = await run(join(BINARIES, 'jsii-pacmak'), [
      '--target', language, ...options, '--outdir', outdir, join(this.directory, 'node_modules', libraryName),
    ]);
    if (output.includes('[jsii-pacmak] [WARN]')) throw new Error(`jsii-pacmak --target ${language} warns:\n${output}`);
  }

  /** Synthesizes the app in TypeScript, which the others are compared with. */
  public async synthesize(app: AppName, outdir: string): Promise<void> {
    const file = `${inLowerCase(app, '-')}.ts`;
    cpSync(join(EXAMPLES, file), join(this.directory, file));
    cpSync(join(__dirname, 'without-cdk-nag.cjs'), join(this.directory, 'without-cdk-nag.cjs'));
    await run(join(BINARIES, 'tsx'), ['--require', './without-cdk-nag.cjs', file], {
      cwd: this.directory, env: { CDK_OUTDIR: outdir },
    });
  }

  /** A large assembly is compressed, and named in the file where a small one is. */
  private read(name: string, file: string): Assembly {
    const content = readFileSync(join(this.directory, 'node_modules', name, file));
    const assembly = JSON.parse((file.endsWith('.gz') ? gunzipSync(content) : content).toString());
    return assembly.schema === 'jsii/file-redirect' ? this.read(name, assembly.filename) : assembly;
  }
}
