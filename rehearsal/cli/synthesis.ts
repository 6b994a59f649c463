import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from './options';
import { isAssembly } from '../cloudformation/assembly';

/** The app could not be synthesized. */
export class SynthesisError extends Error {}

/** A cloud assembly, and how to be rid of it. */
export interface Synthesized {
  readonly directory: string;
  readonly remove: () => void;
}

/**
 * Synthesizes an app as the CDK CLI does, but without it, which saves a few seconds: the command finds out from its
 * environment where to write, and its context.
 *
 * @param app a command or the directory of an assembly; the app of cdk.json if absent
 */
export function synthesize(
  app: string | undefined, environment: { readonly account: string; readonly region: string },
  print: (line: string) => void = () => undefined,
): Synthesized {
  if (app !== undefined && isAssembly(app)) return { directory: app, remove: () => undefined };
  if (app !== undefined && existsSync(app) && statSync(app).isDirectory()) {
    throw new UsageError(`--app: the directory ${app} holds no cloud assembly`);
  }
  const settings = readJson('cdk.json');
  const command = app ?? (settings.app as string | undefined);
  if (command === undefined) throw new UsageError('--app is needed: there is no cdk.json with an app here');
  print(`Synthesizing the app: ${command}`);
  const directory = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  const { status, error } = spawnSync(command, {
    shell: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PATH: [join(process.cwd(), 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      CDK_OUTDIR: directory,
      CDK_DEFAULT_ACCOUNT: environment.account,
      CDK_DEFAULT_REGION: environment.region,
      CDK_CONTEXT_JSON: JSON.stringify({
        // As the CLI sets them.
        'aws:cdk:enable-path-metadata': true,
        'aws:cdk:enable-asset-metadata': true,
        ...(settings.context as object | undefined),
        ...readJson('cdk.context.json'),
      }),
    },
  });
  if (error === undefined && status === 0 && isAssembly(directory)) return { directory, remove };
  remove();
  const problem = error?.message ?? (status === 0 ? 'it wrote no cloud assembly' : `it ended with exit code ${status}`);
  throw new SynthesisError(`Synthesis failed: ${command}: ${problem}`);
}

function readJson(file: string): Record<string, unknown> {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> : {};
}
