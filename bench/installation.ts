import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { MeasuredNode, OWN_NODE } from './measured-node';

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

  constructor(public readonly directory: string) {
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
  public script(source: string, node: MeasuredNode = OWN_NODE): Script {
    const file = join(this.directory, `${basename(source, '.ts')}.js`);
    buildSync({ entryPoints: [join(__dirname, source)], outfile: file, bundle: true, platform: 'node', packages: 'external', tsconfigRaw: {} });
    return new Script(file, node);
  }

  public path(name: string): string {
    return join(this.directory, name);
  }
}

/** Installs the library in a scratch folder, for as long as something is measured on it. */
export async function withInstallation<T>(measure: (installation: Installation) => T | Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return await measure(new Installation(scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A script that runs in a fresh process each time, and prints its result as JSON. */
export class Script {
  constructor(private readonly file: string, private readonly node: MeasuredNode) {}

  public run<T>(options: readonly string[], environment: NodeJS.ProcessEnv = {}): T {
    const printed = execFileSync(this.node.executable, ['--expose-gc', this.file, ...options], {
      encoding: 'utf8',
      // CDK writes what it thinks of a template to the error stream; that is not what is measured.
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...ENVIRONMENT, ...environment },
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(printed.trim().split('\n').pop()!) as T;
  }

  /**
   * The instructions that a run takes, which other processes do not disturb, counted by Valgrind. V8 compiles and
   * collects garbage in one thread, in the same order each time: two runs differ by a millionth.
   */
  public instructions(options: readonly string[], environment: NodeJS.ProcessEnv = {}): number {
    const { stderr } = spawnSync('valgrind', [
      '--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', this.node.executable, '--predictable', '--expose-gc', this.file, ...options,
    ], { encoding: 'utf8', env: { ...process.env, ...ENVIRONMENT, ...environment }, maxBuffer: 2 ** 28 });
    const counted = /I\s+refs:\s+([\d,]+)/.exec(stderr);
    if (!counted) throw new Error(`Valgrind counts nothing: ${stderr}`);
    return Number(counted[1].replaceAll(',', ''));
  }
}

const ENVIRONMENT = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NODE_OPTIONS: '' };
