import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const [NODE_MAJOR] = process.versions.node.split('.');

/** Runs a command to its end; answers what it prints. */
export async function run(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: NODE_MAJOR, ...options.env },
  });
  const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const [status, ...outputs] = await Promise.all([code, text(child.stdout), text(child.stderr)]);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ends with ${status}\n${outputs.join('')}`);
  return outputs.join('');
}

/** The version that a program says it has, or undefined if it is not there. */
export function versionOf(command: string, ...args: string[]): string | undefined {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] : undefined;
}
