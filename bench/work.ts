import { bundleGateFunction, GateMeasurement, measureGate, NEW_FINDINGS } from './gate-measurement';
import { Installation } from './installation';
import { MeasuredNode } from './measured-node';
import { atMost, exactRatio, medianOf, ratioOf, Row } from './row';

/** Of the time for one, when there are ten times as many. */
const LINEAR = 1.25;

/** Seconds for so many policies. */
const POLICIES = 10_000;
const POLICY_SECONDS = 0.75;

/** Of the pages of findings, where there are so many that the calls around them do not count. */
const CALLS = 1.02;
const MANY_FINDINGS = 100_000;

export interface WorkSize {
  /** Findings for the gate, and policies for the checks at synth, each ten times the one before. */
  readonly sizes: readonly number[];
  readonly rounds: number;
}

/** What the gate takes for a finding, and the checks at synth for a policy, and how that grows. */
export async function measureWork(installation: Installation, node: MeasuredNode, size: WorkSize): Promise<Row[]> {
  return [...await measureFindings(installation, node, size), ...measurePolicies(installation, node, size)];
}

async function measureFindings(
  installation: Installation, { executable }: MeasuredNode, { sizes, rounds }: WorkSize,
): Promise<Row[]> {
  const directory = installation.path('gate');
  bundleGateFunction(directory);
  const seconds = new Map(sizes.map((findings) => [findings, [] as number[]]));
  const last = new Map<number, GateMeasurement>();
  for (let round = 0; round < rounds; round++) {
    for (const [findings, measured] of seconds) {
      const result = await measureGate({ directory, executable }, 'failDeployment', findings);
      measured.push(result.cpu);
      last.set(findings, result);
    }
  }
  const calls = (findings: number) => Object.values(last.get(findings)!.calls).reduce((sum, each) => sum + each, 0);
  return growthRows(
    'findings', 'judged by the gate, its start included', sizes, (findings) => seconds.get(findings)!,
  ).concat(sizes.map((findings): Row => {
    const [ours, floor] = [
      calls(findings) * 1000 / findings, Math.ceil((findings + NEW_FINDINGS) / PAGE) * 1000 / findings,
    ];
    return {
      group: 'Work', what: `calls of the gate for 1,000 of ${findings} findings`, unit: 'calls', ours, beside: `pages of ${PAGE} findings`, theirs: floor,
      ratio: exactRatio(ours, floor), goal: findings >= MANY_FINDINGS ? atMost(CALLS, ours / floor) : undefined,
    };
  }));
}

/** AWS lists at most so many findings with one call. */
const PAGE = 250;

function measurePolicies(installation: Installation, node: MeasuredNode, { sizes, rounds }: WorkSize): Row[] {
  const script = installation.script('policies-process.ts', node);
  const times = script.run<Record<string, number[]>>([String(rounds), ...sizes.map(String)]);
  const seconds = (policies: number) => times[policies].map((milliseconds) => milliseconds / 1000);
  const rows = growthRows('policies', 'checked at synth', sizes, seconds);
  if (!sizes.includes(POLICIES)) return rows;
  const ratio = ratioOf(seconds(POLICIES), [...seconds(POLICIES)].fill(POLICY_SECONDS));
  return [...rows, {
    group: 'Work', what: `${POLICIES} policies checked at synth`, unit: 's', ours: medianOf(seconds(POLICIES)), beside: 'the goal',
    theirs: POLICY_SECONDS, ratio, goal: atMost(POLICY_SECONDS, medianOf(seconds(POLICIES))),
  }];
}

/** How many in a second, beside how many when there are a tenth of them. */
function growthRows(what: string, done: string, sizes: readonly number[], seconds: (size: number) => number[]): Row[] {
  const perSecond = (size: number) => Math.round(size / medianOf(seconds(size)));
  return sizes.slice(1).map((larger, index): Row => {
    const smaller = sizes[index];
    const each = (size: number) => seconds(size).map((time) => time / size);
    const ratio = ratioOf(each(larger), each(smaller));
    return {
      group: 'Work', what: `${larger} ${what} ${done}`, unit: 'each second', ours: perSecond(larger), beside: `${smaller} ${what}`,
      theirs: perSecond(smaller), ratio, goal: { says: `time for each grows by at most ${LINEAR}`, met: ratio.median <= LINEAR },
    };
  });
}
