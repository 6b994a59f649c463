import { Installation } from './installation';
import { exactRatio, Row } from './row';

interface Measured {
  readonly resources: number;
  readonly bytes: number;
}

interface MeasuredPart {
  readonly name: string;
  readonly ours: Measured;
  readonly minimum?: Measured;
}

/**
 * The contents of the template of a `FleetAudit`, compared with the least that does the same by hand, and of each part
 * compared with the default.
 */
export function measureTemplates(installation: Installation): Row[] {
  const [whole, ...parts] = installation.script('template-process.ts').run<MeasuredPart[]>([], {
    CDK_VALIDATION: 'false',
  });
  const rows = (what: string, ours: Measured, beside: string, theirs: Measured): Row[] => ([
    'resources', 'bytes',
  ] as const).map((unit) => ({
    group: 'Template', what, unit, ours: ours[unit], beside, theirs: theirs[unit], ratio: exactRatio(
      ours[unit], theirs[unit],
    ),
  }));
  return [
    ...rows('the default FleetAudit', whole.ours, 'the least by hand', whole.minimum!),
    ...parts.flatMap(({ name, ours, minimum }) => {
      const what = `... with ${name.replaceAll('`', '')}`;
      return minimum ? rows(
        what, ours, 'the least by hand', minimum,
      ) : rows(what, ours, 'the default FleetAudit', whole.ours);
    }),
  ];
}
