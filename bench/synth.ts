import { join } from 'node:path';
import { Installation, runApart } from './installation';
import { exactRatio, Goal, medianOf, ratioOf, Row } from './row';

/** To the hand-written L1s at this many stacks. */
const GOAL = 1.15;
const GOAL_AT = 100;

/** Growth is noisier than time. */
const GROWTH = 1.1;

const PAIRS = [['FleetAudit', 'hand-written L1s'], ['our three constructs', 'aws-iot-alpha']] as const;

/** What users of aws-cdk-lib write rather than L1s; it is only to tell where the time goes. */
const USUAL = ['FleetAudit', 'hand-written L2s'] as const;

interface Synthesized {
  readonly times: Record<string, number[]>;
  readonly types: Record<string, string[]>;
}

/** How many stacks an app has, and how often it is synthesized. */
export interface SynthSize {
  readonly stacks: number;
  readonly rounds: number;
}

/** What synthesizing apps takes, beside the same resources defined otherwise. */
export function measureSynth(
  installation: Installation, validation: boolean, sizes: readonly SynthSize[], warmUpRounds: number,
): Row[] {
  const script = installation.script('synth-process.ts');
  const code = join(installation.packageDirectory, 'assets', 'function', 'runtime', 'entry');
  const mode = validation ? 'validated' : 'not validated';
  return [...PAIRS, ...validation ? [] : [USUAL]].flatMap(([ours, theirs]) => {
    const perStack: Record<string, number>[] = [];
    const rows = sizes.filter(
      ({ stacks }) => theirs !== USUAL[1] || stacks === GOAL_AT,
    ).map(({ stacks, rounds }): Row => {
      // Only two in a process: CDK's validation keeps what it has loaded for the types of one template.
      const { times, types } = runApart<Synthesized>(
        script, [
          code, String(stacks), String(rounds), String(warmUpRounds), ours, theirs,
        ], { CDK_VALIDATION: validation ? undefined : 'false' });
      requireSameResources(ours, types[ours], theirs, types[theirs]);
      perStack.push(
        Object.fromEntries(Object.entries(times).map(([name, values]) => [name, medianOf(values) / stacks])),
      );
      const ratio = ratioOf(times[ours], times[theirs]);
      return {
        group: 'Synth', what: `${ours}, ${count(stacks)}, ${mode}`, unit: 'ms', ours: medianOf(times[ours]), beside: theirs,
        theirs: medianOf(times[theirs]), ratio, goal: goalOf(theirs, stacks, ratio.median),
      };
    });
    return theirs === USUAL[1] ? rows : [...rows, growthRow(ours, theirs, mode, sizes, perStack)];
  });
}

function growthRow(
  ours: string, theirs: string, mode: string, sizes: readonly SynthSize[], perStack: readonly Record<string, number>[],
): Row {
  const [smaller, larger] = [sizes.length - 2, sizes.length - 1];
  const growth = (name: string) => perStack[larger][name] / perStack[smaller][name];
  const ratio = exactRatio(growth(ours), growth(theirs));
  return {
    group: 'Synth', what: `${ours}, ${mode}: each stack of ${sizes[larger].stacks} to each of ${sizes[smaller].stacks}`, unit: 'times',
    ours: growth(ours), beside: theirs, theirs: growth(theirs), ratio,
    goal: { says: `no worse than theirs (${GROWTH} tolerated)`, met: ratio.median <= GROWTH },
  };
}

function goalOf(theirs: string, stacks: number, ratio: number): Goal | undefined {
  if (theirs === USUAL[1]) return undefined;
  if (theirs === 'aws-iot-alpha') return { says: 'never slower', met: ratio <= 1 };
  return stacks === GOAL_AT ? { says: `at most ${GOAL}`, met: ratio <= GOAL } : undefined;
}

function count(stacks: number): string {
  return stacks === 1 ? '1 stack' : `${stacks} stacks`;
}

function requireSameResources(ours: string, types: readonly string[], theirs: string, others: readonly string[]): void {
  if (types.join() !== others.join()) {
    throw new Error(
      `${ours} has ${types.join(', ')}, but ${theirs} has ${others.join(', ')}`,
    );
  }
}
