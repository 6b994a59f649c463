import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '..');
const PEERS = ['aws-cdk-lib', 'constructs', '@aws-cdk/aws-iot-alpha', '@aws-sdk'];

interface PackedPackage {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
}

/** The library as users have it: packed by npm, and unpacked beside what it needs. */
export class Installation {
  public readonly packed: number;
  public readonly unpacked: number;
  public readonly files: number;

  /** The library's own folder. */
  public readonly packageDirectory: string;

  constructor(private readonly directory: string) {
    const [tarball] = JSON.parse(execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], {
      cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
    })) as [PackedPackage];
    this.packed = tarball.size;
    this.unpacked = tarball.unpackedSize;
    this.files = tarball.entryCount;
    this.packageDirectory = join(directory, 'node_modules', 'cdk-iot-fleet-audit');
    mkdirSync(this.packageDirectory, { recursive: true });
    execFileSync('tar', ['-xzf', join(directory, tarball.filename), '-C', this.packageDirectory, '--strip-components=1']);
    mkdirSync(join(directory, 'node_modules', '@aws-cdk'));
    for (const peer of PEERS) symlinkSync(join(ROOT, 'node_modules', peer), join(directory, 'node_modules', peer));
  }

  /** Makes a script of the benchmark one that runs on the installed library, without a compiler in its process. */
  public script(source: string): string {
    const outfile = join(this.directory, `${basename(source, '.ts')}.js`);
    buildSync({ entryPoints: [join(__dirname, source)], outfile, bundle: true, platform: 'node', packages: 'external', tsconfigRaw: {} });
    return outfile;
  }

  public path(name: string): string {
    return join(this.directory, name);
  }
}

/** Runs a script in a fresh process; answers what it prints, as JSON. */
export function runApart<T>(script: string, options: readonly string[], environment: NodeJS.ProcessEnv = {}): T {
  const printed = execFileSync(process.execPath, ['--expose-gc', script, ...options], {
    encoding: 'utf8',
    // CDK writes what it thinks of a template to the error stream; that is not what is measured.
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NODE_OPTIONS: '', ...environment },
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(printed.trim().split('\n').pop()!) as T;
}
