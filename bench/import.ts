import { sep } from 'node:path';
import { Installation, runApart } from './installation';
import { medianOf, ratioOf, Row } from './row';

const ADDED_SHARE = 1.1;
const ADDED_MILLISECONDS = 25;
const CASES = ['modules', 'modules and library', 'classes', 'classes and FleetAudit', 'classes and checks at synth'] as const;

type Case = typeof CASES[number];

interface Imported {
  readonly milliseconds: number;
  readonly loaded: readonly string[];
}

/** What importing the library adds to importing what it needs of aws-cdk-lib, each time in a fresh process. */
export function measureImport(installation: Installation, rounds: number): Row[] {
  const script = installation.script('import-process.ts');
  const times = Object.fromEntries(CASES.map((each) => [each, [] as number[]])) as Record<Case, number[]>;
  const loaded: Partial<Record<Case, readonly string[]>> = {};
  for (let round = 0; round < rounds; round++) {
    for (const each of CASES) {
      const imported = runApart<Imported>(script, [each]);
      times[each].push(imported.milliseconds);
      loaded[each] = imported.loaded;
    }
  }
  const ofLibrary = (each: Case) => loaded[each]!.filter((file) => file.startsWith(installation.packageDirectory + sep));
  requireNone('importing the library loads more than its list of exports', ofLibrary('modules and library').slice(1));
  requireNone('FleetAudit loads the checks at synth',
    ofLibrary('classes and FleetAudit').filter((file) => file.includes(`${sep}validation${sep}`)));
  const known = new Set(loaded.classes);
  requireNone('FleetAudit loads more of aws-cdk-lib than it is held against',
    loaded['classes and FleetAudit']!.filter((file) => !known.has(file) && !file.startsWith(installation.packageDirectory + sep)));

  const row = (what: string, each: Case, beside: string, floor: Case, goal: boolean): Row => {
    const ratio = ratioOf(times[each], times[floor]);
    const added = medianOf(times[each].map((time, round) => time - times[floor][round]));
    return {
      group: 'Import', what, unit: 'ms', ours: medianOf(times[each]), beside, theirs: medianOf(times[floor]), ratio,
      ...goal && {
        goal: {
          says: `at most ${ADDED_SHARE} and ${ADDED_MILLISECONDS} ms more (${added.toFixed(1)})`,
          met: ratio.median <= ADDED_SHARE && added <= ADDED_MILLISECONDS,
        },
      },
    };
  };
  return [
    row('import of the library', 'modules and library', 'import of aws-cdk-lib, constructs and seven submodules', 'modules', true),
    row('... and FleetAudit taken from it', 'classes and FleetAudit', '... and the classes taken that it needs', 'classes', true),
    row('... and DeviceDefenderChecks taken from it', 'classes and checks at synth', '... and the classes taken that FleetAudit needs', 'classes', false),
  ];
}

function requireNone(flaw: string, files: readonly string[]): void {
  if (files.length > 0) throw new Error(`${flaw}: ${files.join(', ')}`);
}
