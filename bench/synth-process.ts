/**
 * Synthesizes apps of several definitions in turn, in one process, and prints what each took:
 * <code directory> <stacks> <stacks | stages> <rounds> <warm-up rounds> <definition>...
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparableResources } from './comparable-template';
import { accountOf, appOf, Definition, definitions, REGION } from './fleet-apps';
import { processorTime } from './processor-time';

const [, , codeDirectory, stacks, kind, rounds, warmUpRounds, ...names] = process.argv;

/** Until then code is being compiled, and CDK loads the rules that it validates with. */
const WARM_UP_STACKS = 10;

function synthesize(definition: Definition, count: number): { milliseconds: number; resources: string[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  const staged = kind === 'stages';
  try {
    globalThis.gc?.();
    let assembly;
    const milliseconds = processorTime(() => {
      assembly = appOf(definition, { stacks: count, outdir, staged }).synth();
    });
    const [stack] = staged ? assembly!.nestedAssemblies[0].nestedAssembly.stacks : assembly!.stacks;
    return { milliseconds, resources: comparableResources(stack.template, accountOf(0), REGION) };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const contenders = names.map((name) => [name, definitions(codeDirectory)[name]] as const);
for (let round = 0; round < Number(warmUpRounds); round++) {
  for (const [, definition] of contenders) synthesize(definition, WARM_UP_STACKS);
}
const times = Object.fromEntries(contenders.map(([name]) => [name, [] as number[]]));
const resources: Record<string, string[]> = {};
for (let round = 0; round < Number(rounds); round++) {
  // Nobody is always first.
  for (let turn = 0; turn < contenders.length; turn++) {
    const [name, definition] = contenders[(round + turn) % contenders.length];
    const synthesized = synthesize(definition, Number(stacks));
    times[name].push(synthesized.milliseconds);
    resources[name] = synthesized.resources;
  }
}
console.log(JSON.stringify({ times, resources }));
