/**
 * What the checks at synth add to a large app, on Node.js 22 and 24: npx tsx bench/synth-checks.ts
 *
 * It measures the library as it is compiled, in ten minutes.
 */
import { Installation, withInstallation } from './installation';
import { MeasuredNode, measuredNode } from './measured-node';
import { medianOf, printRows, ratioOf, Row } from './row';

/** What users wait for, in the largest app. */
const GOALS = { stacks: 100, seconds: 0.9, mebibytes: 60 };
const ROUNDS = 11;
const POLICIES_PER_STACK = 100;

const PLUGINS = ['nothing', 'empty plugin', 'checks'] as const;

interface Synthesized {
  /** Of processor time, in all threads. */
  readonly seconds: number;

  /** By the clock, which also counts what the machine's other processes take. */
  readonly waitedSeconds: number;

  /** The most memory that the process had. */
  readonly mebibytes: number;
}

export interface SynthChecksPlan {
  readonly stacks: number;
  readonly rounds: number;
}

/**
 * What the checks add to a synth, each time in a fresh process, where their code runs for the first time. CDK's own
 * validation of templates is off. What any plugin adds is CDK's.
 */
export function measureSynthChecks(installation: Installation, node: MeasuredNode, plan: SynthChecksPlan): Row[] {
  const script = installation.script('synth-checks-process.ts', node);
  const runs = new Map(PLUGINS.map((plugins) => [plugins, [] as Synthesized[]]));
  for (let round = 0; round < plan.rounds; round++) {
    for (const plugins of PLUGINS) {
      const options = [plugins, String(plan.stacks), String(POLICIES_PER_STACK)];
      runs.get(plugins)!.push(script.run<Synthesized>(options, { CDK_VALIDATION: 'false' }));
    }
  }
  const what = `synth of ${plan.stacks * POLICIES_PER_STACK} policies`;
  const row = (
    { ours, theirs }: Record<'ours' | 'theirs', typeof PLUGINS[number]>, name: string, unit: string, taken: keyof Synthesized, limit?: number,
  ): Row => {
    const [mine, others] = [ours, theirs].map((plugins) => runs.get(plugins)!.map((run) => run[taken]));
    const added = medianOf(mine.map((value, round) => value - others[round]));
    return {
      group: 'Synth', what: name, unit, ours: medianOf(mine), beside: theirs, theirs: medianOf(others), ratio: ratioOf(mine, others),
      goal: limit === undefined ? undefined : { says: `at most ${limit} ${unit} more (${added.toFixed(2)})`, met: added <= limit },
    };
  };
  const checks = { ours: 'checks', theirs: 'empty plugin' } as const;
  const limits = plan.stacks === GOALS.stacks ? GOALS : undefined;
  return [
    row({ ours: 'empty plugin', theirs: 'nothing' }, `${what} with an empty plugin`, 's', 'seconds'),
    row(checks, `${what} with the checks`, 's', 'seconds', limits?.seconds),
    row(checks, '... by the clock', 's', 'waitedSeconds'),
    row(checks, '... in memory', 'MiB', 'mebibytes', limits?.mebibytes),
  ];
}

async function main(): Promise<void> {
  await withInstallation((installation) => {
    for (const major of ['22', '24']) {
      const node = measuredNode(major, installation.directory);
      printRows(node.version, measureSynthChecks(installation, node, { stacks: GOALS.stacks, rounds: ROUNDS }));
    }
  });
}

if (require.main === module) void main();
