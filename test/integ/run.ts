import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Case {
  readonly stacks: string[];
  readonly assertionStack: string;
}

/**
 * `npx tsx test/integ/run.ts test/integ/integ.logging.ts`: deploys, checks and destroys one case after another with
 * CDK's own CLI, in the account and region that the environment names.
 *
 * Does what integ-runner does, which does not read yet what this aws-cdk-lib writes. A check that fails fails the
 * deployment of its stack.
 */
function main(file: string): number {
  const output = mkdtempSync(join(tmpdir(), 'integration-test-'));
  const app = ['--app', `npx tsx ${file}`, '--output', output];
  if (cdk('synth', '--quiet', ...app) !== 0) return 1;
  const { testCases } = JSON.parse(readFileSync(join(output, 'integ.json'), 'utf8')) as
    { testCases: Record<string, Case> };
  return Math.max(...Object.entries(testCases).map(([name, { stacks, assertionStack }]) => {
    const all = [...stacks, assertionStack];
    const deployed = cdk('deploy', '--app', output, '--require-approval', 'never', ...all);
    const destroyed = cdk('destroy', '--app', output, '--force', ...all);
    console.log(`${name}: ${deployed === 0 ? 'passed' : 'FAILED'}${destroyed === 0 ? '' : ', AND STACKS ARE LEFT'}`);
    return Math.max(deployed, destroyed);
  }));
}

function cdk(...args: string[]): number {
  return spawnSync('npx', ['cdk', ...args], { stdio: 'inherit' }).status ?? 1;
}

process.exitCode = main(process.argv[2]);
