/**
 * Synthesizes an app of a definition, and prints what that took:
 * <code directory> <definition> <stacks> <stacks | stages> <warm-up rounds>
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparableResources } from './comparable-template';
import { accountOf, appOf, Definition, definitions, REGION } from './fleet-apps';
import { processorTime } from './processor-time';

const [, , codeDirectory, name, stacks, kind, warmUpRounds] = process.argv;

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

const definition = definitions(codeDirectory)[name];
for (let round = 0; round < Number(warmUpRounds); round++) synthesize(definition, WARM_UP_STACKS);
console.log(JSON.stringify(Number(stacks) > 0 ? synthesize(definition, Number(stacks)) : {}));
