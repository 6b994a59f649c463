/**
 * Synthesizes apps of several definitions in turn, in one process, and prints what each took:
 * <code directory> <stacks> <rounds> <warm-up rounds> <definition>...
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appOf, Definition, definitions } from './fleet-apps';
import { processorTime } from './processor-time';

const [, , codeDirectory, stacks, rounds, warmUpRounds, ...names] = process.argv;

/** Until then code is being compiled, and CDK loads the rules that it validates with. */
const WARM_UP_STACKS = 10;

function synthesize(definition: Definition, count: number): { milliseconds: number; types: string[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'bench-synth-'));
  let types: string[] = [];
  try {
    globalThis.gc?.();
    const milliseconds = processorTime(() => {
      const [stack] = appOf(count, definition, outdir).synth().stacks;
      const resources: Record<string, { Type: string }> = stack.template.Resources;
      types = Object.values(resources).map(({ Type }) => Type).sort();
    });
    return { milliseconds, types };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const contenders = names.map((name) => [name, definitions(codeDirectory)[name]] as const);
for (let round = 0; round < Number(warmUpRounds); round++) {
  for (const [, definition] of contenders) synthesize(definition, WARM_UP_STACKS);
}
const times = Object.fromEntries(contenders.map(([name]) => [name, [] as number[]]));
const types: Record<string, string[]> = {};
for (let round = 0; round < Number(rounds); round++) {
  // Nobody is always first.
  for (let turn = 0; turn < contenders.length; turn++) {
    const [name, definition] = contenders[(round + turn) % contenders.length];
    const synthesized = synthesize(definition, Number(stacks));
    times[name].push(synthesized.milliseconds);
    types[name] = synthesized.types;
  }
}
console.log(JSON.stringify({ times, types }));
