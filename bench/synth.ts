import { join } from 'node:path';
import { Installation, Script } from './installation';
import { MeasuredNode } from './measured-node';
import { atMost, Goal, medianOf, ratioOf, Row } from './row';

/** How many stacks an app has, and how often it is synthesized. */
export interface SynthSize {
  readonly stacks: number;
  readonly rounds: number;
}

export interface SynthPlan {
  readonly sizes: readonly SynthSize[];
  readonly features: SynthSize;
  readonly validated: readonly SynthSize[];
  readonly warmUpRounds: number;

  /** One stage for each stack: the cost of a stack in a large app, beside that in a small one. */
  readonly stages: readonly [smaller: number, larger: number];
  readonly stageRounds: number;

  /** Stacks by which two runs differ whose instructions are counted; undefined to count none. */
  readonly countedStacks?: number;
}

/** Two definitions, and what ours may take beside the other. */
interface Pair {
  readonly ours: string;
  readonly theirs: string;
  readonly limit?: number;

  /** False if the two do not make the same resources. */
  readonly isSame: boolean;
}

const FLEET = 'FleetAudit';

/** What users would write instead, dearest first: bare L1s are no library, only the least that is possible. */
const PAIRS: readonly Pair[] = [
  { ours: FLEET, theirs: 'L2s by hand', limit: 1.08, isSame: true },
  { ours: FLEET, theirs: 'L1s in a Construct', limit: 1.35, isSame: true },
  { ours: FLEET, theirs: 'bare L1s', isSame: true },
  { ours: 'our three constructs', theirs: 'aws-iot-alpha', limit: 1.1, isSame: false },
];
const [L2S, , BARE] = PAIRS;
const FEATURES: Pair = { ours: 'FleetAudit with all that follows an audit', theirs: FLEET, isSame: false };

/** Rounds before instructions are counted, so that most of the code has been compiled. */
const COUNTED_WARM_UP = 2;

/** Each of many stages to each of few. */
const STAGE_GROWTH = 0.75;

interface Synthesized {
  readonly milliseconds: number;
  readonly resources: string[];
}

/** What synthesizing apps takes, beside the same resources defined otherwise. */
export function measureSynth(installation: Installation, node: MeasuredNode, plan: SynthPlan): Row[] {
  const contest = new SynthContest(installation, node, plan);
  const largest = plan.sizes.at(-1)!;
  return [
    ...PAIRS.flatMap((pair) => plan.sizes.map((size) => contest.row(pair, size, size === largest))),
    contest.row(FEATURES, plan.features, false),
    ...plan.validated.map((size) => contest.validatedRow(L2S, size)),
    ...plan.validated.map((size) => contest.validatedRow(BARE, size)),
    ...contest.stageRows(),
  ];
}

class SynthContest {
  private readonly script: Script;
  private readonly code: string;

  constructor(installation: Installation, node: MeasuredNode, private readonly plan: SynthPlan) {
    this.script = installation.script('synth-process.ts', node);
    this.code = join(installation.packageDirectory, 'assets', 'function', 'runtime', 'entry');
  }

  public row(pair: Pair, size: SynthSize, decides: boolean): Row {
    const times = this.compare(pair, size, 'false');
    const { countedStacks } = this.plan;
    return {
      ...synthRow(pair, `${pair.ours}, ${count(size.stacks)}`, times, decides && pair.limit ? pair.limit : undefined),
      ...decides && countedStacks && { instructions: this.countedRatio(pair, countedStacks) },
    };
  }

  public validatedRow(pair: Pair, size: SynthSize): Row {
    return synthRow(pair, `${pair.ours}, ${count(size.stacks)}, validated by CDK`, this.compare(pair, size, undefined));
  }

  /** Without anything before: what one app takes. */
  public stageRows(): Row[] {
    const [smaller, larger] = this.plan.stages;
    const perStack = (name: string, stages: number) =>
      this.synthesize(name, stages, 'stages', 0, { CDK_VALIDATION: 'false' }).milliseconds / stages;
    return [FLEET, BARE.theirs].map((name): Row => {
      const few: number[] = [];
      const many: number[] = [];
      for (let round = 0; round < this.plan.stageRounds; round++) {
        few.push(perStack(name, smaller));
        many.push(perStack(name, larger));
      }
      const ratio = ratioOf(many, few);
      return {
        group: 'Synth', what: `${name}, each of ${larger} stages`, unit: 'ms', ours: medianOf(many), beside: `each of ${smaller} stages`,
        theirs: medianOf(few), ratio, goal: name === FLEET ? atMost(STAGE_GROWTH, ratio.median) : undefined,
      };
    });
  }

  /** Each in a fresh process, as users synthesize: aws-cdk-lib keeps the tokens of an app, which slow down the next. */
  private compare({ ours, theirs, isSame }: Pair, { stacks, rounds }: SynthSize, CDK_VALIDATION: string | undefined) {
    const times: Record<string, number[]> = { [ours]: [], [theirs]: [] };
    const resources: Record<string, string[]> = {};
    for (let round = 0; round < rounds; round++) {
      for (const name of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
        const synthesized = this.synthesize(name, stacks, 'stacks', this.plan.warmUpRounds, { CDK_VALIDATION });
        times[name].push(synthesized.milliseconds);
        resources[name] = synthesized.resources;
      }
    }
    const differing = resources[ours].filter((each) => !resources[theirs].includes(each));
    if (isSame && (differing.length > 0 || resources[ours].length !== resources[theirs].length)) {
      throw new Error(`${theirs} lacks what ${ours} has: ${differing.join(', ')}`);
    }
    return times;
  }

  private synthesize(
    name: string, stacks: number, kind: string, warmUpRounds: number, environment: NodeJS.ProcessEnv,
  ): Synthesized {
    return this.script.run<Synthesized>(this.options(name, stacks, kind, warmUpRounds), environment);
  }

  private options(name: string, stacks: number, kind: string, warmUpRounds: number): string[] {
    return [this.code, name, String(stacks), kind, String(warmUpRounds)];
  }

  private countedRatio({ ours, theirs }: Pair, stacks: number): number {
    const counted = (name: string) => {
      const [without, withStacks] = [0, stacks].map((each) => this.script.instructions(
        this.options(name, each, 'stacks', COUNTED_WARM_UP), { CDK_VALIDATION: 'false' }));
      return withStacks - without;
    };
    return counted(ours) / counted(theirs);
  }
}

function synthRow({ ours, theirs }: Pair, what: string, times: Record<string, number[]>, limit?: number): Row {
  const ratio = ratioOf(times[ours], times[theirs]);
  const goal: Goal | undefined = limit === undefined ? undefined : atMost(limit, ratio.median);
  return {
    group: 'Synth', what, unit: 'ms', ours: medianOf(times[ours]), beside: theirs, theirs: medianOf(times[theirs]), ratio, goal,
  };
}

function count(stacks: number): string {
  return stacks === 1 ? '1 stack' : `${stacks} stacks`;
}

