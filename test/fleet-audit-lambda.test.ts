import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { Platform, buildSync } from 'esbuild';
import { captureLog } from './support/function-log';
import { FunctionContext } from '../src/private/custom-resource/request.lambda-shared';

const ROOT = join(__dirname, '..');
const BUNDLE = join(ROOT, 'assets', 'fleet-audit.lambda', 'index.js');

interface Tasks {
  readonly tasks: Record<string, { readonly steps: readonly { readonly execArgs: readonly string[] }[] }>;
}

/** What esbuild makes of the sources as they are now, told what the project's task tells it. */
function freshBundle(): string {
  const { tasks }: Tasks = JSON.parse(readFileSync(join(ROOT, '.projen', 'tasks.json'), 'utf8'));
  const [{ execArgs: [command, bundle, source, ...flags] }] = tasks['bundle:fleet-audit.lambda'].steps;
  // Any other flag would have to be passed on below.
  expect([command, bundle, ...flags.map((flag) => flag.split(/[=:]/)[0])])
    .toEqual(['esbuild', '--bundle', '--target', '--platform', '--outfile', '--external']);
  const [target, platform, outfile, external] = flags.map((flag) => flag.replace(/^--\w+[=:]/, ''));
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    bundle: true,
    entryPoints: [source],
    external: [external],
    outfile,
    platform: platform as Platform,
    target,
    write: false,
  });
  expect(outputFiles.map(({ path }) => path)).toEqual([BUNDLE]);
  return outputFiles[0].text;
}

const log = captureLog();

describe('the code of the function as it ships', () => {
  const code = readFileSync(BUNDLE, 'utf8');

  test('is what the sources say: run "npx projen bundle" if it is not', () => {
    expect(code === freshBundle()).toBe(true);
  });

  test('needs nothing that is not in Lambda\'s runtime', () => {
    const needed = [...new Set([...code.matchAll(/\b(?:require|import)\("([^"]+)"\)/g)].map(([, name]) => name))].sort();

    expect(needed.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([
      '@aws-sdk/client-cloudformation', '@aws-sdk/client-cloudwatch-logs', '@aws-sdk/client-iot', '@aws-sdk/client-lambda',
    ]);
    expect(needed).toContain('node:crypto');
  });

  test('is readable for whoever reviews a deployment', () => {
    expect(code).toContain('\n// src/audits/on-demand-audit.lambda-shared.ts\n');
    expect(code.length).toBeLessThan(130_000);
  });

  test('has the handler that the function names', async () => {
    const shipped = jest.requireActual<Record<string, (event: unknown, context: FunctionContext) => Promise<void>>>(BUNDLE);

    expect(Object.keys(shipped)).toEqual(['handler']);
    await expect(shipped.handler({}, { functionName: 'Function', logGroupName: 'Logs', getRemainingTimeInMillis: () => 900_000 })).resolves.toBeUndefined();
    expect(log.lines).toEqual(['{"message":"ignored an event","fault":"it is not an event of CloudFormation"}\n']);
  });
});
