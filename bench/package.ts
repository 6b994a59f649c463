import { Installation } from './installation';
import { exactRatio, Row } from './row';

const GOAL = 400_000;

/** What installing the library takes on disk and on the wire. */
export function measurePackage({ packed, unpacked, files }: Installation): Row[] {
  return [
    {
      group: 'Package', what: `npm package of ${files} files, packed`, unit: 'bytes', ours: packed, beside: 'the goal', theirs: GOAL,
      ratio: exactRatio(packed, GOAL), goal: { says: `less than ${GOAL}`, met: packed < GOAL },
    },
    {
      group: 'Package', what: 'npm package, unpacked', unit: 'bytes', ours: unpacked, beside: 'packed', theirs: packed,
      ratio: exactRatio(unpacked, packed),
    },
  ];
}
