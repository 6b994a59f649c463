/**
 * What the library costs its users, beside its peers and the least that does the same: npm run bench [-- --short]
 *
 * Prints a table, and without --short writes bench/results.json. It fails if it cannot measure, not for a result.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { version as cdkVersion } from 'aws-cdk-lib/package.json';
import { measureFunction } from './function';
import { measureImport } from './import';
import { Installation } from './installation';
import { measurePackage } from './package';
import { printRows, Row } from './row';
import { measureSynth, SynthSize } from './synth';
import { measureTemplates } from './template';
import { measureWork, WorkSize } from './work';

interface Plan {
  readonly processes: number;
  readonly warmUpRounds: number;
  readonly synth: readonly SynthSize[];
  readonly validatedSynth: readonly SynthSize[];
  readonly work: WorkSize;
}

const FULL: Plan = {
  processes: 11,
  warmUpRounds: 2,
  synth: [{ stacks: 1, rounds: 21 }, { stacks: 10, rounds: 9 }, { stacks: 100, rounds: 3 }, { stacks: 500, rounds: 1 }],
  validatedSynth: [
    { stacks: 1, rounds: 9 }, { stacks: 10, rounds: 5 }, { stacks: 100, rounds: 2 }, { stacks: 500, rounds: 1 },
  ],
  work: { sizes: [100, 1_000, 10_000], rounds: 3 },
};

const SHORT: Plan = {
  processes: 2,
  warmUpRounds: 0,
  synth: [{ stacks: 1, rounds: 2 }, { stacks: 10, rounds: 2 }],
  validatedSynth: [{ stacks: 1, rounds: 1 }, { stacks: 10, rounds: 1 }],
  work: { sizes: [100, 1_000], rounds: 1 },
};

async function measure(scratch: string, plan: Plan): Promise<Row[]> {
  const installation = new Installation(scratch);
  return [
    ...measureImport(installation, plan.processes),
    ...measureSynth(installation, false, plan.synth, plan.warmUpRounds),
    ...measureSynth(installation, true, plan.validatedSynth, plan.warmUpRounds),
    ...measureTemplates(installation),
    ...measureFunction(installation, plan.processes),
    ...await measureWork(installation, plan.work),
    ...measurePackage(installation),
  ];
}

async function main(): Promise<void> {
  const short = process.argv.includes('--short');
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const rows = await measure(scratch, short ? SHORT : FULL);
    printRows(rows);
    const date = new Date().toISOString().slice(0, 10);
    const results = {
      date, node: process.version, awsCdkLib: cdkVersion, cores: availableParallelism(), times: 'processor time', rows,
    };
    if (!short) writeFileSync(join(__dirname, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main();
