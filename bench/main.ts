/**
 * What the library costs its users, beside its peers and the least that does the same.
 *
 * npm run bench               a table for each version of Node.js, in half an hour
 * npm run bench -- --record   the same, kept in bench/results.json
 * npm run bench -- --count    the same, with instructions where Valgrind is installed, which takes another half hour
 * npx tsx bench/main.ts --short   whether it runs, in two minutes, on this Node.js, on what is compiled
 *
 * It fails if it cannot measure, not for a result.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { version as cdkVersion } from 'aws-cdk-lib/package.json';
import { measureFunctions } from './function';
import { measureImport } from './import';
import { Installation, withInstallation } from './installation';
import { MeasuredNode, measuredNode, OWN_NODE } from './measured-node';
import { measurePackage } from './package';
import { printRows, Row } from './row';
import { measureSynth, SynthPlan } from './synth';
import { measureSynthChecks, SynthChecksPlan } from './synth-checks';
import { measureTemplates } from './template';
import { measureWork, WorkSize } from './work';

interface Plan {
  /** The versions that people synthesize with, the latter of which the functions run on, too. */
  readonly nodes: readonly string[];
  readonly processes: number;
  readonly synth: SynthPlan;
  readonly synthChecks: SynthChecksPlan;
  readonly work: WorkSize;
  readonly countsInstructions: boolean;
}

/** Of what has a goal. */
const ROUNDS = 11;

const FULL: Plan = {
  nodes: ['22', '24'],
  processes: 21,
  synth: {
    sizes: [{ stacks: 10, rounds: 3 }, { stacks: 100, rounds: ROUNDS }],
    features: { stacks: 100, rounds: 3 },
    validated: [{ stacks: 10, rounds: 5 }],
    warmUpRounds: 1,
    stages: [50, 400],
    stageRounds: ROUNDS,
  },
  synthChecks: { stacks: 100, rounds: ROUNDS },
  work: { sizes: [1_000, 10_000, 100_000], rounds: 3 },
  countsInstructions: false,
};

/** With a round to warm up, since the first one loads what the others have. */
const SHORT: Plan = {
  nodes: [],
  processes: 2,
  synth: {
    sizes: [{ stacks: 10, rounds: 2 }],
    features: { stacks: 1, rounds: 1 },
    validated: [{ stacks: 1, rounds: 1 }],
    warmUpRounds: 1,
    stages: [5, 20],
    stageRounds: 1,
  },
  synthChecks: { stacks: 2, rounds: 1 },
  work: { sizes: [100, 1_000], rounds: 1 },
  countsInstructions: false,
};

/** Stacks of the apps whose instructions are counted. */
const COUNTED_STACKS = 20;

interface NodeResults {
  readonly node: string;
  readonly rows: readonly Row[];
}

async function measure(installation: Installation, plan: Plan): Promise<NodeResults[]> {
  const { directory } = installation;
  const nodes = plan.nodes.length > 0 ? plan.nodes.map((major) => measuredNode(major, directory)) : [OWN_NODE];
  const results: NodeResults[] = [];
  for (const node of nodes) results.push(print(node.version, await measureOn(installation, node, plan)));
  results.push(print('any', [...measureTemplates(installation), ...measurePackage(installation)]));
  return results;
}

async function measureOn(installation: Installation, node: MeasuredNode, plan: Plan): Promise<Row[]> {
  return [
    ...measureImport(installation, node, plan),
    ...measureSynth(installation, node, plan.synth),
    ...measureSynthChecks(installation, node, plan.synthChecks),
    ...measureFunctions(installation, node, plan),
    ...await measureWork(installation, node, plan.work),
  ];
}

function print(node: string, rows: readonly Row[]): NodeResults {
  printRows(node, rows);
  return { node, rows };
}

function planOf(options: readonly string[]): Plan {
  const plan = options.includes('--short') ? SHORT : FULL;
  return options.includes('--count')
    ? { ...plan, countsInstructions: true, synth: { ...plan.synth, countedStacks: COUNTED_STACKS } } : plan;
}

async function main(): Promise<void> {
  const options = process.argv.slice(2);
  const results = await withInstallation((installation) => measure(installation, planOf(options)));
  const record = {
    date: new Date().toISOString().slice(0, 10), awsCdkLib: cdkVersion, cores: availableParallelism(), times: 'processor time', results,
  };
  if (options.includes('--record')) writeFileSync(join(__dirname, 'results.json'), `${JSON.stringify(record, undefined, 2)}\n`);
}

void main();
