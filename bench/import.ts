import { sep } from 'node:path';
import { Installation } from './installation';
import { MeasuredNode } from './measured-node';
import { medianOf, ratioOf, Row } from './row';

const ADDED_SHARE = 1.15;
const ADDED_MILLISECONDS = 15;
const CASES = ['classes', 'classes and library', 'classes and checks at synth'] as const;

type Case = typeof CASES[number];

interface Imported {
  readonly milliseconds: number;
  readonly loaded: readonly string[];
}

export interface ImportPlan {
  readonly processes: number;
  readonly countsInstructions: boolean;
}

/** What importing `FleetAudit` adds to importing what it needs of aws-cdk-lib, each time in a fresh process. */
export function measureImport(installation: Installation, node: MeasuredNode, plan: ImportPlan): Row[] {
  const script = installation.script('import-process.ts', node);
  const times = Object.fromEntries(CASES.map((each) => [each, [] as number[]])) as Record<Case, number[]>;
  const loaded: Partial<Record<Case, readonly string[]>> = {};
  for (let round = 0; round < plan.processes; round++) {
    for (const each of CASES) {
      const imported = script.run<Imported>([each]);
      times[each].push(imported.milliseconds);
      loaded[each] = imported.loaded;
    }
  }
  const allOfIt = loaded['classes and library']!;
  const known = new Set(loaded.classes);
  requireNone('importing the library loads the checks at synth',
    allOfIt.filter((file) => file.includes(`${sep}validation${sep}`)));
  requireNone('importing the library loads more of aws-cdk-lib than it is held against',
    allOfIt.filter((file) => !known.has(file) && !file.startsWith(installation.packageDirectory + sep)));

  const nothing = plan.countsInstructions ? script.instructions(['nothing']) : 0;
  const counted = (each: Case) => script.instructions([each]) - nothing;
  const row = (what: string, each: Case, goal: boolean): Row => {
    const ratio = ratioOf(times[each], times.classes);
    const added = medianOf(times[each].map((time, round) => time - times.classes[round]));
    return {
      group: 'Import', what, unit: 'ms', ours: medianOf(times[each]), beside: 'import of the classes of aws-cdk-lib that it needs',
      theirs: medianOf(times.classes), ratio,
      ...plan.countsInstructions && { instructions: counted(each) / counted('classes') },
      ...goal && {
        goal: {
          says: `at most ${ADDED_SHARE} and ${ADDED_MILLISECONDS} ms more (${added.toFixed(1)})`,
          met: ratio.median <= ADDED_SHARE && added <= ADDED_MILLISECONDS,
        },
      },
    };
  };
  return [
    row('import of FleetAudit', 'classes and library', true),
    row('... and of what DeviceDefenderChecks needs', 'classes and checks at synth', false),
  ];
}

function requireNone(flaw: string, files: readonly string[]): void {
  if (files.length > 0) throw new Error(`${flaw}: ${files.join(', ')}`);
}
