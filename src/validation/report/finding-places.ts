import { Finding } from '../finding';

/** A line of a file that a finding is about. */
export interface FindingPlace {
  readonly path: string;

  /** From 1. */
  readonly line: number;
}

/** The places of a finding, one for each of its locations; none if it is about no file. */
export function placesOf(finding: Finding): FindingPlace[] {
  const { template, resource, locations, line = 1 } = finding;
  const path = pathOf(finding);
  if (path === undefined) return [];
  const within = resource ? ['Resources', resource.logicalId] : [];
  return (locations.length > 0 ? locations : [[]])
    .map((location) => ({ path, line: template?.lines?.lineOf([...within, ...location]) ?? line }));
}

/** The file that a finding is about. */
export function pathOf({ template, templatePath }: Finding): string | undefined {
  return template?.templatePath ?? templatePath;
}
