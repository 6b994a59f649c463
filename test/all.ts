import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';

/** The type-check remembers what it has checked: that saves a repeated one most of its time. */
const INCREMENTAL = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tests.tsbuildinfo'];

/** Room for young objects, of which tests make many: with less garbage collection, deployments take a tenth less. */
const MEMORY = '--max-semi-space-size=64';

/** One more worker than processors: tests of processes and of real time mostly wait, a fifth of what all tests take. */
const WORKERS = ['--maxWorkers', String(availableParallelism() + 1)];

/**
 * `npm test`: runs the tests and, beside them, the type-check and the linter, which use one processor each.
 *
 * Arguments are those of Jest.
 */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const workers = args.some((arg) => /^(-w|-i|--maxWorkers|--runInBand)\b/.test(arg)) ? [] : WORKERS;
  // Jest hands the options of Node.js down to its workers.
  const tests = run(MEMORY, 'node_modules/jest/bin/jest.js', '--ci', ...workers, ...args);
  const codes = await Promise.all([tests, checkCode()]);
  process.exitCode = Math.max(...codes);
}

/** Shows what it says when it is over, so that it does not get lost among the tests. */
async function checkCode(): Promise<number> {
  const types = await runSilently('typescript/bin/tsc', '--noEmit', '-p', 'test/tsconfig.json', ...INCREMENTAL);
  const lint = await runSilently('projen/bin/projen', 'eslint');
  process.stdout.write(types.output + lint.output);
  return Math.max(types.code, lint.code);
}

async function run(...args: string[]): Promise<number> {
  return exitCode(spawn(process.execPath, args, { stdio: 'inherit' }));
}

async function runSilently(program: string, ...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [`node_modules/${program}`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [code, ...outputs] = await Promise.all([exitCode(child), text(child.stdout), text(child.stderr)]);
  return { code, output: outputs.join('') };
}

async function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve(code ?? 1));
  });
}

void main();
